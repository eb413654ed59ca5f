"""Row 24."""

from __future__ import annotations

import os
import signal
import time

from tests.faults.row import Row
from tests.faults.stage import Stage

WEB = 2
WHOLE = 2


class ToldToStop(Row):
    """SIGTERM, as from a service manager: to the web server, which is started again, and to the whole group."""

    numbers = (24,)
    sentence = "SIGTERM under load: requests under way are finished, and nobody is told of an error"

    def inject(self, stage: Stage) -> str:
        failures = stage.journal.replies["503"]
        with stage.under_load():
            for _ in range(WEB):
                stage.wait_until(lambda: stage.status("/livez") == 200, what="pages are served")
                time.sleep(stage.random.uniform(0.5, 1.5))
                web = stage.children()["web"]
                os.kill(web, signal.SIGTERM)
                stage.wait_until(lambda ended=web: stage.children().get("web") not in {None, ended}, what="web is new")
            for _ in range(WHOLE):
                stage.wait_until(lambda: stage.status("/livez") == 200, what="pages are served")
                time.sleep(stage.random.uniform(0.5, 1.5))
                stage.site.process.send_signal(signal.SIGTERM)
                status = stage.site.process.wait(timeout=60)
                if status != 0:
                    stage.problem(f"the group ended with status {status}")
                stage.begin()
        if stage.journal.replies["503"] > failures:
            stage.problem(f"{stage.journal.replies['503'] - failures} answers were met with 503")
        return f"{WEB} times web alone, {WHOLE} times the whole group"
