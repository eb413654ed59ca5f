import pytest

from andante.content.document import Check, Example, Idea, Option, Why
from andante.content.document import minutes as estimate
from andante.content.parsing import read_course
from andante.content.tests.folders import SPILL
from andante.kernel.ids import CardId


@pytest.fixture(scope="module")
def course():
    return read_course(SPILL).course


def idea(text, kind=Idea, **fields):
    return kind(id=CardId("k7f3"), title="", body=text, **fields)


class TestACourse:
    def test_finds_cards_items_and_modules_by_id_in_order(self, course):
        (module,) = course.modules
        assert list(course.cards.values()) == list(module.cards)
        assert list(course.items.values()) == list(course.bank)
        assert all(course.module_of[card] is module for card in course.cards)
        assert course.modules_by_id == {"first-minute": module}

    def test_knows_the_length_of_its_test(self, course):
        assert course.test_length == 3
        assert course.test_needed == 2  # 60 % of three, and nothing between one and two

    def test_counts_the_minutes_of_its_modules_and_of_one_test(self, course):
        assert course.minutes == sum(module.minutes for module in course.modules) + course.test_minutes
        assert course.modules[0].minutes == 4
        assert course.test_minutes == 2


class TestWhy:
    def test_speaks_to_a_job_in_its_own_words(self):
        why = Why(default="For all.", by_job={"nurse": "For nurses."})
        assert (why.for_job("Nurse"), why.for_job("cook"), why.for_job(None)) == ("For nurses.", "For all.", "For all.")


class TestEstimatedMinutes:
    def test_words_are_read_at_180_a_minute(self):
        assert estimate.card_seconds(idea("word " * 180)) == 60

    def test_addresses_are_not_read_and_pictures_are_looked_at(self):
        assert estimate.words("See [the rule](https://example.org/a/b) ![a cup](media/cup.png)") == 3
        assert estimate.text_seconds("![a cup](media/cup.png)") == estimate.SECONDS_FOR_A_PICTURE
        assert estimate.text_seconds("![a lead](media/line4.mp4)") == estimate.SECONDS_FOR_A_VIDEO

    def test_a_check_takes_time_to_read_all_of_it_and_to_answer(self):
        options = tuple(
            Option(key=key, text="two words", correct=key == "a", reason="three more words") for key in "ab"
        )
        check = Check(id=CardId("k7f3"), title="Which", body="", options=options, multiple=False)
        assert estimate.card_seconds(check) == pytest.approx(estimate.SECONDS_TO_ANSWER + 11 / 3)

    def test_among_examples_for_jobs_the_longest_counts(self):
        cards = [
            idea("word " * 30),
            idea("word " * 90, Example, audience=("nurse",)),
            idea("word " * 180, Example, audience=("operator", "lead")),
            idea("word " * 60, Example, audience=("nurse",)),
        ]
        assert estimate.module_seconds(cards) == 10 + 60

    def test_a_scenario_takes_its_longest_way_and_a_loop_is_walked_once(self, course):
        scenario = next(card for card in course.cards.values() if hasattr(card, "nodes"))
        base = estimate.scenario_seconds(scenario)
        start = scenario.nodes["start"]
        back = {**vars(scenario.nodes["pads"]), "choices": (start.choices[0].__class__(
            key="a", text="", target="start", effects={}),), "end": False}  # fmt: skip
        looped = scenario.__class__(
            **{**vars(scenario), "nodes": {**scenario.nodes, "pads": scenario.nodes["pads"].__class__(**back)}}
        )
        assert base <= estimate.scenario_seconds(looped) <= base + estimate.SECONDS_TO_DECIDE

    def test_seconds_are_rounded_up_to_minutes(self):
        assert [estimate.in_minutes(seconds) for seconds in (0, 1, 60, 61)] == [0, 1, 1, 2]
