"""Records of months that have passed: `stored` is the database's clock, so tests move it, as the tables' owner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from andante.kernel import clock
from andante.kernel.principals import cli_principal
from andante.ledger.archives import beginning_of, month_of
from andante.ledger.archiving import Archived, archive_month
from andante.ledger.statements import Fact
from andante.ledger.tests.test_append import completed
from andante.ledger.tests.test_erasure import append, named
from andante.ledger.tests.test_sealing import run
from andante.ledger.verification import verify

MONTH, WHY = "2026-09", "Older than the law asks for"


def move_pending(owner: Any, month: str) -> None:
    """
    Let everything that waits for the sealer have been stored on the tenth day of this month.

    :param month: as `2026-09`; must have passed
    """
    since = beginning_of(month)
    until = beginning_of(month_of(since + timedelta(days=32)))
    moment = since + timedelta(days=9, hours=3)
    for parent in ("ledger_statement", "ledger_body"):
        part = f"{parent}_{month.replace('-', '_')}"
        owner.execute(
            f"CREATE TABLE IF NOT EXISTS {part} PARTITION OF {parent} FOR VALUES FROM ('{since}') TO ('{until}')"
        )
    # Of one statement each, so that the order and the distances of `stored` stay.
    with owner.transaction():
        set_triggers(owner, "DISABLE")
        owner.execute("CREATE TEMPORARY TABLE moved ON COMMIT DROP AS SELECT id FROM ledger_pending")
        for table in ("ledger_statement_key", "ledger_statement", "ledger_body", "ledger_pending"):
            owner.execute(
                f"UPDATE {table} t SET stored = %s + (t.stored - date_trunc('day', t.stored)) / 24 "
                "FROM moved WHERE moved.id = t.id",
                [moment],
            )
        set_triggers(owner, "ENABLE")


def set_triggers(owner: Any, state: str) -> None:
    """ENABLE or DISABLE the triggers of every table of the ledger."""
    for (table,) in owner.execute(
        "SELECT relname FROM pg_class WHERE relname LIKE 'ledger\\_%' AND relkind IN ('r', 'p')"
    ).fetchall():
        owner.execute(f"ALTER TABLE {table} {state} TRIGGER USER")


@pytest.fixture
def facts(own_database, sealer, owner_connection) -> list[Fact]:
    """Of September: the log's first record, three others; of now: one more. All sealed."""
    old = [completed(), named("Ada Byron"), completed()]
    append(*old)
    move_pending(owner_connection, MONTH)
    run(sealer)
    new = completed()
    append(new)
    run(sealer)
    return [*old, new]


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "september.zip"


@pytest.fixture
def archived(facts, out) -> Archived:
    return archive(out)


@pytest.fixture
def forge(owner_connection) -> Callable[..., None]:
    def _forge(statement: str, *values: object) -> None:
        set_triggers(owner_connection, "DISABLE")
        assert owner_connection.execute(statement, values).rowcount > 0

    return _forge


def archive(out: Path, month: str = MONTH, **values) -> Archived:
    return archive_month(**{"month": month, "out": out, "why": WHY, "by": cli_principal(), "at": clock.now()} | values)


def bodies() -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_body")
        return {id for (id,) in cursor.fetchall()}


def findings(*archives: Path) -> list[str]:
    return [str(finding) for finding in verify((), archives).findings]
