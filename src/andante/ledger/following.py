"""
Following the facts: how a higher package learns what a lower one recorded.

Each follower is told every sealed fact once, in leaf order, in batches. What it does with a batch and how far it has
come are one transaction, so that a crash repeats the batch and never half of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from andante.ledger.queries import StoredFact, facts

BATCH = 500
"""Facts a batch at most."""


@dataclass(frozen=True)
class Follower:
    """A package that does something about facts of others: its name for ever, and what it does."""

    name: str
    react: Callable[[Sequence[StoredFact]], None]


class FactsArchived(Exception):  # noqa: N818
    """A follower has not seen facts whose bodies were archived since; it must not go on as if they had never been."""


def follow(follower: Follower, *, limit: int = BATCH) -> int:
    """
    Tell a follower the facts that it has not seen, at most `limit`. Two at once wait for each other.

    :return: how many it was told
    :raises FactsArchived: some of them stand in an archive
    """
    if not _is_behind(follower):
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_follower (name, seq) VALUES (%s, -1) ON CONFLICT (name) DO NOTHING", [follower.name]
        )
        cursor.execute("SELECT seq FROM ledger_follower WHERE name = %s FOR UPDATE", [follower.name])
        (seen,) = cursor.fetchone()
        cursor.execute("SELECT coalesce(max(seq), -1) FROM ledger_leaf")
        (newest,) = cursor.fetchone()
        if newest == seen:
            return 0
        batch = facts(after=seen, limit=limit)
        # Leaves whose record was erased tell nothing; they are passed over, also at the end.
        told = batch[-1].seq if batch else newest
        last = told if len(batch) == limit else max(told, newest)
        _refuse_archived(follower, seen, last)
        if batch:
            follower.react(batch)
        cursor.execute("UPDATE ledger_follower SET seq = %s WHERE name = %s", [last, follower.name])
    return len(batch)


def _is_behind(follower: Follower) -> bool:
    """Look before anything is locked or written: most often, several times a second, nothing is new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT max(seq) FROM ledger_leaf) IS DISTINCT FROM "
            "(SELECT seq FROM ledger_follower WHERE name = %s)",
            [follower.name],
        )
        return bool(cursor.fetchone()[0])


def _refuse_archived(follower: Follower, seen: int, last: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT to_char(a.since AT TIME ZONE 'UTC', 'YYYY-MM')
            FROM ledger_archive a
            JOIN ledger_leaf l ON l.stored >= a.since AND l.stored < a.until AND l.seq > %s AND l.seq <= %s
            LEFT JOIN ledger_body b ON b.stored = l.stored AND b.id = l.id
            LEFT JOIN ledger_erasure e ON e.record = l.id
            WHERE b.id IS NULL AND e.record IS NULL LIMIT 1
            """,
            [seen, last],
        )
        row = cursor.fetchone()
    if row:
        raise FactsArchived(
            f"{follower.name} has seen records up to number {seen}; of those after it, some were archived with the "
            f"month {row[0]}. It stops there, because it would lose them."
        )
