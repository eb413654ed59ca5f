"""Answering and sitting tests, below the package that knows of courses taken."""

from datetime import UTC, datetime

import pytest

from andante.assessment import operations, queries
from andante.assessment.models import Response, Sitting
from andante.assessment.operations import Submission
from andante.assessment.statements import AttemptRef
from andante.kernel.ids import AttemptId, CardId, ModuleId, RegistrationId, new_id
from andante.kernel.principals import system_principal

MONDAY = datetime(2026, 1, 12, 7, 40, tzinfo=UTC)
ACT = {"by": system_principal("tests"), "at": MONDAY}


@pytest.fixture
def course(night_call):
    return night_call.document


def attempt_of(member, night_call) -> AttemptRef:
    return AttemptRef(
        person=member.person,
        registration=RegistrationId(new_id()),
        attempt=AttemptId(new_id()),
        course=night_call.course_id,
        version=night_call.version,
    )


@pytest.fixture
def attempt(amara, night_call) -> AttemptRef:
    return attempt_of(amara, night_call)


class TestAnswerCheck:
    def answer(self, attempt, course, *chosen, number=1):
        check = course.cards[CardId("the-brother")]
        return operations.answer_check(
            of=attempt, module=ModuleId("answer"), check=check, number=number, chosen=chosen, **ACT
        )

    def test_keeps_the_answer_and_hands_on_its_fact(self, attempt, course):
        answered = self.answer(attempt, course, "b")

        assert answered.submission is Submission.RECORDED
        row = Response.objects.get()
        assert (row.id, row.chosen, row.correct, row.answered_at) == (answered.facts[0].id, "b", False, MONDAY)

    def test_hands_on_no_fact_for_an_answer_that_stands(self, attempt, course):
        self.answer(attempt, course, "b")
        assert self.answer(attempt, course, "a") == operations.Answered(Submission.ANOTHER_STANDS)

    def test_in_another_attempt_is_another_answer(self, attempt, course, noor, night_call):
        self.answer(attempt, course, "b")
        assert self.answer(attempt_of(noor, night_call), course, "a").submission is Submission.RECORDED

    def test_shows_each_try_in_the_order_in_which_it_was_shown(self, attempt, course):
        self.answer(attempt, course, "b")
        check = course.cards[CardId("the-brother")]
        shown = queries.check_options(attempt.attempt, check, 1)

        (stands,) = queries.tries(attempt.attempt, check)

        assert [each.option for each in stands.verdict.options] == list(shown)


class TestSitting:
    def answer(self, attempt, course, position, *, right):
        (sitting,) = queries.sittings(attempt.attempt, course)
        item = course.items[sitting.items[position - 1]]
        chosen = [option.key for option in item.options if option.correct is right][:1]
        return operations.answer_item(of=attempt, course=course, sitting=1, position=position, chosen=chosen, **ACT)

    def test_is_decided_by_its_last_answer(self, attempt, course):
        operations.begin_sitting(of=attempt, course=course, **ACT)

        results = [self.answer(attempt, course, position, right=True).result for position in range(1, 5)]

        assert results[:3] == [None] * 3
        assert results[3].passed
        assert Sitting.objects.get().passed

    def test_shows_its_verdicts_and_result_from_what_was_kept(self, attempt, course):
        operations.begin_sitting(of=attempt, course=course, **ACT)
        for position in range(1, 5):
            self.answer(attempt, course, position, right=position > 2)

        (sitting,) = queries.sittings(attempt.attempt, course)

        verdicts = [sitting.verdict(n, course.items[sitting.items[n - 1]]).correct for n in range(1, 5)]
        assert verdicts == [False, False, True, True]
        assert (sitting.result.correct, sitting.passed, sitting.next_position) == (2, False, None)

    def test_counts_the_items_that_the_person_had_in_earlier_attempts_as_seen(self, attempt, course, amara, night_call):
        operations.begin_sitting(of=attempt, course=course, **ACT)
        operations.begin_sitting(of=attempt_of(amara, night_call), course=course, **ACT)

        first, second = Sitting.objects.order_by("pk").values_list("items", flat=True)
        assert not set(first) & set(second)

    def test_of_others_leaves_no_item_seen(self, attempt, course, noor, night_call):
        for _ in range(2):
            operations.begin_sitting(of=attempt_of(noor, night_call), course=course, **ACT)
        assert operations.begin_sitting(of=attempt, course=course, **ACT) == 1
        assert len(set(Sitting.objects.get(attempt=attempt.attempt).items)) == 4
