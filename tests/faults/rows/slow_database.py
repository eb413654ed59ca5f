"""Row 20."""

from __future__ import annotations

import signal
import threading
import time

from andante.cli.embedded_postgres.roles import APPLICATION_LOGIN
from tests.bench.processes import resident_bytes
from tests.faults.learners import BROKEN
from tests.faults.row import Row
from tests.faults.stage import Stage, signal_all

STOPS = 3
SECONDS = 4.0
VISITORS = 60  # requests for a page that come meanwhile
GROWTH = 30_000_000  # bytes by which a web process may grow with these


class SlowDatabase(Row):
    """Every session of the application stops, as with a disk that hangs, while more people ask for pages."""

    numbers = (20,)
    sentence = "the database hangs: requests wait, memory does not grow, nothing is lost, and all goes on"

    def inject(self, stage: Stage) -> str:
        stopped = 0
        before = sum(map(resident_bytes, stage.web_workers()))
        self._statuses: list[str] = []
        with stage.under_load():
            for _ in range(STOPS):
                time.sleep(stage.random.uniform(0.3, 1))
                sessions = stage.backends(login=APPLICATION_LOGIN)
                stopped += signal_all(sessions, signal.SIGSTOP)
                try:
                    visitors = self._visit(stage)
                    time.sleep(SECONDS)
                    growth = sum(map(resident_bytes, stage.web_workers())) - before
                finally:
                    signal_all(sessions, signal.SIGCONT)
                for visitor in visitors:
                    visitor.join()
        if growth > GROWTH * len(stage.web_workers()):
            stage.problem(f"web processes grew by {growth / 1e6:.0f} MB while requests waited")
        wrong = [status for status in self._statuses if status not in {"200", "503"}]
        if wrong:
            stage.problem(f"visitors were met with {wrong}")
        return f"{STOPS} halts of {SECONDS:.0f} s, {stopped} sessions, {STOPS * VISITORS} more requests"

    def _visit(self, stage: Stage) -> list[threading.Thread]:
        def visit() -> None:
            try:
                self._statuses.append(str(stage.learners[0].get("/").status))
            except BROKEN as error:
                self._statuses.append(repr(error))

        visitors = [threading.Thread(target=visit) for _ in range(VISITORS)]
        for visitor in visitors:
            visitor.start()
        return visitors
