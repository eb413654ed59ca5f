"""Row 7."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from andante.cli.embedded_postgres.roles import SEALER_LOGIN
from tests.faults.row import Row
from tests.faults.stage import Stage

STOPS = 6


class TwoSealers(Row):
    """A second sealer runs beside the first; in turn one of them is stopped in the middle of its work, and goes on."""

    numbers = (7,)
    sentence = "two sealers: one at a time seals, and the tree never forks"

    def inject(self, stage: Stage) -> str:
        with (stage.folder / "second-sealer.out").open("ab") as output:
            second = subprocess.Popen(
                [sys.executable, "-m", "andante.cli.main", "sealer"],
                env=stage.site.environment,
                stdout=output,
                stderr=output,
            )
        try:
            stage.wait_until(lambda: len(stage.backends(login=SEALER_LOGIN)) == 2, what="both sealers work")
            first = stage.children()["sealer"]
            with stage.under_load():
                for turn in range(STOPS):
                    time.sleep(stage.random.uniform(0.1, 0.6))
                    stopped = (first, second.pid)[turn % 2]
                    os.kill(stopped, signal.SIGSTOP)
                    time.sleep(stage.random.uniform(0.3, 1.5))
                    os.kill(stopped, signal.SIGCONT)
            if second.poll() is not None or stage.children().get("sealer") != first:
                stage.problem("one of the two sealers ended")
        finally:
            second.send_signal(signal.SIGCONT)
            second.terminate()
            second.wait(timeout=30)
        return f"{STOPS} stops, in turn"
