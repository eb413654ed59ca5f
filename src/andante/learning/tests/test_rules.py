"""What comes next and what is locked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.content.document import Card, Idea, Module, Place, Why
from andante.kernel.ids import CardId, ModuleId
from andante.learning import rules
from andante.learning.rules import Stage, State

HERE = Place("modules/01.md", 1, 1)


def card(id: str) -> Card:
    return Idea(id=CardId(id), title=id.upper(), body="Words.", place=HERE, body_place=HERE)


def module(number: int, cards: int) -> Module:
    return Module(
        id=ModuleId(f"m{number}"),
        number=number,
        title=f"Module {number}",
        objective="Decide.",
        objective_type="decide",
        why=Why(by_job={}),
        procedure=(),
        clauses=(),
        owner="",
        review_date=None,
        reinforcement=(),
        manager_question="",
        observation="",
        critical=False,
        cards=tuple(card(f"m{number}c{n}") for n in range(1, cards + 1)),
        place=HERE,
        fields={},
    )


class Walkable:
    """As much of a course as the rules of the path read."""

    def __init__(self, *sizes: int) -> None:
        self.modules = tuple(module(number, size) for number, size in enumerate(sizes, start=1))

    @property
    def cards(self) -> list[CardId]:
        return [card.id for module in self.modules for card in module.cards]


courses = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(lambda sizes: Walkable(*sizes))


def states(course: Walkable, done: set[str]) -> dict[str, State]:
    walked = rules.progress(course, done)
    return {card.id: state for module in walked.modules for card, state in module.cards}


class TestProgress:
    def test_begins_at_the_first_card_with_later_modules_locked(self):
        assert states(Walkable(2, 1), set()) == {
            "m1c1": State.NOW,
            "m1c2": State.TODO,
            "m2c1": State.LOCKED,
        }

    def test_opens_the_second_module_when_the_first_is_done(self):
        walked = rules.progress(Walkable(2, 1), {"m1c1", "m1c2"})
        assert [module.state for module in walked.modules] == [State.DONE, State.NOW]
        assert walked.next_card.id == "m2c1"

    def test_is_over_when_every_card_is_done(self):
        walked = rules.progress(Walkable(1, 1), {"m1c1", "m2c1"})
        assert walked.next_card is None
        assert walked.minutes_left == 0

    def test_a_card_done_out_of_order_unlocks_nothing(self):
        assert states(Walkable(2, 1), {"m2c1"})["m1c2"] is State.TODO

    @given(course=courses, data=st.data())
    def test_never_shows_more_done_than_there_is_nor_minutes_below_nothing(self, course, data):
        done = data.draw(st.sets(st.sampled_from(course.cards)))
        walked = rules.progress(course, done)
        assert walked.cards_done == len(done) <= walked.cards_total
        assert walked.minutes_left >= 0

    @given(course=courses)
    def test_walking_card_by_card_reaches_each_once_in_order_and_minutes_only_fall(self, course):
        done: set[CardId] = set()
        walk, minutes = [], []
        while (next_card := rules.progress(course, done).next_card) is not None:
            minutes.append(rules.progress(course, done).minutes_left)
            walk.append(next_card.id)
            done.add(next_card.id)
        assert walk == course.cards
        assert minutes == sorted(minutes, reverse=True)

    @given(course=courses, data=st.data())
    def test_exactly_one_card_is_now_until_all_are_done(self, course, data):
        count = data.draw(st.integers(0, len(course.cards)))
        found = list(states(course, set(course.cards[:count])).values())
        assert found.count(State.NOW) == (count < len(course.cards))
        assert found.count(State.DONE) == count


class TestModuleFinishedBy:
    @given(course=courses)
    def test_each_module_is_finished_exactly_once_on_the_way(self, course):
        done: set[CardId] = set()
        finished = []
        for card in course.cards:
            module = rules.module_finished_by(course, done, card)
            finished += [module.id] if module else []
            done.add(card)
        assert finished == [module.id for module in course.modules]

    def test_a_card_that_was_done_before_finishes_nothing(self):
        assert rules.module_finished_by(Walkable(1), {"m1c1"}, CardId("m1c1")) is None


ALL_DONE = rules.progress(Walkable(1), {"m1c1"})
BEGUN = rules.progress(Walkable(1), set())


class TestStage:
    @pytest.mark.parametrize(
        ("walked", "sittings", "attempts", "stage"),
        [
            (BEGUN, [], 3, Stage.CARDS),
            (ALL_DONE, [], 3, Stage.TEST),
            (ALL_DONE, [None], 3, Stage.TEST_OPEN),
            (ALL_DONE, [False], 3, Stage.TEST),
            (ALL_DONE, [False, None], 2, Stage.TEST_OPEN),
            (ALL_DONE, [False, False], 2, Stage.NO_ATTEMPTS_LEFT),
            (ALL_DONE, [False, True], 2, Stage.COMPLETE),
            (ALL_DONE, [], 0, Stage.COMPLETE),
        ],
    )
    def test_says_what_comes_next(self, walked, sittings, attempts, stage):
        assert rules.stage(walked, sittings, attempts=attempts) is stage


class TestNextStep:
    def test_begins_with_the_first_decision_of_the_first_run(self):
        assert rules.next_step([]) == (1, 1)

    def test_goes_on_within_a_run_that_has_not_ended(self):
        assert rules.next_step([(1, False), (1, False)]) == (1, 3)

    def test_begins_another_run_after_an_end(self):
        assert rules.next_step([(1, False), (1, True)]) == (2, 1)


class TestTaughtBy:
    def test_is_the_last_idea_before_the_card(self):
        one, two, three = (card(f"c{n}") for n in (1, 2, 3))
        taught = replace(module(1, 1), cards=(one, two, three))
        assert rules.taught_by(taught, CardId("c3")) == two

    def test_is_none_for_a_card_that_stands_first(self):
        assert rules.taught_by(module(1, 2), CardId("m1c1")) is None
