"""Taking a completed course once more."""

from pathlib import Path
from shutil import copytree

import pytest

from andante.kernel.principals import account_principal
from andante.learning import operations, queries
from andante.learning.models import Attempt, CardDone, Completion
from andante.learning.tests.fixtures import NIGHT_CALL, NIGHT_CALL_FOLDER, WRONG, Learner, publish
from andante.learning.tests.reading import acts_of, count_facts
from andante.learning.tests.test_concurrency import at_once
from andante.people.tests.fixtures import member


def again(learner: Learner, *, after: int | None = None, course: str = NIGHT_CALL):
    return operations.start_again(
        person=learner.person, course=course, by=account_principal(learner.account), at=learner.when(), after=after
    )


@pytest.fixture
def done(learner) -> Learner:
    learner.walk_all().sit_test()
    return learner


def publish_second_version(folder: Path):
    copytree(NIGHT_CALL_FOLDER, folder)
    with (folder / "course.yaml").open("a") as file:
        file.write("valid: 1 year\n")
    return publish(folder)


class TestStartAgain:
    def test_begins_a_further_attempt_and_leaves_what_was_completed(self, done):
        before = Completion.objects.values_list().get()

        again(done)

        assert list(Attempt.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
        assert Completion.objects.values_list().get() == before
        assert acts_of(done)[-1] == "initialized course"
        assert done.waits_for() == "who-calls"

    def test_takes_the_current_version(self, done, night_call, tmp_path):
        second = publish_second_version(tmp_path / "night-call")
        again(done)
        versions = list(Attempt.objects.order_by("number").values_list("version_id", flat=True))
        assert versions == [night_call.version, second.version]

    def test_has_cards_and_tries_of_its_own(self, done):
        again(done)
        done.walk_all()
        assert CardDone.objects.filter(card="who-calls").count() == 2
        done.sit_test(WRONG, WRONG)
        done.sit_test(sitting=2)
        assert Completion.objects.count() == 2

    def test_is_refused_while_an_attempt_is_open(self, learner):
        with pytest.raises(operations.AttemptOpen):
            again(learner)
        learner.walk_all()
        for sitting in (1, 2):
            learner.sit_test(WRONG, WRONG, sitting=sitting)
        with pytest.raises(operations.AttemptOpen):
            again(learner)
        assert Attempt.objects.count() == 1

    def test_is_refused_a_second_time_and_changes_nothing(self, done):
        again(done)
        before = count_facts()
        with pytest.raises(operations.AttemptOpen):
            again(done)
        assert count_facts() == before

    def test_of_a_form_that_is_sent_twice_goes_on_with_what_the_first_began(self, done):
        first = again(done, after=1)
        before = count_facts()
        assert again(done, after=1) == first
        assert count_facts() == before

    def test_of_a_form_that_is_sent_after_the_next_completion_begins_nothing(self, done):
        again(done, after=1)
        done.walk_all().sit_test()
        again(done, after=1)
        assert Attempt.objects.count() == 2

    def test_needs_a_course_that_was_begun(self, night_call, amara):
        with pytest.raises(operations.NotBegun):
            again(Learner(amara.person, amara.account))
        with pytest.raises(operations.CourseUnknown):
            again(Learner(amara.person, amara.account), course="no-such-course")

    @pytest.mark.slow
    @pytest.mark.parametrize("after", [None, 1])
    def test_of_twenty_devices_at_once_begins_one(self, own_database, after):
        publish(NIGHT_CALL_FOLDER)
        amara = member("Amara Okafor", "America/Chicago")
        learner = Learner(amara.person, amara.account).start()
        learner.walk_all().sit_test()

        def tap() -> object:
            try:
                return again(learner, after=after)
            except operations.AttemptOpen:
                return None

        assert len({attempt for attempt in at_once([tap] * 20) if attempt}) == 1
        assert Attempt.objects.count() == 2
        assert acts_of(learner).count("initialized course") == 2


class TestQueriesWithSeveralAttempts:
    def test_the_newest_attempt_is_the_one_to_go_on_with(self, done):
        again(done)
        done.continue_past("who-calls")

        home = queries.home(person=done.person)
        page = queries.course_page(person=done.person, course=NIGHT_CALL)

        assert home.offers[0].step is queries.Step.RESUME
        assert home.offers[0].progress.cards_done == 1
        assert (page.attempt, page.progress.cards_done, page.completed_at) == (2, 1, None)
        assert page.sittings_used == 0

    def test_what_was_completed_is_still_done(self, done):
        before = queries.completion(person=done.person, course=NIGHT_CALL)
        again(done)
        after = queries.completion(person=done.person, course=NIGHT_CALL)

        assert (before.attempt, before.running) == (1, False)
        assert (after.id, after.attempt, after.running) == (before.id, 1, True)
        (listed,) = queries.home(person=done.person).completed
        assert (listed.completion, listed.attempt) == (before.id, 1)

    def test_the_newest_completion_is_shown(self, done, tmp_path):
        second = publish_second_version(tmp_path / "night-call")
        again(done)
        done.walk_all().sit_test()

        view = queries.completion(person=done.person, course=NIGHT_CALL)

        assert (view.attempt, view.running, view.percent) == (2, False, 100)
        assert view.published.version == second.version
        home = queries.home(person=done.person)
        assert home.offers == ()
        assert [listed.completion for listed in home.completed] == [view.id]
        assert home.completed[0].published.number == 2
