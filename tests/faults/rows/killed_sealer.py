"""Row 6."""

from __future__ import annotations

import os
import signal
import time

from andante.cli.embedded_postgres.roles import SEALER_LOGIN
from tests.faults.row import Row
from tests.faults.stage import Stage, signal_all

PROCESSES = 4  # the supervisor waits twice as long after each death in a row
SESSIONS = 8


class KilledSealer(Row):
    """Its process is killed, and its session at the database ended, at random moments of its work."""

    numbers = (6,)
    sentence = "sealer killed anywhere: the sequence stays dense, and no checkpoint is contradicted"

    def inject(self, stage: Stage) -> str:
        processes = sessions = 0
        with stage.under_load():
            for _ in range(PROCESSES):
                stage.wait_until(lambda: "sealer" in stage.children(), what="the sealer is started again")
                stage.wait_until(lambda: stage.backends(login=SEALER_LOGIN), what="the sealer works")
                time.sleep(stage.random.uniform(0, 0.5))
                os.kill(stage.children()["sealer"], signal.SIGKILL)
                processes += 1
            for _ in range(SESSIONS):
                stage.wait_until(lambda: stage.backends(login=SEALER_LOGIN), what="the sealer works")
                time.sleep(stage.random.uniform(0, 0.3))
                # SIGTERM is what pg_terminate_backend sends.
                sessions += signal_all(stage.backends(login=SEALER_LOGIN), signal.SIGTERM)
        return f"{processes} processes killed, {sessions} sessions ended"
