"""
The bytes of an extract. docs/reference/extract-format.md is the specification; what a format number writes never
changes.

Written as a stream, record by record, so that an extract of any length takes the same memory.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import IO, Any

from andante.kernel.ids import PersonId
from andante.ledger.queries import Cosignature, LeafRecord, Log, StoredNodes, consistency_proof, inclusion_proof
from andante.ledger.statements import instant

FORMAT = "andante-extract/1"
MOST_RECORDS = 100_000
"""Records of an extract that a verifier reads; who has more is handed a bundle."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REMEMBERED = 1_024
"""Hashes of the tree that are kept: neighbours share most of theirs."""
_READ = 500
"""Hashes after which tiles are read anew: each may need a tile of its own, and a tile takes 8 kB."""


class RecordGone(Exception):  # noqa: N818 - errors are facts
    """A record that was sealed is not there any more. `andante verify` says whether the law asked for that."""

    def __init__(self, record: LeafRecord) -> None:
        """Keep which one."""
        super().__init__(f"Record number {record.number} (id {record.id}) is not there any more.")
        self.record = record


class RecordsArchived(Exception):  # noqa: N818
    """What records say stands in archives, so that they cannot be handed out from here."""

    def __init__(self, months: Mapping[str, int]) -> None:
        """Keep how many stand in the archive of which month (`2026-10`)."""
        super().__init__(", ".join(f"{month} ({count})" for month, count in sorted(months.items())))
        self.months = dict(months)


@dataclass(frozen=True)
class Extract:
    """
    What is to be written, all of one moment.

    :ivar person: whose records these are; none for a receipt
    :ivar size: of the tree that all proofs lead to
    :ivar checkpoint: the signed note over it
    :ivar keys: the record that opened the log and every change of key
    :ivar since: size of an earlier checkpoint that the tree must be shown to extend
    """

    log: Log
    person: PersonId | None
    size: int
    checkpoint: str
    cosignatures: Iterable[Cosignature]
    keys: Iterable[LeafRecord]
    records: Iterable[LeafRecord]
    since: int | None
    made: datetime


class ExtractWriter:
    """Writes one extract."""

    def __init__(self, extract: Extract) -> None:
        """Begin with nothing of the tree read."""
        self._extract = extract
        self._nodes = lru_cache(_REMEMBERED)(self._read)
        self._stored = StoredNodes()
        self._reads = 0

    def write(self, file: IO[bytes]) -> int:
        """
        Write it, and return how many records it holds.

        :raises RecordGone: one was sealed and is not there
        :raises TreeIncomplete: a proof cannot be computed
        """
        extract = self._extract
        log = {"id": str(extract.log.id), "iri": extract.log.iri, "origin": extract.log.origin}
        scope = {"kind": "person", "person": str(extract.person)} if extract.person else {"kind": "receipt"}
        file.write(b"{\n")
        self._member(file, "format", FORMAT)
        self._member(file, "scope", scope)
        self._member(file, "log", log)
        self._member(file, "checkpoint", extract.checkpoint)
        self._member(file, "cosignatures", [each.line for each in extract.cosignatures])
        self._list(file, "keys", extract.keys)
        count = self._list(file, "records", extract.records)
        self._member(file, "consistency", self._consistency())
        self._member(file, "made", instant(extract.made), end=b"\n}\n")
        return count

    @staticmethod
    def _member(file: IO[bytes], name: str, value: Any, *, end: bytes = b",\n") -> None:
        file.write(f' "{name}": '.encode() + _encode(value) + end)

    def _list(self, file: IO[bytes], name: str, records: Iterable[LeafRecord]) -> int:
        count = 0
        file.write(f' "{name}": ['.encode())
        for record in records:
            file.write((b",\n  " if count else b"\n  ") + _encode(self._record(record)))
            count += 1
        file.write(b"\n ],\n" if count else b"],\n")
        return count

    def _record(self, record: LeafRecord) -> dict[str, Any]:
        whole = record.salt is not None and record.body is not None
        if record.archived:
            raise RecordsArchived({record.archived: 1})
        if not whole and not record.erased:
            raise RecordGone(record)
        told = {
            "number": record.number,
            "id": str(record.id),
            "kind": record.kind,
            "stored": (record.stored - _EPOCH) // timedelta(microseconds=1),
            "salt": _base64(record.salt) if whole and record.salt is not None else None,
            "body": record.body if whole else None,
            "proof": [_base64(each) for each in self._inclusion(record.number)],
        }
        return told if whole else told | {"entry": _base64(record.entry)}

    def _inclusion(self, number: int) -> list[bytes]:
        return inclusion_proof(number, size=self._extract.size, nodes=self._nodes)

    def _read(self, height: int, number: int) -> bytes:
        self._reads += 1
        if self._reads % _READ == 0:
            self._stored = StoredNodes()
        return self._stored(height, number)

    def _consistency(self) -> dict[str, Any] | None:
        since = self._extract.since
        if since is None:
            return None
        proof = consistency_proof(since, size=self._extract.size, nodes=self._nodes)
        return {"from": since, "proof": [_base64(each) for each in proof]}


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
