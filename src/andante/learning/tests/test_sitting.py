"""The test, and what it decides."""

from decimal import Decimal

import pytest

from andante.assessment.models import Response, Sitting
from andante.learning import operations
from andante.learning.models import Completion
from andante.learning.operations import Submission
from andante.learning.tests.fixtures import RIGHT, WRONG
from andante.learning.tests.reading import acts_of, facts_of
from andante.ledger.vocabulary import EXT_VERSION


class TestStartTest:
    def test_draws_the_same_number_of_items_for_each_module_and_records_them(self, learner):
        assert learner.walk_all().start_test() == 1

        sitting = Sitting.objects.get()
        assert sorted(item[:3] for item in sitting.items) == ["ans", "ans", "rep", "rep"]
        extensions = facts_of(learner)[-1].extensions
        assert extensions["urn:x-andante:items"] == sitting.items
        assert extensions["urn:x-andante:seed"] == sitting.seed

    def test_is_refused_while_a_card_is_left(self, learner):
        learner.walk_to("own-lead")
        with pytest.raises(operations.TestLocked):
            learner.start_test()
        assert not Sitting.objects.exists()

    def test_goes_on_with_the_test_that_is_open(self, learner):
        learner.walk_all().start_test()
        learner.answer_item(1, *learner.options(1, right=RIGHT))

        assert learner.start_test() == 2
        assert Sitting.objects.count() == 1

    def test_draws_items_that_were_not_seen_the_second_time(self, learner):
        learner.walk_all().sit_test(WRONG, WRONG, WRONG, WRONG)
        learner.start_test()

        first, second = Sitting.objects.order_by("number")
        assert not set(first.items) & set(second.items)

    def test_is_refused_when_it_was_sat_as_often_as_it_may_be(self, learner):
        learner.walk_all()
        for sitting in (1, 2):
            learner.sit_test(WRONG, WRONG, sitting=sitting)

        with pytest.raises(operations.NoSittingsLeft):
            learner.start_test()

    def test_is_refused_once_the_course_is_completed(self, learner):
        learner.walk_all().sit_test()
        with pytest.raises(operations.AttemptClosed):
            learner.start_test()


class TestAnswerItem:
    def test_stands_once_it_is_given(self, learner):
        learner.walk_all().start_test()
        learner.answer_item(1, *learner.options(1, right=WRONG))

        sent_again = learner.answer_item(1, *learner.options(1, right=WRONG))
        changed = learner.answer_item(1, *learner.options(1, right=RIGHT))

        assert (sent_again, changed) == (Submission.REPEATED, Submission.ANOTHER_STANDS)
        assert not Response.objects.get(sitting__number=1).correct

    @pytest.mark.parametrize("position", [0, 2, 4, 5, 999])
    def test_is_refused_for_an_item_that_has_not_come_or_was_never_drawn(self, learner, position):
        learner.walk_all().start_test()
        with pytest.raises(operations.OutOfOrder):
            learner.answer_item(position, "a")
        assert not Response.objects.filter(sitting__isnull=False).exists()

    @pytest.mark.parametrize("sitting", [0, 2])
    def test_is_refused_for_a_sitting_that_was_never_begun(self, learner, sitting):
        learner.walk_all().start_test()
        with pytest.raises(operations.SittingClosed):
            learner.answer_item(1, "a", sitting=sitting)

    def test_is_refused_for_a_place_that_a_closed_sitting_does_not_have(self, learner):
        learner.walk_all().sit_test(WRONG, WRONG)
        with pytest.raises(operations.SittingClosed):
            learner.answer_item(5, "a")

    def test_reaches_nobody_else_s_test(self, learner, learner_of, noor):
        learner.walk_all().start_test()

        with pytest.raises(operations.SittingClosed):
            learner_of(noor).answer_item(1, "a")

        assert not Response.objects.filter(sitting__isnull=False).exists()

    def test_says_nothing_of_the_key_or_the_reason(self, learner):
        learner.walk_all().start_test()
        learner.answer_item(1, *learner.options(1, right=WRONG))

        fact = facts_of(learner)[-1]
        assert set(fact.result) == {"response", "success", "score"}
        assert "too early" not in str(fact.body)


class TestPass:
    def test_completes_the_course_with_the_last_answer_once(self, learner, night_call):
        learner.walk_all().sit_test()

        assert acts_of(learner)[-4:] == [
            f"answered item/{Sitting.objects.get().items[-1]}",
            "passed test",
            "passed course",
            "completed course",
        ]
        row = Completion.objects.get()
        assert (row.version, row.score, row.completed_at) == (night_call.version, Decimal(1), learner.now)

    def test_keeps_the_score_and_the_version_in_the_record(self, learner, night_call):
        learner.walk_all()
        learner.start_test()
        harmless = next(n for n, item in enumerate(Sitting.objects.get().items, 1) if not item.endswith("-1"))
        learner.go_on_with_test(*(position != harmless for position in range(1, 5)))

        completed = facts_of(learner)[-1]
        assert completed.result == {"completion": True, "score": {"scaled": 0.75}}
        assert completed.extensions[EXT_VERSION] == night_call.version

    def test_is_not_repeated_by_sending_the_last_answer_again(self, learner):
        learner.walk_all().sit_test()
        before = acts_of(learner)

        assert learner.answer_item(4, *learner.options(4, right=RIGHT)) is Submission.REPEATED
        assert acts_of(learner) == before


class TestFail:
    def test_completes_nothing_and_leaves_another_try(self, learner):
        learner.walk_all().sit_test(WRONG, WRONG)

        assert acts_of(learner)[-1] == "failed test"
        assert not Completion.objects.exists()
        learner.sit_test(sitting=2)
        assert Completion.objects.count() == 1

    def test_by_one_item_that_must_be_right_whatever_the_score(self, learner):
        learner.walk_all()
        for sitting in (1, 2):
            learner.start_test()
            items = Sitting.objects.get(number=sitting).items
            critical = [n for n, item in enumerate(items, 1) if item.endswith("-1")]
            if critical:
                learner.go_on_with_test(*(n not in critical[:1] for n in range(1, 5)), sitting=sitting)
                row = Sitting.objects.get(number=sitting)
                assert (row.correct, row.passed) == (3, False)
                return
            learner.go_on_with_test(WRONG, WRONG, sitting=sitting)
        raise AssertionError("two sittings draw every item")
