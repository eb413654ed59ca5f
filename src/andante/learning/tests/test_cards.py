"""Going card by card."""

import pytest

from andante.assessment.models import Response
from andante.kernel.ids import CardId
from andante.learning import operations
from andante.learning.models import Completion, Reflection, ScenarioStep
from andante.learning.operations import Submission
from andante.learning.tests.reading import acts_of, done, facts_of
from andante.ledger.vocabulary import EXT_TRY


class TestContinuePast:
    def test_makes_the_card_done_and_says_what_comes_next(self, learner):
        assert learner.continue_past("who-calls") == "the-sister"
        assert done(learner) == ["who-calls"]
        assert acts_of(learner)[-1] == "experienced card/who-calls"

    def test_changes_nothing_the_second_time(self, learner):
        learner.continue_past("who-calls")
        before = acts_of(learner)

        assert learner.continue_past("who-calls") == "the-sister"
        assert acts_of(learner) == before

    def test_is_refused_for_a_card_of_a_locked_module(self, learner):
        with pytest.raises(operations.CardLocked):
            learner.continue_past("same-shift")
        assert done(learner) == []

    def test_is_refused_for_a_card_further_on_in_the_module(self, learner):
        with pytest.raises(operations.CardLocked):
            learner.continue_past("the-sister")

    def test_is_refused_for_a_card_that_does_not_exist(self, learner):
        with pytest.raises(operations.CardUnknown):
            learner.continue_past("no-such-card")

    def test_is_refused_for_a_check_since_an_open_page_answers_nothing(self, learner):
        learner.walk_to("the-brother")
        with pytest.raises(operations.WrongKindOfCard):
            learner.continue_past("the-brother")
        assert "the-brother" not in done(learner)

    def test_is_refused_to_who_has_not_begun(self, learner, noor, learner_of):
        from andante.learning.tests.fixtures import Learner

        with pytest.raises(operations.NotBegun):
            Learner(noor.person, noor.account).continue_past("who-calls")


class TestAnswer:
    def test_makes_the_check_done_whether_right_or_wrong(self, learner):
        learner.walk_to("the-brother")
        assert learner.answer("the-brother", "b") is Submission.RECORDED
        assert done(learner)[-1] == "the-brother"

    def test_is_recorded_as_xapi_writes_choices_and_without_the_key(self, learner):
        learner.walk_to("ring-back").answer("ring-back", "c", "a")

        fact = facts_of(learner)[-1]
        assert fact.result == {"response": "a[,]c", "success": True, "score": {"scaled": 1}}
        assert fact.extensions[EXT_TRY] == 1
        assert "definition" in fact.body["object"]
        assert "correctResponsesPattern" not in str(fact.body)

    def test_of_the_same_try_again_changes_nothing(self, learner):
        learner.walk_to("the-brother").answer("the-brother", "b")
        before = acts_of(learner)

        assert learner.answer("the-brother", "b") is Submission.REPEATED
        assert acts_of(learner) == before

    def test_that_differs_leaves_the_first_one_standing(self, learner):
        learner.walk_to("the-brother").answer("the-brother", "b")

        assert learner.answer("the-brother", "a") is Submission.ANOTHER_STANDS
        assert Response.objects.get(question="the-brother").chosen == "b"

    def test_may_be_practised_and_the_first_one_stays_in_the_record(self, learner):
        learner.walk_to("the-brother").answer("the-brother", "b")

        assert learner.answer("the-brother", "a", number=2) is Submission.RECORDED

        rows = Response.objects.filter(question="the-brother").order_by("number")
        assert list(rows.values_list("number", "chosen", "correct")) == [(1, "b", False), (2, "a", True)]
        assert done(learner).count("the-brother") == 1

    @pytest.mark.parametrize("number", [0, 2, 3, 99])
    def test_is_refused_for_a_try_that_has_not_come(self, learner, number):
        learner.walk_to("the-brother")
        with pytest.raises(operations.OutOfOrder):
            learner.answer("the-brother", "a", number=number)
        assert not Response.objects.exists()

    def test_is_refused_without_a_choice(self, learner):
        learner.walk_to("the-brother")
        with pytest.raises(operations.NothingChosen):
            learner.answer("the-brother")

    @pytest.mark.parametrize("chosen", [("z",), ("a", "z"), ("",), ("a[,]b",)])
    def test_is_refused_with_an_option_that_does_not_exist(self, learner, chosen):
        learner.walk_to("ring-back")
        with pytest.raises(operations.UnknownOption):
            learner.answer("ring-back", *chosen)
        assert "ring-back" not in done(learner)

    def test_is_refused_while_the_card_is_locked(self, learner):
        with pytest.raises(operations.CardLocked):
            learner.answer("told-stranger", "b")

    def test_is_refused_for_a_card_that_asks_nothing(self, learner):
        with pytest.raises(operations.WrongKindOfCard):
            learner.answer("who-calls", "a")


class TestChoose:
    def test_keeps_each_step_and_is_done_only_at_an_end(self, learner):
        learner.walk_to("the-station")

        learner.choose("the-station", "b", number=1)
        assert "the-station" not in done(learner)
        learner.choose("the-station", "a", number=2)

        assert done(learner)[-1] == "the-station"
        steps = ScenarioStep.objects.order_by("number").values_list("number", "node", "choice", "ended")
        assert list(steps)[1:] == [(2, "back", "a", True)]

    def test_records_how_the_situation_stood_after_it(self, learner):
        learner.walk_to("the-station").choose("the-station", "b", number=1)

        assert facts_of(learner)[-1].extensions["urn:x-andante:scenario-state"] == {"trust": 2, "time": 2}

    def test_again_changes_nothing_and_another_choice_leaves_the_first_standing(self, learner):
        learner.walk_to("the-station").choose("the-station", "b", number=1)

        assert learner.choose("the-station", "b", number=1) is Submission.REPEATED
        assert learner.choose("the-station", "a", number=1) is Submission.ANOTHER_STANDS
        assert ScenarioStep.objects.get().choice == "b"

    def test_may_be_practised_from_the_start_once_it_ended(self, learner):
        learner.walk_to("the-station").choose("the-station", "a", number=1)

        learner.choose("the-station", "b", number=1, run=2)

        assert ScenarioStep.objects.get(run=1).choice == "a"
        assert ScenarioStep.objects.get(run=2).choice == "b"
        assert done(learner).count("the-station") == 1

    def test_in_a_second_run_is_refused_before_the_first_has_ended(self, learner):
        learner.walk_to("the-station").choose("the-station", "b", number=1)
        with pytest.raises(operations.OutOfOrder):
            learner.choose("the-station", "a", number=1, run=2)

    @pytest.mark.parametrize("number", [0, 2, 7])
    def test_is_refused_out_of_order(self, learner, number):
        learner.walk_to("the-station")
        with pytest.raises(operations.OutOfOrder):
            learner.choose("the-station", "a", number=number)

    def test_is_refused_where_the_situation_offers_no_such_choice(self, learner):
        learner.walk_to("the-station")
        with pytest.raises(operations.UnknownOption):
            learner.choose("the-station", "c", number=1)
        assert not ScenarioStep.objects.exists()


class TestReflect:
    def test_keeps_the_words_and_the_record_says_only_that_there_are_some(self, learner):
        learner.walk_to("own-phone").reflect("own-phone", "Everybody in the lift.")

        assert Reflection.objects.get().text == "Everybody in the lift."
        assert "responded card/own-phone" in acts_of(learner)
        assert not any("lift" in str(fact.body) for fact in facts_of(learner))

    def test_may_be_changed_later_without_another_fact(self, learner):
        learner.walk_to("own-phone").reflect("own-phone", "Everybody.")
        before = acts_of(learner)

        learner.reflect("own-phone", "Nobody at night.")

        assert Reflection.objects.get().text == "Nobody at night."
        assert acts_of(learner) == before

    def test_may_be_changed_even_after_the_course(self, learner):
        learner.walk_all().sit_test()
        learner.reflect("own-phone", "I shall shut the door.")
        assert Reflection.objects.get(card="own-phone").text == "I shall shut the door."

    def test_is_refused_without_words(self, learner):
        learner.walk_to("own-phone")
        with pytest.raises(operations.NothingWritten):
            learner.reflect("own-phone", " \n ")
        with pytest.raises(operations.NothingWritten):
            learner.reflect("own-phone", " \x00 ")

    def test_is_refused_when_it_is_longer_than_we_keep(self, learner):
        learner.walk_to("own-phone")
        with pytest.raises(operations.TextTooLong):
            learner.reflect("own-phone", "a" * 10_001)

    def test_is_refused_while_the_card_is_locked_and_keeps_nothing(self, learner):
        with pytest.raises(operations.CardLocked):
            learner.reflect("own-lead", "Not yet.")
        assert not Reflection.objects.exists()


class TestModules:
    def test_the_last_card_completes_the_module_once_and_opens_the_next(self, learner):
        learner.walk_to("same-shift")

        assert acts_of(learner).count("completed module/answer") == 1
        assert learner.waits_for() == "same-shift"

    def test_practice_in_a_completed_module_completes_nothing_again(self, learner):
        learner.walk_to("same-shift")
        learner.answer("the-brother", "b", number=2)
        learner.choose("the-station", "a", number=1, run=2)
        assert acts_of(learner).count("completed module/answer") == 1

    def test_all_cards_without_the_test_do_not_complete_the_course(self, learner):
        learner.walk_all()
        assert not Completion.objects.exists()
        assert "completed course" not in acts_of(learner)


class TestAfterCompletion:
    def test_nothing_is_added_to_the_record(self, learner):
        learner.walk_all().sit_test()
        before = acts_of(learner)

        with pytest.raises(operations.AttemptClosed):
            learner.answer("the-brother", "b", number=2)
        with pytest.raises(operations.AttemptClosed):
            learner.choose("the-station", "a", number=1, run=2)

        assert acts_of(learner) == before

    def test_what_is_sent_again_still_finds_its_place(self, learner):
        learner.walk_all().sit_test()
        assert learner.continue_past("who-calls") == CardId("the-sister")
        assert learner.answer("the-brother", "a") is Submission.REPEATED
