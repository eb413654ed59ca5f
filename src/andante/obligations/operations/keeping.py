"""What every operation needs: its turn, and a way to put facts and their rows down together."""

from collections.abc import Sequence

from django.db import connection

from andante.ledger.operations import append
from andante.ledger.statements import Fact
from andante.obligations.apply import apply_all


def one_at_a_time(what: str) -> None:
    """Let nobody else do this until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"obligations/{what}"])


def keep(facts: Sequence[Fact]) -> None:
    """Append facts, and write the rows of those that are new."""
    if facts:
        new = append(facts)
        apply_all([fact for fact in facts if fact.id in new])
