"""Records of months that have passed: `stored` is the database's clock, so tests move it, as the tables' owner."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from andante.ledger.archives import beginning_of, month_of


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
