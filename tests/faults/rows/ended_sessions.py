"""Row 9."""

from __future__ import annotations

import time

from andante.cli.embedded_postgres.roles import APPLICATION_LOGIN
from tests.faults.row import Row
from tests.faults.stage import Stage

SECONDS = 4.0
_END_ONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE usename = %s AND state LIKE ANY (%s) ORDER BY random() LIMIT 1
"""
_AT_WORK = ["active", "idle in transaction%"]


class EndedSessions(Row):
    """Sessions of the application are ended in the middle of a request or a task, again and again; idle ones too."""

    numbers = (9,)
    sentence = "a database session ended in the middle of a request: sent again, it counts once"

    def inject(self, stage: Stage) -> str:
        at_work = idle = 0
        with stage.under_load(), stage.superuser() as session:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                at_work += len(session.execute(_END_ONE, [APPLICATION_LOGIN, _AT_WORK]).fetchall())
                idle += len(session.execute(_END_ONE, [APPLICATION_LOGIN, ["idle"]]).fetchall())
                time.sleep(stage.random.uniform(0.02, 0.2))
        if not at_work:
            stage.problem("no session was met in the middle of its work")
        return f"{at_work} sessions at work, {idle} idle"
