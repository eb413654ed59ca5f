"""Rows 14 and 15."""

from __future__ import annotations

import itertools
import time
from datetime import datetime, timedelta
from typing import Any

from andante.cli.embedded_postgres import EmbeddedServer
from tests.faults.clock import NEEDED, ServerClock, faked
from tests.faults.row import Row
from tests.faults.stage import Stage

DAYS = 400
SECONDS = 3.0  # under each clock
OVERTAKING = timedelta(minutes=1)
"""Records that come at the same time are numbered in another order than they read the clock; those are moments."""
ANSWERS = 5  # under each clock, at least
STEPS = ("-2h", "-40d", "+0")
_NEWEST = """
    SELECT s.stored, s."timestamp" FROM ledger_leaf l JOIN ledger_statement s ON s.id = l.id AND s.stored = l.stored
    WHERE l.seq >= %s AND s.kind = 1 ORDER BY l.seq
"""


class WrongClockOfTheApplication(Row):
    """Web, worker and sealer run with a clock that is 400 days slow; the database's is right."""

    numbers = (14,)
    sentence = f"the application's clock is {DAYS} days slow: `stored` is right all the same, and sign-ins end"
    needs_tools = (NEEDED,)

    def inject(self, stage: Stage) -> str:
        stage.end()
        stage.begin(**faked(f"-{DAYS}d"))
        before, first = _now(stage), _size(stage)
        with stage.under_load():
            time.sleep(SECONDS)
        after = _now(stage)
        records = _since(stage, first)
        wrong = [stored for stored, _ in records if not before <= stored <= after]
        late = [
            happened for _, happened in records if abs(before - happened - timedelta(days=DAYS)) > timedelta(hours=1)
        ]
        if not records or wrong or late:
            stage.problem(f"of {len(records)} records {len(wrong)} were stored, {len(late)} happened at another time")
        stage.end()
        stage.begin()
        for learner in stage.learners:
            if not learner.get("/").location.startswith("/sign-in/"):
                stage.problem(f"a sign-in that was last used {DAYS} days ago goes on")
            learner.sign_in()
        return f"{len(records)} records with a clock that is {DAYS} days slow"


class WrongClockOfTheDatabase(Row):
    """
    The database's clock is set back while everything runs, also into a month that has no place for records yet.

    The order of the log is that of its numbers; a time that goes back stays as it was read, and is named by the sealer
    and by `andante verify`.
    """

    numbers = (15,)
    sentence = "the database's clock is set back: numbers go on, and every step back is named"
    needs_tools = (NEEDED,)

    def inject(self, stage: Stage) -> str:
        clock = ServerClock(stage.folder / "clock")
        stage.end()
        with stage.clocked(EmbeddedServer(stage.data_dir, binaries=clock.binaries())):
            first = _size(stage)
            with stage.under_load():
                for offset in ("+0", *STEPS):
                    clock.set(offset)
                    time.sleep(SECONDS)
                    self._wait_for_answers(stage)
            stage.wait_until_ready()
            times = [stored for stored, _ in _since(stage, first)]
            back = sum(earlier - later > OVERTAKING for earlier, later in itertools.pairwise(times))
            named = stage.site.command("verify").stdout.count("clock went back")
            logged = (stage.data_dir / "logs/sealer.log").read_text().count("clock-went-back")
        # For a second after each step, some sessions still read the clock of before: libfaketime looks once a second.
        if back < 2 or named != 2 or logged < 2:
            stage.problem(f"the clock went back twice; `stored` {back} times, {named} named by verify, {logged} logged")
        return f"{len(STEPS)} times set ({', '.join(STEPS)}), {len(times)} records"

    @staticmethod
    def _wait_for_answers(stage: Stage) -> None:
        """Until some are acknowledged under the clock of now, also where there was no place for them at first."""
        before = stage.journal.replies["302"]
        stage.wait_until(lambda: stage.journal.replies["302"] >= before + ANSWERS, what="answers are taken")


def _now(stage: Stage) -> datetime:
    with stage.superuser() as session:
        found: Any = session.execute("SELECT clock_timestamp()").fetchone()
        return found[0]  # type: ignore[no-any-return]


def _size(stage: Stage) -> int:
    with stage.superuser() as session:
        found: Any = session.execute("SELECT count(*) FROM ledger_leaf").fetchone()
        return int(found[0])


def _since(stage: Stage, first: int) -> list[Any]:
    stage.wait_until_ready()
    with stage.superuser() as session:
        return session.execute(_NEWEST, [first]).fetchall()
