"""
The bytes of a bundle. docs/reference/bundle-format.md is the specification; what a format number writes never changes.

Copies and never judges: whatever stands in the database reaches the verifier, also what does not fit. Everything is
written as a stream, so a bundle of any size takes the same memory.
"""

from __future__ import annotations

import base64
import json
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from andante.ledger.queries import Cosignature, Snapshot, Unsealed
from andante.ledger.statements import instant

FORMAT = "andante-bundle/2"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PENDING, STRAY = 1, 2
_LEAF = struct.Struct(">qI")
_UNSEALED = struct.Struct(">BB16shqHHI")
_TILE = struct.Struct(">hqI")
_CHECKPOINT = struct.Struct(">qqHI")
_COSIGNATURE = struct.Struct(">qH")
_SALT, _COMMITMENT, _BODY = 1, 2, 4

Progress = Callable[[str, int], None]
"""Told the part that is being written, and how many entries of it were."""

EVERY = 10_000
"""Entries between two tellings."""


@dataclass(frozen=True)
class Written:
    """What a bundle holds: entries by part, how many records wait, and the newest checkpoint."""

    counts: Mapping[str, int]
    waiting: int
    size: int
    root: str | None
    note: str | None


class BundleWriter:
    """Writes one bundle of a whole log."""

    def __init__(self, snapshot: Snapshot, progress: Progress) -> None:
        self._snapshot = snapshot
        self._progress = progress
        self._counts: dict[str, int] = {}
        self._waiting = 0
        self._newest: tuple[int, bytes, str] | None = None

    def write(self, file: IO[bytes], *, made: datetime) -> Written:
        """
        Write everything, the manifest last.

        :param made: the writer's clock, for the manifest
        """
        with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
            self._part(archive, "leaves", self._leaves())
            self._part(archive, "records", (record.frame() for record in self._snapshot.records()))
            self._part(archive, "unsealed", self._unsealed())
            self._part(archive, "tiles", self._tiles())
            self._part(archive, "checkpoints", self._checkpoints())
            self._part(archive, "cosignatures", map(_cosignature, self._snapshot.cosignatures()))
            with archive.open(_info("manifest.json"), "w") as member:
                member.write(json.dumps(self._manifest(made), indent=1).encode() + b"\n")
        size, _, note = self._newest or (0, b"", None)
        return Written(self._counts, self._waiting, size, self._root(), note)

    def _part(self, archive: zipfile.ZipFile, part: str, frames: Iterator[bytes]) -> None:
        count = 0
        # How long a part becomes is known at its end only, so it must be allowed to become long.
        with archive.open(_info(part), "w", force_zip64=True) as member:
            for frame in frames:
                member.write(frame)
                count += 1
                if count % EVERY == 0:
                    self._progress(part, count)
        self._counts[part] = count
        self._progress(part, count)

    def _root(self) -> str | None:
        return base64.b64encode(self._newest[1]).decode() if self._newest else None

    def _manifest(self, made: datetime) -> dict[str, Any]:
        log = self._snapshot.log
        return {
            "format": FORMAT,
            "scope": "whole",
            "log": {"id": str(log.id), "iri": log.iri, "origin": log.origin},
            "key": log.key,
            "checkpoint": {"size": self._newest[0], "root": self._root()} if self._newest else None,
            "counts": self._counts,
            "made": instant(made),
        }

    def _leaves(self) -> Iterator[bytes]:
        for number, entry in self._snapshot.leaves():
            yield _LEAF.pack(number, len(entry)) + entry

    def _unsealed(self) -> Iterator[bytes]:
        for record in self._snapshot.unsealed():
            self._waiting += record.standing == "pending"
            yield _without_leaf(record)

    def _tiles(self) -> Iterator[bytes]:
        for level, index, hashes in self._snapshot.tiles():
            yield _TILE.pack(level, index, len(hashes)) + hashes

    def _checkpoints(self) -> Iterator[bytes]:
        for size, previous, root, note in self._snapshot.checkpoints():
            self._newest = (size, root, note)
            data = note.encode()
            yield _CHECKPOINT.pack(size, previous, len(root), len(data)) + root + data


def _cosignature(given: Cosignature) -> bytes:
    line = given.line.encode()
    return _COSIGNATURE.pack(given.size, len(line)) + line


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _without_leaf(record: Unsealed) -> bytes:
    salt, commitment, body = record.salt, record.commitment, record.body
    parts = sum(bit for part, bit in ((salt, _SALT), (commitment, _COMMITMENT), (body, _BODY)) if part is not None)
    salt, commitment, body = salt or b"", commitment or b"", body or b""
    head = _UNSEALED.pack(
        PENDING if record.standing == "pending" else STRAY,
        parts,
        record.id.bytes,
        record.kind,
        _microseconds(record.stored),
        len(salt),
        len(commitment),
        len(body),
    )
    return head + salt + commitment + body


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
