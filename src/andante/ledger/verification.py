"""
`andante verify`: do the tables still say what was sealed, and do the rows still say what the facts say?

Works on the database, in one transaction. Three readings: each record against its leaf, tile and checkpoint;
then all facts replayed into temporary tables, which stand before the real ones, and compared row by row; at last each
package judges again what can be judged, so that a fact which claims what does not follow is found too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from psycopg import sql

from andante.ledger.archives import Archives
from andante.ledger.checking import facts_checked
from andante.ledger.findings import MOST, Finding, Report
from andante.ledger.statements import Fact

__all__ = ["Finding", "Projection", "Report", "verify"]

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


def verify(projections: Sequence[Projection], archives: Sequence[Path] = ()) -> Report:
    """
    Verify the whole database against itself, as it stands at one moment.

    Must not be called inside a transaction; what it writes are temporary tables that end with it.

    :param archives: files of archived months. Where one is missing, rows cannot be built anew, and none is compared:
        the report is not complete
    :raises ArchiveUnfit: a file is no archive of this log, or was changed
    """
    report = Report()
    with ExitStack() as files, transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        given = Archives(archives, files)
        if given.missing:
            for _fact in facts_checked(report, given):
                pass
            return report
        _shadow(cursor, projections)
        for facts in _batches(facts_checked(report, given)):
            _replay(projections, facts, report)
        for projection in projections:
            _compare(cursor, projection, report)
            _judge(projection, report)
    return report


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
