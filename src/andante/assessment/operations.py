"""
Answering questions and sitting tests.

These operations decide what an answer is worth, append it and keep its row. Whether the person may answer
here and now is decided above: `learning` locks the attempt and calls them inside its own transaction, so that
no two answers of one attempt are weighed at the same time.
"""

import secrets
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction

from andante.assessment import rules, statements
from andante.assessment.apply import apply
from andante.assessment.models import Response, Sitting
from andante.assessment.statements import AttemptRef
from andante.content.document import Check, Course
from andante.kernel.ids import ItemId, ModuleId
from andante.kernel.principals import Principal
from andante.ledger.operations import append
from andante.ledger.statements import Fact

SEED_BYTES = 8

AnswerRefused = rules.AnswerRefused
NothingChosen = rules.NothingChosen
TooManyChosen = rules.TooManyChosen
UnknownOption = rules.UnknownOption


class OutOfOrder(AnswerRefused):
    """The answer is to a try or a place that has not come yet."""


class SittingClosed(AnswerRefused):
    """The answer belongs to a sitting that is not open: it was closed, or never begun."""


class NoSittingsLeft(Exception):  # noqa: N818 - errors are facts
    """The person has sat this test as often as its plan allows."""


class Submission(Enum):
    """What became of an answer that was sent."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    """The same answer stands already."""
    ANOTHER_STANDS = "another-stands"
    """Another answer stands, and it is the one that counts."""


@dataclass(frozen=True)
class Answered:
    """What became of an answer, with the facts that are new."""

    submission: Submission
    facts: tuple[Fact, ...] = ()
    result: rules.TestResult | None = None
    """What came of the test, where this answer was its last."""


@transaction.atomic(savepoint=False)
def answer_check(
    *,
    of: AttemptRef,
    module: ModuleId,
    check: Check,
    number: int,
    chosen: Collection[str],
    by: Principal,
    at: datetime,
) -> Answered:
    """
    Answer a check within a module. Every try is kept; the first is the one that the record shows.

    :param number: the try, from 1: at most one more than there are answers
    :raises AnswerRefused: it is no answer to this check, or out of order
    """
    standing = dict(
        Response.objects.filter(attempt=of.attempt, question=check.id, sitting=None).values_list("number", "chosen")
    )
    if number in standing:
        return _repeated(standing[number], chosen)
    if number != len(standing) + 1:
        raise OutOfOrder
    verdict = rules.score(check.options, multiple=check.multiple, chosen=chosen)
    fact = statements.check_answered(
        of,
        module=module,
        card=check.id,
        number=number,
        chosen=chosen,
        correct=verdict.correct,
        by=by,
        at=at,
    )
    _keep(fact)
    return Answered(Submission.RECORDED, (fact,))


@transaction.atomic(savepoint=False)
def begin_sitting(*, of: AttemptRef, course: Course, by: Principal, at: datetime) -> int:
    """
    Draw a test, unless one is open: that one goes on, and nothing is recorded.

    :return: the place of the item that waits for an answer, from 1
    :raises NoSittingsLeft: the plan allows no further one
    """
    before = list(Sitting.objects.filter(person=of.person, course=of.course))
    here = [sitting for sitting in before if sitting.attempt == of.attempt]
    running = next((sitting for sitting in here if sitting.closed_at is None), None)
    if running is not None:
        return running.responses.count() + 1
    if len(here) >= course.test.attempts:
        raise NoSittingsLeft
    seed = secrets.token_hex(SEED_BYTES)
    items = rules.draw(
        course.bank,
        course.test,
        seed=seed,
        drawn_before=Counter(ItemId(item) for sitting in before for item in sitting.items),
    )
    fact = statements.sitting_begun(of, number=len(here) + 1, seed=seed, items=items, by=by, at=at)
    _keep(fact)
    return 1


@transaction.atomic(savepoint=False)
def answer_item(
    *,
    of: AttemptRef,
    course: Course,
    sitting: int,
    position: int,
    chosen: Collection[str],
    by: Principal,
    at: datetime,
) -> Answered:
    """
    Answer one item of a sitting; the answer to the last one decides the test.

    Items are answered in their order. An answer stands once it is given, since its reasons are shown at once.

    :param sitting: number of the sitting in this attempt
    :param position: place of the item in the sitting, from 1
    :raises AnswerRefused: it is no answer to this item, out of order, or the sitting is not open
    """
    row = Sitting.objects.filter(attempt=of.attempt, number=sitting).first()
    if row is None:
        raise SittingClosed
    standing = {response.number: response for response in row.responses.all()}
    if position in standing:
        return _repeated(standing[position].chosen, chosen)
    if row.closed_at is not None:
        raise SittingClosed
    if position != len(standing) + 1:
        raise OutOfOrder
    item = course.items[ItemId(row.items[position - 1])]
    verdict = rules.score(item.options, multiple=item.multiple, chosen=chosen)
    facts = [
        statements.item_answered(
            of,
            sitting=sitting,
            position=position,
            item=item.id,
            chosen=chosen,
            correct=verdict.correct,
            by=by,
            at=at,
        )
    ]
    result = None
    if position == len(row.items):
        right = {ItemId(response.question) for response in standing.values() if response.correct}
        result = rules.result_of(course, row.items, right | ({item.id} if verdict.correct else set()))
        facts.append(statements.sitting_judged(of, number=sitting, result=result, by=by, at=at))
    _keep(*facts)
    return Answered(Submission.RECORDED, tuple(facts), result)


def _repeated(standing: str, chosen: Collection[str]) -> Answered:
    same = rules.response_pattern(chosen) == standing
    return Answered(Submission.REPEATED if same else Submission.ANOTHER_STANDS)


def _keep(*facts: Fact) -> None:
    new = append(facts)
    for fact in facts:
        if fact.id in new:
            apply(fact)
