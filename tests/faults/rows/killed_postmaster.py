"""Row 8."""

from __future__ import annotations

import os
import signal
import time

from tests.faults.row import Row
from tests.faults.stage import Stage

KILLS = 3


class KilledPostmaster(Row):
    """The first process of PostgreSQL is killed; its others end with it, and the next start recovers from the log."""

    numbers = (8,)
    sentence = "PostgreSQL killed: what was acknowledged is kept, pages say 503 meanwhile"

    def inject(self, stage: Stage) -> str:
        with stage.under_load():
            for _ in range(KILLS):
                time.sleep(stage.random.uniform(0.5, 2))
                pid = stage.server.status().pid
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                stage.wait_until(
                    lambda killed=pid: stage.server.status().accepting and stage.server.status().pid != killed,
                    what="PostgreSQL runs again",
                )
        return f"{KILLS} kills"
