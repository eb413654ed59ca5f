"""A ledger that was written and sealed by the real operations, in a database of its own; a forger; the verifier."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction

from andante.kernel.ids import PersonId, new_id
from andante.kernel.principals import cli_principal
from andante.ledger import operations, vocabulary
from andante.ledger.statements import Fact, statement

NOW = datetime(2026, 11, 22, 16, 45, tzinfo=UTC)
VERIFIER = Path(__file__).parents[4] / "verifier" / "andante_verify.py"


@dataclass(frozen=True)
class Verdict:
    """What the verifier said."""

    status: int
    told: dict[str, Any]

    @property
    def sentences(self) -> str:
        return "\n".join(one["sentence"] for one in self.told["findings"])

    def names(self, number: int, id: UUID) -> bool:
        return f"umber {number} (id {id})" in self.sentences


def verify(path: Path, *arguments: str | Path, program: Path = VERIFIER) -> Verdict:
    done = subprocess.run(
        [sys.executable, "-I", str(program), str(path), "--json", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    return Verdict(done.returncode, json.loads(done.stdout))


def learned() -> Fact:
    return statement(
        id=new_id(),
        actor=PersonId(UUID("01930000-0000-7000-8000-000000000001")),
        verb=vocabulary.ANSWERED,
        object=vocabulary.card_activity("patient-records", "c1"),
        at=NOW,
        by=cli_principal(),
        result={"score": {"scaled": 0.5}},
    )


@dataclass
class Ledger:
    """The database's ledger: append, seal, export, forge."""

    sealer: Any
    owner: Any
    folder: Path

    def append(self, count: int) -> list[UUID]:
        facts = [learned() for _ in range(count)]
        with transaction.atomic():
            operations.append(facts)
        return [fact.id for fact in facts]

    def seal(self) -> None:
        with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
            self.sealer.seal(cursor)

    def export(self, name: str = "log.zip") -> Path:
        # Here, because the conftest of a folder is read before Django is ready.
        from andante.evidence.operations import export_bundle

        return export_bundle(path=self.folder / name, by=cli_principal(), at=NOW, replace=True).path

    def verdict(self, *arguments: str | Path) -> Verdict:
        return verify(self.export(), *arguments)

    def forge(self, query: str, *values: object) -> None:
        """Change the tables as their owner, with triggers and constraints out of the way."""
        assert self.owner.execute(query, values).rowcount > 0, "the forgery changed nothing"

    def ids(self) -> list[UUID]:
        """The sealed records, by number."""
        return [id for (id,) in self.owner.execute("SELECT id FROM ledger_leaf ORDER BY seq").fetchall()]


def _disarm(owner: Any) -> None:
    tables = owner.execute(
        "SELECT relname FROM pg_class WHERE relname LIKE 'ledger\\_%' AND relkind IN ('r', 'p')"
    ).fetchall()
    for (table,) in tables:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table in ("ledger_leaf", "ledger_checkpoint", "ledger_tile", "ledger_pending"):
        constraints = owner.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'c')", [table]
        ).fetchall()
        for (name,) in constraints:
            owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')


@pytest.fixture
def ledger(own_database: str, sealer: Any, owner_connection: Any, tmp_path: Path) -> Iterator[Ledger]:
    """Nine sealed records (the first opened the log) in three checkpoints, and a forger who owns the tables."""
    ledger = Ledger(sealer, owner_connection, tmp_path)
    for count in (3, 1, 4):
        ledger.append(count)
        ledger.seal()
    _disarm(owner_connection)
    yield ledger
    connections["sealer"].close()


@pytest.fixture
def long_ledger(own_database: str, sealer: Any, owner_connection: Any, tmp_path: Path) -> Iterator[Ledger]:
    """261 sealed records, so one full tile, in one checkpoint."""
    ledger = Ledger(sealer, owner_connection, tmp_path)
    ledger.append(260)
    ledger.seal()
    _disarm(owner_connection)
    yield ledger
    connections["sealer"].close()
