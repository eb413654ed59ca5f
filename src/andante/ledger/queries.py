"""
Reading the ledger: single facts, facts in leaf order, how far the sealer is, and a whole snapshot for a
bundle.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from andante.ledger.archives import MONTH_ARCHIVED
from andante.ledger.chain import KEY_ROTATED, LogKey, keys
from andante.ledger.encoding import decode_key, fingerprint, key_id, split_note
from andante.ledger.erasure import RECORD_ERASED, archived_months, erasures
from andante.ledger.extracting import (
    BY_WITNESS,
    COSIGNATURES,
    Cosignature,
    LeafRecord,
    archived_months_concerning,
    cosignatures,
    count_concerning,
    key_records,
    leaf_record,
    newest_cosignatures,
    records_concerning,
)
from andante.ledger.frames import SealedRecord
from andante.ledger.log import Log, LogNotOpen, current_log
from andante.ledger.nodes import StoredNodes, TreeIncomplete
from andante.ledger.proofs import consistency_proof, inclusion_proof
from andante.ledger.rows import RECORD_OF_LEAF, TRACES, Checkpoint, read_fact, read_remains, stream, tile_rows
from andante.ledger.standing import (
    Verification,
    WitnessView,
    last_verification,
    verification_due,
    verification_overdue,
    witnesses,
)
from andante.ledger.statements import Fact, instant

__all__ = [
    "Checkpoint",
    "ClockStep",
    "Cosignature",
    "Lag",
    "LeafRecord",
    "Log",
    "LogKey",
    "LogNotOpen",
    "Place",
    "RecordView",
    "SealedRecord",
    "Snapshot",
    "StoredFact",
    "StoredNodes",
    "TreeIncomplete",
    "Unsealed",
    "Verification",
    "WitnessView",
    "archived_months",
    "archived_months_concerning",
    "bundle_snapshot",
    "change_of_key_unfollowed",
    "clock_steps_back",
    "consistency_proof",
    "cosignatures",
    "count_concerning",
    "current_log",
    "erasures",
    "fact",
    "facts",
    "following_lag",
    "inclusion_proof",
    "key_fingerprint",
    "key_records",
    "keys",
    "last_verification",
    "leaf_record",
    "newest_checkpoint",
    "newest_cosignatures",
    "records_concerning",
    "removals_wait",
    "sealing_lag",
    "signed_with",
    "verification_due",
    "verification_overdue",
    "witnesses",
]


@dataclass(frozen=True)
class Place:
    """A place in a list of records that is ordered by when they happened: the record that stands there."""

    happened: datetime
    id: UUID

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        return f"{instant(self.happened)}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """
        Read a place from an address.

        :raises ValueError: it is none
        """
        moment, _underscore, id = text.partition("_")
        happened = datetime.fromisoformat(moment)
        if happened.tzinfo is None or not 1900 <= happened.year <= 9000:
            raise ValueError(text)
        return cls(happened, UUID(id))


@dataclass(frozen=True)
class StoredFact:
    """
    A fact as it stands in the ledger. `seq` is None until it is sealed.

    :ivar archived: the month (`2026-10`) whose archive holds what it says; the fact then has only what its columns tell
    """

    fact: Fact
    stored: datetime
    seq: int | None
    archived: str = ""

    @property
    def place(self) -> Place:
        """Where it stands in a list."""
        return Place(self.fact.timestamp, self.fact.id)


@dataclass(frozen=True)
class Lag:
    """
    How far the sealer is behind: the age of the oldest record that waits, in seconds, and how many wait.
    """

    seconds: float
    waiting: int


def fact(id: UUID) -> StoredFact | None:
    """One fact by its id; none for an id that is not taken, and for a record that was erased (see `erasures`)."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [id])
        row = cursor.fetchone()
    return _stored(row) if row else None


def facts(*, after: int = -1, limit: int = 1_000) -> list[StoredFact]:
    """
    Sealed facts in leaf order, those whose number is greater than `after`, at most `limit`; none that was erased or
    archived.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.id, s.kind, s."timestamp", b.body, s.stored, l.seq FROM ledger_leaf l {RECORD_OF_LEAF}
            WHERE l.seq > %s ORDER BY l.seq LIMIT %s
            """,  # noqa: S608 - a constant of this package
            [after, limit],
        )
        return [StoredFact(read_fact(*row[:4]), row[4], row[5]) for row in cursor.fetchall()]


# What is neither there nor in an archive was erased, or taken away: `andante verify` tells which.
_WHOLE = """
    s.id, s.kind, s."timestamp", b.body, s.actor, s.verb, s.object, s.registration, s.stored, l.seq,
    to_char(a.since AT TIME ZONE 'UTC', 'YYYY-MM')
"""
_BODIES = """
    LEFT JOIN ledger_body b ON b.stored = s.stored AND b.id = s.id
    LEFT JOIN ledger_archive a ON b.id IS NULL AND a.since <= s.stored AND s.stored < a.until AND s.verb <> ''
    LEFT JOIN ledger_leaf l ON l.id = s.id AND l.stored = s.stored
"""
_IS_THERE = "(b.id IS NOT NULL OR a.since IS NOT NULL)"
_ONE = f"""
    SELECT {_WHOLE}
    FROM ledger_statement_key k JOIN ledger_statement s ON s.stored = k.stored AND s.id = k.id {_BODIES}
    WHERE k.id = %s AND {_IS_THERE}
"""  # noqa: S608 - constants of this module
_PAGE = f"""
    SELECT {_WHOLE} FROM ({{chosen}}) s {_BODIES}
    WHERE {_IS_THERE} ORDER BY s."timestamp" DESC, s.id DESC LIMIT %(limit)s
"""  # noqa: S608 - constants of this module
_CHOSEN = """
    SELECT stored, id, kind, "timestamp", actor, verb, object, registration FROM ledger_statement
    WHERE {conditions} ORDER BY "timestamp" DESC, id DESC LIMIT %(limit)s
"""
_EARLIER = '("timestamp", id) < (%(happened)s, %(id)s)'


def audit_events(
    *,
    subjects: Collection[str] = (),
    actors: Collection[str] = (),
    actions: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    before: Place | None = None,
    limit: int = 50,
) -> list[StoredFact]:
    """
    Audit events, the latest first, by when they happened. One query, which costs as much in a large log as in a small.

    Erased ones are left out; that they were erased is an event of its own.

    :param subjects: only about these; empty for any. Likewise `actors` (principals) and `actions`
    :param since: not before this moment
    :param until: before this moment
    :param before: only what stands after this place in the list
    """
    values: dict[str, Any] = {"since": since, "until": until, "limit": limit}
    # What was erased has no verb; left out here and not below, so that a page is full as long as there is more.
    conditions = ["kind = 2", "verb <> ''"]
    for column, wanted in (("object", subjects), ("actor", actors), ("verb", actions)):
        if len(wanted) == 1:
            # Written so, the index gives the rows in order.
            conditions.append(f"{column} = %({column})s")
            values[column] = next(iter(wanted))
        elif wanted:
            conditions.append(f"{column} = ANY(%({column})s)")
            values[column] = list(wanted)
    conditions += ['"timestamp" >= %(since)s'] if since else []
    conditions += ['"timestamp" < %(until)s'] if until else []
    conditions += [_EARLIER] if before else []
    return _page(_CHOSEN.format(conditions=" AND ".join(conditions)), values, before)


def facts_concerning(
    *, person: UUID, subjects: Collection[str], before: Place | None = None, limit: int = 50
) -> list[StoredFact]:
    """
    What a person did, and audit events about these subjects, the latest first, by when they happened. One query.

    :param before: only what stands after this place in the list
    """
    earlier = f" AND {_EARLIER}" if before else ""
    did = _CHOSEN.format(conditions="actor = %(actor)s AND kind = 1" + earlier)
    about = _CHOSEN.format(conditions="object = ANY(%(subjects)s) AND kind = 2" + earlier)
    values = {"actor": f"{current_log().iri}|{person}", "subjects": list(subjects), "limit": limit}
    return _page(f"({did}) UNION ALL ({about})", values, before)


def _page(chosen: str, values: dict[str, Any], before: Place | None) -> list[StoredFact]:
    if before:
        values |= {"happened": before.happened, "id": before.id}
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(chosen=chosen), values)
        return [_stored(row) for row in cursor.fetchall()]


def _stored(row: Any) -> StoredFact:
    id, kind, timestamp, body, *columns, stored, seq, archived = row
    if body is not None:
        return StoredFact(read_fact(id, kind, timestamp, body), stored, seq)
    return StoredFact(read_remains(id, kind, timestamp, columns), stored, seq, archived)


@dataclass(frozen=True)
class RecordView:
    """Where a record stands: its number, None while it waits for the sealer; and when the database stored it."""

    seq: int | None
    stored: datetime


def records(ids: Collection[UUID]) -> dict[UUID, RecordView]:
    """Where these records stand; one that is not there is left out. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.id, l.seq, k.stored FROM ledger_statement_key k LEFT JOIN ledger_leaf l ON l.id = k.id "
            "WHERE k.id = ANY(%s)",
            [list(ids)],
        )
        return {id: RecordView(seq, stored) for id, seq, stored in cursor.fetchall()}


def key_fingerprint(key: str) -> str:
    """What two people read to each other to compare a log's public key: sixteen groups of four digits."""
    return fingerprint(decode_key(key)[1])


def signed_with(note: str, key: str) -> bool:
    """
    Whether a checkpoint's note names this key as its signer. Its signature is the verifier's business.

    :raises ValueError: not a key, or not a note
    """
    name, public = decode_key(key)
    _text, signer, id, _signature = split_note(note)
    return (signer, id) == (name, key_id(name, public))


def database_time() -> datetime:
    """The database's clock, which dates what is stored: what is stored from now on is not known by then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def sealing_lag() -> Lag:
    """How far the sealer is behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(stored)), 0) FROM ledger_pending"
        )
        waiting, seconds = cursor.fetchone()
    return Lag(seconds=max(float(seconds), 0.0), waiting=waiting)


def following_lag() -> dict[str, Lag]:
    """How far each follower of the facts is behind the newest leaf, by its name."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT f.name, newest.seq - f.seq, coalesce(extract(epoch FROM clock_timestamp() - waiting.stored), 0)
            FROM ledger_follower f
            CROSS JOIN LATERAL (SELECT coalesce(max(seq), -1) AS seq FROM ledger_leaf) newest
            LEFT JOIN ledger_leaf waiting ON waiting.seq = f.seq + 1
            ORDER BY f.name
            """
        )
        return {name: Lag(seconds=max(float(age), 0.0), waiting=waiting) for name, waiting, age in cursor.fetchall()}


def removals_wait() -> bool:
    """Whether a record that names another as erased or archived waits to be sealed: no verifier believes it before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_pending p JOIN ledger_statement s ON s.id = p.id AND s.stored = p.stored"
            " WHERE s.kind = 2 AND s.verb = ANY(%s))",
            [[RECORD_ERASED, MONTH_ARCHIVED]],
        )
        return bool(cursor.fetchone()[0])


def change_of_key_unfollowed() -> bool:
    """
    Whether the newest checkpoint holds a change of key, so that the old key signed it.

    No verifier believes a copy that ends there: whoever kept a retired key could make one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_statement s JOIN ledger_leaf l ON l.id = s.id AND l.stored = s.stored"
            " WHERE s.kind = 2 AND s.verb = %s AND l.seq >= (SELECT max(previous) FROM ledger_checkpoint))",
            [KEY_ROTATED],
        )
        return bool(cursor.fetchone()[0])


def newest_checkpoint() -> Checkpoint | None:
    """The newest checkpoint; None before the first record is sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, root, note, made FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
        row = cursor.fetchone()
    return Checkpoint(row[0], bytes(row[1]), row[2], row[3]) if row else None


@dataclass(frozen=True)
class ClockStep:
    """The database's clock was set back: what it showed at one checkpoint, and at the next, over `size` records."""

    size: int
    before: datetime
    after: datetime


def clock_steps_back() -> list[ClockStep]:
    """Every time that the database's clock was set back between two checkpoints, the first one first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, before, made FROM ("
            " SELECT size, made, lag(made) OVER (ORDER BY size) AS before FROM ledger_checkpoint"
            ") c WHERE made < before ORDER BY size"
        )
        return [ClockStep(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Unsealed:
    """
    A record that has no leaf.

    `standing` is `pending` for one that waits for the sealer, and `stray` for one that stands in neither,
    which only tampering can bring about.
    """

    standing: str
    id: UUID
    kind: int
    stored: datetime
    salt: bytes | None
    commitment: bytes | None
    body: bytes | None


@dataclass(frozen=True)
class Snapshot:
    """The whole ledger at one moment, read in constant memory. Valid inside `bundle_snapshot`."""

    log: Log
    size: int
    checkpoint: str | None

    def leaves(self) -> Iterator[tuple[int, bytes]]:
        """Every leaf there is, in order: its number and its entry. Also one that no checkpoint covers."""
        for seq, entry in stream("SELECT seq, entry FROM ledger_leaf ORDER BY seq"):
            yield seq, bytes(entry)

    def records(self) -> Iterator[SealedRecord]:
        """The record of each leaf, in order, as its tables hold it. One that lacks a part is left out."""
        rows = stream(
            f"SELECT l.seq, s.id, s.kind, s.stored, b.salt, b.body FROM ledger_leaf l {RECORD_OF_LEAF} "  # noqa: S608
            "WHERE EXISTS (SELECT FROM ledger_statement_key k WHERE k.id = l.id AND k.stored = l.stored OFFSET 0) "
            "ORDER BY l.seq"
        )
        for seq, id, kind, stored, salt, body in rows:
            yield SealedRecord(seq, id, kind, stored, bytes(salt), body.encode())

    def unsealed(self) -> Iterator[Unsealed]:
        """Every record without a leaf, whichever of the tables holds a trace of it."""
        for standing, id, kind, stored, salt, committed, body in stream(_UNSEALED):
            yield Unsealed(
                standing,
                id,
                kind or 0,
                stored,
                bytes(salt) if salt is not None else None,
                bytes(committed) if committed is not None else None,
                body.encode() if body is not None else None,
            )

    def tiles(self) -> Iterator[tuple[int, int, bytes]]:
        """Level, index and hashes of every full tile."""
        return tile_rows()

    def checkpoints(self) -> Iterator[tuple[int, int, bytes, str]]:
        """Size, previous size, root and note of every checkpoint, by size."""
        for size, previous, root, note in stream(
            "SELECT size, previous, root, note FROM ledger_checkpoint ORDER BY size"
        ):
            yield size, previous, bytes(root), note

    def cosignatures(self) -> Iterator[Cosignature]:
        """Every line that a witness gave, by size, then witness."""
        for row in stream(f"{COSIGNATURES} {BY_WITNESS}"):
            yield Cosignature(*row)


_UNSEALED = f"""
    {TRACES}
    SELECT CASE WHEN p.id IS NULL THEN 'stray' ELSE 'pending' END, t.id, coalesce(p.kind, s.kind), t.stored, b.salt,
        p.commitment, b.body
    FROM t
    LEFT JOIN ledger_pending p ON p.id = t.id AND p.stored = t.stored
    LEFT JOIN ledger_statement s ON s.id = t.id AND s.stored = t.stored
    LEFT JOIN ledger_body b ON b.id = t.id AND b.stored = t.stored
    -- What waits although it has a leaf already was put there to be sealed twice.
    UNION ALL
    SELECT 'pending', p.id, p.kind, p.stored, b.salt, p.commitment, b.body
    FROM ledger_pending p
    JOIN ledger_leaf l ON l.id = p.id AND l.stored = p.stored
    LEFT JOIN ledger_body b ON b.id = p.id AND b.stored = p.stored
    ORDER BY 4, 2
"""  # noqa: S608 - constants of this package


@contextmanager
def bundle_snapshot() -> Iterator[Snapshot]:
    """The whole ledger as it stands at one moment, in one read-only transaction."""
    with read_only_snapshot():
        newest = newest_checkpoint()
        yield Snapshot(
            log=current_log(),
            size=newest.size if newest else 0,
            checkpoint=newest.note if newest else None,
        )


@contextmanager
def read_only_snapshot() -> Iterator[None]:
    """One transaction that sees one moment and writes nothing. Must not be nested in another transaction."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
