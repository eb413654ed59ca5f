"""Where people stop on the way through a course."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from andante.insight.rules.stops import SHIFTS, Walk, by_shift, funnel, troubles
from andante.kernel.ids import CardId, VersionHash

VERSION = VersionHash("1" * 64)
CARDS = tuple(map(CardId, ("see", "think", "act")))
ORDER = {VERSION: CARDS}
PLANNED = {"see": 60.0, "think": 540.0, "act": 60.0, None: 300.0}
START = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
NOW = START + timedelta(days=60)
MINUTE, DAY = 60, 86400


_others = itertools.count(10_000)


def walk(
    *seconds: int,
    person: int | None = None,
    shift: str = "night",
    completed: float | None = None,
    idle: int = 30,
    later: int = 0,
) -> Walk:
    """
    An attempt with the cards done so long after the start.

    :param person: somebody else each time where it is not given
    :param later: days after START on which it began
    :param completed: days after the start
    :param idle: days since something was done in one that is not completed
    """
    return Walk(
        person=UUID(int=next(_others) if person is None else person),
        version=VERSION,
        shift=shift,
        began=START.timestamp() + later * DAY,
        lasted=(60 - later - idle) * DAY if completed is None else completed * DAY,
        completed=None if completed is None else completed * DAY,
        score=None if completed is None else 0.9,
        spells=[after - before for before, after in itertools.pairwise((0, *seconds))],
    )


def listed(*walks: Walk):
    return {stop.card: stop for stop in funnel(walks, ORDER, PLANNED, now=NOW)}


WALKS = st.lists(
    st.builds(
        lambda gaps, person, shift, completed, later: walk(
            *(sum(gaps[: n + 1]) for n in range(len(gaps))),
            person=person,
            shift=shift,
            later=later,
            completed=sum(gaps) / DAY + 1 if completed and len(gaps) == len(CARDS) else None,
        ),
        st.lists(st.integers(0, 10 * DAY), max_size=3),
        st.integers(1, 30),
        st.sampled_from(SHIFTS),
        st.booleans(),
        st.integers(0, 20),
    )
)


def people(walks):
    return {each.person for each in walks}


class TestTheFunnel:
    @given(WALKS)
    def test_only_narrows(self, walks):
        stops = funnel(walks, ORDER, PLANNED, now=NOW)
        reached = [stop.reached for stop in stops]
        assert reached == sorted(reached, reverse=True)
        assert all(stop.done <= stop.reached for stop in stops)
        assert all(after.reached == before.done for before, after in itertools.pairwise(stops))
        assert reached[0] == len(people(walks))

    @given(WALKS)
    def test_finds_everybody_who_stopped(self, walks):
        stopped = sum(stop.stopped for stop in funnel(walks, ORDER, PLANNED, now=NOW))
        assert len(people(each for each in walks if each.has_stopped(NOW))) <= stopped
        assert stopped <= sum(each.has_stopped(NOW) for each in walks)

    @given(WALKS)
    def test_counts_no_more_people_than_there_are(self, walks):
        for stop in funnel(walks, ORDER, PLANNED, now=NOW):
            whole = [stop.done, stop.stopped, stop.put_away]
            assert max(whole) <= stop.reached <= len(people(walks))
            assert stop.taken is None or stop.taken.n <= stop.done

    def test_counts_somebody_who_took_it_twice_once(self):
        stops = listed(
            walk(1, 2, 3, person=1, completed=1), walk(4, 9, 16, person=1, completed=1, later=20), walk(1, person=2)
        )
        assert [(stops[card].reached, stops[card].done) for card in PLANNED] == [(2, 2), (2, 1), (1, 1), (1, 1)]
        assert (stops["see"].taken.n, stops["act"].taken.n, stops["act"].taken.median) == (2, 1, 1)

    def test_takes_the_time_of_a_card_from_the_later_attempt_where_it_is_the_first_one_there(self):
        stops = listed(walk(20, 50, 90, person=1, completed=9, later=9), walk(1, person=1))
        assert (stops["see"].taken.median, stops["think"].taken.median) == (1, 30)

    def test_counts_somebody_who_stopped_at_the_card_that_comes_next(self):
        stops = listed(walk(MINUTE))
        assert (stops["think"].reached, stops["think"].done, stops["think"].stopped) == (1, 0, 1)

    def test_does_not_count_who_was_here_this_week(self):
        assert listed(walk(MINUTE, idle=6))["think"].stopped == 0

    def test_counts_who_came_back_after_more_than_a_week(self):
        stop = listed(walk(MINUTE, 8 * DAY, 8 * DAY + MINUTE, completed=9))["think"]
        assert (stop.stopped, stop.put_away) == (0, 1)

    def test_counts_who_stopped_before_the_test(self):
        assert listed(walk(1, 2, 3))[None].stopped == 1

    def test_counts_only_the_time_that_somebody_was_there(self):
        stops = listed(walk(MINUTE, 10 * MINUTE, 55 * MINUTE))
        assert stops["think"].taken.median == 9 * MINUTE
        assert stops["act"].taken is None

    def test_counts_cards_of_another_version_by_its_own_order(self):
        other = VersionHash("2" * 64)
        order = {**ORDER, other: (CardId("think"), CardId("see"))}
        begun = Walk(UUID(int=1), other, "", START.timestamp(), MINUTE, None, None, spells=(MINUTE,))
        stops = {stop.card: stop for stop in funnel([begun], order, PLANNED, now=NOW)}
        assert (stops["think"].done, stops["see"].reached, stops["act"].reached) == (1, 1, 0)


class TestACard:
    def test_stops_many_where_chance_does_not_explain_it(self):
        stops = listed(*(walk(MINUTE) for _ in range(20)), *(walk(1, 2, 3, completed=1) for _ in range(80)))
        assert [card for card, stop in stops.items() if stop.stops_many] == ["think"]

    def test_is_not_blamed_for_a_few(self):
        stops = listed(*(walk(MINUTE) for _ in range(4)), *(walk(1, 2, 3, completed=1) for _ in range(20)))
        assert not stops["think"].stops_many

    def test_takes_too_long_when_half_need_half_as_much_again(self):
        stops = listed(*(walk(3 * MINUTE) for _ in range(30)))
        assert stops["see"].too_long
        assert not listed(*(walk(3 * MINUTE) for _ in range(29)))["see"].too_long

    def test_is_passed_over_when_half_need_a_third(self):
        assert listed(*(walk(MINUTE, 2 * MINUTE) for _ in range(30)))["think"].too_quick


def course_of(*shifts: tuple[str, float, int]) -> list[Walk]:
    """For each shift so many people who completed in about so many days."""
    people = iter(range(1, 1000))
    return [
        walk(MINUTE, int(days * DAY), int(days * DAY) + 1, person=next(people), shift=shift, completed=days + n % 3)
        for shift, days, many in shifts
        for n in range(many)
    ]


class TestShifts:
    def test_that_take_clearly_longer_are_called_slow(self):
        found = by_shift(course_of(("early", 2, 20), ("late", 3, 20), ("night", 18, 20)), ORDER, now=NOW)
        assert {shift.shifts: shift.slow for shift in found} == {
            ("early",): False,
            ("late",): False,
            ("night",): True,
        }
        assert found[2].days.median == 19
        assert found[2].troubles.worst == "think"

    def test_with_fewer_than_five_people_are_shown_with_another(self):
        found = by_shift(course_of(("early", 2, 20), ("late", 3, 6), ("night", 18, 4)), ORDER, now=NOW)
        assert [shift.shifts for shift in found] == [("early",), ("late", "night")]

    def test_have_no_days_below_five_completions(self):
        walks = [*course_of(("early", 2, 6), ("night", 9, 4)), walk(MINUTE, person=900, shift="night")]
        found = by_shift(walks, ORDER, now=NOW)
        assert found[1].people == 5
        assert found[1].days is None

    def test_are_not_told_apart_where_there_is_only_one(self):
        assert by_shift(course_of(("day", 2, 20)), ORDER, now=NOW) == ()

    def test_count_who_took_it_twice_once_with_the_first_shift_and_the_first_time(self):
        once = course_of(("early", 2, 6), ("night", 9, 6))
        again = [
            walk(1, 2, 3, person=each.person.int, shift="night", completed=30, later=20)
            for each in once
            if each.shift == "early"
        ]
        found = by_shift([*again, *once], ORDER, now=NOW)
        assert [(shift.shifts, shift.people, shift.completed) for shift in found] == [
            (("early",), 6, 6),
            (("night",), 6, 6),
        ]
        assert (found[0].days.n, found[0].days.median) == (6, 3)

    @given(WALKS)
    def test_hold_everybody_once(self, walks):
        found = by_shift(walks, ORDER, now=NOW)
        assert not found or sum(shift.people for shift in found) == len(people(walks))
        assert all(shift.completed <= shift.people for shift in found)
        assert all(shift.troubles.worst_count <= shift.people for shift in found)
        everybody = troubles(walks, ORDER, now=NOW)
        for card in PLANNED if found else ():
            assert sum(shift.troubles.at(card) for shift in found) == everybody.at(card)
