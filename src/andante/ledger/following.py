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


def follow(follower: Follower, *, limit: int = BATCH) -> int:
    """
    Tell a follower the facts that it has not seen, at most `limit`. Two at once wait for each other.

    :return: how many it was told
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
        if batch:
            follower.react(batch)
        # Leaves whose record was erased tell nothing; they are passed over, also at the end.
        last = batch[-1].seq if batch else newest
        seen = last if len(batch) == limit else max(last, newest)
        cursor.execute("UPDATE ledger_follower SET seq = %s WHERE name = %s", [seen, follower.name])
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
