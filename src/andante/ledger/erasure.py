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
    SELECT {function}(
        %(target)s, %(id)s, %(timestamp)s, %(actor)s, %(body)s, %(digest)s, %(salt)s, %(commitment)s
    )
"""


class ErasureRefused(Exception):  # noqa: N818
    """A record cannot be erased: it is not there, not sealed, erased before, or of a kind that never is."""


def erase_records(*, records: Collection[UUID], law: str, why: str, by: Principal, at: datetime) -> None:
    """
    Erase records in the caller's transaction: all of them or none.

    Of one that was archived only what the database still holds: its archive stays as it is, see `archived_months`.

    :param law: what demands it, such as "GDPR Art. 17(1)(a)"
    :param why: for the record; must not itself name whom it is about
    :raises ErasureRefused: one of them cannot be erased; says which and why
    """
    if not connection.in_atomic_block:
        raise AssertionError("Records are erased inside the transaction that writes what stays of them.")
    archived = archived_months(records)
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
                function = "ledger_erase_archived" if target in archived else "ledger_erase"
                cursor.execute(_ERASE.format(function=function), {"target": target, **prepared(fact)})
            except DatabaseError as error:
                if isinstance(error.__cause__, psycopg.errors.RaiseException):
                    raise ErasureRefused(error.__cause__.diag.message_primary) from None
                raise


def erasures(records: Collection[UUID]) -> dict[UUID, UUID]:
    """Which of these records were erased, each with the record that says so. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT record, fact FROM ledger_erasure WHERE record = ANY(%s)", [list(records)])
        return dict(cursor.fetchall())


def archived_months(records: Collection[UUID]) -> dict[UUID, str]:
    """Which of these records say what they say in an archive only, each with its month: `2026-10`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.id, to_char(a.since AT TIME ZONE 'UTC', 'YYYY-MM') FROM ledger_statement_key k "
            "JOIN ledger_archive a ON a.since <= k.stored AND k.stored < a.until "
            "LEFT JOIN ledger_body b ON b.stored = k.stored AND b.id = k.id "
            "WHERE k.id = ANY(%s) AND b.id IS NULL "
            "AND NOT EXISTS (SELECT FROM ledger_erasure e WHERE e.record = k.id)",
            [list(records)],
        )
        return dict(cursor.fetchall())
