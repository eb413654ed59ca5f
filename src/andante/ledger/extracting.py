"""
Records with their leaves, to be handed out with proofs: one by its id, those that tell the keys, and all about a
person.

Only sealed records that a tree of some size covers. Read inside one snapshot, so that tree and records belong together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from andante.ledger.chain import KEY_ROTATED
from andante.ledger.encoding import Entry
from andante.ledger.log import current_log
from andante.ledger.rows import stream
from andante.ledger.statements import spells_action


@dataclass(frozen=True)
class LeafRecord:
    """
    A record as its tables hold it, with its leaf's number and entry.

    `salt` and `body` are None where they are gone; `erased` says that this was by law, `archived` in which month's
    archive they stand.
    """

    number: int
    id: UUID
    kind: int
    stored: datetime
    salt: bytes | None
    body: str | None
    entry: bytes
    erased: bool
    archived: str


@dataclass(frozen=True)
class Cosignature:
    """A witness' line for the checkpoint of a size; `made` is when the log was given it."""

    size: int
    witness: str
    line: str
    made: datetime


_RECORDS = """
    SELECT l.seq, l.id, s.kind, l.stored, b.salt, b.body, l.entry, e.record IS NOT NULL AS erased,
        coalesce(to_char(a.since AT TIME ZONE 'UTC', 'YYYY-MM'), '') AS archived
    FROM ({chosen}) chosen
    JOIN ledger_leaf l ON l.id = chosen.id AND l.stored = chosen.stored
    LEFT JOIN ledger_statement s ON s.id = l.id AND s.stored = l.stored
    LEFT JOIN ledger_body b ON b.id = l.id AND b.stored = l.stored
    LEFT JOIN ledger_erasure e ON e.record = l.id
    LEFT JOIN ledger_archive a ON b.id IS NULL AND e.record IS NULL AND a.since <= l.stored AND l.stored < a.until
    WHERE l.seq < %(size)s ORDER BY l.seq
"""
_ONE = "SELECT id, stored FROM ledger_leaf WHERE id = %(id)s"
_KEYS = f"""
    SELECT id, stored FROM ledger_leaf WHERE seq = 0
    UNION SELECT id, stored FROM ledger_statement WHERE kind = 2 AND verb = '{KEY_ROTATED}'
"""  # noqa: S608 - a constant of this module
# What a person did, and audit events about them; what of it was erased, whose columns no longer tell; and the records
# that say so. In parts, so that each uses its own index.
_CONCERNING = """
    SELECT id, stored FROM ledger_statement WHERE actor = %(actor)s AND kind = 1
    UNION SELECT id, stored FROM ledger_statement WHERE object = ANY(%(subjects)s) AND kind = 2
    UNION SELECT id, stored FROM ledger_statement_key WHERE id = ANY(%(erased)s)
    UNION SELECT id, stored FROM ledger_statement_key WHERE id IN (
        SELECT fact FROM ledger_erasure WHERE record = ANY(%(erased)s)
    )
"""


def leaf_record(id: UUID, *, size: int) -> LeafRecord | None:
    """One record; None where the tree of this size has no such leaf."""
    return next(_read(_ONE, {"id": id, "size": size}), None)


def key_records(*, size: int) -> list[LeafRecord]:
    """The record that opened the log and every change of key that the tree of this size covers, by number."""
    found = _read(_KEYS, {"size": size})
    return [one for one in found if not one.number or one.body is None or spells_action(one.body, KEY_ROTATED)]


def records_concerning(
    *, person: UUID, subjects: Collection[str], erased: Collection[UUID] = (), size: int
) -> Iterator[LeafRecord]:
    """
    What a person did, and audit events about these subjects, by number; as a stream, however many.

    Must be read inside a transaction.

    :param erased: records of the person whose content was erased; those that say so come along
    """
    values = _about(person, subjects, erased) | {"size": size}
    yield from map(_record, stream(_RECORDS.format(chosen=_CONCERNING), values))


def count_concerning(*, person: UUID, subjects: Collection[str], erased: Collection[UUID] = ()) -> tuple[int, int]:
    """How many records concern a person, and how many of them still wait to be sealed. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(p.id) FROM ({_CONCERNING}) chosen "  # noqa: S608 - a constant of this module
            "LEFT JOIN ledger_pending p ON p.id = chosen.id",
            _about(person, subjects, erased),
        )
        found, waiting = cursor.fetchone()
    return found, waiting


def archived_months_concerning(
    *, person: UUID, subjects: Collection[str], erased: Collection[UUID] = ()
) -> dict[str, int]:
    """In which months' archives records that concern a person stand, and how many. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_char(a.since AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) "  # noqa: S608 - a constant
            f"FROM ({_CONCERNING}) chosen "
            "JOIN ledger_archive a ON a.since <= chosen.stored AND chosen.stored < a.until "
            "LEFT JOIN ledger_body b ON b.stored = chosen.stored AND b.id = chosen.id "
            "LEFT JOIN ledger_erasure e ON e.record = chosen.id "
            "WHERE b.id IS NULL AND e.record IS NULL GROUP BY month ORDER BY month",
            _about(person, subjects, erased),
        )
        return dict(cursor.fetchall())


def cosignatures(*, size: int) -> list[Cosignature]:
    """What witnesses signed of the checkpoint of this size, by their names."""
    with connection.cursor() as cursor:
        cursor.execute(f"{COSIGNATURES} WHERE size = %s {BY_WITNESS}", [size])
        return [Cosignature(*row) for row in cursor.fetchall()]


def newest_cosignatures() -> list[Cosignature]:
    """The newest line of each witness, by their names."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (witness) size, witness, line, made FROM ledger_cosignature ORDER BY witness, size DESC"
        )
        return [Cosignature(*row) for row in cursor.fetchall()]


COSIGNATURES = "SELECT size, witness, line, made FROM ledger_cosignature"
BY_WITNESS = 'ORDER BY size, witness COLLATE "C"'


def _about(person: UUID, subjects: Collection[str], erased: Collection[UUID]) -> dict[str, Any]:
    return {"actor": f"{current_log().iri}|{person}", "subjects": list(subjects), "erased": list(erased)}


def _read(chosen: str, values: dict[str, Any]) -> Iterator[LeafRecord]:
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS.format(chosen=chosen), values)
        yield from map(_record, cursor.fetchall())


def _record(row: Any) -> LeafRecord:
    number, id, kind, stored, salt, body, entry, erased, archived = row
    entry = bytes(entry)
    # A record that is gone still says in its leaf what it was.
    kind = Entry.decode(entry).kind if kind is None else kind
    return LeafRecord(number, id, kind, stored, None if salt is None else bytes(salt), body, entry, erased, archived)
