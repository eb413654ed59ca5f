"""Row 21."""

from __future__ import annotations

import signal
import time

import psycopg

from andante.cli.embedded_postgres.roles import APPLICATION_LOGIN
from tests.faults.row import Row
from tests.faults.stage import Stage, signal_all

SECONDS_ALONE = 2.0  # without a session of anybody else: one that is just signing in is not seen at first
SECONDS = 8.0  # without a connection
LONGEST_ANSWER = 12.0  # seconds until a page says so
TRIES = 5
LONGEST_RECOVERY = 20.0  # seconds until pages are there again


class NoConnectionLeft(Row):
    """Somebody takes every connection that the server has, also those that the web processes lose."""

    numbers = (21,)
    sentence = "no connection left: pages say 503 within seconds, and recover by themselves"

    def inject(self, stage: Stage) -> str:
        taken: list[psycopg.Connection[object]] = []
        with stage.under_load():
            try:
                with stage.superuser() as session:
                    for _ in range(TRIES):
                        self._take_all(stage, session, taken)
                        began = time.monotonic()
                        reply = stage.learners[0].get("/")
                        took = time.monotonic() - began
                        # Another login may have given a connection back, and the web got it: then it is taken too.
                        if reply.status == 503 or not self._theirs(session, taken):
                            break
                    time.sleep(SECONDS)
            finally:
                for connection in taken:
                    connection.close()
            began = time.monotonic()
            stage.wait_until(lambda: stage.learners[0].get("/").status == 200, what="pages are there again")
            recovered = time.monotonic() - began
        if reply.status != 503 or "We cannot reach your records just now" not in reply.text:
            stage.problem(f"a page without a connection was answered with {reply.status}: {reply.text[:200]}")
        if took > LONGEST_ANSWER or recovered > LONGEST_RECOVERY:
            stage.problem(f"the page took {took:.1f} s, and recovered after {recovered:.1f} s")
        return f"{len(taken)} connections taken; 503 after {took:.1f} s, pages again after {recovered:.1f} s"

    def _take_all(
        self, stage: Stage, session: psycopg.Connection[object], taken: list[psycopg.Connection[object]]
    ) -> None:
        deadline = time.monotonic() + 30
        alone_since = time.monotonic()
        while time.monotonic() - alone_since < SECONDS_ALONE:
            assert time.monotonic() < deadline, "The web processes kept a connection."
            try:
                taken.append(psycopg.connect(stage.application_url))
            except psycopg.OperationalError:
                if signal_all(self._theirs(session, taken), signal.SIGTERM):  # what is freed so is taken at once
                    alone_since = time.monotonic()
                time.sleep(0.01)

    @staticmethod
    def _theirs(session: psycopg.Connection[object], taken: list[psycopg.Connection[object]]) -> list[int]:
        """Sessions of the application that are not ours."""
        ours = [connection.info.backend_pid for connection in taken]
        found = session.execute("SELECT pid FROM pg_stat_activity WHERE usename = %s", [APPLICATION_LOGIN])
        return [pid for (pid,) in found if pid not in ours]
