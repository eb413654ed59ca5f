"""Rows 16 and 17."""

from __future__ import annotations

import threading
from collections import Counter

from tests.faults.learners import Learner
from tests.faults.row import Row
from tests.faults.stage import Stage

AT_ONCE = 50


class SameStatementAtOnce(Row):
    """Fifty browsers send the same answer at once; a client appends the same fact fifty times over many sessions."""

    numbers = (16,)
    sentence = "the same statement sent 50 times at once: one row"

    def inject(self, stage: Stage) -> str:
        learner = stage.learners[0]
        number, choice = learner.tries + 1, learner.options[0]
        intent = learner.intent(number, choice)
        stage.journal.intend(intent)
        replies = send_at_once(learner, number, [choice] * AT_ONCE)
        if replies != {f"302 {learner.path}": AT_ONCE}:
            stage.problem(f"of {AT_ONCE} equal answers some were not taken: {dict(replies)}")
        stage.journal.acknowledge(intent.id)
        learner.tries = number
        appended = stage.client("faults.appending", "same", AT_ONCE)
        if (appended["new"], appended["known"], appended["rows"]) != (1, AT_ONCE - 1, 1):
            stage.problem(f"of {AT_ONCE} equal facts not exactly one was new: {appended}")
        return f"{AT_ONCE} requests, {AT_ONCE} appends over {appended['sessions']} sessions"


class ChangedBody(Row):
    """The id of an acknowledged answer is used for another answer: by browsers, and by clients that append."""

    numbers = (17,)
    sentence = "the same id with another body: refused, and the original stands"

    def inject(self, stage: Stage) -> str:
        learner = stage.learners[0]
        number = learner.tries + 1
        intent = learner.intent(number, learner.options[0])
        stage.journal.intend(intent)
        if learner.answer(number, learner.options[0]).status == 302:
            stage.journal.acknowledge(intent.id)
            learner.tries = number
        others = [option for option in learner.options[1:] for _ in range(5)]
        replies = send_at_once(learner, number, others)
        told = learner.get(learner.path).text.count("Your first answer stands")
        if replies != {f"302 {learner.path}": len(others)} or not told:
            stage.problem(f"another answer under the same id was met with {dict(replies)}; told: {told}")
        appended = stage.client("faults.appending", "changed", AT_ONCE)
        if (appended["new"], appended["conflicts"], appended["rows"]) != (1, AT_ONCE - 1, 1):
            stage.problem(f"of {AT_ONCE} different facts under one id not exactly one was taken: {appended}")
        return f"{len(others)} requests, {AT_ONCE} appends over {appended['sessions']} sessions"


def send_at_once(learner: Learner, number: int, choices: list[str]) -> Counter[str]:
    """Send these answers to one try, all at the same moment; how often which reply came."""
    replies: Counter[str] = Counter()
    start = threading.Barrier(len(choices))

    def send(choice: str) -> None:
        start.wait()
        try:
            reply = learner.answer(number, choice)
            replies[f"{reply.status} {reply.location}"] += 1
        except Exception as error:  # noqa: BLE001 - counted: no answer is one too many
            replies[repr(error)] += 1

    threads = [threading.Thread(target=send, args=(choice,)) for choice in choices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies
