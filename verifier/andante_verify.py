#!/usr/bin/env python3
"""
Checks a bundle of Andante's learning records, so that nobody has to trust the server that it came from.

    python3 andante_verify.py BUNDLE.zip [--checkpoint FILE] [--keep FILE] [--key KEY] [--json]

One file, Python 3.8 or newer, nothing else needed, no connection used. It shares no code with the server: it
was written from docs/reference/ledger-format.md and docs/reference/bundle-format.md, and you can write your
own from these pages.

Exit status: 0 verified; 1 tampered; 2 incomplete (damaged, cut off, or of a format not known here).
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import hmac
import io
import json
import os
import re
import secrets
import struct
import subprocess
import sys
import traceback
import zipfile
import zlib
from array import array
from collections import deque
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Any, Iterable, Iterator, NamedTuple, Sequence, Tuple
from uuid import UUID

FORMAT = "andante-bundle/1"
MEMBERS = ("leaves", "records", "unsealed", "tiles", "checkpoints", "manifest.json")
COUNTED = MEMBERS[:-1]

# What a hostile file may make this program do at most.
LONGEST_MANIFEST = 64 * 1024
LONGEST_FRAME = 16 * 1024 * 1024
LONGEST_NOTE = 4 * 1024
LONGEST_DIRECTORY = 4 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_TIMES_PACKED = 200
MOST_MISSING = 1_000_000

WORTH_A_PROCESS = 20 * 1024 * 1024
"""Bytes of records above which a second process pays."""

SIGNATURES_BY_DEFAULT = 10_000
MOST_BAD = 20
LISTED = 100
"""Findings that are told one by one; the others are counted."""


# --- Ed25519 (RFC 8032) ---

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_D2 = 2 * _D % _P
_SQRT_MINUS_1 = pow(2, (_P - 1) // 4, _P)

Point = Tuple[int, int, int, int]
"""X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z (RFC 8032, section 5.1.4)."""
_ZERO: Point = (0, 1, 1, 0)


def _add(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = p[3] * q[3] % _P * _D2 % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _decode_point(data: bytes) -> Point | None:
    """The point that 32 bytes name; None where they name none (RFC 8032, section 5.1.3)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * v**3 % _P * pow(u * v**7 % _P, (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _SQRT_MINUS_1 % _P
        if v * x * x % _P != u:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


_BASE: Point = _decode_point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little")) or _ZERO


def _sum_of_products(scalars: Sequence[int], points: Sequence[Point]) -> Point:
    """The sum of scalar times point, by Pippenger's buckets: many points cost little more than additions."""
    width = next((w for w, most in ((2, 6), (3, 20), (4, 60), (5, 150), (7, 1000)) if len(points) <= most), 9)
    windows = -(-max(scalar.bit_length() for scalar in scalars) // width)
    total = _ZERO
    for window in range(windows - 1, -1, -1):
        for _ in range(width):
            total = _add(total, total)
        buckets: list[Point | None] = [None] * (1 << width)
        for scalar, point in zip(scalars, points):
            digit = scalar >> (window * width) & ((1 << width) - 1)
            if digit:
                bucket = buckets[digit]
                buckets[digit] = point if bucket is None else _add(bucket, point)
        running = part = _ZERO
        for bucket in reversed(buckets[1:]):
            if bucket is not None:
                running = _add(running, bucket)
            part = _add(part, running)
        total = _add(total, part)
    return total


def _is_zero(point: Point) -> bool:
    return point[0] % _P == 0 and (point[1] - point[2]) % _P == 0


def _times_8(point: Point) -> Point:
    for _ in range(3):
        point = _add(point, point)
    return point


class Signed(NamedTuple):
    """A text with its signature; `size` says which checkpoint it is."""

    size: int
    text: bytes
    signature: bytes


def bad_signatures(key: bytes, signed: Sequence[Signed], most: int = 1) -> list[Signed]:
    """
    Those of the texts that the key did not sign, at most `most` of them: finding many takes long.

    Whole batches are checked by one equation with random factors (the RFC's own, with the cofactor:
    8·S·B = 8·R + 8·k·A), and a batch that fails is halved until the guilty ones stand alone.

    :param key: the public key, 32 bytes
    """
    public = _decode_point(key)
    if public is None or _is_zero(_times_8(public)):
        return list(signed[:most])
    bad: list[Signed] = []
    batches = [signed[start : start + 2048] for start in range(0, len(signed), 2048)]
    while batches and len(bad) < most:
        batch = batches.pop()
        if _batch_is_signed(key, public, batch):
            continue
        if len(batch) == 1:
            bad.append(batch[0])
        else:
            batches += [batch[len(batch) // 2 :], batch[: len(batch) // 2]]
    return bad


def _batch_is_signed(key: bytes, public: Point, batch: Sequence[Signed]) -> bool:
    of_base = of_public = 0
    scalars, points = [], []
    for one in batch:
        commitment = _decode_point(one.signature[:32])
        response = int.from_bytes(one.signature[32:], "little")
        if len(one.signature) != 64 or commitment is None or response >= _L:
            return False
        digest = hashlib.sha512(one.signature[:32] + key + one.text).digest()
        factor = secrets.randbits(128) | 1
        of_base += factor * response
        of_public += factor * (int.from_bytes(digest, "little") % _L)
        scalars.append(factor)
        points.append(_negative(commitment))
    scalars += [of_base % _L, of_public % _L]
    points += [_BASE, _negative(public)]
    return _is_zero(_times_8(_sum_of_products(scalars, points)))


def _negative(point: Point) -> Point:
    x, y, z, t = point
    return (_P - x, y, z, _P - t)


# --- Keys and checkpoints (ledger-format.md) ---

_NOTE = re.compile(
    rb"(?P<text>(?P<origin>[^\n]+)\n(?P<size>[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    rb"andante-checkpoint/1 (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n)"
    rb"\n\xe2\x80\x94 (?P<name>[^ \n]+) (?P<signature>[A-Za-z0-9+/=]+)\n"
)


class Key(NamedTuple):
    """A log's public key, and the four bytes that tell it from others."""

    origin: str
    id: bytes
    public: bytes

    @property
    def fingerprint(self) -> str:
        """What two people read to each other to compare keys."""
        text = hashlib.sha256(self.public).hexdigest()
        return " ".join(text[start : start + 4] for start in range(0, 64, 4))


class Note(NamedTuple):
    """A checkpoint that could be read. Whether it is signed is another question."""

    origin: str
    size: int
    root: bytes
    time: str
    key_id: bytes
    signed: Signed
    data: bytes


def _base64(text: bytes) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data) != text:
        raise ValueError("another spelling of the same base64")
    return data


def read_key(text: str) -> Key:
    """
    The key that `ORIGIN+KEYID+KEY` writes.

    :raises ValueError: it is no such text, or its id is not that of its key
    """
    origin, id_text, key_text = text.split("+", 2)  # base64 has plus signs of its own; a log's name has none
    data = _base64(key_text.encode("ascii"))
    key_id = hashlib.sha256(origin.encode() + b"\n" + data).digest()[:4]
    if len(data) != 33 or data[0] != 1 or key_id.hex() != id_text:
        raise ValueError("the id does not fit the key")
    return Key(origin, key_id, data[1:])


def read_note(data: bytes) -> Note:
    """
    The checkpoint that a signed note holds.

    :raises ValueError: it is no such note
    """
    found = _NOTE.fullmatch(data)
    if not found:
        raise ValueError("it does not have the form of a checkpoint")
    signature = _base64(found["signature"])
    if found["name"] != found["origin"] or len(signature) != 68:
        raise ValueError("its signature line does not have the form of one")
    size = int(found["size"])
    signed = Signed(size, found["text"], signature[4:])
    time = found["time"].decode("ascii")
    return Note(found["origin"].decode(), size, _base64(found["root"]), time, signature[:4], signed, data)


# --- The archive (bundle-format.md) ---


class Unreadable(Exception):  # noqa: N818 - errors are facts
    """The bundle cannot be checked to its end; the message says why, for a reader who knows no formats."""


_END = struct.Struct("<4s4H2LH")
_END_64_PLACE = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")


def open_archive(file: IO[bytes]) -> zipfile.ZipFile:
    """
    Open the archive after a look at its last bytes: a hostile directory is never read into memory.

    :raises Unreadable: it is not the archive that the format describes
    """
    length = file.seek(0, os.SEEK_END)
    if length < _END.size:
        raise Unreadable("The file is empty or cut off; it is not a bundle.")
    file.seek(length - _END.size)
    magic, _, _, _, entries, directory, _, comment = _END.unpack(file.read(_END.size))
    if magic != b"PK\x05\x06" or comment:
        raise Unreadable("The file does not end as a bundle does: it was cut off, or something was added.")
    place = length - _END.size - _END_64_PLACE.size
    if place >= 0:
        file.seek(place)
        magic, _, start, _ = _END_64_PLACE.unpack(file.read(_END_64_PLACE.size))
        if magic == b"PK\x06\x07" and start + _END_64.size <= place:
            file.seek(start)
            _, _, _, _, _, _, _, entries, directory, _ = _END_64.unpack(file.read(_END_64.size))
    if entries != len(MEMBERS) or directory > LONGEST_DIRECTORY:
        raise Unreadable("The archive does not hold the six parts of a bundle.")
    archive = zipfile.ZipFile(file)
    infos = archive.infolist()
    if tuple(info.filename for info in infos) != MEMBERS:
        raise Unreadable(f"The archive does not hold the six parts of a bundle in order: {', '.join(MEMBERS)}.")
    if infos[0].header_offset or any(info.flag_bits & 1 or info.compress_type not in {0, 8} for info in infos):
        raise Unreadable("The archive is encrypted or packed in a way that a bundle is not.")
    if sum(info.file_size for info in infos) > MOST_UNPACKED + MOST_TIMES_PACKED * length:
        raise Unreadable("The archive would unpack to a size that no bundle has; it was not read.")
    return archive


class Form(NamedTuple):
    """How the frames of a part look: a head, whose last numbers are the lengths of what follows it."""

    part: str
    head: struct.Struct
    lengths: int


class Member:
    """One part of the bundle, read frame by frame."""

    def __init__(self, archive: zipfile.ZipFile, form: Form) -> None:
        self.count = 0
        self._form = form
        self._file = io.BufferedReader(archive.open(form.part), 1 << 18)  # type: ignore[type-var]

    def frames(self) -> Iterator[tuple[tuple[Any, ...], bytes]]:
        """
        Each frame's head and what follows it. Lengths are checked before anything is read.

        :raises Unreadable: a length that no real frame has, or an end in the middle
        """
        read, (part, form, lengths) = self._file.read, self._form
        size, unpack, first = form.size, form.unpack, -lengths
        while True:
            data = read(size)
            if len(data) != size:
                break
            head = unpack(data)
            length = head[-1] if lengths == 1 else sum(head[first:])
            if length > LONGEST_FRAME:
                raise Unreadable(f"The part “{part}” holds an entry of {length} bytes: no real one is so long.")
            content = read(length)
            if len(content) != length:
                break
            self.count += 1
            yield head, content
        if data:
            raise Unreadable(f"The part “{part}” ends in the middle.")


BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What the zip module raises where an archive is broken."""

LEAVES = Form("leaves", struct.Struct(">qI"), 1)
RECORDS = Form("records", struct.Struct(">qQQhqHI"), 2)
UNSEALED = Form("unsealed", struct.Struct(">BB16shqHHI"), 3)
TILES = Form("tiles", struct.Struct(">hqI"), 1)
CHECKPOINTS = Form("checkpoints", struct.Struct(">qqHI"), 2)
ENTRY = struct.Struct(">B16sQQBq32s")
"""Format version, log id, upper and lower half of the record's id, kind, stored, commitment."""


# --- What was found ---


class Finding:
    """
    Something that is not as it was sealed.

    In the sentence, `{record}` stands for the records' numbers and ids; the ids may be looked up later.
    """

    def __init__(self, what: str, sentence: str, numbers: Sequence[int], ids: Sequence[str]) -> None:
        self.what = what
        self.sentence = sentence
        self.numbers = list(numbers)
        self.ids = list(ids)


class Report:
    """Findings, the facts of the summary, and what the check did and did not cover."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.more = 0
        self.damaged: str | None = None
        """the file itself is broken, so that findings may only be its consequences"""
        self.incomplete: str | None = None
        """why the check did not come to its end"""
        self.summary: dict[str, Any] = {}
        self.signatures_left = 0
        """how many checkpoints were compared by their roots alone"""
        self.newest = b""
        """the newest checkpoint's note"""
        self.checked: list[str] = []
        self.not_checked: list[str] = []

    def find(self, what: str, sentence: str, *numbers: int, ids: Sequence[str] = ()) -> None:
        if len(self.findings) < LISTED:
            self.findings.append(Finding(what, sentence, numbers, ids))
        else:
            self.more += 1

    def withdraw(self, what: str, number: int) -> None:
        """Something better is known about a record."""
        self.findings = [one for one in self.findings if one.what != what or one.numbers != [number]]

    @property
    def result(self) -> str:
        if self.damaged:
            return "incomplete"
        if self.findings:
            return "tampered"
        return "incomplete" if self.incomplete else "verified"


def shown(value: object) -> str:
    """A text of the bundle as it can be printed: no control characters, not too long."""
    text = str(value)
    return "".join(sign if sign.isprintable() else "?" for sign in text[:200])


# --- The manifest ---


class Manifest(NamedTuple):
    """What the bundle says of itself; each part is held against what it really is."""

    log_id: UUID
    iri: str
    key: Key
    key_text: str
    size: int
    root: bytes
    counts: dict[str, int]
    made: str


def read_manifest(data: bytes) -> Manifest:
    """
    The manifest, read strictly.

    :raises Unreadable: it is no manifest of a format that this program knows
    """
    try:
        content = json.loads(data.decode(), object_pairs_hook=_no_name_twice)
    except (ValueError, RecursionError):
        raise Unreadable("The manifest is not readable JSON.") from None
    form = content.get("format") if isinstance(content, dict) else None
    if form != FORMAT:
        raise Unreadable(f"The bundle's format is “{shown(form)}”; this program knows {FORMAT} only.")
    if content.get("scope") != "whole":
        raise Unreadable("The bundle does not hold a whole log; this program checks whole logs only.")
    try:
        return _manifest(content)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Unreadable("The manifest does not have the form that the format describes.") from None


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _manifest(content: dict[str, Any]) -> Manifest:
    log, newest, counts = content["log"], content["checkpoint"], content["counts"]
    _demand(set(content) == {"format", "scope", "log", "key", "checkpoint", "counts", "made"})
    _demand(set(log) == {"id", "iri", "origin"} and isinstance(log["iri"], str))
    _demand(str(UUID(log["id"])) == log["id"] and log["origin"] == f"andante/{log['id']}")
    _demand(set(counts) == set(COUNTED) and all(type(n) is int and n >= 0 for n in counts.values()))
    _demand(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", content["made"], re.ASCII) is not None)
    key = read_key(content["key"])
    _demand(key.origin == log["origin"])
    size, root = 0, b""
    if newest is not None:
        _demand(set(newest) == {"size", "root"} and type(newest["size"]) is int and newest["size"] > 0)
        size, root = newest["size"], _base64(newest["root"].encode("ascii"))
    return Manifest(UUID(log["id"]), log["iri"], key, content["key"], size, root, counts, content["made"])


def _demand(truth: bool) -> None:  # noqa: FBT001
    if not truth:
        raise ValueError


# --- The tree (RFC 6962, section 2.1) ---


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


class Tree:
    """Keeps only the roots of complete subtrees, from left to right: one for each one in the size's bits."""

    def __init__(self) -> None:
        self.size = 0
        self.upper: dict[int, bytearray] = {}
        """level → the hashes that the tiles of that level should hold, for levels from 1"""
        self._peaks: list[bytes] = []

    def add(self, hash: bytes) -> None:
        self.size = rest = self.size + 1
        peaks = self._peaks
        height = 0
        while not rest & 1:
            hash = hashlib.sha256(b"\x01" + peaks.pop() + hash).digest()
            rest >>= 1
            height += 1
            if not height & 7:
                self.upper.setdefault(height >> 3, bytearray()).extend(hash)
        peaks.append(hash)

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        root = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            root = hashlib.sha256(b"\x01" + peak + root).digest()
        return root


def root_of(number: int, hash: bytes, size: int, proof: Sequence[bytes]) -> bytes | None:
    """
    The root that an inclusion proof leads to (RFC 9162, section 2.1.3.2); None where it cannot be one.

    :param number: the leaf's, from 0
    :param hash: the leaf's
    :param size: of the tree
    """
    if not 0 <= number < size or any(len(one) != 32 for one in proof):
        return None
    place, last = number, size - 1
    for one in proof:
        if not last:
            return None
        if place & 1 or place == last:
            hash = hashlib.sha256(b"\x01" + one + hash).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hash = hashlib.sha256(b"\x01" + hash + one).digest()
        place, last = place >> 1, last >> 1
    return None if last else hash


def is_consistent(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """
    Whether the older tree is the beginning of the newer one (RFC 9162, section 2.1.4.2).

    Of the empty tree, and from a size to itself, the proof is empty.
    """
    if not 0 <= old_size <= size or any(len(one) != 32 for one in proof):
        return False
    if old_size == size:
        return not proof and old_root == root
    if not old_size:
        return not proof and old_root == hashlib.sha256(b"").digest()
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        return False
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = path[0]
    for one in path[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            older = hashlib.sha256(b"\x01" + one + older).digest()
            newer = hashlib.sha256(b"\x01" + one + newer).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = hashlib.sha256(b"\x01" + newer + one).digest()
        place, last = place >> 1, last >> 1
    return not last and older == old_root and newer == root


class Tiles:
    """The kept tiles, taken in their order; whatever does not fit the order is a finding."""

    def __init__(self, member: Member, report: Report) -> None:
        self._frames = member.frames()
        self._report = report
        self._place: tuple[int, int] | None = None
        self._hashes = b""
        self._next()

    def _next(self) -> None:
        head, self._hashes = next(self._frames, ((), b""))
        self._place = (head[0], head[1]) if head else None

    def take(self, level: int, index: int) -> bytes | None:
        """The hashes of a tile that must be there; None, and a finding, where it is not."""
        while self._place is not None and self._place < (level, index):
            self._refuse()
        if self._place != (level, index):
            self._report.find("tile", f"A tile was removed: level {level}, index {index}.")
            return None
        hashes = self._hashes
        self._next()
        if len(hashes) != 8192:
            self._report.find("tile", f"A tile was changed: level {level}, index {index} has a wrong length.")
            return None
        return hashes

    def refuse_rest(self) -> None:
        while self._place is not None:
            self._refuse()

    def _refuse(self) -> None:
        level, index = self._place or (0, 0)
        where = f"level {level}, index {index}"
        self._report.find("tile", f"A tile was inserted that does not belong to the tree, or not here: {where}.")
        self._next()


class Watched(NamedTuple):
    """A root that somebody signed."""

    size: int
    root: bytes
    own: bool
    """whether it is the auditor's"""


WRONG_LEAF = "{Record}: its leaf in the tree is not the one that was sealed."


class TreeCheck:
    """Builds the tree from the leaves, and holds it against tiles and signed roots on the way."""

    def __init__(self, size: int, watched: Iterator[Watched], tiles: Tiles, report: Report) -> None:
        self.size = size
        self.next = 0
        """the number of the leaf that comes next"""
        self.proven = 0
        """the largest size whose root is the signed one: every leaf before it is as it was sealed"""
        self.unknown = 0
        """signed roots that could not be computed, because a leaf is missing"""
        self._wrong: list[Watched] = []
        self._watched = watched
        self._coming = next(watched, None)
        self._tree: Tree | None = Tree()
        self._tiles: Tiles | None = tiles
        self._tile: bytes | None = None
        self._hashes: list[bytes] = []
        self._differing: list[int] = []
        self._report = report

    def add(self, hash: bytes | None) -> bytes | None:
        """
        The next leaf's hash; None where the leaf is missing: then its tile tells the hash, if there is one.

        :return: the hash that was used
        """
        place = self.next & 255
        if not place:
            full = self.next | 255 < self.size
            self._tile = self._tiles.take(0, self.next >> 8) if full and self._tiles else None
            self._hashes = []
        if hash is None and self._tile is not None:
            hash = self._tile[place * 32 : place * 32 + 32]
        self._hashes.append(hash or b"")
        self.next += 1
        if hash is None:
            self._tree = None
        elif self._tree is not None:
            self._tree.add(hash)
        if place == 255 and self._tile is not None:
            self._compare_tile(self._tile)
        if self._coming is not None and self._coming.size <= self.next:
            self._compare_roots()
        return hash

    def skip(self, number: int) -> None:
        """Go on at a number so far away that nothing before it can be told."""
        self.next = number
        self._tree = self._tile = self._tiles = None
        self._hashes = []
        if self._coming is not None and self._coming.size <= number:
            self._compare_roots()

    def _compare_tile(self, tile: bytes) -> None:
        if b"".join(self._hashes) == tile:
            return
        for place, hash in enumerate(self._hashes):
            if hash != tile[place * 32 : place * 32 + 32] and len(self._differing) < 10 * LISTED:
                self._differing.append(self.next - 256 + place)

    def _compare_roots(self) -> None:
        root = self._tree.root() if self._tree is not None else None
        while self._coming is not None and self._coming.size <= self.next:
            if root is None:
                self.unknown += 1
            elif root == self._coming.root:
                self.proven = self.next
            elif len(self._wrong) < LISTED:
                self._wrong.append(self._coming)
            self._coming = next(self._watched, None)

    def finish(self) -> None:
        """Compare the upper tiles, then tell what was found."""
        if self._tree is not None and self._tiles is not None:
            for level, hashes in sorted(self._tree.upper.items()):
                for index in range(len(hashes) // 8192):
                    self._compare_upper(level, index, bytes(hashes[index * 8192 : index * 8192 + 8192]))
        if self._tiles is not None:
            self._tiles.refuse_rest()
        self._tell_differing()
        for other in self._wrong:
            # A later root is the signed one, so the leaves are right, and this root was never theirs.
            if other.size <= self.proven:
                self._tell_false_root(other)
        beyond = next((other for other in self._wrong if other.size > self.proven), None)
        if beyond is not None:
            self._tell_wrong_leaves(beyond)

    def _compare_upper(self, level: int, index: int, hashes: bytes) -> None:
        tile = self._tiles.take(level, index) if self._tiles else None
        # Where leaves were changed, everything above them differs; that is told of the leaves.
        if tile is not None and tile != hashes and (index + 1) << (8 * level + 8) <= self.proven:
            self._report.find("tile", f"A tile was changed: level {level}, index {index}.")

    def _tell_differing(self) -> None:
        for number in self._differing:
            if number < self.proven:
                where = f"level 0, index {number >> 8}"
                told = f"A tile was changed: {where}, where it speaks of {{record}}, which is as it was sealed."
                self._report.find("tile", told, number)
            else:
                self._report.find("leaf", WRONG_LEAF, number)

    def _tell_false_root(self, other: Watched) -> None:
        if other.own:
            told = f"The log was rewritten: its first {other.size} records are not those of your checkpoint."
            self._report.find("rewritten", told)
        else:
            told = f"{over(other.size)} was changed: it holds a root that the log never had."
            self._report.find("checkpoint", told)

    def _tell_wrong_leaves(self, first: Watched) -> None:
        if any(self.proven <= number < first.size for number in self._differing):
            return  # the tiles have told which leaf it was
        if first.size - self.proven == 1:
            told = WRONG_LEAF
        else:
            told = (
                f"The first {first.size} records no longer give the root that was signed for them. At least "
                "one of these was changed, removed, reordered or inserted after it was sealed: {record}."
            )
        self._report.find("leaf", told, *range(self.proven, first.size)[:20])


# --- The checkpoints ---


class Checkpoints:
    """All checkpoints of the bundle: form, order, signatures. Of each, only size and root are kept."""

    def __init__(self, member: Member, key: Key, report: Report, *, leaves: int, all_signatures: bool) -> None:
        """
        Read and check them all.

        :param leaves: how many leaves the manifest promises
        """
        self.size = 0
        """how many leaves the newest covers"""
        self.signatures = 0
        """how many signatures were checked"""
        self.newest: Note | None = None
        self._sizes = array("q")
        self._roots = bytearray()
        self._unsigned: set[int] = set()
        self._key = key
        self._report = report
        # Newest last; the oldest fall out, unless all are wanted.
        self._signed: deque[Signed] = deque(maxlen=SIGNATURES_BY_DEFAULT)
        self._all_signatures = all_signatures
        self._read(member)
        self._check_signatures()
        # An unsigned claim to cover more leaves than there are is not followed.
        signed = next((size for size in reversed(self._sizes) if size not in self._unsigned), 0)
        self.size = min(self.size, max(signed, leaves))

    def watched(self, own: Note | None) -> Iterator[Watched]:
        """The signed roots by size, with the auditor's own among them."""
        for index, size in enumerate(self._sizes):
            if own is not None and own.size <= size:
                yield Watched(own.size, own.root, own=True)
                own = None
            if size not in self._unsigned:
                yield Watched(size, bytes(self._roots[index * 32 : index * 32 + 32]), own=False)
        if own is not None:
            yield Watched(own.size, own.root, own=True)

    def _read(self, member: Member) -> None:
        for (size, previous, root_length, _), data in member.frames():
            root, note = data[:root_length], data[root_length:]
            if size <= self.size:
                told = f"{over(size)} stands after one over {self.size}: it was inserted or reordered."
                self._report.find("checkpoint", told)
                continue
            if previous != self.size:
                told = f"A checkpoint was removed or changed: the one over {size} names {previous} as its previous size"
                self._report.find("checkpoint", f"{told}, but {self.size} stands before it.")
            self.size = size
            self._keep(size, root, note)

    def _keep(self, size: int, root: bytes, data: bytes) -> None:
        try:
            note = read_note(data[: LONGEST_NOTE + 1])
        except ValueError:
            self._report.find("checkpoint", f"{over(size)} was changed: its note cannot be read.")
            return
        if (note.origin, note.size, note.root) != (self._key.origin, size, root):
            told = f"{over(size)} was changed: its signed note speaks of another size, root or log."
            self._report.find("checkpoint", told)
            return
        if note.key_id != self._key.id:
            self._report.find("checkpoint", f"{over(size)} is signed with another key ({note.key_id.hex()}).")
            return
        self.newest = note
        self._sizes.append(size)
        self._roots += root
        if len(self._signed) == SIGNATURES_BY_DEFAULT and not self._all_signatures:
            self._report.signatures_left += 1
        self._signed.append(note.signed)
        if self._all_signatures and len(self._signed) == SIGNATURES_BY_DEFAULT:
            self._check_signatures()

    def _check_signatures(self) -> None:
        self.signatures += len(self._signed)
        bad = bad_signatures(self._key.public, list(self._signed), MOST_BAD)
        for one in bad:
            self._report.find("checkpoint", f"{over(one.size)} was changed: the log's key did not sign it.")
        self._unsigned.update(one.size for one in (bad if len(bad) < MOST_BAD else self._signed))
        self._signed.clear()


def over(size: int) -> str:
    return f"The checkpoint over {size} records"


# --- The log ---

_LOWER_HALF = (1 << 64) - 1
Row = Tuple[int, int, int, int, int, bool, bytes]
"""Of a record: number, upper and lower half of the id, kind, stored, whether the salt is one, commitment."""
ROW = struct.Struct(">qQQhq?32s")


def read_rows(member: Member) -> Iterator[Row]:
    """The rows of the records, with the commitments that they really give."""
    digest = hmac.digest
    for (number, upper, lower, kind, stored, salt_length, _), data in member.frames():
        commitment = digest(data[:salt_length], data[salt_length:], "sha256")
        yield (number, upper, lower, kind, stored, salt_length == 32, commitment)


def read_rows_beside(path: str) -> Iterator[Row]:
    """The same from a second process, which halves the time on a machine with two processors."""
    command = [sys.executable, "-I", __file__, "--only-rows", "--", path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - this file
        rows: Any = process.stdout
        said: Any = process.stderr
        try:
            rest = 0
            for data in iter(lambda: rows.read(ROW.size * 4096), b""):
                rest = len(data) % ROW.size
                yield from ROW.iter_unpack(data[: len(data) - rest])
            reason = said.read().decode(errors="replace").strip()
            if process.wait() or rest:
                raise Unreadable(shown(reason) or "The second process of the check was ended from outside.")
        finally:
            process.kill()


def send_rows(path: str) -> int:
    """What the second process does."""
    try:
        with Path(path).open("rb") as file:
            for row in read_rows(Member(open_archive(file), RECORDS)):
                sys.stdout.buffer.write(ROW.pack(*row))
    except Unreadable as reason:
        sys.stderr.write(str(reason))
    except BROKEN as error:
        sys.stderr.write(f"The part “records” cannot be read: {shown(error)}.")
    else:
        return 0
    return 2


class Records:
    """The records, taken by number; one that no leaf asks for is a finding."""

    def __init__(self, rows: Iterator[Row], report: Report) -> None:
        self.count = 0
        self._rows = rows
        self._report = report
        self._next = next(rows, None)

    def at(self, number: int) -> Row | None:
        """The record with this number; None where it is gone."""
        while self._next is not None and self._next[0] < number:
            self._refuse(self._next)
        row = self._next
        if row is None or row[0] != number:
            return None
        self.count += 1
        self._next = next(self._rows, None)
        return row

    def refuse_rest(self) -> None:
        while self._next is not None:
            self._refuse(self._next)

    def _refuse(self, row: Row) -> None:
        id = str(UUID(int=row[1] << 64 | row[2]))
        self._report.withdraw("removed", row[0])
        told = "{Record}: its content stands where it does not belong; it was inserted or reordered."
        self._report.find("record", told, row[0], ids=[id])
        self.count += 1
        self._next = next(self._rows, None)


class LogCheck:
    """Checks one bundle, part by part."""

    def __init__(self, path: str, archive: zipfile.ZipFile, report: Report) -> None:
        self._archive = archive
        self._report = report
        long = archive.getinfo("records").file_size > WORTH_A_PROCESS
        beside = long and bool(sys.executable) and (os.cpu_count() or 1) > 1
        rows = read_rows_beside(path) if beside else read_rows(Member(archive, RECORDS))
        self._records = Records(rows, report)
        if archive.getinfo("manifest.json").file_size > LONGEST_MANIFEST:
            raise Unreadable("The manifest is longer than any can be.")
        self._manifest = read_manifest(archive.read("manifest.json"))
        self._members = {form.part: Member(archive, form) for form in (LEAVES, UNSEALED, TILES, CHECKPOINTS)}
        self._waiting = 0
        self._sealed = 0
        self._missing = 0
        self._first: int | None = None
        self._last: int | None = None
        # The lower half of every id, by its last byte: 8 bytes a record find a record that stands twice.
        self._halves = [array("Q") for _ in range(256)]
        self._stray_leaves: dict[bytes, str] = {}
        self._genesis_checked = False

    def run(self, *, own: bytes | None, key: Key | None, all_signatures: bool) -> None:
        """
        Check everything.

        :param own: the auditor's earlier checkpoint
        :param key: the key that the auditor expects
        :raises Unreadable: the check cannot come to its end
        """
        try:
            self._run(own=own, key=key, all_signatures=all_signatures)
        finally:
            self._name_records()

    def _run(self, *, own: bytes | None, key: Key | None, all_signatures: bool) -> None:
        manifest, report = self._manifest, self._report
        own_note = _read_own(own) if own is not None else None
        if key is not None and key != manifest.key:
            report.find("key", "The log's key is not the one that you gave: this is another log, or a log replaced.")
        checkpoints = Checkpoints(
            self._members["checkpoints"],
            manifest.key,
            report,
            leaves=manifest.counts["leaves"],
            all_signatures=all_signatures,
        )
        comparable = self._compare_own(own_note, checkpoints.size) if own_note is not None else None
        self._check_unsealed()
        tiles = Tiles(self._members["tiles"], report)
        tree = TreeCheck(checkpoints.size, checkpoints.watched(comparable), tiles, report)
        self._check_records(tree)
        tree.finish()
        if self._sealed and not checkpoints.size:
            report.find("checkpoint", "Every checkpoint was removed: nothing vouches for the records any more.")
        self._find_doubles()
        self._compare_manifest(checkpoints)
        if not self._sealed and not report.findings:
            raise Unreadable("Nothing is sealed yet; make the bundle again when something is.")
        self._summarise(checkpoints, tree, own_note, key)

    def _compare_own(self, own: Note, size: int) -> Note | None:
        """The auditor's note, if its root can be compared."""
        key = self._manifest.key
        if own.origin != key.origin:
            told = f"Your checkpoint is of another log, {shown(own.origin)}: a wrong file, or a log replaced."
        elif own.key_id != key.id or bad_signatures(key.public, [own.signed]):
            told = "Your checkpoint is not signed with this log's key: the log or your file was replaced."
        elif own.size > size:
            told = f"The log was cut back: your checkpoint saw {own.size} records, the newest here {size}."
        else:
            return own
        self._report.find("rewritten", told)
        return None

    def _check_unsealed(self) -> None:
        """Records without a leaf: those that wait, and those that should not be there."""
        member = self._members["unsealed"]
        for (standing, parts, id_bytes, kind, stored, salt_length, committed_length, _), data in member.frames():
            salt, rest = data[:salt_length], data[salt_length:]
            committed, body = rest[:committed_length], rest[committed_length:]
            id = UUID(bytes=id_bytes)
            self._note_id(id)
            commits = hmac.digest(salt, body, "sha256")
            if standing != 1:
                told = "stands neither in the tree nor waits for it: it was put in past the log, or taken out."
                self._report.find("stray", f"The record with the id {id} {told}", ids=[str(id)])
                self._remember_stray(id, kind, stored, commits)
                continue
            self._waiting += 1
            if parts != 7 or len(salt) != 32 or commits != committed:
                told = f"The record with the id {id} was changed or removed while it waited to be sealed."
                self._report.find("waiting", told, ids=[str(id)])

    def _note_id(self, id: UUID) -> None:
        self._halves[id.int & 255].append(id.int & _LOWER_HALF)

    def _remember_stray(self, id: UUID, kind: int, stored: int, commits: bytes) -> None:
        """The leaf that it would have: where one is missing, this may be its record."""
        if 0 <= kind < 256 and len(self._stray_leaves) < LISTED:
            log = self._manifest.log_id.bytes
            entry = ENTRY.pack(1, log, id.int >> 64, id.int & _LOWER_HALF, kind, stored, commits)
            self._stray_leaves[leaf_hash(entry)] = str(id)

    def _check_records(self, tree: TreeCheck) -> None:
        """Every leaf, in order, and its record."""
        records, halves = self._records, self._halves
        start = b"\x01" + self._manifest.log_id.bytes
        first, last = 1 << 63, -(1 << 63)
        for number, entry in self._leaves(tree):
            row = records.at(number)
            if entry[:17] != start or len(entry) != ENTRY.size:
                self._report.find("leaf", "{Record}: its leaf is not one of this log.", number)
                continue
            _, _, upper, lower, kind, stored, committed = ENTRY.unpack(entry)
            halves[lower & 255].append(lower)
            first, last = (stored if stored < first else first), (stored if stored > last else last)  # noqa: FURB136
            if row is None:
                told = "{Record} was removed: its leaf is there, its content is not."
                self._report.find("removed", told, number)
            elif row != (number, upper, lower, kind, stored, True, committed):
                self._tell_record(number, entry, row)
            elif number == 0:
                self._check_genesis(UUID(int=upper << 64 | lower), kind)
        records.refuse_rest()
        if first <= last:
            self._first, self._last = first, last

    def _leaves(self, tree: TreeCheck) -> Iterator[tuple[int, bytes]]:
        """The leaves that stand where they belong, put into the tree on the way."""
        member, size, sha256 = self._members["leaves"], tree.size, hashlib.sha256
        for (number, length), entry in member.frames():
            self._sealed += 1
            if number < tree.next:
                id = UUID(bytes=entry[17:33]) if length == ENTRY.size else "?"
                told = f"A leaf was inserted or reordered: number {number}, for the record with the id {id}."
                self._report.find("leaf", told, ids=[str(id)])
                continue
            if number > tree.next:
                self._tell_gap(tree, min(number, size))
            if number < size:
                tree.add(sha256(b"\x00" + entry).digest())
            else:
                tree.next = number + 1
                if size:
                    told = "{Record} was inserted in the tree after the newest checkpoint was signed."
                    self._report.find("leaf", told, number)
            yield number, entry
        self._tell_gap(tree, size)

    def _tell_gap(self, tree: TreeCheck, until: int) -> None:
        """The leaves that are missing before a number."""
        if until <= tree.next:
            return
        self._missing += until - tree.next
        if self._missing > MOST_MISSING:
            told = f"The records number {tree.next} to {until - 1} were removed from the tree."
            self._report.find("leaf", told)
            tree.skip(until)
        while tree.next < until:
            missing = tree.next
            id = self._stray_leaves.get(tree.add(None) or b"")
            told = "{Record} was removed from the tree: its leaf is missing."
            self._report.find("leaf", told, missing, ids=[id] if id else [])

    def _tell_record(self, number: int, entry: bytes, row: Row) -> None:
        """What of a record is not as its leaf says."""
        _, _, upper, lower, kind, stored, committed = ENTRY.unpack(entry)
        _, own_upper, own_lower, own_kind, own_stored, salted, commitment = row
        told = []
        if (own_upper, own_lower) != (upper, lower):
            id = UUID(int=own_upper << 64 | own_lower)
            told.append(f"{{Record}} was exchanged: the record with the id {id} stands in its place.")
        if own_kind != kind:
            told.append(f"{{Record}}: its kind was changed from {kind} to {own_kind} after it was sealed.")
        if own_stored != stored:
            times = f"from {moment(stored)} to {moment(own_stored)}"
            told.append(f"{{Record}}: the time when it was stored was changed {times} after it was sealed.")
        if not salted or commitment != committed:
            told.append("{Record}: its content was changed after it was sealed.")
        for sentence in told:
            self._report.find("record", sentence, number)

    def _check_genesis(self, id: UUID, kind: int) -> None:
        """The first record says which log this is, and which key signs it."""
        manifest = self._manifest
        ((*_, salt_length, _), data) = next(Member(self._archive, RECORDS).frames())
        body = data[salt_length:]
        self._genesis_checked = True
        try:
            _demand(len(body) <= LONGEST_MANIFEST)
            opened = json.loads(body.decode(), object_pairs_hook=_no_name_twice)
            _demand(kind == 2 and opened["format"] == "andante-audit/1" and opened["id"] == str(id))
            _demand(opened["action"] == "log-opened" and opened["subject"] == f"log:{manifest.log_id}")
            told = opened["new"]["iri"], opened["new"]["origin"], opened["new"]["key"]
            _demand(told == (manifest.iri, manifest.key.origin, manifest.key_text))
        except (ValueError, TypeError, KeyError, RecursionError):
            sentence = "{Record}, which opened the log, names another log or key than the bundle does."
            self._report.find("key", sentence, 0)

    def _find_doubles(self) -> None:
        """A record that stands twice: in the tree, among those that wait, or in both."""
        doubled: set[int] = set()
        for halves in self._halves:
            ordered = sorted(halves)
            doubled.update(one for one, other in zip(ordered, ordered[1:]) if one == other)
        if not doubled:
            return
        places: dict[UUID, list[str]] = {}
        for number, id in self._leaf_ids():
            if id.int & _LOWER_HALF in doubled:
                self._place(places, id, f"as number {number}")
        for id in self._unsealed_ids():
            if id.int & _LOWER_HALF in doubled:
                self._place(places, id, "among the records without a leaf")
        for id, standings in places.items():
            if len(standings) > 1:
                sentence = f"The record with the id {id} stands more than once: {' and '.join(standings)}."
                self._report.find("double", sentence, ids=[str(id)])

    @staticmethod
    def _place(places: dict[UUID, list[str]], id: UUID, where: str) -> None:
        if id in places and len(places[id]) < 10:
            places[id].append(where)
        elif len(places) < 10 * LISTED:
            places.setdefault(id, [where])

    def _leaf_ids(self) -> Iterator[tuple[int, UUID]]:
        for (number, _), entry in Member(self._archive, LEAVES).frames():
            if len(entry) == ENTRY.size:
                yield number, UUID(bytes=entry[17:33])

    def _unsealed_ids(self) -> Iterator[UUID]:
        for head, _ in Member(self._archive, UNSEALED).frames():
            yield UUID(bytes=head[2])

    def _compare_manifest(self, checkpoints: Checkpoints) -> None:
        manifest = self._manifest
        found = {name: member.count for name, member in self._members.items()}
        found["records"] = self._records.count
        for name, count in found.items():
            if manifest.counts[name] != count:
                told = f"The manifest promises {manifest.counts[name]} {name}; the bundle holds {count}."
                self._report.find("manifest", told)
        newest = checkpoints.newest
        if (manifest.size, manifest.root) != ((newest.size, newest.root) if newest else (0, b"")):
            self._report.find("manifest", "The manifest names another newest checkpoint than the bundle holds.")

    def _name_records(self) -> None:
        """Put numbers and ids into the sentences."""
        wanted = {number for one in self._report.findings if not one.ids for number in one.numbers}
        ids: dict[int, str] = {}
        if wanted:
            with contextlib.suppress(Unreadable, *BROKEN):
                ids.update((number, str(id)) for number, id in self._leaf_ids() if number in wanted)
        for one in self._report.findings:
            if not one.ids:
                one.ids = [ids.get(number, "") for number in one.numbers]
            names = [f"number {n} (id {id or 'not known'})" for n, id in zip(one.numbers, one.ids)]
            text = ("record " if len(names) == 1 else "") + ", ".join(names)
            one.sentence = one.sentence.replace("{record}", text).replace("{Record}", text[:1].upper() + text[1:])

    def _summarise(self, checkpoints: Checkpoints, tree: TreeCheck, own: Note | None, key: Key | None) -> None:
        manifest, newest = self._manifest, checkpoints.newest
        self._report.newest = newest.data if newest else b""
        self._report.summary = {
            "log": shown(manifest.iri),
            "origin": manifest.key.origin,
            "records": self._sealed,
            "first_stored": moment(self._first) if self._first is not None else None,
            "last_stored": moment(self._last) if self._last is not None else None,
            "waiting": self._waiting,
            "checkpoints": self._members["checkpoints"].count,
            "newest_checkpoint": newest.time if newest else None,
            "root": base64.b64encode(newest.root).decode() if newest else None,
            "key": manifest.key_text,
            "fingerprint": manifest.key.fingerprint,
            "bundle_made": manifest.made,
        }
        self._say_what_was_checked(checkpoints, tree, own, key)

    def _say_what_was_checked(
        self, checkpoints: Checkpoints, tree: TreeCheck, own: Note | None, key: Key | None
    ) -> None:
        checked, missed = self._report.checked, self._report.not_checked
        total = self._members["checkpoints"].count
        checked += [
            f"Content, time and place of each of the {self._sealed} records against the sealed tree.",
            f"The root of the tree at each of the {total} checkpoints, and the kept tiles.",
            f"The signatures of {checkpoints.signatures} checkpoints, the newest first.",
        ]
        if self._genesis_checked:
            checked.append("The first record names this log and this key.")
        if own is not None:
            checked.append(f"Your own checkpoint of {own.time}, over {own.size} records.")
        else:
            missed.append(
                "Whether the whole log was rewritten, or cut back, before this bundle was made. To find out, give the "
                "checkpoint that you kept last time with --checkpoint; keep this one with --keep."
            )
        if key is not None:
            checked.append("The key that you gave.")
        else:
            missed.append(
                "Whether the key is really the organisation's. Compare the fingerprint with the one that you were told "
                "by another way, or give the key with --key."
            )
        if tree.unknown:
            missed.append(f"Roots that cannot be computed, because leaves are missing ({tree.unknown}).")
        if self._report.signatures_left:
            missed.append(
                f"The signatures of the other {self._report.signatures_left} checkpoints; their roots were. "
                "--all-signatures checks them too."
            )
        if self._waiting:
            missed.append(f"Records that wait to be sealed ({self._waiting}): nothing vouches for them yet.")
        missed.append("Whether what was recorded is true: the seal shows that it was not changed afterwards.")


def _read_own(data: bytes) -> Note:
    try:
        # A mail program or an editor may have changed the ends of lines.
        return read_note(data.replace(b"\r\n", b"\n").strip() + b"\n")
    except ValueError as error:
        raise Unreadable(f"Your checkpoint file cannot be read: {error}.") from None


def moment(microseconds: int) -> str:
    """A stored time for a reader."""
    try:
        at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"{microseconds} microseconds after 1970"
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


# --- The command ---


def verify(path: str, *, own: bytes | None = None, key: Key | None = None, all_signatures: bool = False) -> Report:
    """
    Check the bundle at a path. Never raises for what stands in the file.

    :param own: the auditor's earlier checkpoint
    :param key: the key that the auditor expects
    """
    report = Report()
    try:
        with Path(path).open("rb") as file:
            archive = open_archive(file)
            _check(path, archive, report, own=own, key=key, all_signatures=all_signatures)
            if report.result == "tampered" and report.signatures_left:
                # With every signature known, the findings name the right record; now the time for it is well spent.
                report = Report()
                _check(path, archive, report, own=own, key=key, all_signatures=True)
            if report.result != "verified" and not _is_intact(archive):
                report.damaged = "The file was damaged on its way: its checksums do not fit. Fetch it again."
    except Unreadable as reason:
        report.incomplete = str(reason)
    except FileNotFoundError:
        report.incomplete = "There is no such file."
    except Exception as error:  # noqa: BLE001 - the zip module has many ways to refuse a hostile file
        report.incomplete = f"The file cannot be read as an archive: {shown(error)}."
    return report


def _check(
    path: str, archive: zipfile.ZipFile, report: Report, *, own: bytes | None, key: Key | None, all_signatures: bool
) -> None:
    try:
        LogCheck(path, archive, report).run(own=own, key=key, all_signatures=all_signatures)
    except Unreadable as reason:
        report.incomplete = str(reason)
    except Exception as error:  # noqa: BLE001 - whatever a hostile file provokes is told, never passed over
        report.incomplete = f"The bundle cannot be read to its end: {shown(repr(error))}."


def _is_intact(archive: zipfile.ZipFile) -> bool:
    """Whether the archive's own checksums fit: a forger would have seen to that, a bad disk does not."""
    try:
        for info in archive.infolist():
            with archive.open(info) as member:
                while member.read(1 << 20):
                    pass
    except BROKEN:
        return False
    return True


HEADLINES = {
    "verified": "VERIFIED. The records are exactly those that were sealed.",
    "tampered": "TAMPERED. Something was changed after it was sealed.",
    "incomplete": "INCOMPLETE. The bundle could not be checked to its end, so nothing is proven.",
}
LABELS = (
    ("log", "Log"),
    ("records", "Records"),
    ("first_stored", "First stored"),
    ("last_stored", "Last stored"),
    ("waiting", "Not yet sealed"),
    ("newest_checkpoint", "Newest checkpoint"),
    ("root", "Its root"),
    ("fingerprint", "Key's fingerprint"),
    ("key", "Key"),
    ("bundle_made", "Bundle made"),
)


def lines(report: Report) -> Iterable[str]:
    """The report for people."""
    yield HEADLINES[report.result]
    for reason in (report.damaged, report.incomplete):
        if reason:
            yield f"  {reason}"
    if report.findings and not report.damaged:
        yield ""
        yield "Findings"
        yield from (f"  - {one.sentence}" for one in report.findings)
    if report.more:
        yield f"  - and {report.more} more."
    if report.summary:
        yield ""
        for name, label in LABELS:
            if report.summary[name] is not None:
                yield f"{label + ':':<19} {report.summary[name]}"
    for title, sentences in (("Checked", report.checked), ("Not checked", report.not_checked)):
        if sentences:
            yield ""
            yield title
            yield from (f"  - {sentence}" for sentence in sentences)


def as_json(report: Report) -> dict[str, Any]:
    """The report for machines."""
    return {
        "format": "andante-verification/1",
        "result": report.result,
        "reason": report.damaged or report.incomplete,
        "findings": [
            {"what": one.what, "numbers": one.numbers, "ids": one.ids, "sentence": one.sentence}
            for one in report.findings
        ],
        "more_findings": report.more,
        "summary": report.summary,
        "checked": report.checked,
        "not_checked": report.not_checked,
    }


def _kept(report: Report, file: str | None) -> Sequence[str]:
    """What to say about the checkpoint that `--keep` wrote."""
    if file is None or report.result != "verified":
        return ()
    return ("", f"Kept for next time: the newest checkpoint, in {file}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Checks a bundle of Andante's learning records.",
        epilog="Exit status: 0 verified, 1 tampered, 2 incomplete.",
    )
    parser.add_argument("bundle", help="the bundle, a zip file")
    parser.add_argument("--checkpoint", metavar="FILE", help="a checkpoint of this log that you kept earlier")
    parser.add_argument("--keep", metavar="FILE", help="if verified, write the newest checkpoint here for next time")
    parser.add_argument("--key", metavar="KEY", help="the log's public key, as you were given it")
    parser.add_argument("--all-signatures", action="store_true", help="check the signature of every checkpoint")
    parser.add_argument("--only-rows", action="store_true", help=argparse.SUPPRESS)  # a second process of our own
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args(arguments)
    if options.only_rows:
        return send_rows(options.bundle)
    own = key = None
    try:
        if options.checkpoint:
            with Path(options.checkpoint).open("rb") as file:
                own = file.read(LONGEST_NOTE)
        if options.key:
            key = read_key(options.key.strip())
    except OSError as error:
        parser.error(f"the checkpoint file cannot be opened: {error.strerror}")
    except ValueError:
        parser.error("this is not a public key of a log: it looks like andante/…+01234567+…")
    report = verify(options.bundle, own=own, key=key, all_signatures=options.all_signatures)
    if options.keep and report.result == "verified":
        try:
            with Path(options.keep).open("xb") as file:
                file.write(report.newest)
        except OSError as error:
            parser.error(f"the checkpoint cannot be written to {options.keep}: {error.strerror}")
    with contextlib.suppress(AttributeError, ValueError):
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    if options.json:
        print(json.dumps(as_json(report), indent=1))
    else:
        print(*lines(report), *_kept(report, options.keep), sep="\n")
    return {"verified": 0, "tampered": 1, "incomplete": 2}[report.result]


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt):  # noqa: BLE001 - Python's status for these is 1: here that is tampered
        traceback.print_exc()
        os._exit(2)
    sys.exit(status)
