"""Row 23."""

from __future__ import annotations

import threading
from uuid import UUID

import psycopg

from andante.cli.embedded_postgres.roles import APPLICATION_LOGIN
from tests.faults.learners import Learner
from tests.faults.row import Row
from tests.faults.stage import Stage

DEADLOCKS = 3
_WAITS = "SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"
_REPEATED = "transaction-repeated"


class LostRaces(Row):
    """
    A session crosses the way of a request: it holds the id that the answer is to get, and then wants the attempt that
    the request holds. PostgreSQL breaks off the one that waits longer: the request.

    Then the database is told to serialise all transactions, and learners answer at once.
    """

    numbers = (23,)
    sentence = "deadlocks and serialisation failures: repeated a few times, then taken once"

    def inject(self, stage: Stage) -> str:
        before = self._repeated(stage)
        for turn in range(DEADLOCKS):
            self._deadlock(stage, stage.learners[turn % len(stage.learners)])
        deadlocks = self._repeated(stage) - before
        if deadlocks != DEADLOCKS:
            stage.problem(f"of {DEADLOCKS} deadlocks {deadlocks} were repeated")
        self._serialise(stage)
        return (
            f"{DEADLOCKS} deadlocks; {self._repeated(stage) - before - deadlocks} lost races of serialised transactions"
        )

    def _deadlock(self, stage: Stage, learner: Learner) -> None:
        number, choice = learner.tries + 1, learner.options[0]
        intent = learner.intent(number, choice)
        stage.journal.intend(intent)
        replies: list[int] = []
        sending = threading.Thread(target=lambda: replies.append(learner.answer(number, choice).status))
        with psycopg.connect(stage.superuser_url) as rival, stage.superuser() as watcher:
            rival.execute(
                "INSERT INTO ledger_statement_key (id, stored, digest) VALUES (%s, clock_timestamp(), %s)",
                [intent.id, bytes(32)],
            )
            sending.start()
            stage.wait_until(lambda: watcher.execute(_WAITS).fetchone() == (1,), what="the request waits for the id")
            rival.execute("SELECT 1 FROM learning_attempt WHERE id = %s FOR UPDATE", [UUID(learner.attempt)])
            rival.rollback()
        sending.join()
        if replies == [302]:
            stage.journal.acknowledge(intent.id)
            learner.tries = number
        else:
            stage.problem(f"an answer that met a deadlock was met with {replies}")

    def _serialise(self, stage: Stage) -> None:
        role = f"ALTER ROLE {APPLICATION_LOGIN}"
        with stage.superuser() as session:
            session.execute(f"{role} SET default_transaction_isolation = 'serializable'")
            try:
                self._connect_anew(session)
                with stage.under_load():
                    threading.Event().wait(4)
            finally:
                session.execute(f"{role} RESET default_transaction_isolation")
                self._connect_anew(session)

    @staticmethod
    def _connect_anew(session: psycopg.Connection[object]) -> None:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [APPLICATION_LOGIN]
        )

    @staticmethod
    def _repeated(stage: Stage) -> int:
        return (stage.data_dir / "logs/web.log").read_text(errors="replace").count(_REPEATED)
