"""
What other packages may do with the ledger: append, follow, and erase what the law demands. Sealing is the sealer's,
installing is the owner's.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from andante.ledger.append import StatementConflict, append_facts
from andante.ledger.erasure import ErasureRefused, erase_records
from andante.ledger.following import Follower, follow
from andante.ledger.installation import install
from andante.ledger.statements import Fact
from andante.ledger.transactions import transact

__all__ = [
    "ErasureRefused",
    "Follower",
    "StatementConflict",
    "append",
    "erase_records",
    "follow",
    "install",
    "make_months",
    "transact",
]


def append(facts: Sequence[Fact]) -> frozenset[UUID]:
    """
    Append facts in the caller's transaction. Apply only those whose ids come back.

    :return: the ids that are new; an equal fact under a taken id is a no-op
    :raises StatementConflict: an id is taken by a record that says something else
    """
    return append_facts(facts)


def make_months(*, ahead: int = 3) -> int:
    """Make the partitions of this month and the next `ahead` months, where missing; how many were made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_make_months(%s)", [ahead])
        return int(cursor.fetchone()[0])
