"""
Erasure by law: what a record said is removed, and a record says that it was, by whom, under which law and why.

Only the database can do it, by one function (sql/erasure.sql) that appends the one and removes the other; nobody's role
may do the second alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import psycopg
from django.db import DatabaseError, connection, transaction

from andante.kernel.ids import new_id
from andante.kernel.principals import Principal
from andante.ledger.append import prepared
from andante.ledger.statements import audit

RECORD_ERASED = "record-erased"

_ERASE = """
    SELECT ledger_erase(
        %(target)s, %(id)s, %(timestamp)s, %(actor)s, %(body)s, %(digest)s, %(salt)s, %(commitment)s
    )
"""


class ErasureRefused(Exception):  # noqa: N818
    """A record cannot be erased: it is not there, not sealed, erased before, or of a kind that never is."""


def erase_records(*, records: Collection[UUID], law: str, why: str, by: Principal, at: datetime) -> None:
    """
    Erase records in the caller's transaction: all of them or none.

    :param law: what demands it, such as "GDPR Art. 17(1)(a)"
    :param why: for the record; must not itself name whom it is about
    :raises ErasureRefused: one of them cannot be erased; says which and why
    """
    if not connection.in_atomic_block:
        raise AssertionError("Records are erased inside the transaction that writes what stays of them.")
    with transaction.atomic(), connection.cursor() as cursor:
        for target in records:
            fact = audit(
                id=new_id(),
                by=by,
                action=RECORD_ERASED,
                subject=f"record:{target}",
                at=at,
                new={"law": law},
                why=why,
            )
            try:
                cursor.execute(_ERASE, {"target": target, **prepared(fact)})
            except DatabaseError as error:
                if isinstance(error.__cause__, psycopg.errors.RaiseException):
                    raise ErasureRefused(error.__cause__.diag.message_primary) from None
                raise


def erasures(records: Collection[UUID]) -> dict[UUID, UUID]:
    """Which of these records were erased, each with the record that says so. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT record, fact FROM ledger_erasure WHERE record = ANY(%s)", [list(records)])
        return dict(cursor.fetchall())
