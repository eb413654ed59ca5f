#!/usr/bin/env python3
"""
Checks Andante's learning records, so that nobody has to trust the server that they came from.

    python3 andante_verify.py FILE [--checkpoint FILE] [--keep FILE] [--key KEY] [--witness KEY] [--json]

FILE is a bundle (the whole log) or an extract (a receipt of one record, or one person's records); the program tells
by its content. For bundles there is more: --archive, --answer, --qualified; see --help.

One file, Python 3.8 or newer, nothing else needed, no connection used. It shares no code with the server: it
was written from docs/reference/ledger-format.md, bundle-format.md and extract-format.md, and you can write your
own from these pages.

Exit status: 0 verified; 1 tampered; 2 incomplete (damaged, cut off, or of a format not known here).

Contents, each part using only those before it:

    Limits                      what a hostile file may make this program do at most
    Ed25519                     signatures (RFC 8032)
    Keys and notes              keys, checkpoints, cosignatures as texts
    Reading                     JSON and base64, strictly; the parts of an archive
    What was found              findings and the report
    The tree                    Merkle tree, proofs, tiles, signed roots (RFC 6962, RFC 9162)
    The chain of keys           which key was in force when
    The checkpoints             of a bundle: form, order, signatures
    Witnesses                   cosignatures of a bundle
    The records                 their commitments, in a second process where that pays; the facts among them
    Removed records             erased by law, moved to an archive, or taken away
    Who was qualified           answers to auditors' questions, derived anew from the records
    A bundle                    the check of a whole log
    An extract                  the check of a receipt, or of one person's records
    The command                 options and the report for people and machines
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import csv
import hashlib
import hmac
import io
import json
import mmap
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
from bisect import bisect_left, bisect_right
from collections import deque
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Callable, Iterable, Iterator, NamedTuple, Pattern, Sequence, Tuple
from uuid import UUID

# --- Limits ---

LONGEST_MANIFEST = 64 * 1024
LONGEST_FRAME = 16 * 1024 * 1024
LONGEST_NOTE = 4 * 1024
LONGEST_DIRECTORY = 4 * 1024
LONGEST_FACT = 1024 * 1024
"""Bytes of a record that this program has to understand, not only to hash."""
MOST_VALUES = 100_000
"""Values in one JSON text, about."""
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_TIMES_PACKED = 200
MOST_MISSING = 1_000_000
MOST_CHANGES = 1_000
"""Changes of key."""
LONGEST_EXTRACT = 256 * 1024 * 1024
MOST_RECORDS = 100_000
MOST_HASHES = 64
"""Records of an extract, and hashes of a proof."""
MOST_COSIGNATURES = 1_000
"""Lines of witnesses in an extract."""
LONGEST_SHOWN = 10_000
"""Characters of a receipt's content that are printed."""

WORTH_A_PROCESS = 20 * 1024 * 1024
"""Bytes of records above which a second process pays."""

SIGNATURES_BY_DEFAULT = 1_000
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


# --- Keys and notes (ledger-format.md) ---

_NOTE = re.compile(
    rb"(?P<text>(?P<origin>[^\n]+)\n(?P<size>[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    rb"andante-checkpoint/1 (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n)"
    rb"\n\xe2\x80\x94 (?P<name>[^ \n]+) (?P<signature>[A-Za-z0-9+/=]+)\n"
)
_COSIGNATURE = re.compile(rb"\xe2\x80\x94 (?P<name>[^ \n]+) (?P<signature>[A-Za-z0-9+/=]+)")
_OF_LOGS, _OF_WITNESSES = 1, 4
"""The first byte of a key says what it signs (c2sp.org/signed-note)."""


class Key(NamedTuple):
    """A public key of a log or of a witness, and the four bytes that tell it from others."""

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


class Cosignature(NamedTuple):
    """A witness's line that could be read: when it saw a checkpoint, in seconds since 1970, and its signature."""

    name: str
    key_id: bytes
    time: int
    signature: bytes

    def over(self, note: Note) -> Signed:
        """What the witness signed, if it was this checkpoint."""
        return Signed(note.size, b"cosignature/v1\ntime %d\n" % self.time + note.signed.text, self.signature)


def _base64(text: bytes) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data) != text:
        raise ValueError("another spelling of the same base64")
    return data


def read_key(text: str, kind: int = _OF_LOGS) -> Key:
    """
    The key that `ORIGIN+KEYID+KEY` writes.

    :param kind: 1 for a log's key, 4 for a witness's
    :raises ValueError: it is no such text, or its id is not that of its key
    """
    origin, id_text, key_text = text.split("+", 2)  # base64 has plus signs of its own; a name has none
    data = _base64(key_text.encode("ascii"))
    key_id = hashlib.sha256(origin.encode() + b"\n" + data).digest()[:4]
    if len(data) != 33 or data[0] != kind or key_id.hex() != id_text:
        raise ValueError("the id does not fit the key")
    return Key(origin, key_id, data[1:])


def written_key(key: Key) -> str:
    """A log's key as `read_key` reads it."""
    return f"{key.origin}+{key.id.hex()}+{base64.b64encode(bytes([_OF_LOGS]) + key.public).decode()}"


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


def read_cosignature(line: bytes) -> Cosignature:
    """
    The cosignature that a line, without its line feed, holds.

    :raises ValueError: it is no such line
    """
    found = _COSIGNATURE.fullmatch(line)
    if not found:
        raise ValueError("it does not have the form of a cosignature")
    data = _base64(found["signature"])
    if len(data) != 76:
        raise ValueError("its signature does not have the length of one")
    return Cosignature(found["name"].decode(), data[:4], int.from_bytes(data[4:12], "big"), data[12:])


def is_signed(key: Key, signed: Signed) -> bool:
    return not bad_signatures(key.public, [signed])


# --- Reading (bundle-format.md) ---


class Unreadable(Exception):  # noqa: N818 - errors are facts
    """The file cannot be checked to its end; the message says why, for a reader who knows no formats."""


def _demand(truth: bool) -> None:  # noqa: FBT001
    if not truth:
        raise ValueError


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _whole_number(text: str) -> int:
    """A number of no more digits than any of ours has: reading a million digits takes hours."""
    _demand(len(text) < 30)
    return int(text)


def _no_such_value(_text: str) -> None:
    raise ValueError("a value that JSON does not have")


def read_json(data: bytes, *, most: int = LONGEST_FACT, values: int = MOST_VALUES) -> Any:
    """
    What a JSON text says, read strictly and in bounded memory.

    :param most: bytes
    :param values: as many, about
    :raises ValueError: it is no such text, or longer, or of more values than any real one
    """
    if len(data) > most or data.count(b",") + data.count(b"[") + data.count(b"{") > values:
        raise ValueError("it is too long")
    try:
        return json.loads(
            data.decode(),
            object_pairs_hook=_no_name_twice,
            parse_int=_whole_number,
            parse_constant=_no_such_value,
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


_END = struct.Struct("<4s4H2LH")
_END_64_PLACE = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")


class Whole(NamedTuple):
    """What an archive must hold to be one of a kind."""

    name: str
    """for people"""
    members: tuple[tuple[str, ...], ...]
    """the names of its parts in order; more than one list for more than one version"""


BUNDLE_1 = ("leaves", "records", "unsealed", "tiles", "checkpoints", "manifest.json")
BUNDLE_2 = (*BUNDLE_1[:-1], "cosignatures", "manifest.json")
BUNDLE = Whole("a bundle", (BUNDLE_1, BUNDLE_2))
ARCHIVE = Whole("an archive of a month", (("records", "manifest.json"),))


def open_archive(file: IO[bytes], whole: Whole = BUNDLE) -> zipfile.ZipFile:
    """
    Open the archive after a look at its last bytes: a hostile directory is never read into memory.

    :raises Unreadable: it is not the archive that the format describes
    """
    length = file.seek(0, os.SEEK_END)
    if length < _END.size:
        raise Unreadable(f"The file is empty or cut off; it is not {whole.name}.")
    file.seek(length - _END.size)
    magic, _, _, _, entries, directory, _, comment = _END.unpack(file.read(_END.size))
    if magic != b"PK\x05\x06" or comment:
        raise Unreadable(f"The file does not end as {whole.name} does: it was cut off, or something was added.")
    place = length - _END.size - _END_64_PLACE.size
    if place >= 0:
        file.seek(place)
        magic, _, start, _ = _END_64_PLACE.unpack(file.read(_END_64_PLACE.size))
        if magic == b"PK\x06\x07":
            # The zip module reads the one right before, whatever the pointer says: both must be the same.
            file.seek(max(place - _END_64.size, 0))
            magic, _, _, _, _, _, _, entries, directory, _ = _END_64.unpack(file.read(_END_64.size))
            if magic != b"PK\x06\x06" or start + _END_64.size != place:
                raise Unreadable(f"The archive's directory does not stand where that of {whole.name} does.")
    if entries not in {len(members) for members in whole.members} or directory > LONGEST_DIRECTORY:
        raise Unreadable(f"The archive does not hold the parts of {whole.name}.")
    archive = zipfile.ZipFile(file)
    _check_members(archive, whole, length)
    return archive


def _check_members(archive: zipfile.ZipFile, whole: Whole, length: int) -> None:
    infos = archive.infolist()
    if tuple(info.filename for info in infos) not in whole.members:
        names = ", ".join(whole.members[-1])
        raise Unreadable(f"The archive does not hold the parts of {whole.name} in order: {names}.")
    if infos[0].header_offset or any(info.flag_bits & 1 or info.compress_type not in {0, 8} for info in infos):
        raise Unreadable(f"The archive is encrypted or packed in a way that {whole.name} is not.")
    if sum(info.file_size for info in infos) > MOST_UNPACKED + MOST_TIMES_PACKED * length:
        raise Unreadable(f"The archive would unpack to a size that {whole.name} never has; it was not read.")


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
                raise Unreadable(too_long(part, length))
            content = read(length)
            if len(content) != length:
                break
            self.count += 1
            yield head, content
        if data:
            raise Unreadable(ends_early(part))


def too_long(part: str, length: int) -> str:
    return f"The part “{part}” holds an entry of {length} bytes: no real one is so long."


def ends_early(part: str) -> str:
    return f"The part “{part}” ends in the middle."


BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What the zip module raises where an archive is broken."""


def is_intact(archive: zipfile.ZipFile) -> bool:
    """Whether the archive's own checksums fit: a forger would have seen to that, a bad disk does not."""
    try:
        for info in archive.infolist():
            with archive.open(info) as member:
                while member.read(1 << 20):
                    pass
    except BROKEN:
        return False
    return True


LEAVES = Form("leaves", struct.Struct(">qI"), 1)
RECORDS = Form("records", struct.Struct(">q16shqHI"), 2)
UNSEALED = Form("unsealed", struct.Struct(">BB16shqHHI"), 3)
TILES = Form("tiles", struct.Struct(">hqI"), 1)
CHECKPOINTS = Form("checkpoints", struct.Struct(">qqHI"), 2)
COSIGNATURES = Form("cosignatures", struct.Struct(">qH"), 1)
ENTRY = struct.Struct(">B16sQQBq32s")
"""Format version, log id, upper and lower half of the record's id, kind, stored, commitment."""
STATEMENT, AUDIT, SIGNATURE = 1, 2, 3
"""The kinds of records."""


class Manifest(NamedTuple):
    """What the bundle says of itself; each part is held against what it really is."""

    version: int
    log_id: UUID
    iri: str
    key: Key
    size: int
    root: bytes
    counts: dict[str, int]
    made: str


def read_manifest(data: bytes, members: Sequence[str]) -> Manifest:
    """
    The manifest, read strictly.

    :param members: the names of the parts that the archive holds
    :raises Unreadable: it is no manifest of a format that this program knows
    """
    try:
        content = read_json(data, most=LONGEST_MANIFEST)
    except ValueError:
        raise Unreadable("The manifest is not readable JSON.") from None
    form = content.get("format") if isinstance(content, dict) else None
    if form not in ("andante-bundle/1", "andante-bundle/2"):
        known = "this program knows andante-bundle/1 and andante-bundle/2 only"
        raise Unreadable(f"The bundle's format is “{shown(form)}”; {known}.")
    if content.get("scope") != "whole":
        raise Unreadable("The bundle does not hold a whole log; this program checks whole logs only.")
    version = int(form[-1])
    if tuple(members) != BUNDLE.members[version - 1]:
        raise Unreadable(f"The archive does not hold the parts of {form}: {', '.join(BUNDLE.members[version - 1])}.")
    try:
        return _manifest(content, version)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Unreadable("The manifest does not have the form that the format describes.") from None


def _manifest(content: dict[str, Any], version: int) -> Manifest:
    newest, counts = content["checkpoint"], content["counts"]
    _demand(set(content) == {"format", "scope", "log", "key", "checkpoint", "counts", "made"})
    log_id, iri, origin = read_log(content["log"])
    _demand(set(counts) == set(BUNDLE.members[version - 1][:-1]))
    _demand(all(type(n) is int and n >= 0 for n in counts.values()))
    key = read_key(content["key"])
    _demand(key.origin == origin)
    size, root = 0, b""
    if newest is not None:
        _demand(set(newest) == {"size", "root"} and type(newest["size"]) is int and newest["size"] > 0)
        size, root = newest["size"], _base64(newest["root"].encode("ascii"))
    return Manifest(version, log_id, iri, key, size, root, counts, read_made(content["made"]))


def read_log(log: Any) -> tuple[UUID, str, str]:
    """Id, address and name of the log, as manifests and extracts write them."""
    _demand(set(log) == {"id", "iri", "origin"} and isinstance(log["iri"], str))
    _demand(log["origin"] == f"andante/{log['id']}")
    return read_id(log["id"]), log["iri"], log["origin"]


def read_id(text: str) -> UUID:
    id = UUID(text)
    _demand(str(id) == text)
    return id


def read_made(text: str) -> str:
    _demand(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text, re.ASCII) is not None)
    return text


def shown(value: object, most: int = 200) -> str:
    """A text of the file as it can be printed: no control characters, not too long."""
    text = str(value)
    return "".join(sign if sign.isprintable() else "?" for sign in text[:most])


def shown_or_cut(text: str, most: int) -> str:
    """A long text of the file as it can be printed; where it does not end there, that is said."""
    more = len(text) - most
    return shown(text, most) + (f"… (cut, {more} more characters)" if more > 0 else "")


def counted(number: int, one: str) -> str:
    """Such as "1 record", "2 records"."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def each_of(number: int, one: str) -> str:
    """Such as "the one record", "each of the 2 records"."""
    return f"the one {one}" if number == 1 else f"each of the {counted(number, one)}"


def rewritten(size: int, whose: str) -> str:
    begins = "its first record is not that" if size == 1 else f"its first {size} records are not those"
    return f"The log was rewritten: {begins} {whose}."


def moment(microseconds: int) -> str:
    """A stored time for a reader."""
    try:
        at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"{microseconds} microseconds after 1970"
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


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

    def name_records(self) -> None:
        """Put the records' numbers and ids into the sentence."""
        names = [f"number {n} (id {id or 'not known'})" for n, id in zip(self.numbers, self.ids)]
        text = ("record " if len(names) == 1 else "") + ", ".join(names)
        self.sentence = self.sentence.replace("{record}", text).replace("{Record}", text[:1].upper() + text[1:])


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
        self.qualified: list[dict[str, Any]] | None = None
        """who was qualified, where that was asked"""
        self.checked: list[str] = []
        self.not_checked: list[str] = []

    def find(self, what: str, sentence: str, *numbers: int, ids: Sequence[str] = ()) -> None:
        if len(self.findings) < LISTED:
            self.findings.append(Finding(what, sentence, numbers, ids))
        else:
            self.more += 1

    def lack(self, why: str) -> None:
        """The check cannot come to its end."""
        self.incomplete = f"{self.incomplete} {why}" if self.incomplete else why

    @property
    def result(self) -> str:
        if self.damaged:
            return "incomplete"
        if self.findings:
            return "tampered"
        return "incomplete" if self.incomplete else "verified"


# --- The tree (RFC 6962, section 2.1; RFC 9162, section 2.1) ---


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


class Tree:
    """Keeps only the roots of complete subtrees, from left to right: one for each one in the size's bits."""

    def __init__(self) -> None:
        self.size = 0
        self.upper: dict[int, bytearray] = {}
        """level → the hashes that the tiles of that level should hold, for levels from 1"""
        self._peaks: list[bytes] = []

    def add(self, *hashes: bytes) -> None:
        sha256, peaks, size = hashlib.sha256, self._peaks, self.size
        for leaf in hashes:
            size = rest = size + 1
            hash, height = leaf, 0
            while not rest & 1:
                hash = sha256(b"\x01" + peaks.pop() + hash).digest()
                rest >>= 1
                height += 1
                if not height & 7:
                    self.upper.setdefault(height >> 3, bytearray()).extend(hash)
            peaks.append(hash)
        self.size = size

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
    whose: str
    """of the auditor's checkpoint, or that a witness saw; empty for the log's own"""


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
        if not self.next & 255:
            self._begin_tile()
        if hash is None and self._tile is not None:
            place = self.next & 255
            hash = self._tile[place * 32 : place * 32 + 32]
        if hash is None:
            self._tree = None
        self._take([hash or b""])
        return hash

    def add_all(self, hashes: list[bytes]) -> None:
        """The next leaves' hashes, none of them missing."""
        start = 0
        while start < len(hashes):
            if not self.next & 255:
                self._begin_tile()
            room = 256 - (self.next & 255)
            if self._coming is not None:
                room = min(room, max(self._coming.size - self.next, 1))
            self._take(hashes[start : start + room])
            start += room

    def _begin_tile(self) -> None:
        full = self.next | 255 < self.size
        self._tile = self._tiles.take(0, self.next >> 8) if full and self._tiles else None
        self._hashes = []

    def _take(self, hashes: list[bytes]) -> None:
        """Hashes up to the end of a tile, or to a size that somebody signed."""
        self._hashes += hashes
        self.next += len(hashes)
        if self._tree is not None:
            self._tree.add(*hashes)
        if not self.next & 255 and self._tile is not None:
            self._compare_tile(self._tile)
        if self._coming is not None and self._coming.size <= self.next:
            self._compare_roots()

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
        if other.whose:
            self._report.find("rewritten", rewritten(other.size, other.whose))
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


# --- The chain of keys (ledger-format.md, "A change of key") ---


class Change(NamedTuple):
    """A record that claims to change the log's key."""

    number: int
    id: UUID
    stored: int
    body: bytes


class InForce(NamedTuple):
    """A key of the log, the number of the record that brought it in, and when that was stored."""

    key: Key
    since: int
    stored: int | None


class Chain:
    """The keys of a log, each vouched for by the one before."""

    def __init__(self, first: Key, log_id: UUID, stored: int | None = None) -> None:
        self.keys = [InForce(first, 0, stored)]
        self._log_id = log_id
        self._changed: list[int] = []

    def at(self, previous: int) -> Key:
        """The key that signs the checkpoint which names this previous size."""
        return self.keys[bisect_left(self._changed, previous)].key

    def with_id(self, key_id: bytes) -> list[Key]:
        return [one.key for one in self.keys if one.key.id == key_id]

    def holds(self, key: Key) -> bool:
        return any(one.key == key for one in self.keys)

    def leads(self, key: Key, to: Key) -> bool:
        """Whether a key is another one, or vouches for it by the changes of key between them."""
        keys = [one.key for one in self.keys]
        return key in keys and to in keys[keys.index(key) :]

    def signed(self, note: Note) -> bool:
        """Whether a key of this log, whichever, signed the checkpoint."""
        return any(is_signed(key, note.signed) for key in self.with_id(note.key_id))

    def follow(self, change: Change) -> str | None:
        """
        Go over to the key that a record names.

        :return: None, or why it changes nothing
        """
        if len(self.keys) > MOST_CHANGES:
            return "no log changes its key so often"
        try:
            old_text, new_text, endorsement, possession = self._read(change)
            new = read_key(new_text)
        except (ValueError, TypeError, KeyError, AttributeError):
            return "it does not have the form of a change"
        old = self.keys[-1].key
        text = f"andante-key/1\n{old.origin}\n{old_text}\n{new_text}\n{change.id}\n".encode()
        why = None
        if old_text != written_key(old):
            why = "the key that it replaces was not the one in force"
        elif new.origin != old.origin or self.holds(new):
            why = "the new key is of another log, or was used before"
        elif not is_signed(old, Signed(0, text, endorsement)):
            why = "the old key did not sign it"
        elif not is_signed(new, Signed(0, text, possession)):
            why = "the new key did not sign it"
        else:
            self._changed.append(change.number)
            self.keys.append(InForce(new, change.number, change.stored))
        return why

    def _read(self, change: Change) -> tuple[str, str, bytes, bytes]:
        """Old and new key, and the signatures of both."""
        told = read_json(change.body, most=LONGEST_MANIFEST)
        _demand(spells(change.body, "key-rotated"))
        _demand(told["format"] == "andante-audit/1" and told["id"] == str(change.id))
        _demand(told["action"] == "key-rotated" and told["subject"] == f"log:{self._log_id}")
        new = told["new"]
        return told["old"]["key"], new["key"], *(_base64(new[name].encode()) for name in ("endorsement", "possession"))

    def told(self) -> list[dict[str, Any]]:
        """All keys for the summary."""
        return [
            {
                "key": written_key(one.key),
                "fingerprint": one.key.fingerprint,
                "since_record": one.since,
                "since": moment(one.stored) if one.stored is not None else None,
            }
            for one in self.keys
        ]


BETWEEN_KEYS = (
    "The newest checkpoint was signed while the key was being changed: it holds the change, and still the old key "
    "signed it. Whoever kept the old key could have made it. Ask again, for a copy that the new key signed."
)
FORGED_CHANGE = "{Record} claims to change the log's key, but {why}: it changes nothing and counts as a forgery."


def chain_of(
    first: Key, log_id: UUID, changes: Iterable[Change], *, sizes: Sequence[int] = (), stored: int | None = None
) -> tuple[Chain, list[tuple[int, str]]]:
    """
    The keys that the changes lead to, and the numbers of those that change nothing, each with the reason.

    :param sizes: of the checkpoints, where they are known: there is at most one change between two
    :param stored: when the log was opened
    """
    chain, forged = Chain(first, log_id, stored), []
    latest = -1
    for change in changes:
        interval = bisect_right(sizes, change.number)
        if sizes and interval == latest:
            forged.append((change.number, "the key was changed once already since the checkpoint before"))
            continue
        why = chain.follow(change)
        if why is None:
            latest = interval
        else:
            forged.append((change.number, why))
    return chain, forged


# --- Witnesses (ledger-format.md, "Cosignatures") ---


class Witnessed:
    """What the auditor's witness signed of a bundle's checkpoints. Other witnesses' lines are only counted."""

    def __init__(self, witness: Key | None, report: Report, *, most: int) -> None:
        """
        Begin with nothing.

        :param most: how many lines are checked, the newest
        """
        self.newest: tuple[Note, int] | None = None
        """the newest checkpoint that the witness saw, and when, in seconds since 1970"""
        self.count = 0
        """of checkpoints that it signed"""
        self._witness = witness
        self._report = report
        self._lines: deque[tuple[int, Cosignature]] = deque(maxlen=most)
        self._by_size: dict[int, list[Cosignature]] = {}
        self._seen: list[tuple[Note, int, Signed]] = []

    def read(self, member: Member) -> None:
        """Find the witness's lines."""
        for (size, _), line in member.frames():
            try:
                cosignature = read_cosignature(line)
            except ValueError:
                self._report.find("witness", f"A cosignature of {the(size)} was changed: it cannot be read.")
                continue
            if self._witness is not None and self.is_by(self._witness, cosignature):
                self._lines.append((size, cosignature))
        for size, cosignature in self._lines:
            self._by_size.setdefault(size, []).append(cosignature)

    @staticmethod
    def is_by(witness: Key, cosignature: Cosignature) -> bool:
        return cosignature.name == witness.origin and cosignature.key_id == witness.id

    def see(self, note: Note) -> None:
        """A checkpoint of the bundle, in their order."""
        for cosignature in self._by_size.pop(note.size, ()):
            self._seen.append((note, cosignature.time, cosignature.over(note)))

    def finish(self) -> None:
        """Check the signatures, when every checkpoint was seen."""
        if self._by_size:
            # Without the checkpoint's text nothing tells whether it was the witness who wrote the line.
            sizes = ", ".join(str(size) for size in sorted(self._by_size)[:10])
            more = f" and {len(self._by_size) - 10} more" if len(self._by_size) > 10 else ""
            noun = "record" if sizes == "1" else "records"
            self._report.lack(
                f"Lines claim that your witness signed checkpoints which are not here (over {sizes}{more} {noun}). "
                "They cannot be checked; ask the witness what it saw."
            )
        if self._witness is None:
            return
        bad = {id(one) for one in bad_signatures(self._witness.public, [one[2] for one in self._seen], MOST_BAD)}
        for note, time, signed in self._seen:
            if id(signed) in bad:
                told = f"{over(note.size)} or its cosignature was changed: your witness did not sign it like this."
                self._report.find("witness", told)
            elif len(bad) < MOST_BAD:
                self.count += 1
                self.newest = (note, time)


# --- The checkpoints ---


class Checkpoints:
    """All checkpoints of the bundle: form, order, signatures. Of each, only a few numbers and the root are kept."""

    def __init__(self, member: Member, first: Key, report: Report, witnessed: Witnessed) -> None:
        """
        Read them all; `judge` checks the signatures.

        :param first: the key that the log was opened with
        """
        self.size = 0
        """how many leaves the newest covers"""
        self.signatures = 0
        """how many signatures were checked"""
        self.newest: Note | None = None
        self.sizes = array("q")
        self._previous = array("q")
        self._key_ids = array("I")
        self._roots = bytearray()
        self._unsigned: set[int] = set()
        self._first = first
        self._report = report
        # Newest last; the oldest fall out. And the last and the first of each key.
        self._signed: deque[tuple[int, Signed]] = deque(maxlen=SIGNATURES_BY_DEFAULT)
        self._at_changes: list[tuple[int, Signed]] = []
        self._read(member, witnessed)

    @property
    def know_other_keys(self) -> bool:
        """Whether any is signed with another key than the first."""
        first = int.from_bytes(self._first.id, "big")
        return self._key_ids.count(first) != len(self._key_ids)

    def signer(self, chain: Chain) -> Key:
        """The key that must have signed the newest."""
        return chain.at(self._previous[-1] if self._previous else 0)

    def watched(self, others: Sequence[Watched]) -> Iterator[Watched]:
        """
        The signed roots by size, with others among them.

        :param others: what the auditor brings, by size
        """
        coming = list(others)
        for index, size in enumerate(self.sizes):
            while coming and coming[0].size <= size:
                yield coming.pop(0)
            if size not in self._unsigned:
                yield Watched(size, bytes(self._roots[index * 32 : index * 32 + 32]), "")
        yield from coming

    def _read(self, member: Member, witnessed: Witnessed) -> None:
        before: tuple[bytes, tuple[int, Signed]] | None = None
        for (size, previous, root_length, _), data in member.frames():
            if size <= self.size:
                told = f"{over(size)} stands after one over {self.size}: it was inserted or reordered."
                self._report.find("checkpoint", told)
                continue
            if previous != self.size:
                told = f"A checkpoint was removed or changed: the one over {size} names {previous} as its previous size"
                self._report.find("checkpoint", f"{told}, but {self.size} stands before it.")
            self.size = size
            note = self._note(size, data[:root_length], data[root_length:])
            if note is None:
                continue
            witnessed.see(note)
            here = len(self.sizes), note.signed
            self._keep(note, previous, here[1])
            if before is not None and before[0] != note.key_id and len(self._at_changes) < 2 * MOST_CHANGES:
                self._at_changes += [before[1], here]
            before = note.key_id, here

    def _note(self, size: int, root: bytes, data: bytes) -> Note | None:
        try:
            note = read_note(data[: LONGEST_NOTE + 1])
        except ValueError:
            self._report.find("checkpoint", f"{over(size)} was changed: its note cannot be read.")
            return None
        if (note.origin, note.size, note.root) != (self._first.origin, size, root):
            told = f"{over(size)} was changed: its signed note speaks of another size, root or log."
            self._report.find("checkpoint", told)
            return None
        return note

    def _keep(self, note: Note, previous: int, signed: Signed) -> None:
        self.newest = note
        self._signed.append((len(self.sizes), signed))
        self.sizes.append(note.size)
        self._previous.append(previous)
        self._key_ids.append(int.from_bytes(note.key_id, "big"))
        self._roots += note.root

    def judge(self, chain: Chain, *, leaves: int, all_of_them: Member | None) -> None:
        """
        Check keys and signatures.

        :param leaves: how many leaves the manifest promises
        :param all_of_them: the checkpoints once more, to check every signature; else the newest and those at changes
        """
        self.check_keys(chain)
        if all_of_them is None:
            chosen = sorted({**dict(self._at_changes), **dict(self._signed)}.items())
            self._check_signatures(chain, chosen)
        else:
            for batch in self._batches(all_of_them):
                self._check_signatures(chain, batch)
        self._report.signatures_left = len(self.sizes) - self.signatures
        # An unsigned claim to cover more leaves than there are is not followed.
        signed = next((size for size in reversed(self.sizes) if size not in self._unsigned), 0)
        self.size = min(self.size, max(signed, leaves))

    def check_keys(self, chain: Chain) -> None:
        """Each must be signed with the key that was in force."""
        if len(chain.keys) == 1 and not self.know_other_keys:
            return
        for size, previous, key_id in zip(self.sizes, self._previous, self._key_ids):
            key = chain.at(previous)
            if key_id == int.from_bytes(key.id, "big"):
                continue
            self._unsigned.add(size)
            given = key_id.to_bytes(4, "big")
            if chain.with_id(given):
                told = f"{over(size)} is signed with a key that was not in force then ({given.hex()})."
            else:
                told = f"{over(size)} is signed with another key ({given.hex()})."
            self._report.find("checkpoint", told)

    def _batches(self, member: Member) -> Iterator[list[tuple[int, Signed]]]:
        """Every checkpoint that was kept, once more."""
        index = latest = 0
        batch: list[tuple[int, Signed]] = []
        for (size, _, root_length, _), data in member.frames():
            if size <= latest:
                continue
            latest = size
            if index < len(self.sizes) and self.sizes[index] == size:
                batch.append((index, read_note(data[root_length:]).signed))
                index += 1
            if len(batch) == 10_000:
                yield batch
                batch = []
        yield batch

    def _check_signatures(self, chain: Chain, chosen: Sequence[tuple[int, Signed]]) -> None:
        self.signatures += len(chosen)
        by_key: dict[Key, list[Signed]] = {}
        for index, signed in chosen:
            if signed.size not in self._unsigned:
                by_key.setdefault(chain.at(self._previous[index]), []).append(signed)
        for key, texts in by_key.items():
            bad = bad_signatures(key.public, texts, MOST_BAD)
            for one in bad:
                self._report.find("checkpoint", f"{over(one.size)} was changed: the log's key did not sign it.")
            self._unsigned.update(one.size for one in (bad if len(bad) < MOST_BAD else texts))


def the(size: int) -> str:
    return f"the checkpoint over {counted(size, 'record')}"


def over(size: int) -> str:
    return f"The checkpoint over {counted(size, 'record')}"


# --- The records (bundle-format.md, "records") ---

Row = Tuple[int, int, int, int, int, bool, bytes]
"""Of a record: number, upper and lower half of the id, kind, stored, whether the salt is one, commitment."""
ROW = struct.Struct(">qIB16sQQBq32s")
"""
The leaf that a record should have, as the part “leaves” writes it: so that thousands are compared at once.

A record that can have no leaf (by its kind, or its salt) has format version 0, and kind and salt stand where the log's
id would.
"""
_ODD = struct.Struct(">h?13x")
_PLACE_OF_ENTRY = 12
_INSIDE = bytes(byte ^ 0x36 for byte in range(256))
_OUTSIDE = bytes(byte ^ 0x5C for byte in range(256))
_LENGTHS = struct.Struct(">HI")
_BLOCK = struct.Struct(">II")
"""How many bytes of rows and of facts follow, from the second process."""


class Wanted(NamedTuple):
    """Which records must be understood, and not only hashed: actions of audit events, and whether completions."""

    actions: tuple[str, ...]
    completions: bool = False

    def pattern(self) -> Pattern[bytes]:
        """What the text of such an audit event holds. (The format allows no other spelling of it.)"""
        return re.compile(rb'"action":\s*"(?:' + "|".join(self.actions).encode() + rb')"')


LOG_ACTIONS = ("log-opened", "key-rotated", "record-erased", "month-archived")
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"


class Hashing:
    """Turns frames of records into the leaves that they should have, and picks out facts. The innermost loop."""

    def __init__(self, log_id: UUID, wanted: Wanted) -> None:
        self._prefix = b"\0\0\0\x4a\x01" + log_id.bytes
        self._search = wanted.pattern().search
        self._completed = f'"{COMPLETED}"'.encode() if wanted.completions else None

    def blocks(self, file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """
        Rows, and the frames of the facts among their records, for some thousand records at once.

        :raises Unreadable: a length that no real frame has, or an end in the middle
        """
        return self._each(file, self._take)

    def facts_alone(self, file: IO[bytes]) -> Iterator[bytes]:
        """The frames of the facts, without hashing anything."""
        return (facts for _, facts in self._each(file, self._look))

    @staticmethod
    def _each(
        file: IO[bytes], take: Callable[[bytes, list[bytes], list[bytes]], tuple[int, int]]
    ) -> Iterator[tuple[bytes, bytes]]:
        data, needed = b"", 0
        while True:
            more = file.read(max(needed, 1 << 20))
            data += more
            if not more:
                if data:
                    raise Unreadable(ends_early("records"))
                return
            rows: list[bytes] = []
            facts: list[bytes] = []
            taken, needed = take(data, rows, facts)
            data = data[taken:]
            if rows or facts:
                yield b"".join(rows), b"".join(facts)

    def _take(self, data: bytes, rows: list[bytes], facts: list[bytes]) -> tuple[int, int]:
        """
        Turn the whole frames at the beginning.

        :return: how many bytes were taken, and how many are missing for the next frame, as far as is known
        """
        lengths, sha256, prefix, search = _LENGTHS.unpack_from, hashlib.sha256, self._prefix, self._search
        # HMAC (RFC 2104) written out, which is faster for short texts: the salt is half a block of SHA-256.
        inside, outside, add = b"\x36" * 32, b"\x5c" * 32, rows.append
        place, length = 0, len(data)
        while length - place >= 40:
            salt_length, body_length = lengths(data, place + 34)
            start = place + 40 + salt_length
            end = start + body_length
            if end > length:
                return place, _missing(end - place - 40, end - length)
            kind = data[place + 25]
            if salt_length == 32 and not data[place + 24]:
                salt = data[place + 40 : start]
                inner = sha256(salt.translate(_INSIDE) + inside + data[start:end]).digest()
                outer = sha256(salt.translate(_OUTSIDE) + outside + inner).digest()
                add(
                    data[place : place + 8]
                    + prefix
                    + data[place + 8 : place + 24]
                    + data[place + 25 : place + 34]
                    + outer
                )
            else:
                add(self._odd(data, place, start, end))
            if kind == AUDIT:
                if search(data, start, end):
                    self._pick(data, place, start, end, facts)
            elif self._completed and data.find(self._completed, start, end) >= 0:
                self._pick(data, place, start, end, facts)
            place = end
        return place, 0

    def _look(self, data: bytes, _rows: list[bytes], facts: list[bytes]) -> tuple[int, int]:
        lengths, search = _LENGTHS.unpack_from, self._search
        place, length = 0, len(data)
        while length - place >= 40:
            salt_length, body_length = lengths(data, place + 34)
            start = place + 40 + salt_length
            end = start + body_length
            if end > length:
                return place, _missing(end - place - 40, end - length)
            if data[place + 25] == AUDIT and search(data, start, end):
                self._pick(data, place, start, end, facts)
            place = end
        return place, 0

    @staticmethod
    def _odd(data: bytes, place: int, start: int, end: int) -> bytes:
        number, id, kind, stored, _, _ = RECORDS.head.unpack_from(data, place)
        salt = data[place + 40 : start]
        commitment = hmac.new(salt, data[start:end], "sha256").digest()
        odd = _ODD.pack(kind, len(salt) == 32)
        whole = UUID(bytes=id).int
        return ROW.pack(number, 74, 0, odd, whole >> 64, whole & _LOWER_HALF, kind & 255, stored, commitment)

    @staticmethod
    def _pick(data: bytes, place: int, start: int, end: int, facts: list[bytes]) -> None:
        if end - start <= LONGEST_FACT:
            facts.append(data[place:end])


def _missing(length: int, missing: int) -> int:
    """How many bytes to read for a frame, unless no real one is so long."""
    if length > LONGEST_FRAME:
        raise Unreadable(too_long("records", length))
    return missing


_LOWER_HALF = (1 << 64) - 1


def read_row(data: bytes) -> Row:
    number, _, version, log, upper, lower, kind, stored, commitment = ROW.unpack(data)
    salted = True
    if not version:
        kind, salted = _ODD.unpack(log)
    return number, upper, lower, kind, stored, salted, commitment


def read_facts(data: bytes) -> Iterator[tuple[int, UUID, int, int, bytes]]:
    """Number, id, kind, stored and body of the facts of a block."""
    return (fact for fact, _ in read_salted_facts(data))


def read_salted_facts(data: bytes) -> Iterator[tuple[tuple[int, UUID, int, int, bytes], bytes]]:
    """The same, each with its salt."""
    place, head = 0, RECORDS.head
    while place < len(data):
        number, id, kind, stored, salt_length, length = head.unpack_from(data, place)
        start = place + head.size + salt_length
        salt, place = data[start - salt_length : start], start + length
        yield (number, UUID(bytes=id), kind, stored, data[start:place]), salt


def blocks_beside(path: str, log_id: UUID, wanted: Wanted) -> Iterator[tuple[bytes, bytes]]:
    """The same from a second process, which saves time on a machine with two processors."""
    told = json.dumps([str(log_id), wanted.actions, wanted.completions])
    command = [sys.executable, "-I", __file__, "--only-rows", told, "--", path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - this file
        pipe: Any = process.stdout
        said: Any = process.stderr
        try:
            whole = True
            for head in iter(lambda: pipe.read(_BLOCK.size), b""):
                rows_length, facts_length = _BLOCK.unpack(head) if len(head) == _BLOCK.size else (0, 1)
                rows, facts = pipe.read(rows_length), pipe.read(facts_length)
                whole = (len(rows), len(facts)) == (rows_length, facts_length)
                if whole:
                    yield rows, facts
            reason = said.read().decode(errors="replace").strip()
            if process.wait() or not whole:
                raise Unreadable(shown(reason) or "The second process of the check was ended from outside.")
        finally:
            process.kill()


def send_blocks(path: str, told: str) -> int:
    """What the second process does."""
    log_id, actions, completions = json.loads(told)
    hashing = Hashing(UUID(log_id), Wanted(tuple(actions), completions))
    out = sys.stdout.buffer
    try:
        with Path(path).open("rb") as file:
            for rows, facts in hashing.blocks(open_archive(file).open("records")):
                out.write(_BLOCK.pack(len(rows), len(facts)) + rows)
                out.write(facts)
    except Unreadable as reason:
        sys.stderr.write(str(reason))
    except BROKEN as error:
        sys.stderr.write(f"The part “records” cannot be read: {shown(error)}.")
    else:
        return 0
    return 2


class Rows:
    """The leaves that the records should have, taken many at once or one by one; one that no leaf asks for is told."""

    def __init__(
        self,
        blocks: Iterator[tuple[bytes, bytes]],
        take_facts: Callable[[bytes], None],
        report: Report,
        refused: str = "{Record}: its content stands where it does not belong; it was inserted or reordered.",
    ) -> None:
        """
        Begin with nothing taken.

        :param refused: what to say of one that no leaf asks for
        """
        self.count = 0
        self.refused: set[int] = set()
        """numbers of records that stand where they do not belong, as far as they are listed"""
        self._blocks = blocks
        self._take_facts = take_facts
        self._report = report
        self._told = refused
        self._data = b""
        self._place = 0

    def ahead(self, length: int) -> bytes:
        """What comes next: so many bytes, or fewer at the end."""
        while len(self._data) - self._place < length:
            block = next(self._blocks, None)
            if block is None:
                break
            rows, facts = block
            self._take_facts(facts)
            self._data = self._data[self._place :] + rows
            self._place = 0
        return self._data[self._place : self._place + length]

    def skip(self, count: int) -> None:
        self._place += count * ROW.size
        self.count += count

    def at(self, number: int) -> Row | None:
        """The record with this number; None where it is gone."""
        while True:
            data = self.ahead(ROW.size)
            row = read_row(data) if data else None
            if row is None or row[0] > number:
                return None
            self.skip(1)
            if row[0] == number:
                return row
            self._refuse(row)

    def refuse_rest(self) -> None:
        for data in iter(lambda: self.ahead(ROW.size), b""):
            self.skip(1)
            self._refuse(read_row(data))

    def _refuse(self, row: Row) -> None:
        id = str(UUID(int=row[1] << 64 | row[2]))
        if len(self.refused) < MOST_MISSING:
            self.refused.add(row[0])
        self._report.find("record", self._told, row[0], ids=[id])


class Leaves:
    """The leaves as the bundle holds them, taken many at once or one by one."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.count = 0
        self._file = archive.open("leaves")
        self._data = b""
        self._place = 0

    def ahead(self, length: int) -> bytes:
        """What comes next: so many bytes, or fewer at the end."""
        while len(self._data) - self._place < length:
            more = self._file.read(max(1 << 18, length))
            if not more:
                break
            self._data = self._data[self._place :] + more
            self._place = 0
        return self._data[self._place : self._place + length]

    def skip(self, count: int) -> None:
        self._place += count * ROW.size
        self.count += count

    def take(self) -> tuple[int, bytes] | None:
        """
        The next leaf's number and entry, whatever it looks like; None at the end.

        :raises Unreadable: a length that no real frame has, or an end in the middle
        """
        head = self.ahead(LEAVES.head.size)
        if not head:
            return None
        if len(head) < LEAVES.head.size:
            raise Unreadable(ends_early("leaves"))
        number, length = LEAVES.head.unpack(head)
        if length > LONGEST_FRAME:
            raise Unreadable(too_long("leaves", length))
        frame = self.ahead(len(head) + length)
        if len(frame) < len(head) + length:
            raise Unreadable(ends_early("leaves"))
        self._place += len(frame)
        self.count += 1
        return number, frame[len(head) :]


# --- Removed records (ledger-format.md, "Erasure", "Archived months") ---


class Archived(NamedTuple):
    """What a record says of a month whose records were moved to a file."""

    number: int
    month: str
    sha256: str
    records: int


class Facts:
    """What records say that this check must understand, not only hash."""

    def __init__(self, more: Callable[[Fact, dict[str, Any]], None] | None = None) -> None:
        """
        Begin with nothing.

        :param more: told every fact as well
        """
        self.opened: Fact | None = None
        self.changes: list[Change] = []
        self.archived: list[Archived] = []
        self.erased_by_waiting: set[bytes] = set()
        """ids that only a waiting record names as erased"""
        self.archived_by_waiting: list[Archived] = []
        self._more = more
        self._erasing = array("q")
        self._erased = bytearray()
        self._lasting = bytearray()
        """ids of records that are never erased"""

    def take(self, data: bytes) -> None:
        """The facts of a block."""
        for number, id, kind, stored, body in read_facts(data):
            self.add(Fact(number, id, kind, stored, body))

    def add(self, fact: Fact) -> None:
        """A fact; number -1 where it waits to be sealed."""
        told = fact.told()
        action = told.get("action") if fact.kind == AUDIT else None
        if fact.number == 0:
            self.opened = fact
        if action in LOG_ACTIONS:
            self._lasting += fact.id.bytes
        if action == "key-rotated" and len(self.changes) <= MOST_CHANGES and fact.number > 0:
            self.changes.append(Change(fact.number, fact.id, fact.stored, fact.body))
        elif action == "record-erased":
            self._keep_erasure(fact.number, told)
        elif action == "month-archived":
            self._keep_archived(fact.number, told)
        if self._more is not None:
            self._more(fact, told)

    def _keep_erasure(self, number: int, told: dict[str, Any]) -> None:
        with contextlib.suppress(ValueError):
            subject = str(told.get("subject"))
            _demand(subject.startswith("record:"))
            id = read_id(subject[len("record:") :]).bytes
            if number < 0:
                self.erased_by_waiting.add(id)
            else:
                self._erased += id
                self._erasing.append(number)

    def _keep_archived(self, number: int, told: dict[str, Any]) -> None:
        with contextlib.suppress(ValueError, TypeError, KeyError):
            new, month = told["new"], re.fullmatch(r"month:(\d{4}-\d\d)", str(told.get("subject")), re.ASCII)
            _demand(month is not None and new["format"] == "andante-archive/1" and type(new["records"]) is int)
            _demand(re.fullmatch(r"[0-9a-f]{64}", new["sha256"], re.ASCII) is not None)
            archived = self.archived if number >= 0 else self.archived_by_waiting
            if month is not None and len(archived) < MOST_CHANGES:
                archived.append(Archived(number, month[1], new["sha256"], new["records"]))

    def erased(self, distrusted: set[int]) -> dict[bytes, int]:
        """
        Which ids were erased, with the number of the sealed record that says so.

        :param distrusted: numbers of records that are not as they were sealed
        """
        ids = (bytes(self._erased[place : place + 16]) for place in range(0, len(self._erased), 16))
        return {id: number for id, number in zip(ids, self._erasing) if number not in distrusted}

    def lasting(self) -> Iterator[bytes]:
        for place in range(0, len(self._lasting), 16):
            yield bytes(self._lasting[place : place + 16])


def spells(body: bytes, action: object) -> bool:
    """Whether an audit event's text holds this action without escapes. (None is nearly as long.)"""
    if not isinstance(action, str) or len(action) > 100:
        return False
    return re.search(rb'"action":\s*"' + re.escape(action.encode("utf-8", "replace")) + rb'"', body) is not None


class Fact(NamedTuple):
    """A record whose content matters."""

    number: int
    id: UUID
    kind: int
    stored: int
    body: bytes

    def told(self) -> dict[str, Any]:
        """
        What it says; nothing, where it cannot be read.

        An action that is spelled with escapes is none (ledger-format.md, "Record").
        """
        try:
            told = read_json(self.body)
        except ValueError:
            return {}
        if not isinstance(told, dict) or told.get("id") != str(self.id):
            return {}
        if self.kind == AUDIT and "action" in told and not spells(self.body, told["action"]):
            del told["action"]
        return told


class Ranges:
    """Whole numbers, added in ascending order, kept as ranges."""

    def __init__(self) -> None:
        self._ends = array("q")

    def __bool__(self) -> bool:
        return bool(self._ends)

    def __contains__(self, number: int) -> bool:
        return bisect_right(self._ends, number) % 2 == 1

    def add(self, number: int) -> None:
        if self._ends and self._ends[-1] == number:
            self._ends[-1] = number + 1
        else:
            self._ends.extend((number, number + 1))


REMOVED = "{Record} was removed: its leaf is there, its content is not."


class WaitingRemovals:
    """
    Records that are gone and that only a waiting record names.

    Anybody who can write the file can put such a record there, so it proves nothing. Where it may be true, the check is
    incomplete until it is sealed.
    """

    def __init__(self, facts: Facts) -> None:
        self.count = 0
        """of those that may have been removed lawfully"""
        self._erased = facts.erased_by_waiting
        self._most = {one.month: one.records for one in facts.archived_by_waiting}
        self._of_months: dict[str, array[int]] = {month: array("q") for month in self._most}
        self._lasting = set(facts.lasting()) if self._most else set()
        self._here: set[str] = set()

    def see(self, id: bytes, stored: int) -> None:
        """A record that is there."""
        if self._most and id not in self._lasting:
            self._here.add(month_of(stored))

    def name(self, number: int, id: bytes, month: str) -> bool:
        """Whether a waiting record names one that is gone."""
        if id in self._erased:
            self.count += 1
            return True
        numbers = self._of_months.get(month)
        if numbers is None:
            return False
        numbers.append(number)
        return True

    def not_archived(self) -> Iterator[int]:
        """
        Numbers of those that no archiving took away; the others are counted.

        A month leaves as a whole: where others of its records are still there, or more are gone than were moved, it did
        not.
        """
        for month, numbers in self._of_months.items():
            if month in self._here or len(numbers) > self._most[month]:
                yield from numbers
            else:
                self.count += len(numbers)


class Removals(NamedTuple):
    """What explains that records are gone."""

    erased: dict[bytes, int]
    """by id, the numbers of the records that say so"""
    archives: dict[str, Archive | None]
    """by month; None where the file was not given"""
    waiting: WaitingRemovals
    not_given: dict[str, int]
    """by month, how many records stand in a file that was not given"""


ARCHIVE_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)


class Archive:
    """A month's records in a file of their own. None of them counts before it was compared with its leaf."""

    def __init__(self, file: IO[bytes], log: tuple[UUID, str, str], wanted: Wanted, report: Report) -> None:
        """
        Begin to read it.

        :param log: id, address and name
        :raises Unreadable: it is no such file
        """
        self._file = file
        self._name = shown(Path(file.name).name)
        try:
            self.sha256 = self._hash()
            self._archive = open_archive(file, ARCHIVE)
            self.month, self.count = self._read_manifest(self._archive, log)
            blocks = Hashing(log[0], wanted).blocks(self._archive.open("records"))
            self._facts: deque[tuple[Fact, bytes]] = deque()
            """with their salts"""
            self._asked = 0
            told = f"The archive of {self.month} holds {{record}}, which was not sealed there, or stands there twice."
            self._rows = Rows(blocks, self._keep_facts, report, told)
        except Unreadable as reason:
            raise Unreadable(f"The archive {self._name} cannot be read: {reason}") from None
        except BROKEN as error:
            raise Unreadable(f"The archive {self._name} cannot be read: {shown(error)}.") from None

    def _hash(self) -> str:
        digest = hashlib.sha256()
        for data in iter(lambda: self._file.read(1 << 20), b""):
            digest.update(data)
        return digest.hexdigest()

    def _read_manifest(self, archive: zipfile.ZipFile, log: tuple[UUID, str, str]) -> tuple[str, int]:
        try:
            _demand(archive.getinfo("manifest.json").file_size <= LONGEST_MANIFEST)
            content = read_json(archive.read("manifest.json"), most=LONGEST_MANIFEST)
            _demand(content["format"] == "andante-archive/1")
            _demand(set(content) == {"format", "log", "month", "records", "made"} and read_log(content["log"]) == log)
            _demand(ARCHIVE_MONTH.fullmatch(content["month"]) is not None and type(content["records"]) is int)
            read_made(content["made"])
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Unreadable("its manifest is not that of an archive of this log.") from None
        return content["month"], content["records"]

    def check(self, facts: Facts, distrusted: set[int], report: Report) -> bool:
        """Whether it is the file that a record names."""
        for fact in facts.archived:
            if (fact.sha256, fact.month) == (self.sha256, self.month) and fact.number not in distrusted:
                if fact.records == self.count:
                    return True
                promised = counted(self.count, "record")
                told = f"The archive of {self.month} promises {promised}; it was made with {fact.records}."
                report.find("archive", told)
                return False
        if any((one.sha256, one.month) == (self.sha256, self.month) for one in facts.archived_by_waiting):
            report.lack(
                f"What names the archive {self._name} only waits to be sealed. Make the bundle again when it is sealed."
            )
            return False
        if not is_intact(self._archive):
            raise Unreadable(
                f"The archive {self._name} was damaged on its way: its checksums do not fit. Fetch it again."
            )
        told = f"The archive {self._name} is not the one that was made of {self.month}: it was changed or replaced."
        report.find("archive", told)
        return False

    def at(self, number: int) -> Row | None:
        """The record of a leaf of this month, which must be asked for in ascending order; None where it is not here."""
        self._asked = number
        with self._told_if_broken():
            return self._rows.at(number)

    def fact_of(self, row: Row) -> Fact | None:
        """What the record that was just found says, where this check must understand it."""
        while self._facts and self._facts[0][0].number <= row[0]:
            fact, salt = self._facts.popleft()
            commitment = hmac.new(salt, fact.body, "sha256").digest()
            if (fact.number, fact.id.int, fact.kind, fact.stored, commitment) == (
                row[0],
                row[1] << 64 | row[2],
                row[3],
                row[4],
                row[6],
            ):
                return fact
        return None

    def finish(self, report: Report) -> None:
        """Tell what no leaf asked for, and whether there are as many records as were moved."""
        self._asked = 1 << 63
        with self._told_if_broken():
            self._rows.refuse_rest()
        if self._rows.count != self.count:
            held = counted(self._rows.count, "record")
            told = f"The archive of {self.month} holds {held}; it was made with {self.count}."
            report.find("archive", told)

    def _keep_facts(self, data: bytes) -> None:
        """What was passed over is forgotten, so that a file of any size takes little memory."""
        while self._facts and self._facts[0][0].number < self._asked:
            self._facts.popleft()
        salted = ((Fact(*one), salt) for one, salt in read_salted_facts(data))
        self._facts.extend(one for one in salted if one[0].number >= self._asked)

    @contextlib.contextmanager
    def _told_if_broken(self) -> Iterator[None]:
        try:
            yield
        except BROKEN as error:
            raise Unreadable(f"The archive {self._name} cannot be read: {shown(error)}.") from None


def month_of(stored: int) -> str:
    """The month, by UTC, of a stored time; none where it cannot be told."""
    return _month_of_day(stored // 86_400_000_000)


@lru_cache(maxsize=10_000)
def _month_of_day(day: int) -> str:
    try:
        return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(days=day)).strftime("%Y-%m")
    except OverflowError:
        return ""


# --- Who was qualified (bundle-format.md, "Who was qualified") ---

REQUIREMENT_ACTIONS = ("requirement-applied", "requirement-resolved", "requirement-withdrawn")
PEOPLE_ACTIONS = ("person-created", "person-changed", "person-erased", "unit-created", "placed")
EXPORT_ACTIONS = ("evidence-exported", "question-asked")
VERSION, ATTEMPT = "urn:x-andante:course-version", "urn:x-andante:attempt"
UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_FACTS = 1_000_000
UNREADABLE_HERE = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
"""What a fact of a form that is not known here raises."""


def at_of(text: str) -> datetime:
    """
    A moment as our facts write it.

    :raises ValueError: it is another text
    """
    return datetime.fromisoformat(read_made(text)[:-1]).replace(tzinfo=UTC)


class Zones:
    """The clocks of places, where this machine knows them."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self._known: dict[str, tzinfo | None] = {"UTC": UTC}

    def get(self, name: str) -> tzinfo | None:
        if name not in self._known:
            self._known[name] = self._find(name)
            if self._known[name] is None:
                self.missing.add(name)
        return self._known[name]

    @staticmethod
    def _find(name: str) -> tzinfo | None:
        try:
            import zoneinfo  # Python 3.8 has none

            return zoneinfo.ZoneInfo(name)
        except (ImportError, LookupError, ValueError, OSError):
            return None

    def instant(self, wall: datetime, name: str) -> datetime | None:
        """When the clocks of a zone show this; the first time, where they do twice. None for an unknown zone."""
        zone = self.get(name)
        return wall.replace(tzinfo=zone, fold=0).astimezone(UTC) if zone else None


class Unit(NamedTuple):
    """A part of the organisation; zone, site and department may be those of a part above."""

    path: str
    zone: str
    site: str
    """path of the site"""
    site_zone: str
    department: str


class Placement(NamedTuple):
    """From a day on, somebody works somewhere."""

    day: date
    recorded: datetime
    id: UUID
    stored: int
    unit: str
    status: str
    job: str
    shift: str


class Organisation:
    """Who worked where, from the records."""

    def __init__(self, zones: Zones) -> None:
        self.names: dict[str, str] = {}
        self.not_read = 0
        """how many records about people and places could not be read"""
        self._zones = zones
        self._unit_facts: list[tuple[int, str, str, str, str | None]] = []
        self._units: dict[str, Unit] | None = None
        self._placements: dict[str, list[Placement]] = {}
        self._hired: dict[str, list[tuple[int, date | None]]] = {}

    def add(self, fact: Fact, told: dict[str, Any]) -> None:
        try:
            kind, _, id = told["subject"].partition(":")
            new, id = told["new"], str(read_id(id))
            if told["action"] == "unit-created":
                _demand(kind == "unit" and all(isinstance(new[name], str) for name in ("path", "kind")))
                self._unit_facts.append((fact.number, id, new["path"], new["kind"], new["time_zone"]))
                self._units = None
            elif told["action"] == "placed":
                self._add_placement(fact, id, told)
            else:
                if isinstance(new.get("name"), str):
                    self.names[id] = new["name"]
                # After an erasure the day of hire is where who it was no longer is.
                if told["action"] == "person-created" or "hired_on" in new:
                    hired = new.get("hired_on")
                    self._hired.setdefault(id, []).append((fact.stored, date.fromisoformat(hired) if hired else None))
        except UNREADABLE_HERE:
            self.not_read += 1

    def _add_placement(self, fact: Fact, id: str, told: dict[str, Any]) -> None:
        new = told["new"]
        texts = (str(read_id(new["unit"])), new["status"], new["job"], new["shift"])
        _demand(all(isinstance(one, str) for one in texts))
        day = date.fromisoformat(new["effective_on"])
        placed = Placement(day, at_of(told["timestamp"]), fact.id, fact.stored, *map(sys.intern, texts))
        self._placements.setdefault(id, []).append(placed)

    def units(self) -> dict[str, Unit]:
        """Every part by its id: the nearest above gives zone, site and department where it has none of its own."""
        if self._units is None:
            by_path: dict[str, Unit] = {}
            self._units = {}
            for _, id, path, kind, zone in sorted(self._unit_facts, key=lambda one: one[0]):
                above = by_path.get(path.rpartition("/")[0])
                own_zone = zone or (above.zone if above else "UTC")
                is_site = kind == "site" or above is None
                site, site_zone = (path, own_zone) if is_site or above is None else (above.site, above.site_zone)
                department = path if kind == "department" else above.department if above else ""
                by_path[path] = self._units[id] = Unit(path, own_zone, site, site_zone, department)
        return self._units

    def people(self) -> Iterable[str]:
        return self._placements

    def placed(self, person: str, at: datetime, known_at: int | None) -> tuple[Placement, Unit] | None:
        """
        Where somebody worked.

        :raises UnknownZone: the clocks of the place are not known here
        """
        best: tuple[Placement, Unit] | None = None
        for one in self._placements.get(person, ()):
            unit = self.units().get(one.unit)
            if unit is None or (known_at is not None and one.stored > known_at):
                continue
            zone = self._zones.get(unit.zone)
            if zone is None:
                raise UnknownZone(unit.zone)
            later = best is None or (one.day, one.recorded, one.id.int) > (
                best[0].day,
                best[0].recorded,
                best[0].id.int,
            )
            if one.day <= at.astimezone(zone).date() and later:
                best = one, unit
        return best

    def hired(self, person: str, known_at: int | None) -> set[date | None]:
        """The first day of work: as known then, and whatever was said of it later."""
        told = self._hired.get(person, [])
        before = [day for stored, day in told if known_at is None or stored <= known_at]
        return {*(before[-1:] or [None]), *(day for stored, day in told if known_at is not None and stored > known_at)}


class UnknownZone(Exception):  # noqa: N818 - errors are facts
    """The clocks of a place are not known on this machine."""


class Revision(NamedTuple):
    """A requirement as it was applied; without a course, it was withdrawn."""

    number: int
    applied_at: datetime
    stored: int
    course: str | None = None
    effective: datetime | None = None
    """on the clocks of each site"""
    accepted: frozenset[str] | None = None
    """hashes of the versions that count; None for any"""
    validity: tuple[int, int, int] | None = None
    """months, days and hours; None for ever"""
    audience: Any = None


def read_revision(fact: Fact, told: dict[str, Any]) -> Revision:
    """
    The revision that a fact applied, or withdrew.

    :raises ValueError: it is of a form that is not known here; so are TypeError and KeyError
    """
    new = told["new"]
    number, applied_at = new["revision"], at_of(told["timestamp"])
    _demand(type(number) is int)
    if told["action"] == "requirement-withdrawn":
        return Revision(number, applied_at, fact.stored)
    form, accepted, validity = new["form"], new["accepted"], new["validity"]
    _demand(isinstance(form["course"], str) and (accepted is None or isinstance(accepted, list)))
    effective = datetime.fromisoformat(form["effective"]) if form["effective"] is not None else None
    if validity is not None:
        validity = validity["months"], validity["days"], validity["hours"]
        _demand(all(type(one) is int and 0 <= one < 1_000_000 for one in validity))
    counting = None if accepted is None else frozenset(map(str, accepted))
    return Revision(number, applied_at, fact.stored, form["course"], effective, counting, validity, form["audience"])


class Requirement:
    """One requirement with its revisions, from the records."""

    def __init__(self, id: str, zones: Zones) -> None:
        self.unreadable: list[int] = []
        """when revisions were stored that cannot be read"""
        self._id = id
        self._zones = zones
        self._revisions: list[Revision] = []
        self._resolved: list[tuple[int, int, frozenset[str]]] = []

    def add(self, fact: Fact, told: dict[str, Any]) -> None:
        new = told.get("new")
        if not isinstance(new, dict) or new.get("requirement") != self._id:
            return
        try:
            if told["action"] == "requirement-resolved":
                _demand(type(new["revision"]) is int and isinstance(new["accepted"], list))
                self._resolved.append((fact.stored, new["revision"], frozenset(map(str, new["accepted"]))))
            else:
                self._revisions.append(read_revision(fact, told))
        except UNREADABLE_HERE:
            self.unreadable.append(fact.stored)

    def known(self, known_at: int | None) -> list[Revision]:
        """The revisions in their order, each with the versions that were known to count."""
        found = []
        for one in sorted(self._revisions, key=lambda each: each.number):
            if known_at is not None and one.stored > known_at:
                continue
            more = [
                versions
                for stored, number, versions in self._resolved
                if number == one.number and (known_at is None or stored <= known_at)
            ]
            found.append(one if one.accepted is None else one._replace(accepted=one.accepted.union(*more)))
        return found

    def in_force(self, revisions: Sequence[Revision], zone: str, at: datetime) -> Revision | None:
        """
        The revision that held at a site: the last one that had taken effect.

        :raises UnknownZone: the clocks of the site are not known here
        """
        one: Revision
        for one in reversed(revisions):
            effect = one.applied_at
            if one.effective is not None:
                named = self._zones.instant(one.effective, zone)
                if named is None:
                    raise UnknownZone(zone)
                effect = max(effect, named)
            if effect <= at:
                return one
        return None


def valid_until(completed_at: datetime, validity: tuple[int, int, int]) -> datetime:
    """So much later on the calendar of UTC; the 31st becomes the last day of a shorter month."""
    months, days, hours = validity
    year, month = divmod(completed_at.year * 12 + completed_at.month - 1 + months, 12)
    last = (datetime(year + month // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day  # noqa: DTZ001 - a calendar
    moved = completed_at.replace(year=year, month=month + 1, day=min(completed_at.day, last))
    return moved + timedelta(days=days, hours=hours)


def in_audience(audience: Any, unit: Unit, placement: Placement) -> bool:
    """
    Whether who worked there was meant.

    :raises ValueError: the audience is of a form that is not known here
    """
    _demand(isinstance(audience, dict) and len(audience) == 1)
    ((name, told),) = audience.items()
    if name == "not":
        return not in_audience(told, unit, placement)
    _demand(isinstance(told, list))
    if name in ("all", "any"):
        found = [in_audience(part, unit, placement) for part in told]
        return all(found) if name == "all" else any(found)
    _demand(all(isinstance(value, str) for value in told))
    if name in ("job", "shift"):
        return (placement.job if name == "job" else placement.shift) in told
    _demand(name in ("site", "department", "unit"))
    if name == "department" and unit.department.rpartition("/")[2] in told:
        return True
    return any(unit.path == path or unit.path.startswith(f"{path}/") for path in told)


class Completion(NamedTuple):
    """Somebody completed a version of a course."""

    completed_at: datetime
    id: UUID
    number: int
    course: str
    version: str


class Completions:
    """Every completion of a course, 64 bytes each: a requirement may be applied when they are long on record."""

    _PACKED = struct.Struct(">qqq16s16sII")

    def __init__(self, iri: str) -> None:
        self._iri = iri
        self._data = bytearray()
        self._texts: dict[str, int] = {}

    def add(self, fact: Fact, told: dict[str, Any]) -> None:
        """A statement; those that the log itself did not make, or not of a whole course, are no completions."""
        try:
            home, course = self._iri, told["object"]["id"]
            _demand(told["verb"]["id"] == COMPLETED and told["actor"]["account"]["homePage"] == home)
            _demand(told["authority"]["account"] == {"homePage": home, "name": "andante"})
            _demand(course.startswith(f"{home}/course/") and ATTEMPT in told["context"]["extensions"])
            course, version = course[len(f"{home}/course/") :], told["context"]["extensions"][VERSION]
            _demand("/" not in course and isinstance(version, str))
            person, at = read_id(told["actor"]["account"]["name"]), at_of(told["timestamp"])
        except UNREADABLE_HERE:
            return
        if len(self._data) >= MOST_FACTS * self._PACKED.size or len(self._texts) > MOST_FACTS:
            raise Unreadable("The records hold more completions than this program can judge.")
        texts = (self._texts.setdefault(text, len(self._texts)) for text in (course, version))
        at_micros = (at - EPOCH) // timedelta(microseconds=1)
        self._data += self._PACKED.pack(fact.number, fact.stored, at_micros, person.bytes, fact.id.bytes, *texts)

    def of(
        self, courses: set[str], *, until: datetime, known_at: int | None, distrusted: set[int]
    ) -> dict[str, list[Completion]]:
        """By person, each person's by time."""
        texts = {index: text for text, index in self._texts.items()}
        wanted = {self._texts[course] for course in courses if course in self._texts}
        found: dict[str, list[Completion]] = {}
        for number, stored, at, person, id, course, version in self._PACKED.iter_unpack(self._data):
            completed_at = EPOCH + timedelta(microseconds=at)
            known = known_at is None or stored <= known_at
            if course in wanted and known and completed_at <= until and number not in distrusted:
                one = Completion(completed_at, UUID(bytes=id), number, texts[course], texts[version])
                found.setdefault(str(UUID(bytes=person)), []).append(one)
        for each in found.values():
            each.sort(key=lambda one: (one.completed_at, one.id.int))
        return found


class Verdict(NamedTuple):
    """Whether somebody was qualified, and by which completion, from the records alone."""

    because: str
    demanded: bool | None = None
    """whether the requirement was theirs; None where that cannot be told here"""
    status: str = ""
    done: Completion | None = None
    valid_until: datetime | None = None
    revision: int | None = None
    unit: str = ""

    @property
    def qualified(self) -> bool:
        return self.because == QUALIFIED


QUALIFIED = "qualified"
BECAUSE = {
    QUALIFIED: "qualified",
    "not placed": "there is no place of work on record",
    "not in force": "the requirement was not in force there",
    "unreadable": "the requirement cannot be read by this program",
    "left": "they did not work here then",
    "never": "no completion is on record",
    "other version": "what they completed is of a version that does not count",
    "expired": "what they completed had expired",
}


class Asked(NamedTuple):
    """A question, and what an answer to it says."""

    requirement: str
    at: datetime
    known_at: datetime | None
    person: str | None = None
    unit: str = ""
    answer: dict[str, Any] | None = None


COLUMNS = [
    *("requirement", "moment", "known_at", "person", "number", "name", "qualified", "because", "demanded", "status"),
    *("site", "unit", "job", "version_number", "version", "completed_at", "valid_until", "completion_record"),
    *("record_number", "requirement_revision"),
]
LONGEST_ANSWER = 32 * 1024 * 1024


def read_answer(data: bytes) -> Asked:
    """
    The answer that an auditor was handed, as JSON.

    :raises Unreadable: it is none
    """
    try:
        told = read_json(data, most=LONGEST_ANSWER, values=1_000_000)
        form = told["format"]
    except UNREADABLE_HERE:
        raise Unreadable("The answer is not readable JSON.") from None
    if form != "andante-answer/1":
        raise Unreadable(f"The answer's format is “{shown(form)}”; this program knows andante-answer/1 only.")
    try:
        question, rows = told["question"], told["rows"]
        person = str(read_id(question["person"])) if question["person"] is not None else None
        texts = (question["requirement"], question["unit"] or "", told["csv_sha256"])
        _demand(all(isinstance(one, str) for one in texts) and isinstance(told["counts"], dict))
        for row in rows:
            _demand(list(row) == COLUMNS and all(one is None or type(one) in (int, str) for one in row.values()))
            _demand(row["person"] == str(read_id(row["person"])))
        at, known_at = at_of(question["at"]), at_of(question["known_at"])
        return Asked(question["requirement"], at, known_at, person, question["unit"] or "", told)
    except UNREADABLE_HERE:
        raise Unreadable("The answer does not have the form that the format describes.") from None


class Derivation:
    """Derives who was qualified from the sealed records, and holds an answer against it."""

    wanted = Wanted(LOG_ACTIONS + REQUIREMENT_ACTIONS + PEOPLE_ACTIONS + EXPORT_ACTIONS, completions=True)

    def __init__(self, asked: Asked, iri: str, report: Report) -> None:
        self._asked = asked
        self._report = report
        self._known_at = (asked.known_at - EPOCH) // timedelta(microseconds=1) if asked.known_at is not None else None
        self._zones = Zones()
        self._organisation = Organisation(self._zones)
        self._requirement = Requirement(asked.requirement, self._zones)
        self._completions = Completions(iri)
        self._exports: dict[str, int] = {}
        self._count = 0
        rows = asked.answer["rows"] if asked.answer else ()
        self._named = {row["completion_record"] for row in rows if row["completion_record"]}
        self._gone: dict[str, int | None] = {}
        """
        ids of records that the answer names and whose content tells nothing: with the number of the record that says
        that it was erased; None where it, or what erased it, waits to be sealed
        """
        self._erased = 0

    def add(self, fact: Fact, told: dict[str, Any]) -> None:
        """A fact of the log; number -1 where it waits to be sealed."""
        self._count += 1
        if self._count > MOST_FACTS and fact.kind == AUDIT:
            raise Unreadable("The records hold more facts about people than this program can judge.")
        action = told.get("action")
        if action in EXPORT_ACTIONS:
            self._note_export(fact, told)
        elif fact.number < 0:
            self.note_gone(fact.id)
        elif fact.kind == STATEMENT:
            self._completions.add(fact, told)
        elif action in REQUIREMENT_ACTIONS:
            self._requirement.add(fact, told)
        elif action in PEOPLE_ACTIONS:
            self._organisation.add(fact, told)

    def note_gone(self, id: UUID, erased_by: int | None = None) -> None:
        """
        A record whose content cannot be asked.

        :param erased_by: number of the sealed record that says that it was erased
        """
        self._erased += erased_by is not None
        if str(id) in self._named:
            self._gone[str(id)] = erased_by

    def _note_export(self, fact: Fact, told: dict[str, Any]) -> None:
        with contextlib.suppress(*UNREADABLE_HERE):
            new, asked = told["new"], self._asked
            question = asked.answer["question"] if asked.answer else None
            if question is not None and new["question"] == question and isinstance(new["sha256"], str):
                before = self._exports.get(new["sha256"], -1)
                self._exports[new["sha256"]] = fact.number if before < 0 else min(before, fact.number)

    # Deriving

    def verdicts(self, people: Iterable[str], distrusted: set[int]) -> Iterator[tuple[str, Verdict | None]]:
        """For each person; None where the clocks of their place are not known here."""
        asked, known_at = self._asked, self._known_at
        revisions = self._requirement.known(known_at)
        unreadable = any(known_at is None or stored <= known_at for stored in self._requirement.unreadable)
        courses = {one.course for one in revisions if one.course is not None}
        done = self._completions.of(courses, until=asked.at, known_at=known_at, distrusted=distrusted)
        for person in people:
            yield person, self._verdict(person, revisions, done.get(person, []), unreadable=unreadable)

    def _verdict(
        self, person: str, revisions: Sequence[Revision], done: Sequence[Completion], *, unreadable: bool
    ) -> Verdict | None:
        try:
            placed = self._organisation.placed(person, self._asked.at, self._known_at)
            if placed is None:
                return Verdict("not placed", demanded=False)
            return self._judge(person, placed, revisions, done, unreadable=unreadable)
        except UnknownZone:
            return None

    def _judge(
        self,
        person: str,
        placed: tuple[Placement, Unit],
        revisions: Sequence[Revision],
        done: Sequence[Completion],
        *,
        unreadable: bool,
    ) -> Verdict:
        at = self._asked.at
        placement, unit = placed
        here = Verdict("unreadable", placement.status != "left", placement.status, unit=unit.path)
        if unreadable:
            return here
        revision = self._requirement.in_force(revisions, unit.site_zone, at)
        here = here._replace(revision=revision.number if revision else None, demanded=False)
        if revision is None or revision.course is None:
            return here._replace(because="not in force")
        if placement.status == "left":
            return here._replace(because="left")
        here = here._replace(demanded=self._is_demanded(person, revision, placement, unit))
        by_then = [one for one in done if one.course == revision.course]
        counting = [one for one in by_then if revision.accepted is None or one.version in revision.accepted]
        if not counting:
            return here._replace(because="other version" if by_then else "never", done=by_then[-1] if by_then else None)
        until = None
        if revision.validity is not None:
            until = valid_until(counting[-1].completed_at, revision.validity)
        because = "expired" if until is not None and until <= at else QUALIFIED
        return here._replace(because=because, done=counting[-1], valid_until=until)

    def _is_demanded(self, person: str, revision: Revision, placement: Placement, unit: Unit) -> bool | None:
        """Whether the requirement was theirs; None where the rule, or the day of hire, leaves it open here."""
        try:
            meant = in_audience(revision.audience, unit, placement)
        except (ValueError, RecursionError):
            return None
        starts = set()
        for day in self._organisation.hired(person, self._known_at):
            start = self._zones.instant(datetime.combine(day, datetime.min.time()), unit.site_zone) if day else None
            starts.add(start is None or start <= self._asked.at)
        return meant and starts == {True} if len(starts) == 1 or not meant else None

    # Telling

    def judge(self, distrusted: set[int]) -> None:
        """Compare the answer, or tell who was qualified."""
        if self._asked.answer is None:
            self._tell(distrusted)
        else:
            AnswerCheck(self._asked, self._asked.answer, self._report, self._gone).run(
                dict(self.verdicts(self._listed(), distrusted)), self._exports
            )
        self._say_what_was_not_checked()

    def _listed(self) -> Iterable[str]:
        """Everybody about whom the answer speaks, or should."""
        asked, rows = self._asked, self._asked.answer["rows"] if self._asked.answer else ()
        everybody = dict.fromkeys(row["person"] for row in rows)
        everybody.update(dict.fromkeys([asked.person] if asked.person else self._organisation.people()))
        return everybody

    def _tell(self, distrusted: set[int]) -> None:
        report, asked = self._report, self._asked
        told = []
        for person, verdict in self.verdicts(list(self._organisation.people()), distrusted):
            if verdict is None or verdict.demanded is False:
                continue
            done = verdict.done
            told.append(
                {
                    "person": person,
                    "name": shown(self._organisation.names.get(person, "")),
                    "qualified": verdict.qualified,
                    "because": BECAUSE[verdict.because],
                    "demanded": verdict.demanded,
                    "completion_record": str(done.id) if done else None,
                    "record_number": done.number if done else None,
                    "version": shown(done.version) if done else None,
                    "completed_at": written(done.completed_at) if done else None,
                    "valid_until": written(verdict.valid_until) if verdict.valid_until else None,
                }
            )
        report.qualified = sorted(told, key=lambda one: (not one["qualified"], one["name"], one["person"]))
        known = f"as known at {written(asked.known_at)}" if asked.known_at else "as known in this bundle"
        told_of = f"{shown(asked.requirement)} at {written(asked.at)}, {known}"
        report.summary["question"] = told_of
        report.checked.append(f"Who was qualified for {told_of}: derived from the sealed records alone.")

    def _say_what_was_not_checked(self) -> None:
        missed = self._report.not_checked
        if self._zones.missing:
            names = ", ".join(shown(name) for name in sorted(self._zones.missing)[:10])
            missed.append(
                f"Who was qualified where clocks are not known on this machine ({names}). A newer Python, or the "
                "package tzdata, knows them."
            )
        if self._organisation.not_read:
            missed.append(
                f"Records about people and places that this program cannot read ({self._organisation.not_read})."
            )
        if self._erased:
            missed.append("Who was qualified by records that were erased: they no longer tell.")


def written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


class AnswerCheck:
    """Holds the rows of an answer against what the records say."""

    def __init__(self, asked: Asked, answer: dict[str, Any], report: Report, gone: dict[str, int | None]) -> None:
        self._asked = asked
        self._answer = answer
        self._rows: list[dict[str, Any]] = answer["rows"]
        self._report = report
        self._gone = gone
        self._compared = 0
        self._open = 0
        """rows that call nobody qualified, and that cannot be derived here"""
        self._lacking: dict[str, int] = {}
        """why rows cannot be derived that the answer must not be believed without, and how many"""
        self._unknown_demand = 0

    def run(self, verdicts: dict[str, Verdict | None], exports: dict[str, int]) -> None:
        """
        Compare.

        :param verdicts: for everybody who is, or should be, in the answer
        :param exports: hashes of tables that were handed out for this question, with the number of the first record
            that says so; -1 where all of these wait
        """
        given = exports.get(hashlib.sha256(as_table(self._rows)).hexdigest(), -1)
        listed: set[str] = set()
        for row in self._rows:
            if row["person"] in listed:
                self._find(f"The answer lists {self._who(row)} twice.")
            listed.add(row["person"])
            verdict = verdicts.get(row["person"])
            if row["completion_record"] in self._gone:
                self._leave_open(row, self._gone[row["completion_record"]], given)
            elif verdict is not None:
                self._compared += 1
                self._compare(row, verdict)
            elif row["qualified"] == "no":
                self._open += 1
            else:
                self._lack("they need clocks that are not known on this machine")
        for person, verdict in verdicts.items():
            if person not in listed and verdict is not None and self._should_list(person, verdict):
                told = (
                    f"The answer leaves out the person {person}, of whom it was required: {BECAUSE[verdict.because]}."
                )
                self._find(told)
        self._compare_counts()
        self._check_table(exports)
        self._say_what_was_checked()

    def _leave_open(self, row: dict[str, Any], erased_by: int | None, given: int) -> None:
        """
        A row whose record tells nothing. Nobody is believed to be qualified because of it.

        :param erased_by: number of the record that says that it was erased; None where that, or it, waits
        :param given: number of the record that says that the answer was given
        """
        if erased_by is None:
            self._lack("records that they name wait to be sealed; make the bundle again when they are")
        elif row["qualified"] == "no":
            self._open += 1
        elif erased_by > given >= 0:
            self._lack("records that they name were erased after the answer was given")
        else:
            told = f"The answer calls {self._who(row)} qualified; what it names for that had been erased before."
            self._find(told, row["completion_record"])

    def _lack(self, why: str) -> None:
        self._lacking[why] = self._lacking.get(why, 0) + 1

    def _find(self, sentence: str, id: str | None = None) -> None:
        self._report.find("answer", sentence, ids=[id] if id else [])

    @staticmethod
    def _who(row: dict[str, Any]) -> str:
        return f"{shown(row['name'] or '')} ({row['person']})"

    def _should_list(self, person: str, verdict: Verdict) -> bool:
        if self._asked.person is not None:
            return person == self._asked.person
        unit = self._asked.unit
        return bool(verdict.demanded) and (not unit or f"{verdict.unit}/".startswith(f"{unit}/"))

    def _compare(self, row: dict[str, Any], verdict: Verdict) -> None:
        """One row: the first thing that the records say otherwise is told, what matters most first."""
        done = verdict.done
        if (row["qualified"] == "yes") != verdict.qualified or row["qualified"] not in ("yes", "no"):
            said = "qualified" if row["qualified"] == "yes" else "not qualified"
            told = f"The answer calls {self._who(row)} {said}; by the records, {BECAUSE[verdict.because]}."
            self._find(told, row["completion_record"])
            return
        ours = {
            "completion_record": str(done.id) if done else None,
            "version": done.version if done else None,
            "completed_at": seconds(done.completed_at) if done else None,
            "valid_until": seconds(verdict.valid_until) if verdict.valid_until else None,
            "status": verdict.status,
            "requirement_revision": verdict.revision,
            "requirement": self._asked.requirement,
            "moment": seconds(self._asked.at),
            "known_at": seconds(self._asked.known_at) if self._asked.known_at else None,
        }
        if row["record_number"] is not None:
            ours["record_number"] = done.number if done else None
        if verdict.demanded is None:
            self._unknown_demand += 1
        else:
            ours["demanded"] = "yes" if verdict.demanded else "no"
        for name, value in ours.items():
            theirs: Any = row[name]
            if name in ("completed_at", "valid_until", "moment", "known_at") and theirs is not None:
                theirs = seconds_of(theirs)
            if theirs != value:
                said = f"{name.replace('_', ' ')} “{shown(row[name])}”; the records say “{shown(told_as(name, value))}”"
                self._find(f"The answer says of {self._who(row)}: {said}.", row["completion_record"])
                return

    def _compare_counts(self) -> None:
        qualified = sum(row["qualified"] == "yes" for row in self._rows)
        count = len(self._rows)
        if self._answer["counts"] != {"listed": count, "qualified": qualified, "not_qualified": count - qualified}:
            self._find("The answer counts otherwise than it lists.")

    def _check_table(self, exports: dict[str, int]) -> None:
        """The rows, written as a table, must be what the record says was handed out."""
        sha256 = hashlib.sha256(as_table(self._rows)).hexdigest()
        if sha256 != self._answer["csv_sha256"]:
            self._find("The answer's rows are not those of the table whose hash it holds.")
        elif sha256 not in exports:
            self._find("No record says that this answer was given: its table is not the one that was handed out.")
        elif exports[sha256] < 0:
            self._report.lack(
                "The record that says that this answer was given only waits to be sealed. Make the bundle again when "
                "it is sealed."
            )
        else:
            self._report.checked.append(
                f"That this answer's table is the one that record number {exports[sha256]} says was given."
            )

    def _say_what_was_checked(self) -> None:
        checked, missed = self._report.checked, self._report.not_checked
        rows = "The one row" if self._compared == 1 else f"Each of {self._compared} rows"
        checked.append(f"{rows} of the answer: derived anew from the sealed records.")
        for why, count in self._lacking.items():
            self._report.lack(f"Rows of the answer cannot be derived ({count}): {why}.")
        if self._open:
            missed.append(f"Rows of the answer whose records were erased, or need other clocks ({self._open}).")
        if self._unknown_demand:
            missed.append(f"Whether the requirement was theirs, by a rule not known here ({self._unknown_demand}).")
        missed.append("What the answer says of names, jobs and places in words, and of why.")


def seconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(seconds=1)


def seconds_of(text: object) -> int | None:
    """The moment that a cell names, in seconds since 1970; None where it names none."""
    try:
        at = datetime.fromisoformat(str(text))
        return seconds(at.astimezone(UTC)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def told_as(name: str, value: object) -> object:
    """A derived value for a reader."""
    if isinstance(value, int) and name in ("completed_at", "valid_until", "moment", "known_at"):
        return written(EPOCH + timedelta(seconds=value))
    return "nothing" if value in (None, "") else value


def as_table(rows: Sequence[dict[str, Any]]) -> bytes:
    """The rows as the CSV file that was handed out with them (RFC 4180), its formulas made harmless."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = ["" if cell is None else str(cell) for cell in row.values()]
        writer.writerow([f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text for text in cells])
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8", "replace")


# --- A bundle ---

AT_ONCE = 1024
"""Leaves that are compared with their records at once, where they fit."""
_OF_RUN = struct.Struct(">q29xQxq32x")
"""Of a leaf: number, lower half of the record's id, stored."""


class Given(NamedTuple):
    """What the auditor brings along, and asks for."""

    own: bytes | None = None
    """the earlier checkpoint"""
    key: Key | None = None
    """the key that the auditor expects"""
    witness: Key | None = None
    all_signatures: bool = False
    archives: Sequence[str] = ()
    """paths of files with archived months"""
    question: Asked | None = None
    """who was qualified"""


class LogCheck:
    """Checks one bundle, part by part."""

    def __init__(self, path: str, archive: zipfile.ZipFile, report: Report, given: Given) -> None:
        self._path = path
        self._archive = archive
        self._report = report
        self._given = given
        if archive.getinfo("manifest.json").file_size > LONGEST_MANIFEST:
            raise Unreadable("The manifest is longer than any can be.")
        self._manifest = read_manifest(archive.read("manifest.json"), archive.namelist())
        manifest = self._manifest
        self._log = manifest.log_id, manifest.iri, manifest.key.origin
        question = given.question
        self._derivation = Derivation(question, manifest.iri, report) if question is not None else None
        self._wanted = self._derivation.wanted if self._derivation else Wanted(LOG_ACTIONS)
        self._facts = Facts(self._derivation.add if self._derivation else None)
        self._leaves = Leaves(archive)
        self._rows = Rows(self._blocks(), self._facts.take, report)
        forms = [UNSEALED, TILES, CHECKPOINTS] + ([COSIGNATURES] if manifest.version > 1 else [])
        self._members = {form.part: Member(archive, form) for form in forms}
        self._chain = Chain(manifest.key, manifest.log_id)
        self._witnessed = Witnessed(
            given.witness, report, most=100_000 if given.all_signatures else SIGNATURES_BY_DEFAULT
        )
        self._waiting = 0
        self._missing = 0
        self._gone = Ranges()
        self._erased = 0
        self._archived = 0
        self._left_in_archives = 0
        self._unexplained = 0
        """records that are gone, and only what waits to be sealed says why"""
        self._distrusted: set[int] = set()
        self._first, self._last = 1 << 63, -(1 << 63)
        # The lower half of every id, by its last byte: 8 bytes a record find a record that stands twice.
        self._halves = [array("Q") for _ in range(256)]
        self._stray_leaves: dict[bytes, str] = {}

    def _blocks(self) -> Iterator[tuple[bytes, bytes]]:
        """The records, by this process or a second one."""
        long = self._archive.getinfo("records").file_size > WORTH_A_PROCESS
        if long and sys.executable and (os.cpu_count() or 1) > 1:
            return blocks_beside(self._path, self._manifest.log_id, self._wanted)
        return Hashing(self._manifest.log_id, self._wanted).blocks(self._archive.open("records"))

    def run(self) -> None:
        """
        Check everything.

        :raises Unreadable: the check cannot come to its end
        """
        try:
            self._run()
        finally:
            self._name_records()

    def _run(self) -> None:
        manifest, report, given = self._manifest, self._report, self._given
        own = read_own(given.own) if given.own is not None else None
        if manifest.version > 1:
            self._witnessed.read(self._members["cosignatures"])
        checkpoints = Checkpoints(self._members["checkpoints"], manifest.key, report, self._witnessed)
        self._witnessed.finish()
        if manifest.version > 1 and checkpoints.know_other_keys:
            self._chain, _ = chain_of(manifest.key, manifest.log_id, self._changes_ahead(), sizes=checkpoints.sizes)
        all_of_them = Member(self._archive, CHECKPOINTS) if given.all_signatures else None
        checkpoints.judge(self._chain, leaves=manifest.counts["leaves"], all_of_them=all_of_them)
        self._check_unsealed()
        tiles = Tiles(self._members["tiles"], report)
        tree = TreeCheck(checkpoints.size, checkpoints.watched(self._brought(own, checkpoints.size)), tiles, report)
        self._check_records(tree)
        tree.finish()
        self._miss_own(own, checkpoints)
        if self._leaves.count and not checkpoints.size:
            report.find("checkpoint", "Every checkpoint was removed: nothing vouches for the records any more.")
        self._check_genesis()
        self._check_changes(checkpoints)
        self._judge_removed()
        self._find_doubles()
        self._compare_manifest(checkpoints)
        if not self._leaves.count and not report.findings:
            raise Unreadable("Nothing is sealed yet; make the bundle again when something is.")
        self._summarise(checkpoints, tree, own)
        if self._derivation is not None and self._left_in_archives:
            report.not_checked.append("Who was qualified: that needs the archives.")
        elif self._derivation is not None and self._unexplained:
            report.not_checked.append("Who was qualified: records that may tell are gone.")
        elif self._derivation is not None:
            self._derivation.judge(self._distrusted)

    # What the auditor brings

    def _brought(self, own: Note | None, size: int) -> list[Watched]:
        """The roots that the auditor, or the witness, vouches for, by size."""
        brought = []
        if self._witnessed.newest is not None:
            note, _ = self._witnessed.newest
            brought.append(Watched(note.size, note.root, "that your witness saw"))
        elif self._given.witness is not None:
            self._report.lack(NOT_WITNESSED)
        if own is not None and self._compare_own(own, size):
            brought.append(Watched(own.size, own.root, "of your checkpoint"))
        return sorted(brought)

    def _compare_own(self, own: Note, size: int) -> bool:
        """Whether the auditor's note can be compared by its root."""
        if own.origin != self._manifest.key.origin:
            told = f"Your checkpoint is of another log, {shown(own.origin)}: a wrong file, or a log replaced."
        elif not self._chain.signed(own):
            told = "Your checkpoint is not signed with this log's key: the log or your file was replaced."
        elif own.size > size:
            told = f"The log was cut back: your checkpoint saw {counted(own.size, 'record')}, the newest here {size}."
        else:
            return True
        self._report.find("rewritten", told)
        return False

    def _miss_own(self, own: Note | None, checkpoints: Checkpoints) -> None:
        """Nothing signs that one checkpoint follows another: only who kept one that was taken out can tell."""
        if (
            own is None
            or own.size in checkpoints.sizes
            or any(one.what == "rewritten" for one in self._report.findings)
        ):
            return
        told = f"Your checkpoint, over {counted(own.size, 'record')}, is not among those of the bundle: it was removed."
        self._report.find("checkpoint", told)

    # Keys

    def _changes_ahead(self) -> Iterator[Change]:
        """The changes of key, found before anything else is read: the checkpoints need them."""
        log_id = self._manifest.log_id
        for facts in Hashing(log_id, Wanted(("key-rotated",))).facts_alone(self._archive.open("records")):
            for number, id, _, stored, body in read_facts(facts):
                yield Change(number, id, stored, body)

    def _check_genesis(self) -> None:
        """The first record says which log this is, and which key signs it."""
        manifest, opened = self._manifest, self._facts.opened
        if 0 in self._gone and 0 not in self._rows.refused:
            missed = "{Record} was removed: it opened the log, and is never erased nor archived."
            self._report.find("removed", missed, 0)
        if 0 in self._gone or 0 in self._distrusted or not self._leaves.count:
            return  # what is wrong with it is told
        try:
            _demand(opened is not None and opened.kind == AUDIT)
            told = opened.told() if opened else {}
            _demand(told["format"] == "andante-audit/1" and told["action"] == "log-opened")
            _demand(told["subject"] == f"log:{manifest.log_id}")
            new = told["new"]["iri"], told["new"]["origin"], told["new"]["key"]
            _demand(new == (manifest.iri, manifest.key.origin, written_key(manifest.key)))
            self._report.checked.append("The first record names this log and this key.")
        except (ValueError, TypeError, KeyError):
            sentence = "{Record}, which opened the log, names another log or key than the bundle does."
            self._report.find("key", sentence, 0)

    def _check_changes(self, checkpoints: Checkpoints) -> None:
        """Every record that claims to change the key does, and the checkpoints followed."""
        manifest = self._manifest
        if manifest.version > 1:
            changes = [change for change in self._facts.changes if change.number not in self._distrusted]
            stored = self._facts.opened.stored if self._facts.opened else None
            chain, forged = chain_of(manifest.key, manifest.log_id, changes, sizes=checkpoints.sizes, stored=stored)
            for number, why in forged:
                self._report.find("key", FORGED_CHANGE.replace("{why}", why), number)
            if len(chain.keys) > 1 and not checkpoints.know_other_keys:
                checkpoints.check_keys(chain)
            self._chain = chain
        if checkpoints.signer(self._chain) != self._chain.keys[-1].key:
            self._report.lack(BETWEEN_KEYS)
        if self._given.key is not None and not self._chain.holds(self._given.key):
            told = "The log's key is not the one that you gave: this is another log, or a log replaced."
            self._report.find("key", told)

    # Records

    def _check_unsealed(self) -> None:
        """Records without a leaf: those that wait, and those that should not be there."""
        wanted = self._wanted.pattern().search
        for (standing, parts, id_bytes, kind, stored, *lengths), data in self._members["unsealed"].frames():
            salt, rest = data[: lengths[0]], data[lengths[0] :]
            committed, body = rest[: lengths[1]], rest[lengths[1] :]
            id = UUID(bytes=id_bytes)
            self._note_id(id)
            commits = hmac.new(salt, body, "sha256").digest()
            if standing != 1:
                told = "stands neither in the tree nor waits for it: it was put in past the log, or taken out."
                self._report.find("stray", f"The record with the id {id} {told}", ids=[str(id)])
                self._remember_stray(id, kind, stored, commits)
                continue
            self._waiting += 1
            if parts != 7 or len(salt) != 32 or commits != committed:
                told = f"The record with the id {id} was changed or removed while it waited to be sealed."
                self._report.find("waiting", told, ids=[str(id)])
            elif kind == AUDIT and len(body) <= LONGEST_FACT and wanted(body):
                self._facts.add(Fact(-1, id, kind, stored, body))
            elif self._derivation is not None:
                self._derivation.note_gone(id)

    def _note_id(self, id: UUID) -> None:
        self._halves[id.int & 255].append(id.int & _LOWER_HALF)

    def _remember_stray(self, id: UUID, kind: int, stored: int, commits: bytes) -> None:
        """The leaf that it would have: where one is missing, this may be its record."""
        if 0 <= kind < 256 and len(self._stray_leaves) < LISTED:
            log = self._manifest.log_id.bytes
            entry = ENTRY.pack(1, log, id.int >> 64, id.int & _LOWER_HALF, kind, stored, commits)
            self._stray_leaves[leaf_hash(entry)] = str(id)

    def _check_records(self, tree: TreeCheck) -> None:
        """Every leaf, in order, and its record: many at once where all is well, else one by one."""
        singly = 0
        while True:
            if not singly:
                singly = 0 if self._take_run(tree) else AT_ONCE
                continue
            singly -= 1
            leaf = self._leaves.take()
            if leaf is None:
                break
            self._check_leaf(tree, *leaf)
        self._tell_gap(tree, tree.size)
        self._rows.refuse_rest()
        self._distrusted |= self._rows.refused

    def _take_run(self, tree: TreeCheck) -> bool:
        """Take as many leaves as are those that their records should have, and follow each other; False for none."""
        most = min(AT_ONCE, tree.size - tree.next) * ROW.size
        data = self._leaves.ahead(most) if most > 0 else b""
        count = len(data) // ROW.size
        if not count or self._rows.ahead(count * ROW.size) != data[: count * ROW.size]:
            return False
        data = data[: count * ROW.size]
        numbers, halves, stored = zip(*_OF_RUN.iter_unpack(data))
        if numbers != tuple(range(tree.next, tree.next + count)) or data[_PLACE_OF_ENTRY :: ROW.size].count(1) != count:
            return False
        by_last_byte = self._halves
        for half in halves:
            by_last_byte[half & 255].append(half)
        self._first, self._last = min(self._first, *stored), max(self._last, *stored)
        sha256, zeros = hashlib.sha256, bytearray(data)
        # The byte before each entry becomes the zero that a leaf's hash begins with.
        zeros[_PLACE_OF_ENTRY - 1 :: ROW.size] = bytes(count)
        data = bytes(zeros)
        places = range(_PLACE_OF_ENTRY - 1, len(data), ROW.size)
        tree.add_all([sha256(data[place : place + ENTRY.size + 1]).digest() for place in places])
        self._leaves.skip(count)
        self._rows.skip(count)
        return True

    def _check_leaf(self, tree: TreeCheck, number: int, entry: bytes) -> None:
        if not self._place_leaf(tree, number, entry):
            return
        row = self._rows.at(number)
        if entry[:17] != b"\x01" + self._manifest.log_id.bytes or len(entry) != ENTRY.size:
            self._distrust(number)
            self._report.find("leaf", "{Record}: its leaf is not one of this log.", number)
            return
        _, _, upper, lower, kind, stored, committed = ENTRY.unpack(entry)
        self._halves[lower & 255].append(lower)
        self._first, self._last = min(self._first, stored), max(self._last, stored)
        if row is None:
            self._gone.add(number)
        elif row != (number, upper, lower, kind, stored, True, committed):
            self._tell_record(number, entry, row)

    def _place_leaf(self, tree: TreeCheck, number: int, entry: bytes) -> bool:
        """Put a leaf into the tree, if it stands where it belongs."""
        if number < tree.next:
            id = UUID(bytes=entry[17:33]) if len(entry) == ENTRY.size else "?"
            told = f"A leaf was inserted or reordered: number {number}, for the record with the id {id}."
            self._report.find("leaf", told, ids=[str(id)])
            return False
        if number > tree.next:
            self._tell_gap(tree, min(number, tree.size))
        if number < tree.size:
            tree.add(leaf_hash(entry))
        else:
            tree.next = number + 1
            if tree.size:
                told = "{Record} was inserted in the tree after the newest checkpoint was signed."
                self._report.find("leaf", told, number)
        return True

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

    def _distrust(self, number: int) -> None:
        if len(self._distrusted) < MOST_MISSING:
            self._distrusted.add(number)

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
        self._distrust(number)
        for sentence in told:
            self._report.find("record", sentence, number)

    # Removed records

    def _judge_removed(self) -> None:
        """Which leaves lost their records lawfully, and which did not."""
        erased: dict[bytes, int] = {}
        archives: dict[str, Archive | None] = {}
        given: list[Archive] = []
        if self._manifest.version > 1:
            erased = self._facts.erased(self._distrusted)
            archives = dict.fromkeys(one.month for one in self._facts.archived if one.number not in self._distrusted)
        with contextlib.ExitStack() as files:
            for path in self._given.archives if self._manifest.version > 1 else ():
                archive = self._open_archive(path, files)
                if archive.check(self._facts, self._distrusted, self._report):
                    archives[archive.month] = archive
            given = [archive for archive in archives.values() if archive is not None]
            if self._gone or erased or given:
                self._judge_leaves(erased, archives)
            for archive in given:
                archive.finish(self._report)
        for id in self._facts.lasting() if erased else ():
            if id in erased:
                told = f"{{Record}} claims to erase the record with the id {UUID(bytes=id)}, which is never erased."
                self._report.find("erased", told, erased[id])

    def _open_archive(self, path: str, files: contextlib.ExitStack) -> Archive:
        try:
            file = files.enter_context(Path(path).open("rb"))  # noqa: SIM115 - the stack closes it
        except OSError as error:
            name = shown(Path(path).name)
            raise Unreadable(f"The archive {name} cannot be opened: {error.strerror}.") from None
        return Archive(file, self._log, self._wanted, self._report)

    def _judge_leaves(self, erased: dict[bytes, int], archives: dict[str, Archive | None]) -> None:
        removals = Removals(erased, archives, WaitingRemovals(self._facts), {})
        still_here, latest = 0, -1
        for (number, _), entry in Member(self._archive, LEAVES).frames():
            if len(entry) != ENTRY.size or number <= latest:
                continue
            latest = number
            if number not in self._gone:
                stored = ENTRY.unpack(entry)[5]
                still_here += entry[17:33] in erased
                removals.waiting.see(entry[17:33], stored)
                if archives:
                    self._compare_copy(number, entry, archives.get(month_of(stored)))
            # Else it stands somewhere else, or it opened the log, and that is told.
            elif number and number not in self._rows.refused:
                self._judge_gone(number, entry, removals)
        self._tell_waiting(removals.waiting)
        self._tell_archives(removals.not_given, still_here)

    def _judge_gone(self, number: int, entry: bytes, removals: Removals) -> None:
        id, month = entry[17:33], month_of(ENTRY.unpack(entry)[5])
        if id in removals.erased:
            self._erased += 1
            self._compare_copy(number, entry, removals.archives.get(month))
            if self._derivation is not None:
                self._derivation.note_gone(UUID(bytes=id), removals.erased[id])
        elif month in removals.archives:
            self._judge_archived(number, entry, removals.archives[month], removals.not_given)
        elif self._manifest.version == 1 or not removals.waiting.name(number, id, month):
            self._report.find("removed", REMOVED, number)
        elif self._derivation is not None:
            self._derivation.note_gone(UUID(bytes=id))

    def _tell_waiting(self, waiting: WaitingRemovals) -> None:
        for number in waiting.not_archived():
            self._report.find("removed", REMOVED, number)
        self._unexplained = waiting.count
        if waiting.count:
            self._report.lack(
                f"Records are gone ({waiting.count}), and what says why only waits to be sealed: nothing vouches for "
                "it yet. Make the bundle again when it is sealed."
            )

    def _judge_archived(self, number: int, entry: bytes, archive: Archive | None, not_given: dict[str, int]) -> None:
        _, _, upper, lower, kind, stored, committed = ENTRY.unpack(entry)
        self._archived += 1
        if archive is None:
            self._left_in_archives += 1
            not_given[month_of(stored)] = not_given.get(month_of(stored), 0) + 1
            return
        row = archive.at(number)
        if row is None:
            self._report.find("removed", "{Record} was removed: its archive does not hold it.", number)
        elif row != (number, upper, lower, kind, stored, True, committed):
            self._tell_record(number, entry, row)
        else:
            self._take_archived(archive.fact_of(row), archive)

    def _take_archived(self, fact: Fact | None, archive: Archive) -> None:
        if fact is None:
            return
        if fact.kind == AUDIT and fact.told().get("action") in LOG_ACTIONS:
            told = f"{{Record}} stands in the archive of {archive.month}; it is of a kind that is never archived."
            self._report.find("archive", told, fact.number)
        else:
            self._facts.add(fact)

    def _compare_copy(self, number: int, entry: bytes, archive: Archive | None) -> None:
        """What an archive holds of a record that is in the bundle too, or was erased since, must be what was sealed."""
        row = archive.at(number) if archive is not None else None
        _, _, upper, lower, kind, stored, committed = ENTRY.unpack(entry)
        if archive is not None and row not in (None, (number, upper, lower, kind, stored, True, committed)):
            told = f"The archive of {archive.month} holds something else as {{record}} than was sealed."
            self._report.find("archive", told, number)

    def _tell_archives(self, not_given: dict[str, int], still_here: int) -> None:
        if not_given:
            told = ", ".join(f"{month} ({count})" for month, count in sorted(not_given.items())[:24])
            self._report.lack(
                f"Records of these months were moved to archives: {told}. Give each file with --archive. Everything "
                "else was checked."
            )
            self._report.not_checked.append(f"Records in archives that you did not give: {told}.")
        if still_here:
            self._report.not_checked.append(
                f"Why records that a sealed record calls erased are still here ({still_here}). An old copy may have "
                "been restored."
            )

    # The end

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
        found = {"leaves": self._leaves.count, "records": self._rows.count}
        found.update((name, member.count) for name, member in self._members.items())
        for name in BUNDLE.members[manifest.version - 1][:-1]:
            if manifest.counts[name] != found[name]:
                told = f"The manifest promises {manifest.counts[name]} {name}; the bundle holds {found[name]}."
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
            one.name_records()

    def _summarise(self, checkpoints: Checkpoints, tree: TreeCheck, own: Note | None) -> None:
        manifest, newest, seen = self._manifest, checkpoints.newest, self._witnessed.newest
        self._report.newest = newest.data if newest else b""
        self._report.summary = {
            "log": shown(manifest.iri),
            "origin": manifest.key.origin,
            "records": self._leaves.count,
            "first_stored": moment(self._first) if self._first <= self._last else None,
            "last_stored": moment(self._last) if self._first <= self._last else None,
            "waiting": self._waiting,
            "erased": self._erased if manifest.version > 1 else None,
            "archived": self._archived if manifest.version > 1 else None,
            "checkpoints": self._members["checkpoints"].count,
            "newest_checkpoint": newest.time if newest else None,
            "root": base64.b64encode(newest.root).decode() if newest else None,
            "key": written_key(manifest.key),
            "fingerprint": manifest.key.fingerprint,
            "keys": self._chain.told(),
            "witness_saw": moment(seen[1] * 1_000_000) if seen else None,
            "cosignatures": manifest.counts["cosignatures"] if manifest.version > 1 else None,
            "bundle_made": manifest.made,
        }
        self._say_what_was_checked(checkpoints)
        self._say_what_was_not(tree)
        key_holds = given_key_holds(self._given, self._chain, checkpoints.signer(self._chain))
        say_who_vouches(self._report, self._given, own, self._witnessed.newest, key_holds=key_holds)

    def _say_what_was_checked(self, checkpoints: Checkpoints) -> None:
        whole = self._leaves.count - self._erased - self._left_in_archives - self._unexplained
        total, count = self._members["checkpoints"].count, checkpoints.signatures
        signed = f"The signatures of {count} checkpoints, the newest first."
        if count == 1:
            signed = "The signature of the newest checkpoint."
        self._report.checked[:0] = [
            f"Content, time and place of {each_of(whole, 'record')} against the sealed tree.",
            f"The root of the tree at {each_of(total, 'checkpoint')}, and the kept tiles.",
            signed,
        ]
        if len(self._chain.keys) > 1:
            count = len(self._chain.keys)
            self._report.checked.append(f"That each of the {count} keys was vouched for by the one before.")
        if self._erased:
            told = f"That {each_of(self._erased, 'erased record')} is named by a record that says by which law."
            self._report.checked.append(told)

    def _say_what_was_not(self, tree: TreeCheck) -> None:
        missed = self._report.not_checked
        if tree.unknown:
            missed.append(f"Roots that cannot be computed, because leaves are missing ({tree.unknown}).")
        if self._report.signatures_left:
            left = self._report.signatures_left
            unsigned = (
                "The signature of the other checkpoint; its root was."
                if left == 1
                else f"The signatures of the other {left} checkpoints; their roots were."
            )
            missed.append(f"{unsigned} --all-signatures checks {'it' if left == 1 else 'them'} too.")
        if self._erased:
            missed.append(f"What the erased records said ({self._erased}): nobody can know that any more.")
        if self._waiting:
            missed.append(f"Records that wait to be sealed ({self._waiting}): nothing vouches for them yet.")
        others = self._members["cosignatures"].count if self._manifest.version > 1 else 0
        if others > self._witnessed.count:
            missed.append(
                f"Cosignatures of witnesses that you did not name ({others - self._witnessed.count}). Give a witness's "
                "key with --witness."
            )


NOT_WITNESSED = (
    "Nothing here is cosigned by the witness that you gave. Ask for a copy that holds its cosignatures, or ask the "
    "witness what it saw."
)


def given_key_holds(given: Given, chain: Chain | None, signer: Key | None) -> bool:
    """Whether the auditor's key, or one that it leads to, signed the newest checkpoint: an older key proves nothing."""
    return given.key is not None and chain is not None and signer is not None and chain.leads(given.key, to=signer)


def say_who_vouches(
    report: Report, given: Given, own: Note | None, seen: tuple[Note, int] | None, *, key_holds: bool
) -> None:
    """What stands outside the file, for and against: the auditor's checkpoint, key and witness."""
    checked, missed = report.checked, report.not_checked
    if seen is not None:
        when = moment(seen[1] * 1_000_000)
        over_size = counted(seen[0].size, "record")
        checked.append(f"Your witness's checkpoint of {seen[0].time}, over {over_size}, seen {when}.")
    if own is not None:
        checked.append(f"Your own checkpoint of {own.time}, over {counted(own.size, 'record')}.")
    elif seen is None:
        missed.append(
            "Whether the whole log was rewritten, or cut back, before this file was made. To find out, give the "
            "checkpoint that you kept last time with --checkpoint; keep this one with --keep."
        )
    if key_holds:
        checked.append("The key that you gave.")
    elif given.key is None:
        missed.append(
            "Whether the key is really the organisation's. Compare the fingerprint with the one that you were told "
            "by another way, or give the key with --key."
        )
    missed.append("Whether what was recorded is true: the seal shows that it was not changed afterwards.")


def read_own(data: bytes) -> Note:
    """
    The auditor's earlier checkpoint. A mail program may have changed the ends of its lines, a witness added its own.

    :raises Unreadable: it is none
    """
    text = data.replace(b"\r\n", b"\n").strip() + b"\n"
    head, _, signatures = text.partition(b"\n\n")
    try:
        return read_note(head + b"\n\n" + signatures.split(b"\n")[0] + b"\n" if signatures else text)
    except ValueError as error:
        raise Unreadable(f"Your checkpoint file cannot be read: {error}.") from None


# --- An extract (extract-format.md) ---

_SPACE = re.compile(rb"[ \t\n\r]*")
_SCALAR = re.compile(rb"[-+.0-9a-zA-Z]{1,40}")
_MARK = re.compile(rb'([\[{])|([\]}])|("[^"\\]*")|(")')
_OPENS, _CLOSES, _WHOLE_STRING, _STRING = 1, 2, 3, 4
"""What a mark is; of a string in which something is escaped, it is the beginning only."""
NOT_JSON = "The file is not readable JSON: it was cut off, or changed on its way."


class Text:
    """
    A JSON text in a file, walked over piece by piece.

    Only small pieces are ever built: a text of a million empty lists takes no memory.
    """

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data

    def whole(self) -> tuple[int, int]:
        """Where the one value of the text begins and ends."""
        start = self._skip(0)
        end = self._end(start)
        if self._skip(end) != len(self._data):
            raise Unreadable(NOT_JSON)
        return start, end

    def piece(self, span: tuple[int, int], most: int = LONGEST_NOTE) -> Any:
        """
        What a small piece says.

        :raises Unreadable: it is too long, or no JSON
        """
        start, end = span
        try:
            _demand(end - start <= most)
            return read_json(self._data[start:end], most=most)
        except ValueError:
            raise Unreadable(NOT_JSON) from None

    def members(self, span: tuple[int, int]) -> dict[str, tuple[int, int]]:
        """Where the members of an object stand, by name."""
        found: dict[str, tuple[int, int]] = {}
        for start, end in self._items(span, b"{", b"}"):
            name_end = self._end(start)
            colon = self._skip(name_end)
            name = self.piece((start, name_end))
            if self._data[colon : colon + 1] != b":" or name in found or not isinstance(name, str) or len(found) > 20:
                raise Unreadable(NOT_JSON)
            found[name] = (self._skip(colon + 1), end)
        return found

    def elements(self, span: tuple[int, int]) -> Iterator[tuple[int, int]]:
        """Where the elements of an array stand."""
        return self._items(span, b"[", b"]")

    def _items(self, span: tuple[int, int], opens: bytes, closes: bytes) -> Iterator[tuple[int, int]]:
        data, place, last = self._data, span[0], span[1] - 1
        if data[place : place + 1] != opens or data[last : last + 1] != closes:
            raise Unreadable(NOT_JSON)
        place = self._skip(place + 1)
        while place != last:
            end = self._end(place)
            if opens == b"{":
                end = self._end(self._skip(self._skip(end) + 1))
            following = self._skip(end)
            if following > last or (following < last and data[following : following + 1] != b","):
                raise Unreadable(NOT_JSON)
            yield place, end
            place = following if following == last else self._skip(following + 1)
            if following < last <= place:
                raise Unreadable(NOT_JSON)

    def _skip(self, place: int) -> int:
        found = _SPACE.match(self._data, place)
        return found.end() if found else place

    def _end(self, start: int) -> int:
        """Where the value that begins here ends."""
        sign = self._data[start : start + 1]
        if sign == b'"':
            return self._string_end(start)
        if sign not in (b"{", b"["):
            found = _SCALAR.match(self._data, start)
            if not found:
                raise Unreadable(NOT_JSON)
            return found.end()
        depth, place = 0, start
        while True:
            for mark in _MARK.finditer(self._data, place):
                kind = mark.lastindex
                if kind == _OPENS:
                    depth += 1
                elif kind == _CLOSES:
                    depth -= 1
                    if not depth:
                        return mark.end()
                elif kind == _STRING:
                    place = self._string_end(mark.start())
                    break
            else:
                raise Unreadable(NOT_JSON)

    def _string_end(self, start: int) -> int:
        place = start + 1
        while True:
            quote = self._data.find(b'"', place)
            if quote < 0:
                raise Unreadable(NOT_JSON)
            before = quote
            while self._data[before - 1] == ord("\\"):
                before -= 1
            place = quote + 1
            if (quote - before) % 2 == 0:
                return place


class Sealed(NamedTuple):
    """A record of an extract."""

    number: int
    id: UUID
    kind: int
    stored: int
    body: bytes | None
    """None where it was erased"""
    entry: bytes
    proof: list[bytes]

    @property
    def fact(self) -> Fact:
        return Fact(self.number, self.id, self.kind, self.stored, self.body or b"")


def read_record(told: dict[str, Any], log_id: UUID) -> Sealed:
    """
    A record as an extract writes it.

    :raises ValueError: it does not have the form
    """
    erased = told["body"] is None
    names = {"number", "id", "kind", "stored", "salt", "body", "proof"}
    _demand(set(told) == (names | {"entry"} if erased else names))
    number, kind, stored = told["number"], told["kind"], told["stored"]
    _demand(all(type(one) is int for one in (number, kind, stored)))
    _demand(0 <= number < 1 << 62 and 0 <= kind < 256 and -(1 << 63) <= stored < 1 << 63)
    id, proof = read_id(told["id"]), read_hashes(told["proof"])
    head = b"\x01" + log_id.bytes + id.bytes + struct.pack(">Bq", kind, stored)
    if erased:
        entry = _base64(told["entry"].encode())
        _demand(told["salt"] is None and len(entry) == ENTRY.size and entry[: len(head)] == head)
        return Sealed(number, id, kind, stored, None, entry, proof)
    salt, body = _base64(told["salt"].encode()), told["body"].encode()
    _demand(len(salt) == 32)
    return Sealed(number, id, kind, stored, body, head + hmac.new(salt, body, "sha256").digest(), proof)


def read_hashes(told: Any) -> list[bytes]:
    _demand(isinstance(told, list) and len(told) <= MOST_HASHES)
    hashes = [_base64(one.encode()) for one in told]
    _demand(all(len(one) == 32 for one in hashes))
    return hashes


class ExtractCheck:
    """Checks one extract."""

    MEMBERS = ("format", "scope", "log", "checkpoint", "cosignatures", "keys", "records", "consistency", "made")

    def __init__(self, text: Text, report: Report, given: Given) -> None:
        self._text = text
        self._report = report
        self._given = given
        self._spans = text.members(text.whole())
        form = text.piece(self._spans["format"]) if "format" in self._spans else None
        if form != "andante-extract/1":
            raise Unreadable(f"The file's format is “{shown(form)}”; this program knows andante-extract/1 only.")
        if set(self._spans) != set(self.MEMBERS):
            raise Unreadable("The file does not hold the parts of an extract.")
        try:
            self._log_id, self._iri, self._origin = read_log(self._piece("log"))
            self._made = read_made(self._piece("made"))
            self._note = read_note(self._piece("checkpoint").encode())
            self._person = self._read_scope(self._piece("scope"))
            self._consistency = self._read_consistency(text.piece(self._spans["consistency"], LONGEST_MANIFEST))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Unreadable("The file does not have the form that the format describes.") from None
        self._records = 0
        self._erased: dict[UUID, int] = {}
        self._erasures: dict[UUID, int] = {}
        self._accounts: set[str] = set()
        self._of_accounts: list[tuple[str, int, UUID]] = []
        self._ids: set[UUID] = set()
        self._first, self._last = 1 << 63, -(1 << 63)
        self._receipt: Sealed | None = None
        self._signer: Key | None = None

    def _piece(self, name: str) -> Any:
        return self._text.piece(self._spans[name])

    @staticmethod
    def _read_scope(scope: Any) -> str | None:
        """The person; None for a receipt."""
        if scope == {"kind": "receipt"}:
            return None
        _demand(set(scope) == {"kind", "person"} and scope["kind"] == "person")
        return str(read_id(scope["person"]))

    @staticmethod
    def _read_consistency(told: Any) -> tuple[int, list[bytes]] | None:
        if told is None:
            return None
        _demand(set(told) == {"from", "proof"} and type(told["from"]) is int)
        return told["from"], read_hashes(told["proof"])

    def run(self) -> None:
        """
        Check everything.

        :raises Unreadable: the check cannot come to its end
        """
        try:
            chain = self._check_keys()
            self._check_records()
            own = read_own(self._given.own) if self._given.own is not None else None
            if own is not None and chain is not None:
                self._compare_own(own, chain)
            seen = self._check_cosignatures()
            if not self._records and not self._report.findings:
                raise Unreadable("The extract holds no record.")
            self._summarise(chain, own, seen)
        finally:
            for one in self._report.findings:
                one.name_records()

    # Keys

    def _check_keys(self) -> Chain | None:
        """Which keys the log had, and that the one in force signed the checkpoint."""
        report, note = self._report, self._note
        changes, first = [], None
        for record in self._read("keys", most=MOST_CHANGES):
            self._check_proof(record)
            if first is None:
                first = record
            else:
                changes.append(Change(record.number, record.id, record.stored, record.body or b""))
        key = self._opened(first)
        if first is None or key is None:
            told = (
                "The extract does not begin with the record that opened this log, so nothing tells which key signs it."
            )
            report.find("key", told)
            return None
        chain, forged = chain_of(key, self._log_id, changes, stored=first.stored)
        for number, why in forged:
            report.find("key", FORGED_CHANGE.replace("{why}", why), number, ids=self._id_of(changes, number))
        # The checkpoint that holds a change is still signed with the key before it.
        signers = [one.key for one in chain.keys[-2:] if one.key.id == note.key_id]
        self._signer = next((one for one in signers if is_signed(one, note.signed)), None)
        if note.origin != self._origin or self._signer is None:
            report.find("checkpoint", "The extract's checkpoint is not signed with this log's key.")
        elif self._signer != chain.keys[-1].key:
            report.lack(BETWEEN_KEYS)
        if self._given.key is not None and not chain.holds(self._given.key):
            report.find("key", "The log's key is not the one that you gave: this is another log, or a log replaced.")
        return chain

    @staticmethod
    def _id_of(changes: Sequence[Change], number: int) -> list[str]:
        return [str(one.id) for one in changes if one.number == number]

    def _opened(self, record: Sealed | None) -> Key | None:
        """The key that the log was opened with, if this is the record that says so."""
        if record is None or record.number != 0 or record.kind != AUDIT:
            return None
        told = record.fact.told()
        try:
            _demand(told["format"] == "andante-audit/1" and told["action"] == "log-opened")
            _demand(told["subject"] == f"log:{self._log_id}")
            _demand((told["new"]["iri"], told["new"]["origin"]) == (self._iri, self._origin))
            key = read_key(told["new"]["key"])
            _demand(key.origin == self._origin)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        return key

    # Records

    def _read(self, name: str, *, most: int) -> Iterator[Sealed]:
        """The records of a part, in ascending order."""
        before = -1
        for place, span in enumerate(self._text.elements(self._spans[name])):
            if place >= most:
                raise Unreadable(f"The part “{name}” holds more records than any extract has.")
            told = self._text.piece(span, LONGEST_FRAME)
            try:
                record = read_record(told, self._log_id)
            except (ValueError, TypeError, KeyError, AttributeError):
                raise Unreadable(
                    f"The part “{name}” holds something that is no record, in place {place + 1}."
                ) from None
            if record.number <= before:
                raise Unreadable(f"The part “{name}” holds its records out of order, or one twice.")
            before = record.number
            yield record

    def _check_proof(self, record: Sealed) -> None:
        root = root_of(record.number, leaf_hash(record.entry), self._note.size, record.proof)
        if root != self._note.root:
            told = "{Record} does not lead to the sealed root: it, or its place, was changed after it was sealed."
            self._find("record", told, record)

    def _find(self, what: str, told: str, record: Sealed) -> None:
        self._report.find(what, told, record.number, ids=[str(record.id)])

    def _check_records(self) -> None:
        for record in self._read("records", most=MOST_RECORDS):
            self._records += 1
            self._first, self._last = min(self._first, record.stored), max(self._last, record.stored)
            self._check_proof(record)
            self._ids.add(record.id)
            if record.body is None:
                self._erased[record.id] = record.number
                continue
            told = record.fact.told()
            named = self._named(told) if record.kind == AUDIT else None
            if named is not None:
                self._erasures[named] = record.number
            elif self._person is None:
                self._receipt = record
            elif not self._concerns(record, told):
                self._find("scope", "{Record} does not concern the person whose extract this is.", record)
        self._judge_accounts()
        self._judge_erased()
        if self._person is None and self._records > (2 if self._erased else 1):
            raise Unreadable(f"A receipt is of one record; this one holds {self._records}.")

    @staticmethod
    def _named(told: dict[str, Any]) -> UUID | None:
        """The record that this one says was erased."""
        subject = told.get("subject")
        if told.get("action") != "record-erased" or not isinstance(subject, str):
            return None
        try:
            return read_id(subject.partition("record:")[2])
        except ValueError:
            return None

    def _concerns(self, record: Sealed, told: dict[str, Any]) -> bool:
        """Whether a record is about the person; one about an account is judged when all accounts are known."""
        if record.kind != AUDIT:
            actor = told.get("actor")
            account = actor.get("account") if isinstance(actor, dict) else None
            if record.kind == STATEMENT or account is not None:
                return account == {"homePage": self._iri, "name": self._person}
        subject, new = told.get("subject"), told.get("new")
        if subject == f"person:{self._person}":
            if told.get("action") == "person-erased" and isinstance(new, dict):
                kept = new.get("accounts")
                for each in kept if isinstance(kept, list) else ():
                    if isinstance(each, dict):
                        self._accounts.add(f"account:{each.get('account')}")
            return True
        if not isinstance(subject, str) or not subject.startswith("account:"):
            return False
        if told.get("action") == "account-created" and isinstance(new, dict) and new.get("person") == self._person:
            self._accounts.add(subject)
        self._of_accounts.append((subject, record.number, record.id))
        return True

    def _judge_accounts(self) -> None:
        for account, number, id in self._of_accounts:
            if account not in self._accounts:
                told = "{Record} is about an account, and no record here says that it is this person's."
                self._report.find("scope", told, number, ids=[str(id)])

    def _judge_erased(self) -> None:
        for id, number in self._erased.items():
            if id not in self._erasures:
                told = "{Record} is without content, and no record here says that it was erased."
                self._report.find("removed", told, number, ids=[str(id)])
        for id, number in self._erasures.items():
            if self._person is None and self._records == 1:
                continue  # the receipt of the erasure itself
            if id not in self._ids:
                told = f"Record number {number} says that a record was erased which is not in this extract."
                self._report.find("scope", told, ids=[str(id)])

    # What the auditor brings

    def _compare_own(self, own: Note, chain: Chain) -> None:
        note, report = self._note, self._report
        told_rewritten = rewritten(own.size, "of your checkpoint")
        if own.origin != self._origin:
            told = f"Your checkpoint is of another log, {shown(own.origin)}: a wrong file, or a log replaced."
            report.find("rewritten", told)
        elif not chain.signed(own):
            told = "Your checkpoint is not signed with this log's key: the log or your file was replaced."
            report.find("rewritten", told)
        elif own.size == note.size:
            if own.root != note.root:
                report.find("rewritten", told_rewritten)
        elif own.size > note.size:
            seen = counted(own.size, "record")
            told = f"This file is older than your checkpoint, which saw {seen}; it speaks of {note.size}."
            report.lack(f"{told} Ask for a new one.")
        elif self._consistency is None or self._consistency[0] != own.size:
            begins = "record" if own.size == 1 else f"{own.size} records"
            told = f"This file does not prove that the log still begins with the {begins} of your checkpoint."
            report.lack(f"{told} Ask for it again, together with a proof from the size {own.size}.")
        elif not is_consistent(own.size, own.root, note.size, note.root, self._consistency[1]):
            report.find("rewritten", told_rewritten)

    def _check_cosignatures(self) -> tuple[Note, int] | None:
        """When the auditor's witness saw the checkpoint."""
        witness, report, times, count = self._given.witness, self._report, [], 0
        for span in self._text.elements(self._spans["cosignatures"]):
            count += 1
            if count > MOST_COSIGNATURES:
                raise Unreadable("The file holds more cosignatures than any extract has.")
            try:
                line = self._text.piece(span)
                cosignature = read_cosignature(line.encode())
            except (ValueError, AttributeError):
                report.find("witness", "A cosignature was changed: it cannot be read.")
                continue
            if witness is None or not Witnessed.is_by(witness, cosignature):
                continue
            if is_signed(witness, cosignature.over(self._note)):
                times.append(cosignature.time)
            else:
                told = "The checkpoint or its cosignature was changed: your witness did not sign it like this."
                report.find("witness", told)
        if witness is not None and not times:
            report.lack(NOT_WITNESSED)
        if witness is None and count:
            told = f"Cosignatures of witnesses that you did not name ({count}). Give a witness's key with --witness."
            report.not_checked.append(told)
        return (self._note, max(times)) if times else None

    def _summarise(self, chain: Chain | None, own: Note | None, seen: tuple[Note, int] | None) -> None:
        note, report, receipt = self._note, self._report, self._receipt
        key = chain.keys[0].key if chain else None
        told = in_words(receipt.fact) if receipt and receipt.body else {}
        report.newest = note.data
        report.summary = {
            "kind": "person" if self._person else "receipt",
            "person": self._person,
            "log": shown(self._iri),
            "origin": self._origin,
            "records": self._records,
            "record": receipt and f"number {receipt.number} (id {receipt.id})",
            "who": told.get("who"),
            "what": told.get("what"),
            "about": told.get("about"),
            "happened": told.get("happened"),
            "why": told.get("why"),
            "content": receipt and receipt.body and shown_or_cut(receipt.body.decode(), LONGEST_SHOWN),
            "first_stored": moment(self._first) if self._first <= self._last else None,
            "last_stored": moment(self._last) if self._first <= self._last else None,
            "erased": len(self._erased),
            "sealed": note.size,
            "newest_checkpoint": note.time,
            "root": base64.b64encode(note.root).decode(),
            "key": key and written_key(key),
            "fingerprint": key and key.fingerprint,
            "keys": chain.told() if chain else [],
            "witness_saw": moment(seen[1] * 1_000_000) if seen else None,
            "extract_made": self._made,
        }
        self._say_what_was_checked(chain, own, seen)

    def _say_what_was_checked(self, chain: Chain | None, own: Note | None, seen: tuple[Note, int] | None) -> None:
        report, whole = self._report, self._records - len(self._erased)
        report.checked[:0] = [
            f"Content, time and place of {each_of(whole, 'record')}, up to the sealed root.",
            "The signature of the checkpoint that holds this root.",
            "The first record names this log and this key.",
        ]
        if chain and len(chain.keys) > 1:
            report.checked.append(f"That each of the {len(chain.keys)} keys was vouched for by the one before.")
        if self._person:
            report.checked.append("That each record concerns the person whose extract this is.")
            report.not_checked.append(
                "Whether every record of the person is here: an extract proves what it holds, not what was left out. "
                "The whole log, as a bundle, shows that."
            )
        if self._receipt and self._receipt.body:
            report.not_checked.append(
                "Whose ids these are: most records hold ids in the place of names. The organisation can tell you."
            )
        if self._erased:
            told = f"What the erased records said ({len(self._erased)}), and whom: nobody can know that any more."
            report.not_checked.append(told)
        if seen is None:
            report.not_checked.append(
                "Whether somebody else is shown another log. A witness is there for that: give its key with --witness."
            )
        say_who_vouches(report, self._given, own, seen, key_holds=given_key_holds(self._given, chain, self._signer))


def in_words(fact: Fact) -> dict[str, str]:
    """Who did what when, as a record says it; only what it says."""
    body = fact.told()
    found = {"who": body.get("by"), "what": body.get("action"), "about": body.get("subject"), "why": body.get("why")}
    if fact.kind == STATEMENT:
        actor, verb, object = body.get("actor"), body.get("verb"), body.get("object")
        account = actor.get("account") if isinstance(actor, dict) else None
        name = account.get("name") if isinstance(account, dict) else None
        found = {
            "who": f"person {name}" if isinstance(name, str) else None,
            "what": verb.get("id") if isinstance(verb, dict) else None,
            "about": object.get("id") if isinstance(object, dict) else None,
        }
        if isinstance(found["what"], str):
            found["what"] = found["what"].rpartition("/")[2]
    found["happened"] = body.get("timestamp")
    return {name: shown(value) for name, value in found.items() if isinstance(value, str) and value}


# --- The command ---


def verify(path: str, **given: Any) -> Report:
    """
    Check the file at a path. Never raises for what stands in the file.

    :param given: see `Given`
    """
    brought = Given(**given)
    report = Report()
    try:
        with Path(path).open("rb") as file:
            if _is_json(file):
                _check_extract(file, report, brought)
            else:
                report = _check_bundle(path, file, brought)
    except Unreadable as reason:
        report.lack(str(reason))
    except FileNotFoundError:
        report.lack("There is no such file.")
    except Exception as error:  # noqa: BLE001 - the zip module has many ways to refuse a hostile file
        report.lack(f"The file cannot be read: {shown(error)}.")
    return report


def _is_json(file: IO[bytes]) -> bool:
    """Whether the file is an extract: a bundle begins otherwise."""
    head = file.read(64)
    file.seek(0)
    return head.lstrip()[:1] == b"{"


def _check_bundle(path: str, file: IO[bytes], given: Given) -> Report:
    report = Report()
    archive = open_archive(file)
    _check(report, lambda: LogCheck(path, archive, report, given).run())
    if report.result == "tampered" and report.signatures_left:
        # With every signature known, the findings name the right record; now the time for it is well spent.
        report = again = Report()
        _check(again, lambda: LogCheck(path, archive, again, given._replace(all_signatures=True)).run())
    if report.result != "verified" and not is_intact(archive):
        report.damaged = "The file was damaged on its way: its checksums do not fit. Fetch it again."
    return report


def _check_extract(file: IO[bytes], report: Report, given: Given) -> None:
    if file.seek(0, os.SEEK_END) > LONGEST_EXTRACT:
        raise Unreadable("The file is longer than any extract can be.")
    if given.archives or given.question is not None:
        raise Unreadable("An extract holds some records only: --archive, --answer and --qualified are for bundles.")
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        _check(report, lambda: ExtractCheck(Text(data), report, given).run())


def _check(report: Report, run: Callable[[], None]) -> None:
    try:
        run()
    except Unreadable as reason:
        report.lack(str(reason))
    except Exception as error:  # noqa: BLE001 - whatever a hostile file provokes is told, never passed over
        report.lack(f"The file cannot be read to its end: {shown(repr(error))}.")


HEADLINES = {
    "verified": "VERIFIED. The records are exactly those that were sealed.",
    "tampered": "TAMPERED. Something was changed after it was sealed.",
    "incomplete": "INCOMPLETE. The file could not be checked to its end, so nothing is proven.",
}
LABELS = (
    ("log", "Log"),
    ("person", "Person"),
    ("records", "Records"),
    ("record", "Record"),
    ("who", "Who"),
    ("what", "What"),
    ("about", "About"),
    ("happened", "When"),
    ("why", "Why"),
    ("content", "Word for word"),
    ("first_stored", "First stored"),
    ("last_stored", "Last stored"),
    ("erased", "Erased by law"),
    ("archived", "In archives"),
    ("waiting", "Not yet sealed"),
    ("newest_checkpoint", "Newest checkpoint"),
    ("root", "Its root"),
    ("fingerprint", "Key's fingerprint"),
    ("key", "Key"),
    ("witness_saw", "Your witness saw it"),
    ("sealed", "Records in the log"),
    ("bundle_made", "Bundle made"),
    ("extract_made", "Extract made"),
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
        yield from _summary(report.summary)
    if report.qualified is not None:
        yield ""
        yield f"Who was qualified for {report.summary['question']}"
        yield from map(_of_person, report.qualified)
    for title, sentences in (("Checked", report.checked), ("Not checked", report.not_checked)):
        if sentences:
            yield ""
            yield title
            yield from (f"  - {sentence}" for sentence in sentences)


def _summary(summary: dict[str, Any]) -> Iterator[str]:
    for name, label in LABELS:
        if summary.get(name) is not None:
            yield f"{label + ':':<19} {summary[name]}"
    if len(summary["keys"]) > 1:
        yield ""
        yield "Keys of this log, each vouched for by the one before"
        for one in summary["keys"]:
            yield f"  - since record {one['since_record']}, {one['since']}: fingerprint {one['fingerprint']}"
            yield f"    {one['key']}"


def _of_person(one: dict[str, Any]) -> str:
    who = f"{one['name'] or 'without a name'} ({one['person']})"
    told = f"{'yes' if one['qualified'] else 'no':<3}  {who}: "
    if not one["completion_record"]:
        return f"  {told}{one['because']}"
    until = f", valid until {one['valid_until']}" if one["valid_until"] else ""
    reason = "" if one["qualified"] else f"{one['because']}; "
    record = f"record number {one['record_number']} (id {one['completion_record']})"
    return f"  {told}{reason}completed {one['completed_at']}, version {one['version']}, {record}{until}"


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
        **({} if report.qualified is None else {"qualified": report.qualified}),
        "checked": report.checked,
        "not_checked": report.not_checked,
    }


def _kept(report: Report, file: str | None) -> Sequence[str]:
    """What to say about the checkpoint that `--keep` wrote."""
    if file is None or report.result != "verified":
        return ()
    return ("", f"Kept for next time: the newest checkpoint, in {file}")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Checks Andante's learning records: a bundle, or an extract.",
        epilog="Exit status: 0 verified, 1 tampered, 2 incomplete.",
    )
    parser.add_argument("file", help="the bundle, a zip file; or the extract or receipt, a JSON file")
    parser.add_argument("--checkpoint", metavar="FILE", help="a checkpoint of this log that you kept earlier")
    parser.add_argument("--keep", metavar="FILE", help="if verified, write the newest checkpoint here for next time")
    parser.add_argument("--key", metavar="KEY", help="a public key of the log, as you were given it")
    parser.add_argument("--witness", metavar="KEY", help="the public key of a witness whom you trust")
    parser.add_argument(
        "--archive", metavar="FILE", action="append", default=[], help="an archived month; may be given several times"
    )
    parser.add_argument("--answer", metavar="FILE", help="an answer (answer.json): who was qualified, derived anew")
    parser.add_argument("--qualified", metavar="REQUIREMENT", help="print who was qualified; needs --at")
    parser.add_argument("--at", metavar="TIME", help="the moment, such as 2026-05-03T14:00:00+02:00")
    parser.add_argument("--known-at", metavar="TIME", help="only what was on record by then; else all that is here")
    parser.add_argument("--all-signatures", action="store_true", help="check the signature of every checkpoint")
    parser.add_argument("--only-rows", metavar="WHAT", help=argparse.SUPPRESS)  # a second process of our own
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser


def _given(parser: argparse.ArgumentParser, options: argparse.Namespace) -> dict[str, Any]:
    """What the auditor brings along; ends the program with status 2 where it cannot be read."""
    given: dict[str, Any] = {"all_signatures": options.all_signatures, "archives": options.archive}
    try:
        if options.checkpoint:
            with Path(options.checkpoint).open("rb") as file:
                given["own"] = file.read(LONGEST_NOTE)
    except OSError as error:
        parser.error(f"the checkpoint file cannot be opened: {error.strerror}")
    for name, kind, looks in (("key", _OF_LOGS, "andante/…"), ("witness", _OF_WITNESSES, "witness.example.org")):
        text = getattr(options, name)
        try:
            given[name] = read_key(text.strip(), kind) if text else None
        except ValueError:
            whose = "log" if name == "key" else "witness"
            parser.error(f"this is not a public key of a {whose}: it looks like {looks}+01234567+…")
    given["question"] = _question(parser, options)
    return given


def _question(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Asked | None:
    if options.answer:
        try:
            with Path(options.answer).open("rb") as file:
                return read_answer(file.read(LONGEST_ANSWER + 1))
        except OSError as error:
            parser.error(f"the answer cannot be opened: {error.strerror}")
        except Unreadable as reason:
            parser.error(str(reason))
    if bool(options.qualified) != bool(options.at):
        parser.error("--qualified and --at go together")
    if not options.qualified:
        return None
    try:
        at = _moment(options.at)
        return Asked(options.qualified, at, _moment(options.known_at) if options.known_at else None)
    except (ValueError, OverflowError):
        parser.error("give a moment with its distance from UTC, such as 2026-05-03T14:00:00+02:00")


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    _demand(at.tzinfo is not None)
    return at.astimezone(UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _options()
    options = parser.parse_args(arguments)
    if options.only_rows:
        return send_blocks(options.file, options.only_rows)
    report = verify(options.file, **_given(parser, options))
    if options.keep and report.result == "verified":
        try:
            with Path(options.keep).open("xb") as file:
                file.write(report.newest)
        except OSError as error:
            parser.error(f"the checkpoint cannot be written to {options.keep}: {error.strerror}")
    if options.json:
        tell(json.dumps(as_json(report), indent=1))
    else:
        tell("\n".join((*lines(report), *_kept(report, options.keep))))
    return {"verified": 0, "tampered": 1, "incomplete": 2}[report.result]


def tell(text: str) -> None:
    """Print it; who reads may stop early, as `head` does: the exit status still tells."""
    with contextlib.suppress(AttributeError, ValueError):
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Python writes what is left once more when it ends: that goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt):  # noqa: BLE001 - Python's status for these is 1: here that is tampered
        traceback.print_exc()
        os._exit(2)
    sys.exit(status)
