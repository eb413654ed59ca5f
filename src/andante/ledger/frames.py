"""A sealed record as bundles and archives hold it: a frame (docs/reference/bundle-format.md, "records")."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from andante.ledger.encoding import from_microseconds, microseconds

_HEAD = struct.Struct(">q16shqHI")


@dataclass(frozen=True)
class SealedRecord:
    """A record that has a leaf, with the leaf's number."""

    number: int
    id: UUID
    kind: int
    stored: datetime
    salt: bytes
    body: bytes

    def frame(self) -> bytes:
        """Return its bytes: a head of fixed length, then salt and body."""
        head = _HEAD.pack(
            self.number, self.id.bytes, self.kind, microseconds(self.stored), len(self.salt), len(self.body)
        )
        return head + self.salt + self.body


def read_frames(file: IO[bytes]) -> Iterator[SealedRecord]:
    """
    Read records as they stand.

    :raises ValueError: the last one ends in the middle
    """
    while head := file.read(_HEAD.size):
        if len(head) != _HEAD.size:
            raise ValueError("a frame ends in the middle")
        number, id, kind, stored, salt_length, body_length = _HEAD.unpack(head)
        content = file.read(salt_length + body_length)
        if len(content) != salt_length + body_length:
            raise ValueError("a frame ends in the middle")
        salt, body = content[:salt_length], content[salt_length:]
        yield SealedRecord(number, UUID(bytes=id), kind, from_microseconds(stored), salt, body)
