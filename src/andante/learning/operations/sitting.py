"""Sitting the test, and what its end decides."""

from collections.abc import Collection
from datetime import datetime

from andante.assessment import operations as assessment
from andante.assessment.operations import Submission
from andante.kernel.ids import CourseId, PersonId
from andante.kernel.principals import Principal
from andante.learning import statements
from andante.learning.operations.taking import keep, lock, refuse_if_completed, standing
from andante.learning.refusals import TestLocked
from andante.ledger.operations import transact


@transact
def start_test(*, person: PersonId, course: CourseId, by: Principal, at: datetime) -> int:
    """
    Begin the test, or go on with the one that is open: then nothing is recorded.

    :return: the place of the item that waits for an answer
    :raises TestLocked: modules are not done, or the course has no test
    :raises NoSittingsLeft: it was sat as often as it may be
    :raises LearningRefused: the course is not begun, or completed
    """
    taking = lock(person, course)
    now = standing(taking)
    refuse_if_completed(now)
    if now.progress.next_card is not None or not taking.course.test_length:
        raise TestLocked
    return assessment.begin_sitting(of=taking.of, course=taking.course, by=by, at=at)


@transact
def answer_item(
    *,
    person: PersonId,
    course: CourseId,
    sitting: int,
    position: int,
    chosen: Collection[str],
    by: Principal,
    at: datetime,
) -> Submission:
    """
    Answer one item of the test. With the last one the test is decided; a pass completes the course.

    :param sitting: which time the test is sat in this attempt, from 1
    :param position: place of the item, from 1; the same answer to the same place again changes nothing
    :raises AnswerRefused: it is no answer to this item, out of order, or the sitting is not open
    :raises NotBegun: the person has not begun this course
    """
    taking = lock(person, course)
    answered = assessment.answer_item(
        of=taking.of,
        course=taking.course,
        sitting=sitting,
        position=position,
        chosen=chosen,
        by=by,
        at=at,
    )
    if answered.result and answered.result.passed:
        score = {"scaled": answered.result.scaled}
        keep(
            [
                statements.course_passed(taking.of, score=score, by=by, at=at),
                statements.course_completed(taking.of, score=score, by=by, at=at),
            ]
        )
    return answered.submission
