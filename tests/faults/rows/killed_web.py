"""Rows 1 and 2."""

from __future__ import annotations

import signal
import time

from tests.faults.row import Row
from tests.faults.stage import Stage, signal_all

ROUNDS = 40
WANTED = 3  # requests cut off before their commit, and as many after it
SECONDS_TO_SETTLE = 0.3  # in which the database finishes what it was told, and the other processes answer


class KilledWeb(Row):
    """
    A web process is stopped at a random moment, so that one can see how far its requests came, and then killed.

    What it had told the database to commit is committed, although no browser ever heard of it. Processes are killed in
    turn: one that dies twice within seconds makes the web server end as a whole, and be started anew.
    """

    numbers = (1, 2)
    sentence = "web killed before the commit, and after it but before the reply: who sends again gets one row"

    def inject(self, stage: Stage) -> str:
        kills = before = after = 0
        with stage.under_load():
            while kills < ROUNDS and (before < WANTED or after < WANTED):
                stage.wait_until(lambda: len(stage.web_workers()) == 2, what="both web processes run")
                time.sleep(stage.random.uniform(0.1, 0.6))
                victim = [min(stage.web_workers())]  # the one that lives longer
                signal_all(victim, signal.SIGSTOP)
                sent = {intent.id for intent in stage.journal.waiting()}
                time.sleep(SECONDS_TO_SETTLE)
                cut_off = [intent.id for intent in stage.journal.waiting() if intent.id in sent]
                committed = sum(stage.has(id) for id in cut_off)
                kills += signal_all(victim, signal.SIGKILL)
                before, after = before + len(cut_off) - committed, after + committed
        if not before or not after:
            stage.problem(f"{kills} kills met {before} requests before their commit and {after} after it, not both")
        return f"{kills} kills: {before} requests before the commit, {after} after it"
