"""
`python -m tests.bench.ledger.appending HOW …`: a client that appends as fast as it can, as the application.

    batches COUNT SIZE        COUNT records, SIZE of them a transaction
    singles SECONDS SESSIONS  a transaction for each record, over so many sessions at once
    answers COUNT SIZE FILE   answers with their rows, of learners that a file names as JSON

Prints records, seconds and its own CPU seconds as JSON. A process of its own, because it needs the group's Django.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from andante.cli import surroundings

BODY = 800
"""Bytes of a record, as those of an answer within a course."""


def main(how: str, *arguments: str) -> None:
    with surroundings.database():
        surroundings.set_django_up()
        began, cpu = time.monotonic(), time.process_time()
        ways = {"batches": batches, "singles": singles, "answers": answers}
        records = ways[how](*arguments)
        seconds = time.monotonic() - began
        print(json.dumps({"records": records, "seconds": seconds, "cpu": time.process_time() - cpu}))
        surroundings.leave_database()


def batches(count: str, size: str) -> int:
    from django.db import transaction

    from andante.ledger.operations import append

    left = int(count)
    while left > 0:
        facts = [_page_read() for _ in range(min(int(size), left))]
        with transaction.atomic():
            append(facts)
        left -= len(facts)
    return int(count)


def singles(seconds: str, sessions: str) -> int:
    from django.db import connection, connections, transaction

    from andante.ledger.operations import append

    connections.settings["default"]["OPTIONS"].pop("pool", None)  # each thread keeps a session of its own
    end = time.monotonic() + float(seconds)
    counts: list[int] = []
    lock = threading.Lock()

    def work(_: int) -> None:
        count = 0
        while time.monotonic() < end:
            with transaction.atomic():
                append([_page_read()])
            count += 1
        connection.close()
        with lock:
            counts.append(count)

    with ThreadPoolExecutor(int(sessions)) as pool:
        list(pool.map(work, range(int(sessions))))
    return sum(counts)


def answers(count: str, size: str, learners: str) -> int:
    """Every learner answers the same check again and again: facts and rows as from the pages, without the pages."""
    from django.db import transaction

    from andante.assessment.apply import apply as apply_assessment
    from andante.learning.apply import apply as apply_learning
    from andante.ledger.operations import append

    made = _answers(json.loads(Path(learners).read_text()), int(count))
    while facts := list(islice(made, int(size))):
        with transaction.atomic():
            append(facts)
            for fact in facts:
                apply_assessment(fact)
                apply_learning(fact)
    return int(count)


def _answers(learners: list[dict[str, Any]], count: int) -> Iterator[Any]:
    from andante.assessment.statements import AttemptRef, check_answered
    from andante.content import queries as content
    from andante.content.document import Check
    from andante.kernel import clock
    from andante.kernel.ids import AttemptId, CardId
    from andante.kernel.principals import system_principal
    from andante.learning.models import Attempt

    by = system_principal("bench")
    attempts = {
        str(attempt.id): attempt
        for attempt in Attempt.objects.filter(id__in=[each["attempt"] for each in learners]).select_related("enrolment")
    }
    for turn in range(count):
        learner = learners[turn % len(learners)]
        attempt = attempts[learner["attempt"]]
        document = content.version(attempt.version_id).document
        check = document.cards[CardId(learner["card"])]
        assert isinstance(check, Check)
        option = check.options[turn % len(check.options)]
        of = AttemptRef(
            person=attempt.enrolment.person_id,
            registration=attempt.enrolment_id,
            attempt=AttemptId(UUID(learner["attempt"])),
            course=document.id,
            version=attempt.version_id,
        )
        yield check_answered(
            of,
            module=document.module_of[check.id].id,
            card=check.id,
            number=2 + turn // len(learners),
            chosen=[option.key],
            correct=option.correct,
            by=by,
            at=clock.now(),
        )


def _page_read() -> Any:
    """A statement of BODY bytes that makes no row anywhere; words, so that it is compressed as others are."""
    from andante.kernel import clock
    from andante.kernel.ids import PersonId, new_id
    from andante.kernel.principals import system_principal
    from andante.ledger.statements import statement
    from andante.ledger.vocabulary import EXPERIENCED, PAGE, Activity

    def make(text: str) -> Any:
        return statement(
            id=new_id(),
            actor=PersonId(new_id()),
            verb=EXPERIENCED,
            object=Activity("bench/page", PAGE),
            at=clock.now(),
            by=system_principal("bench"),
            extensions={"urn:x-bench:text": text},
        )

    room = BODY - _length_without_text(make)
    return make(" ".join(_CHANCE.choices(_WORDS, k=room // 4))[:room])


_CHANCE = Random(0)  # noqa: S311 - words, no secret
_WORDS = [f"{_CHANCE.getrandbits(4 * length):x}" for length in (2, 3, 4, 5, 6, 7, 8) for _ in range(40)]
_without_text: list[int] = []


def _length_without_text(make: Any) -> int:
    """Worked out once a process: ids and times are always of the same length."""
    if not _without_text:
        _without_text.append(len(msgspec.json.encode(make("").body)))
    return _without_text[0]


if __name__ == "__main__":
    main(*sys.argv[1:])
