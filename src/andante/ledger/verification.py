"""
`andante verify`: do the tables still say what was sealed, and do the rows still say what the facts say?

Works on the database, in one transaction. Three readings: each record against its leaf, tile and checkpoint;
then all facts replayed into temporary tables, which stand before the real ones, and compared row by row; at last each
package judges again what can be judged, so that a fact which claims what does not follow is found too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, models, transaction
from psycopg import sql

from andante.ledger import queries, rows
from andante.ledger.append import equality_digest, extracted
from andante.ledger.encoding import Entry, checkpoint_text, commitment, decode_key, key_id, split_note
from andante.ledger.log import Log, current_log
from andante.ledger.merkle import Tree
from andante.ledger.statements import Fact

MOST = 100
"""Findings that are listed at most; more would bury the first."""
BATCH = 500
"""Facts that are replayed between two savepoints."""


@dataclass(frozen=True)
class Projection:
    """A package's rows that follow from facts, and the function that makes them."""

    package: str
    apply: Callable[[Fact], None]
    tables: Sequence[type[models.Model]]
    unexplained: Mapping[str, str] = field(default_factory=dict)
    """`table.column` that no fact explains → the reason."""
    contradictions: Callable[[], Iterable[str]] = tuple
    """
    What the package finds wrong where it judges for itself what a row claims: a file under its hash, a verdict on an
    answer. One sentence each. Called after the replay, so it reads the rows that the facts tell of.
    """


@dataclass(frozen=True)
class Finding:
    """One place where the database contradicts itself."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Report:
    """What was verified, and what was found."""

    records: int = 0
    waiting: int = 0
    rows: int = 0
    findings: list[Finding] = field(default_factory=list)

    def find(self, where: str, what: str) -> None:
        if len(self.findings) < MOST:
            self.findings.append(Finding(where, what))

    @property
    def sound(self) -> bool:
        return not self.findings


def verify(projections: Sequence[Projection]) -> Report:
    """
    Verify the whole database against itself, as it stands at one moment.

    Must not be called inside a transaction; what it writes are temporary tables that end with it.
    """
    report = Report()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        _shadow(cursor, projections)
        for facts in _batches(chain(_sealed(report), _unsealed(report))):
            _replay(projections, facts, report)
        for projection in projections:
            _compare(cursor, projection, report)
            _judge(projection, report)
    return report


def _sealed(report: Report) -> Iterator[Fact]:
    """Check every leaf with its record, tiles and checkpoints; hand on each fact that is still there."""
    log = current_log()
    tree = Tree()
    tiles: dict[tuple[int, int], bytes] = {}
    checkpoints = rows.checkpoint_rows()
    checkpoint = next(checkpoints, None)
    for row in rows.sealed_rows():
        if row.seq != tree.size:
            report.find(f"record {tree.size}", "its leaf is missing; the sequence has a gap")
            report.records = tree.size
            return
        tiles.update({(tile.level, tile.index): tile.hashes for tile in tree.extend([row.entry])})
        fact = _check_record(log, row, report)
        if fact is not None:
            yield fact
        if checkpoint is not None and checkpoint.size == tree.size:
            _check_checkpoint(log, checkpoint, tree.root(), report)
            checkpoint = next(checkpoints, None)
    report.records = tree.size
    if checkpoint is not None:
        report.find(f"checkpoint {checkpoint.size}", f"covers more records than the {tree.size} that are there")
    newest = queries.newest_checkpoint()
    if tree.size != (newest.size if newest else 0):
        report.find(f"record {newest.size if newest else 0}", "stands after the newest checkpoint")
    _check_tiles(tiles, report)


def _check_record(log: Log, row: rows.SealedRow, report: Report) -> Fact | None:
    where = f"record {row.seq} ({row.id})"
    try:
        entry = Entry.decode(row.entry)
    except ValueError as error:
        report.find(where, f"its leaf cannot be read: {error}")
        return None
    if (entry.log, entry.record, entry.stored) != (log.id, row.id, row.stored):
        report.find(where, "its leaf names another record, log or time than its row")
    if row.body is None or row.salt is None or row.kind is None or row.timestamp is None:
        report.find(where, "is sealed, but its body or its columns were removed")
        return None
    if commitment(salt=row.salt, body=row.body.encode()) != entry.commitment:
        report.find(where, "its body or its salt was changed after it was sealed")
    if row.kind != entry.kind:
        report.find(where, f"is marked as kind {row.kind}, but was sealed as kind {entry.kind}")
    return _check_columns(where, row, report)


def _check_columns(where: str, row: rows.RecordRow, report: Report) -> Fact | None:
    """The columns that queries search by must follow from the body."""
    if row.body is None or row.kind is None or row.timestamp is None:
        report.find(where, "its body or its columns were removed")
        return None
    try:
        fact = rows.read_fact(row.id, row.kind, row.timestamp, row.body)
        expected = extracted(fact)
        digest = equality_digest(fact.body)
        told = (UUID(fact.body["id"]), datetime.fromisoformat(fact.body["timestamp"]))
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        report.find(where, f"its body cannot be read: {error!r}")
        return None
    if told != (row.id, row.timestamp):
        report.find(where, "its body tells another id or time than its row")
    changed = [name for name, value in expected.items() if getattr(row, name) != value]
    if changed:
        report.find(where, f"its columns were changed: {', '.join(changed)}")
    if row.digest != digest:
        report.find(where, "its key is missing or was changed")
    return fact


def _check_checkpoint(log: Log, checkpoint: rows.Checkpoint, root: bytes, report: Report) -> None:
    where = f"checkpoint {checkpoint.size}"
    if checkpoint.root != root:
        report.find(where, "its root is not the root of the records before it")
    try:
        text, name, key, signature = split_note(checkpoint.note)
        public = decode_key(log.key)[1]
        if (name, key) != (log.origin, key_id(log.origin, public)):
            raise ValueError("signed under another name")
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
    except (ValueError, InvalidSignature):
        report.find(where, "its signature is not the log's")
        return
    if text != checkpoint_text(name=log.origin, size=checkpoint.size, root=root, at=checkpoint.made):
        report.find(where, "the signed text tells another name, size, root or time than its row")


def _check_tiles(expected: Mapping[tuple[int, int], bytes], report: Report) -> None:
    found: set[tuple[int, int]] = set()
    for level, index, hashes in rows.tile_rows():
        found.add((level, index))
        if expected.get((level, index)) != hashes:
            report.find(f"tile {level}/{index}", "does not hold the hashes of its records")
    for level, index in sorted(expected.keys() - found):
        report.find(f"tile {level}/{index}", "is missing")


def _unsealed(report: Report) -> Iterator[Fact]:
    for id in rows.repeated():
        report.find(f"record {id}", "is sealed, and waits for the sealer once more")
    for row in rows.unsealed_rows():
        where = f"record {row.id}"
        if row.commitment is None:
            report.find(where, "stands neither in the sealed sequence nor among those that wait for it")
            continue
        report.waiting += 1
        if row.body is None or row.salt is None:
            report.find(where, "waits for the sealer, but its body was removed")
            continue
        if commitment(salt=row.salt, body=row.body.encode()) != row.commitment:
            report.find(where, "was changed while it waited for the sealer")
        fact = _check_columns(where, row, report)
        if fact is not None:
            yield fact


def _shadow(cursor: Any, projections: Sequence[Projection]) -> None:
    """
    Empty temporary tables of the same names; PostgreSQL looks there first, so replayed rows land in them.
    """
    # A login may choose another order for itself, for good; replayed rows would then land in the real tables.
    cursor.execute("SET LOCAL search_path = pg_temp, public")
    for projection in projections:
        for model in projection.tables:
            cursor.execute(
                sql.SQL(
                    "CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING DEFAULTS INCLUDING INDEXES) "
                    "ON COMMIT DROP"
                ).format(table=sql.Identifier(model._meta.db_table))
            )


def _batches(facts: Iterable[Fact]) -> Iterator[list[Fact]]:
    facts = iter(facts)
    while batch := list(islice(facts, BATCH)):
        yield batch


def _replay(projections: Sequence[Projection], facts: Sequence[Fact], report: Report) -> None:
    """Apply facts, most often all at once; where one cannot be applied, each alone, so that it can be named."""
    try:
        with transaction.atomic():
            for fact in facts:
                for projection in projections:
                    projection.apply(fact)
    except Exception:  # noqa: BLE001 - which fact it is, and why, is found below
        for fact in facts:
            for projection in projections:
                _replay_one(projection, fact, report)


def _replay_one(projection: Projection, fact: Fact, report: Report) -> None:
    try:
        with transaction.atomic():
            projection.apply(fact)
    except Exception as error:  # noqa: BLE001 - a forged fact may break any rule; that is a finding, not a crash
        report.find(f"record {fact.id}", f"{projection.package} cannot apply it: {error!r}")


def _compare(cursor: Any, projection: Projection, report: Report) -> None:
    for model in projection.tables:
        table = model._meta.db_table
        key = str(model._meta.pk.column)
        columns = [
            str(field.column)
            for field in model._meta.concrete_fields
            if f"{table}.{field.column}" not in projection.unexplained
        ]
        query = sql.SQL(
            "SELECT {key}, bool_or(kept), bool_or(NOT kept) FROM ("
            " (SELECT true AS kept, {columns} FROM public.{table} EXCEPT SELECT true, {columns} FROM pg_temp.{table})"
            " UNION ALL"
            " (SELECT false AS kept, {columns} FROM pg_temp.{table} EXCEPT SELECT false, {columns} FROM public.{table})"
            ") difference GROUP BY {key} ORDER BY {key} LIMIT {most}"
        ).format(
            key=sql.Identifier(key),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            table=sql.Identifier(table),
            most=sql.Literal(MOST),
        )
        cursor.execute(query)
        for id, kept, told in cursor.fetchall():
            what = {
                (True, False): "no fact explains this row",
                (False, True): "the facts tell of this row, but it is missing",
                (True, True): "the row says something else than its facts",
            }[kept, told]
            report.find(f"{table} {id}", what)
        cursor.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table)))
        report.rows += cursor.fetchone()[0]


def _judge(projection: Projection, report: Report) -> None:
    try:
        with transaction.atomic():
            for sentence in projection.contradictions():
                report.find(projection.package, sentence)
    except Exception as error:  # noqa: BLE001 - as above: what a forger put there is a finding, not a crash
        report.find(projection.package, f"cannot judge its rows: {error!r}")
