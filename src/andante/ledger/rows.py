"""
The ledger's rows, streamed through a cursor on the server: a million of them take no memory here.

Each function must be read inside a transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from psycopg import ServerCursor

from andante.ledger.statements import Fact, Kind, spells_action

_CHUNK = 2_000
_TILES = 100
"""Of tiles, which are 8 kB each."""


@dataclass(frozen=True)
class Checkpoint:
    """A signed state of the tree."""

    size: int
    root: bytes
    note: str
    made: datetime


@dataclass(frozen=True)
class CheckpointRow(Checkpoint):
    """A checkpoint with the size of the one before it, as its row tells."""

    previous: int


@dataclass(frozen=True)
class RecordRow:
    """Everything the tables hold about one record; None where a part is gone."""

    id: UUID
    stored: datetime
    kind: int | None
    timestamp: datetime | None
    actor: str | None
    verb: str | None
    object: str | None
    registration: UUID | None
    digest: bytes | None
    body: str | None
    salt: bytes | None


@dataclass(frozen=True)
class SealedRow(RecordRow):
    """A record with its leaf."""

    seq: int
    entry: bytes


@dataclass(frozen=True)
class UnsealedRow(RecordRow):
    """A record without a leaf; `commitment` is None where it does not wait for the sealer either."""

    commitment: bytes | None


_PARTS = """
    s.kind, s."timestamp", s.actor, s.verb, s.object, s.registration, k.digest, b.body, b.salt
"""
_JOINS = """
    LEFT JOIN ledger_statement_key k ON k.id = t.id AND k.stored = t.stored
    LEFT JOIN ledger_statement s ON s.id = t.id AND s.stored = t.stored
    LEFT JOIN ledger_body b ON b.id = t.id AND b.stored = t.stored
"""

# The record of each leaf `l`, looked up leaf by leaf through the indexes.
#
# As plain joins this is a trap: id and stored determine each other, PostgreSQL multiplies their chances as if they did
# not, expects one row of a whole log, and then may search all records anew for every leaf; an export of 120,000 never
# ended. OFFSET 0 keeps each look-up apart, so that no estimate decides; over 200,000 it costs what the best join costs.
RECORD_OF_LEAF = """
    JOIN LATERAL (SELECT * FROM ledger_statement s WHERE s.id = l.id AND s.stored = l.stored OFFSET 0) s ON true
    JOIN LATERAL (SELECT * FROM ledger_body b WHERE b.id = l.id AND b.stored = l.stored OFFSET 0) b ON true
"""

# A part whose `stored` is not its leaf's counts as a trace of its own: the leaf misses it, and this is where
# it went.
TRACES = """
    WITH trace AS (
        SELECT id, stored FROM ledger_statement_key
        UNION SELECT id, stored FROM ledger_statement
        UNION SELECT id, stored FROM ledger_body
        UNION SELECT id, stored FROM ledger_pending
    ), t AS (
        SELECT trace.* FROM trace
        LEFT JOIN ledger_leaf l ON l.id = trace.id AND l.stored = trace.stored
        WHERE l.id IS NULL
    )
"""


def read_fact(id: UUID, kind: int, timestamp: datetime, body: str) -> Fact:
    """A fact from its row."""
    return Fact(id, Kind(kind), timestamp, msgspec.json.decode(body))


def read_remains(id: UUID, kind: int, timestamp: datetime, columns: Sequence[Any]) -> Fact:
    """
    What the tables still tell of a fact whose body stands in an archive.

    :param columns: actor, verb, object, registration
    """
    actor, verb, object, registration = columns
    body: dict[str, Any]
    if kind == Kind.STATEMENT:
        home, bar, name = actor.rpartition("|")
        who = {"account": {"homePage": home, "name": name}} if bar else {"mbox": actor}
        context = {"registration": str(registration)} if registration else {}
        body = {"id": str(id), "actor": who, "verb": {"id": verb}, "object": {"id": object}, "context": context}
    else:
        body = {"id": str(id), "by": actor, "action": verb, "subject": object, "old": {}, "new": {}, "why": ""}
    return Fact(id, Kind(kind), timestamp, body)


def sealed_rows() -> Iterator[SealedRow]:
    """Every leaf in order, with its record."""
    query = f"SELECT t.id, t.stored, {_PARTS}, t.seq, t.entry FROM ledger_leaf t {_JOINS} ORDER BY t.seq"  # noqa: S608
    for *record, seq, entry in stream(query):
        yield SealedRow(**_parts(record), seq=seq, entry=bytes(entry))


def unsealed_rows() -> Iterator[UnsealedRow]:
    """Every record without a leaf, in the order in which the sealer would take them; strays last."""
    query = (
        f"{TRACES} SELECT t.id, t.stored, {_PARTS}, p.commitment FROM t {_JOINS} "  # noqa: S608
        "LEFT JOIN ledger_pending p ON p.id = t.id AND p.stored = t.stored ORDER BY p.n NULLS LAST, t.stored, t.id"
    )
    for *record, commitment in stream(query):
        yield UnsealedRow(**_parts(record), commitment=_bytes(commitment))


def told_erasures() -> dict[UUID, list[UUID]]:
    """
    What records say was erased: the ids of targets, each with those of the records that say so.

    Here one that waits counts too: it will be sealed, or the check that runs then finds it. In a bundle it does not.
    """
    told: dict[UUID, list[UUID]] = {}
    query = (
        "SELECT s.id, b.body FROM ledger_statement s "
        "JOIN ledger_body b ON b.stored = s.stored AND b.id = s.id "
        "WHERE s.kind = 2 AND s.verb = 'record-erased' AND (EXISTS (SELECT FROM ledger_leaf l WHERE l.id = s.id) "
        "OR EXISTS (SELECT FROM ledger_pending p WHERE p.id = s.id)) ORDER BY s.stored, s.id"
    )
    for id, body in stream(query):
        if not spells_action(body, "record-erased"):
            continue
        try:
            told.setdefault(UUID(msgspec.json.decode(body)["subject"].removeprefix("record:")), []).append(id)
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError, ValueError):
            continue  # it names nothing; that it cannot be read is found where each record is checked
    return told


def erasure_rows() -> Iterator[tuple[UUID, UUID]]:
    """What is noted as erased: the record, and the one that says so."""
    yield from stream("SELECT record, fact FROM ledger_erasure ORDER BY record")


def repeated() -> Iterator[UUID]:
    """Records that wait for the sealer although they are sealed."""
    for (id,) in stream("SELECT p.id FROM ledger_pending p JOIN ledger_leaf l ON l.id = p.id ORDER BY p.n"):
        yield id


def checkpoint_rows() -> Iterator[CheckpointRow]:
    """Every checkpoint, by size."""
    query = "SELECT size, root, note, made, previous FROM ledger_checkpoint ORDER BY size"
    for size, root, note, made, previous in stream(query):
        yield CheckpointRow(size, bytes(root), note, made, previous)


def tile_rows() -> Iterator[tuple[int, int, bytes]]:
    """Level, index and hashes of every tile."""
    query = "SELECT level, index, hashes FROM ledger_tile ORDER BY level, index"
    for level, index, hashes in stream(query, chunk=_TILES):
        yield level, index, bytes(hashes)


def stream(query: str, values: Mapping[str, Any] | None = None, *, chunk: int = _CHUNK) -> Iterator[Any]:
    """
    Rows through a cursor on the server; the cursor ends with the iteration or the transaction.

    :param chunk: how many rows to hold at once
    """
    raw = connection.connection
    cursor: ServerCursor[Any]
    with raw.cursor(name=f"andante_{id(query):x}") as cursor:
        cursor.itersize = chunk
        cursor.execute(query, values)
        yield from cursor


_NAMES = [part.name for part in fields(RecordRow)]


def _parts(row: list[Any]) -> dict[str, Any]:
    """The columns that every record has, under their names."""
    return {
        name: _bytes(value) if name in {"digest", "salt"} else value for name, value in zip(_NAMES, row, strict=True)
    }


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
