"""A file on another host that holds our checkpoints, one after the other."""

from __future__ import annotations

import base64
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from andante.ledger.chain import keys
from andante.ledger.encoding import decode_key, key_id, split_note
from andante.ledger.log import current_log
from andante.ledger.queries import newest_checkpoint
from andante.ledger.rows import Checkpoint
from andante.ledger.witnessing.answers import Agreement, Because, NoAnswer, NotAnExtension
from andante.ledger.witnessing.extending import demand_extension

TAIL = 64 * 1024
"""Bytes at the end of the file in which the last checkpoint is looked for; it has less than 500."""
_NOTE = re.compile(
    rb"^(?P<origin>[^\n]+)\n(?P<size>[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\nandante-checkpoint/1 [^\n]+\n"
    rb"\n\xe2\x80\x94 [^\n]+\n",
    re.MULTILINE,
)


@dataclass(frozen=True)
class FileWitness:
    """
    Adds the newest checkpoint to a file, whose end it reads first.

    The file must be there: one that we made ourselves might stand where a share should be mounted.
    """

    path: Path

    @property
    def name(self) -> str:
        return f"file:{self.path}"

    def show(self, *, known: int) -> Agreement | None:  # noqa: ARG002 - the file says what it has seen
        """Read the last checkpoint there, and add ours if it extends it."""
        try:
            with self._opened() as file:
                tail = _tail(file)
                # After the file: whoever wrote there last had read no newer one than there is now.
                newest = newest_checkpoint()
                last = _last(tail)
                if last is None and tail.strip():
                    raise NoAnswer("The file holds something, but no checkpoint. Is it the right file?")
                if last is not None:
                    demand_extension(last.size, last.root, newest)
                if newest is None:
                    return None
                if last is None or last.size < newest.size:
                    _append(file, tail, newest)
        except OSError as error:
            raise NoAnswer(f"The file cannot be used: {error.strerror}. Is the share mounted?") from error
        return Agreement(newest.size, last.size if last else 0)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        # Without waiting for whoever may be at the other end of what is no file.
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise NoAnswer("This is not a file.")
            yield file
        finally:
            os.close(file)


@dataclass(frozen=True)
class _Last:
    size: int
    root: bytes


def _tail(file: int) -> bytes:
    length = os.fstat(file).st_size
    start = max(length - TAIL, 0)
    return os.pread(file, length - start, start)


def _last(tail: bytes) -> _Last | None:
    """
    The last whole checkpoint; what an interrupted writer left after it does not count.

    :raises NotAnExtension: this log has not signed it
    """
    found = None
    for found in _NOTE.finditer(tail):  # noqa: B007 - the last one is wanted
        pass
    if found is None:
        return None
    size = int(found["size"])
    if not _is_ours(found[0]):
        raise NotAnExtension(Because.ANOTHER_LOG, seen=size)
    return _Last(size, base64.b64decode(found["root"]))


def _is_ours(data: bytes) -> bool:
    """Whether a key of this log signed it: any of them, for what was signed once stays valid."""
    origin = current_log().origin
    try:
        text, name, id, signature = split_note(data.decode())
    except ValueError:
        return False
    if not name == origin == text.partition("\n")[0]:
        return False
    return any(id == key_id(origin, key) and _is_signed(key, text, signature) for key in _keys())


def _keys() -> list[bytes]:
    """The public keys that this log ever had, the first of them also before anything is sealed."""
    return [decode_key(key)[1] for key in {current_log().key, *(each.key for each in keys())}]


def _is_signed(key: bytes, text: str, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _append(file: int, tail: bytes, newest: Checkpoint) -> None:
    """Add a note, on disk when this returns; on a line of its own, whatever an interrupted writer left."""
    data = (b"" if not tail or tail.endswith(b"\n") else b"\n") + newest.note.encode()
    if os.write(file, data) != len(data):
        raise NoAnswer("The checkpoint was written in part only. Is the disk full?")
    os.fsync(file)
