"""Several devices at once: every act counts once, and what one device did stands for the others."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from andante.assessment.models import Response, Sitting
from andante.learning import operations
from andante.learning.models import Attempt, CardDone, Completion, Enrolment, ScenarioStep
from andante.learning.operations import Submission
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, RIGHT, Learner, publish
from andante.learning.tests.reading import acts_of
from andante.people.tests.fixtures import member

pytestmark = pytest.mark.slow

REFUSED = (operations.LearningRefused, operations.AnswerRefused, operations.NoSittingsLeft)


@pytest.fixture
def amara_s_devices(own_database) -> Learner:
    """Amara in a database of its own, where what she does is committed; she has not begun."""
    publish(NIGHT_CALL_FOLDER)
    amara = member("Amara Okafor", "America/Chicago")
    return Learner(amara.person, amara.account)


def at_once(acts: list[Callable[[], object]], *, threads: int = 10) -> list[object]:
    """Do all this in parallel, on connections of their own."""
    start = Barrier(threads)

    def run(share: list[Callable[[], object]]) -> list[object]:
        try:
            start.wait(timeout=30)
            return [act() for act in share]
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        shares = [acts[offset::threads] for offset in range(threads)]
        return [outcome for outcomes in pool.map(run, shares) for outcome in outcomes]


class TestFiftyAtOnce:
    def test_beginnings_enrol_once_and_begin_once(self, amara_s_devices):
        at_once([amara_s_devices.start] * 50)

        assert (Enrolment.objects.count(), Attempt.objects.count()) == (1, 1)
        assert acts_of(amara_s_devices) == ["registered course", "initialized course"]

    def test_same_answers_are_one_fact(self, amara_s_devices):
        learner = amara_s_devices.start().walk_to("the-brother")

        outcomes = at_once([lambda: learner.answer("the-brother", "a")] * 50)

        assert Counter(outcomes) == {Submission.RECORDED: 1, Submission.REPEATED: 49}
        assert acts_of(learner).count("answered card/the-brother") == 1
        assert (Response.objects.count(), CardDone.objects.filter(card="the-brother").count()) == (1, 1)

    def test_different_answers_to_one_try_leave_one_standing_for_all(self, amara_s_devices):
        learner = amara_s_devices.start().walk_to("the-brother")

        outcomes = at_once(
            [lambda option=option: learner.answer("the-brother", option) for option in "abc" for _ in range(10)]
        )

        assert Counter(outcomes) == {
            Submission.RECORDED: 1,
            Submission.REPEATED: 9,
            Submission.ANOTHER_STANDS: 20,
        }
        assert acts_of(learner).count("answered card/the-brother") == 1

    def test_last_cards_complete_the_module_once(self, amara_s_devices):
        learner = amara_s_devices.start().walk_to("own-phone")

        at_once([lambda: learner.reflect("own-phone", "Everybody.")] * 20)

        assert acts_of(learner).count("completed module/answer") == 1

    def test_starts_of_the_test_draw_once(self, amara_s_devices):
        learner = amara_s_devices.start().walk_all()

        assert set(at_once([learner.start_test] * 20)) == {1}

        assert Sitting.objects.count() == 1
        assert acts_of(learner).count("initialized test") == 1

    def test_last_answers_complete_the_course_once(self, amara_s_devices):
        learner = amara_s_devices.start().walk_all()
        learner.start_test()
        for position in (1, 2, 3):
            learner.answer_item(position, *learner.options(position, right=RIGHT))
        last = learner.options(4, right=RIGHT)

        at_once([lambda: learner.answer_item(4, *last)] * 50)

        acts = Counter(acts_of(learner))
        assert (acts["passed test"], acts["passed course"], acts["completed course"]) == (1, 1, 1)
        assert Completion.objects.count() == 1

    def test_choices_in_a_scenario_take_one_step(self, amara_s_devices):
        learner = amara_s_devices.start().walk_to("the-station")

        at_once([lambda key=key: learner.choose("the-station", key, number=1) for key in "ab" * 15])

        assert ScenarioStep.objects.count() == 1
        assert acts_of(learner).count("answered card/the-station") == 1


class TestTwoDevices:
    @pytest.mark.parametrize("seed", range(3))
    def test_that_tap_anything_in_any_order_still_leave_one_sound_record(self, amara_s_devices, seed):
        learner = amara_s_devices.start()

        def device(number: int) -> None:
            taps = random.Random(f"{seed}/{number}")  # noqa: S311 - a test's dice
            for _ in range(60):
                _tap(learner, taps)

        at_once([lambda number=number: device(number) for number in (1, 2)], threads=2)

        assert_one_sound_record(learner)


def _tap(learner: Learner, taps: random.Random) -> None:
    """Try something, most often what is next; what is refused leaves nothing behind."""
    waiting = learner.waits_for()
    card = waiting if waiting and taps.random() < 0.7 else taps.choice(["who-calls", "the-brother", "same-shift"])
    try:
        match taps.randrange(4):
            case 0 if waiting is None:
                learner.start_test()
            case 1 if waiting is None:
                learner.answer_item(taps.randint(1, 4), taps.choice("ab"), sitting=taps.randint(1, 2))
            case 2:
                learner.answer(card, taps.choice("abc"), number=taps.randint(1, 2))
            case _:
                learner.do(card)
    except REFUSED:
        pass


def assert_one_sound_record(learner: Learner) -> None:
    """No act is recorded twice, no row stands without its fact, and nothing is completed before its criterion."""
    acts = Counter(acts_of(learner))
    done = set(CardDone.objects.values_list("card", flat=True))
    assert CardDone.objects.count() == len(done)
    for card in done:
        assert sum(acts[f"{verb} card/{card}"] for verb in ("experienced", "answered", "responded")) >= 1
    assert all(acts[f"experienced card/{card}"] <= 1 for card in done)
    assert acts["completed module/answer"] == (len(done & FIRST_MODULE) == len(FIRST_MODULE))
    assert not (done - FIRST_MODULE) or acts["completed module/answer"] == 1
    assert acts["answered card/the-brother"] == Response.objects.filter(question="the-brother").count()
    assert acts["completed course"] == acts["passed course"] == Completion.objects.count() <= 1
    assert acts["initialized test"] == Sitting.objects.count()
    assert Completion.objects.count() == Sitting.objects.filter(passed=True).count()


FIRST_MODULE = {"who-calls", "the-sister", "the-brother", "ring-back", "the-station", "own-phone"}
