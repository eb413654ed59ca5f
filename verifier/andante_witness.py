#!/usr/bin/env python3
"""
Keeps the newest checkpoint of an Andante log on a host of your own, and signs a newer one only if it extends it.

    python3 andante_witness.py serve --folder DIR --log KEY [--listen 127.0.0.1:8766] [--name NAME]
    python3 andante_witness.py trust --folder DIR KEY
    python3 andante_witness.py show --folder DIR [--checkpoint]

One file, Python 3.8 or newer on a system with POSIX file locks, nothing else needed. It speaks C2SP tlog-witness and
signs as C2SP tlog-cosignature says (`cosignature/v1`), so any log of that sort can use it, and Andante can use any such
witness. It shares no code with the server nor with the verifier: it was written from those two specifications and from
docs/reference/ledger-format.md.

What it writes in DIR: `witness-key`, its private key; and for each log a folder with `keys`, the log's keys that it
trusts, in the order in which it was told them; `newest`, the newest checkpoint with our signature; `refused`, notes
that the log signed although they do not extend what it had shown before. Those prove that it was rewritten: keep them.

Exit status: 0, or 2 where something has to be mended first.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Iterator, NamedTuple, Sequence, Tuple

LONGEST_BODY = 64 * 1024
"""Bytes of a request: 63 hashes, a checkpoint and more signatures than any log has."""
MOST_HASHES = 63
MOST_SIGNATURES = 32
MOST_REFUSED = 100
"""Refused notes that are kept of one log. The first ones tell the most, so later ones are left out."""
MOST_AT_ONCE = 16
"""Connections that are served at the same time; one more is closed at once."""
SECONDS_TO_SPEAK = 10
"""A connection that is silent for longer is closed."""
LARGEST_SIZE = 2**63 - 1

LOG_KEY, WITNESS_KEY = b"\x01", b"\x04"
"""What stands before an Ed25519 key in its text: it signs notes, or it signs cosignatures (C2SP signed-note)."""
PRIVATE = "PRIVATE+KEY+"
DASH = "\u2014 "


# --- Ed25519 (RFC 8032, section 5.1) ---

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_SQRT_MINUS_1 = pow(2, (_P - 1) // 4, _P)

Point = Tuple[int, int, int, int]
"""X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z."""
_ZERO: Point = (0, 1, 1, 0)


def _add(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _multiply(scalar: int, point: Point) -> Point:
    total = _ZERO
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _encode_point(point: Point) -> bytes:
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode_point(data: bytes) -> Point | None:
    """The point that 32 bytes name; None where they name none (section 5.1.3)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * v**3 % _P * pow(u * v**7 % _P, (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _SQRT_MINUS_1 % _P
    if v * x * x % _P != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


_BASE: Point = _decode_point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little")) or _ZERO


def _halves(seed: bytes) -> tuple[int, bytes]:
    """The secret scalar, and what makes the number that is used once (section 5.1.5)."""
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & ((1 << 254) - 8) | (1 << 254), digest[32:]


def public_of(seed: bytes) -> bytes:
    """The public key, 32 bytes, of a private one."""
    return _encode_point(_multiply(_halves(seed)[0], _BASE))


def sign(seed: bytes, message: bytes) -> bytes:
    """
    The signature, 64 bytes (section 5.1.6).

    Takes a time that depends on the key. Do not run it where strangers could measure that closely: a witness answers
    one log a few times an hour.
    """
    scalar, prefix = _halves(seed)
    once = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % _L
    point = _encode_point(_multiply(once, _BASE))
    public = _encode_point(_multiply(scalar, _BASE))
    challenge = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little") % _L
    return point + ((once + challenge * scalar) % _L).to_bytes(32, "little")


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key signed the message (section 5.1.7, with the cofactor). A key of small order signs nothing."""
    key, point = _decode_point(public), _decode_point(signature[:32])
    response = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or point is None or response >= _L or _is_zero(_multiply(8, key)):
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    left, right = _multiply(response, _BASE), _add(point, _multiply(challenge, key))
    return _is_zero(_multiply(8, _add(left, (_P - right[0], right[1], right[2], _P - right[3]))))


def _is_zero(point: Point) -> bool:
    return point[0] % _P == 0 and (point[1] - point[2]) % _P == 0


# --- The tree (RFC 9162, section 2.1) ---

EMPTY_ROOT = hashlib.sha256(b"").digest()


def extends(*, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """
    Whether the tree of `old` leaves is the beginning of that of `new` leaves (RFC 9162, section 2.1.4.2).

    From nothing everything follows, without a proof.
    """
    if old in {0, new}:
        return not proof and (old == 0 or old_root == new_root)
    if old > new or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    first, second = old - 1, new - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    older = newer = path[0]
    for hash in path[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            older, newer = _node(hash, older), _node(hash, newer)
            while first and not first & 1:
                first, second = first >> 1, second >> 1
        else:
            newer = _node(newer, hash)
        first, second = first >> 1, second >> 1
    return second == 0 and older == old_root and newer == new_root


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


# --- Keys and notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ---


class Key(NamedTuple):
    """A public key under a name, and the four bytes that tell it from others."""

    name: str
    id: bytes
    public: bytes
    sort: bytes = LOG_KEY

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self.sort + self.public).decode()}"

    @property
    def fingerprint(self) -> str:
        """What two people read to each other to compare keys."""
        text = hashlib.sha256(self.public).hexdigest()
        return " ".join(text[start : start + 4] for start in range(0, 64, 4))


def key_id(name: str, data: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]


def read_key(text: str) -> Key:
    """
    The log's key that `NAME+KEYID+KEY` writes.

    :raises ValueError: it is no such text, or its id is not that of its key
    """
    name, id_text, key_text = text.strip().split("+", 2)  # base64 has plus signs of its own; a name has none
    data = _base64(key_text.encode("ascii"))
    if not _is_name(name) or len(data) != 33 or data[:1] != LOG_KEY or key_id(name, data).hex() != id_text:
        raise ValueError("this is not a log's public key, such as andante/…+01234567+…")
    return Key(name, key_id(name, data), data[1:])


def _is_name(text: str) -> bool:
    return bool(text) and "+" not in text and not any(sign.isspace() or not sign.isprintable() for sign in text)


class Note(NamedTuple):
    """A checkpoint that could be read. Whether it is signed is another question."""

    text: bytes
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes]]

    @property
    def made(self) -> str:
        """When an Andante log made it, by its own clock; empty for another sort of log."""
        found = re.search(rb"\nandante-checkpoint/1 ([0-9TZ:.-]{27})\n\Z", self.text)
        return found[1].decode() if found else ""


_CHECKPOINT = re.compile(
    rb"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*"
)
_SIGNATURE = re.compile(DASH + r"(?P<name>[^ +\n]+) (?P<data>[A-Za-z0-9+/]+={0,2})\n")


def read_note(data: bytes) -> Note:
    """
    The checkpoint that a signed note holds.

    :raises ValueError: it is no such note
    """
    text, blank, rest = data.rpartition(b"\n\n")
    text += b"\n"
    found = _CHECKPOINT.fullmatch(text)
    if not blank or not found or any(sign < 0x20 and sign != 0x0A for sign in data):
        raise ValueError("this is not a checkpoint")
    lines = rest.decode().splitlines(keepends=True)
    signed = [_SIGNATURE.fullmatch(line) for line in lines]
    size = int(found["size"])
    if not 0 < len(lines) <= MOST_SIGNATURES or size > LARGEST_SIZE:
        raise ValueError("this is not a signed checkpoint")
    signatures = []
    for line in signed:
        if line is None:
            raise ValueError("a line after the checkpoint is not a signature")
        signatures.append((line["name"], _base64(line["data"].encode())))
    return Note(text, found["origin"].decode(), size, _base64(found["root"]), signatures)


def signature_line(name: str, data: bytes) -> str:
    return f"{DASH}{name} {base64.b64encode(data).decode()}\n"


def _base64(text: bytes) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data) != text:
        raise ValueError("another spelling of the same base64")
    return data


class Signer(NamedTuple):
    """The witness' own key."""

    name: str
    seed: bytes

    @property
    def public(self) -> Key:
        data = WITNESS_KEY + public_of(self.seed)
        return Key(self.name, key_id(self.name, data), data[1:], WITNESS_KEY)

    def cosign(self, text: bytes, at: int) -> str:
        """The line that says: at this time (Unix, seconds), this is the largest tree that we have seen."""
        signature = sign(self.seed, b"cosignature/v1\ntime %d\n" % at + text)
        return signature_line(self.name, self.public.id + at.to_bytes(8, "big") + signature)


# --- What is kept ---


class Mend(Exception):  # noqa: N818 - errors are facts
    """Something has to be mended first; the message is a sentence that says so."""


class Folder:
    """
    What the witness remembers, in files. Nothing is kept in memory, so that several processes may share one folder.

    Everything that reads to write is done inside `locked`.
    """

    def __init__(self, path: Path, *, make: bool = False) -> None:
        """
        Open a folder.

        :param make: make it when it is not there
        :raises Mend: it is not there
        """
        self._path = path
        if make:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif not (path / "witness-key").exists():
            raise Mend(f"{path} is no folder of a witness. Is the path right? serve makes one.")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One at a time, over threads and processes."""
        file = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def signer(self, name: str | None = None) -> Signer:
        """
        The witness' key, made when it is not there.

        :param name: what a new key is called
        :raises Mend: the file holds no key, or others may read it
        """
        path = self._path / "witness-key"
        if not path.exists():
            chosen = name or f"{socket.gethostname()}/andante-witness"
            if not _is_name(chosen):
                raise Mend(f"{chosen!r} is no name of a witness: give --name one without spaces and plus signs.")
            made = Signer(chosen, secrets.token_bytes(32))
            text = base64.b64encode(WITNESS_KEY + made.seed).decode()
            _write(path, f"{PRIVATE}{chosen}+{made.public.id.hex()}+{text}\n".encode())
        if path.stat().st_mode & 0o077:
            raise Mend(f"Others can read {path}. Type: chmod 600 {path}")
        found = re.fullmatch(rf"{re.escape(PRIVATE)}([^+\s]+)\+([0-9a-f]{{8}})\+(\S+)\n", path.read_text())
        try:
            if not found:
                raise ValueError
            data = _base64(found[3].encode())
            signer = Signer(found[1], data[1:])
            if len(data) != 33 or signer.public.id.hex() != found[2]:
                raise ValueError
        except ValueError:
            raise Mend(f"{path} holds no key of a witness. Restore it from your backup.") from None
        if name and name != signer.name:
            raise Mend(f"This witness is called {signer.name}. A key keeps its name: leave --name out.")
        return signer

    def logs(self) -> list[str]:
        """The logs that are known, by their names."""
        return sorted({key.name for path in self._path.glob("*/keys") for key in self._read_keys(path)})

    def keys(self, origin: str) -> list[Key]:
        """The keys of a log, oldest first; none for a log that is not known."""
        return self._read_keys(self._of(origin) / "keys")

    def trust(self, key: Key) -> bool:
        """Add a log's key after those that are there; whether it is new."""
        keys = self.keys(key.name)
        if key in keys:
            return False
        self._of(key.name).mkdir(mode=0o700, exist_ok=True)
        _write(self._of(key.name) / "keys", "".join(f"{each.text}\n" for each in [*keys, key]).encode())
        return True

    def newest(self, origin: str) -> Note | None:
        """
        The newest checkpoint that we signed.

        :raises Mend: the file is damaged; going on from nothing would let a rewritten log through
        """
        data = self.newest_data(origin)
        if data is None:
            return None
        try:
            return read_note(data)
        except ValueError:
            path = self._of(origin) / "newest"
            raise Mend(
                f"{path} is damaged. Restore it; do not remove it: without it, any log would be signed."
            ) from None

    def newest_data(self, origin: str) -> bytes | None:
        """The same, as it is written."""
        path = self._of(origin) / "newest"
        return path.read_bytes() if path.exists() else None

    def keep(self, origin: str, data: bytes) -> None:
        """Keep a checkpoint in place of the one before; on disk when this returns."""
        _write(self._of(origin) / "newest", data)

    def keep_refused(self, note: Note, lines: str, newest: Note, because: str) -> bool:
        """Keep what proves that the log signed two histories; whether it is new and there was room."""
        folder = self._of(note.origin) / "refused"
        path = folder / f"{hashlib.sha256(note.text).hexdigest()[:32]}.txt"
        if path.exists() or len(self.refused(note.origin)) >= MOST_REFUSED:
            return False
        folder.mkdir(mode=0o700, exist_ok=True)
        before = newest.text + b"\n" + "".join(signature_line(*each) for each in newest.signatures).encode()
        head = f"Refused at {_moment(time.time())}: {because}.\n\nWhat the log signed now:\n\n"
        _write(path, head.encode() + note.text + b"\n" + lines.encode() + b"\nWhat it had shown before:\n\n" + before)
        return True

    def refused(self, origin: str) -> list[Path]:
        return sorted((self._of(origin) / "refused").glob("*.txt"))

    def of_hash(self, text: str) -> bytes | None:
        """The newest checkpoint of the log whose name has this hash."""
        path = self._path / text / "newest"
        return path.read_bytes() if path.exists() else None

    def _of(self, origin: str) -> Path:
        return self._path / hashlib.sha256(origin.encode()).hexdigest()

    @staticmethod
    def _read_keys(path: Path) -> list[Key]:
        try:
            return [read_key(line) for line in path.read_text().splitlines()] if path.exists() else []
        except ValueError:
            raise Mend(f"{path} is damaged. Restore it from your backup.") from None


def _write(path: Path, data: bytes) -> None:
    """Put a file in its place, whole or not at all, and on disk when this returns."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


# --- The protocol (C2SP tlog-witness) ---


class Refused(Exception):  # noqa: N818 - errors are facts
    """A request that is not granted."""

    def __init__(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.kind = kind


class Request(NamedTuple):
    """What a log submits: the size that it thinks we know, the proof from there, and the checkpoint."""

    old: int
    proof: list[bytes]
    note: Note


def read_request(body: bytes) -> Request:
    """
    The request, read strictly.

    :raises Refused: it is none
    """
    try:
        head, blank, rest = body.partition(b"\n\n")
        first, *hashes = head.decode("ascii").split("\n")
        found = re.fullmatch(r"old (0|[1-9][0-9]{0,18})", first)
        if not blank or not found or len(hashes) > MOST_HASHES:
            raise ValueError("a request is “old N”, hashes, an empty line and a checkpoint")
        proof = [_base64(line.encode()) for line in hashes]
        if any(len(hash) != 32 for hash in proof):
            raise ValueError("a line of the proof is not a hash")
        note = read_note(rest)
    except ValueError as error:
        raise Refused(400, f"{error}\n") from None
    return Request(int(found[1]), proof, note)


class Witness:
    """Answers logs."""

    def __init__(self, folder: Folder, signer: Signer) -> None:
        self._folder = folder
        self._signer = signer

    def add_checkpoint(self, body: bytes) -> str:
        """
        Sign a checkpoint that extends the one that we know; it is on disk when this returns.

        :return: the line of our signature
        :raises Refused: with the status that the protocol asks for
        """
        old, proof, note = read_request(body)
        with self._folder.locked():
            key = self._signed_by(note)
            newest = self._folder.newest(note.origin)
            size = newest.size if newest else 0
            lines = signature_line(key.name, _of_key(note, key))
            self._look_for_a_rewritten_log(note, lines, newest)
            if old > note.size:
                raise Refused(400, f"The checkpoint covers {note.size} records, fewer than the {old} before it.\n")
            if old != size:
                raise Refused(409, f"{size}\n", "text/x.tlog.size")
            if note.size == 0 and note.root != EMPTY_ROOT:
                raise Refused(422, "The root is not that of an empty log.\n")
            root = newest.root if newest else EMPTY_ROOT
            if not extends(old=size, old_root=root, new=note.size, new_root=note.root, proof=proof):
                if newest:
                    self._folder.keep_refused(note, lines, newest, "the proof does not lead from what it had shown")
                raise Refused(422, f"This is not proven to extend the checkpoint over {size} records.\n")
            ours = self._signer.cosign(note.text, int(time.time()))
            self._folder.keep(note.origin, note.text + b"\n" + (lines + ours).encode())
        return ours

    def _signed_by(self, note: Note) -> Key:
        """
        The newest of the log's keys that signed the note.

        Once a key has signed a checkpoint that we took, those before it count no more: whoever finds an old key cannot
        go on in the log's name.
        """
        keys = self._folder.keys(note.origin)
        if not keys:
            raise Refused(404, f"The log {note.origin} is not known here.\n")
        newest = self._folder.newest(note.origin)
        used = [place for place, key in enumerate(keys) if newest and _of_key(newest, key)]
        for key in reversed(keys[max(used, default=0) :]):
            signature = _of_key(note, key)
            if not signature:
                continue
            if not is_signed(key.public, note.text, signature[4:]):
                break
            return key
        raise Refused(403, "No key of this log that is trusted here has signed this.\n")

    def _look_for_a_rewritten_log(self, note: Note, lines: str, newest: Note | None) -> None:
        """Keep a note that the log should never have signed, whatever the proof says."""
        if newest is None:
            return
        if note.size == newest.size and note.root != newest.root:
            self._folder.keep_refused(note, lines, newest, "another root for the same number of records")
        if note.size < newest.size and note.made > newest.made:
            self._folder.keep_refused(note, lines, newest, "fewer records than before, under a later time")


def _of_key(note: Note, key: Key) -> bytes:
    """What a note says under this key's name and id: the id and the signature; empty where it says nothing."""
    return next((data for name, data in note.signatures if name == key.name and data[:4] == key.id), b"")


class Handler(BaseHTTPRequestHandler):
    """One connection; several requests may come over it."""

    protocol_version = "HTTP/1.1"
    server_version = "andante-witness"
    sys_version = ""
    timeout = SECONDS_TO_SPEAK
    server: Server

    def do_POST(self) -> None:
        """Take a checkpoint."""
        try:
            body = self._body()
            if self.path.rpartition("/")[2] != "add-checkpoint":
                raise Refused(404, "A checkpoint is sent to /add-checkpoint.\n")
            self._answer(200, self.server.witness.add_checkpoint(body))
        except Refused as refused:
            self._answer(refused.status, refused.text, refused.kind)
        except Mend as mend:
            self._say(f"MEND: {mend}")
            self._answer(500, "This witness has to be mended; its operator is told why.\n")
        except OSError as error:
            if isinstance(error, (ConnectionError, socket.timeout)):
                raise
            self._say(f"MEND: {error}")
            self._answer(500, "This witness cannot keep checkpoints; its operator is told why.\n")

    def do_GET(self) -> None:
        """Show the newest checkpoint of a log."""
        found = re.fullmatch(r"(?:/.*)?/([0-9a-f]{64})/checkpoint", self.path)
        data = self.server.folder.of_hash(found[1]) if found else None
        if data is None:
            self._answer(404, "No checkpoint of such a log was signed here.\n")
        else:
            self._answer(200, data.decode())

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,6}", length) or int(length) > LONGEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise Refused(400, f"A request tells its length, which is at most {LONGEST_BODY} bytes.\n")
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            self.close_connection = True
            raise Refused(400, "The request was cut off.\n")
        return body

    def _answer(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        self._say(f"{self.address_string()} {format % args}")

    @staticmethod
    def _say(text: str) -> None:
        print(f"{_moment(time.time())} {''.join(sign if sign.isprintable() else '?' for sign in text)}", flush=True)


class Server(ThreadingHTTPServer):
    """Serves a bounded number of connections at once."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], folder: Folder, signer: Signer) -> None:
        self.folder = folder
        self.witness = Witness(folder, signer)
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], (ConnectionError, socket.timeout)):
            super().handle_error(request, client_address)


# --- The command line ---


def serve(options: argparse.Namespace) -> None:
    """Answer until SIGTERM or Ctrl-C."""
    folder = Folder(options.folder, make=True)
    with folder.locked():
        signer = folder.signer(options.name)
        for key in options.log:
            known = folder.keys(key.name)
            if known and key not in known:
                raise Mend(
                    f"The log {key.name} is known here under another key. If its key was changed, compare fingerprints"
                    f" with the people of the log, then type: trust --folder {options.folder} {key.text}"
                )
            folder.trust(key)
        if not folder.logs():
            raise Mend("Say which log to watch: --log KEY.")
    host, _colon, port = options.listen.rpartition(":")
    try:
        server = Server((host.strip("[]"), int(port)), folder, signer)
    except (OSError, ValueError, OverflowError) as error:
        raise Mend(f"Cannot listen on {options.listen}: {error}.") from None
    signal.signal(signal.SIGTERM, _interrupt)
    _describe(folder, signer)
    print(f"Listening on {host}:{server.server_address[1]}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    server.server_close()


def trust(options: argparse.Namespace) -> None:
    """Add a log's new key, after somebody compared its fingerprint."""
    folder = Folder(options.folder)
    with folder.locked():
        before = folder.keys(options.key.name)
        if not before:
            raise Mend(f"The log {options.key.name} is not known here. Start serve with --log for it.")
        new = folder.trust(options.key)
    print(f"The new key's fingerprint: {options.key.fingerprint}" if new else "This key is trusted already.")
    if new:
        print("It counts from now on. Earlier keys end with the first checkpoint that it signs.")


def show(options: argparse.Namespace) -> None:
    """Tell what is kept."""
    folder = Folder(options.folder)
    if not options.checkpoint:
        with folder.locked():
            signer = folder.signer()
        _describe(folder, signer)
        return
    for origin in folder.logs():
        note = folder.newest(origin)
        if note:
            signed = [line for line in note.signatures if line[0] == origin]
            sys.stdout.buffer.write(note.text + b"\n" + "".join(signature_line(*line) for line in signed).encode())


def _describe(folder: Folder, signer: Signer) -> None:
    print(f"This witness' key:  {signer.public.text}")
    print(f"Its fingerprint:    {signer.public.fingerprint}")
    for origin in folder.logs():
        print(f"Log:                {origin}")
        for key in folder.keys(origin):
            print(f"  key:              {key.text}")
            print(f"  its fingerprint:  {key.fingerprint}")
        note = folder.newest(origin)
        if note is None:
            print("  newest:           nothing yet")
        else:
            at = int.from_bytes(_of_key(note, signer.public)[4:12], "big")
            print(f"  newest:           {note.size} records, signed here at {_moment(at)}")
        refused = folder.refused(origin)
        if refused:
            print(
                f"  REFUSED:          {len(refused)} notes that contradict what the log had shown: {refused[0].parent}"
            )


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _key(text: str) -> Key:
    try:
        return read_key(text)
    except ValueError:
        raise argparse.ArgumentTypeError("this is not a log's public key, such as andante/…+01234567+…") from None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Keeps checkpoints of a log, and signs only what extends them.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run, about in (
        ("serve", serve, "answer the log"),
        ("trust", trust, "follow a change of the log's key"),
        ("show", show, "tell what is kept"),
    ):
        command = commands.add_parser(name, help=about)
        command.set_defaults(run=run)
        command.add_argument("--folder", type=Path, required=True, help="where everything is kept")
        if name == "serve":
            command.add_argument("--log", type=_key, action="append", default=[], metavar="KEY", help="the log's key")
            command.add_argument("--listen", default="127.0.0.1:8766", metavar="HOST:PORT")
            command.add_argument("--name", help="what this witness is called; for its first start")
        elif name == "trust":
            command.add_argument("key", type=_key, metavar="KEY", help="the log's new key")
        else:
            command.add_argument("--checkpoint", action="store_true", help="print the newest one, for the verifier")
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except (Mend, OSError) as problem:
        print(f"andante_witness: {problem}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
