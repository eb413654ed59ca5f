"""
A year of learning, played through the operations that everybody uses, with times in the past.

One person's way through one course is one transaction, and is not played twice: after a kill the next start goes on
where this one was.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from andante.assessment import queries as assessment
from andante.assessment.queries import SittingView
from andante.cli.demo import script
from andante.cli.demo.learners import (
    LATE_ENTRY,
    LONG_CARD,
    OTHERS_RIGHT,
    RIGHT,
    TEMPTING,
    Clock,
    Habit,
    answer_to,
    breaks,
    habit,
    late_entry,
)
from andante.cli.demo.organisation import REQUIRED_AFTER, person_of
from andante.cli.demo.script import BY, Member
from andante.content import queries as content
from andante.content.document import Card, Check, Course, Decide, Item, Reflect
from andante.content.document.minutes import card_seconds, question_seconds
from andante.content.document.scenario import walk
from andante.kernel.ids import AttemptId, CourseId, PersonId
from andante.learning import operations as learning
from andante.learning import queries as learned

SPILLS = CourseId("spills-first-response")
DATA_INTEGRITY = CourseId("data-integrity")
PATIENT_RECORDS = CourseId("patient-records")
LONGEST_WAY = timedelta(days=60)
"""So long after they are asked to, everybody has sat the test of Data integrity."""

Progress = Callable[[int, int], None]
"""Told how many ways of how many are played."""


@dataclass(frozen=True)
class Way:
    """One person's way through one course; `again`: through its changed version, after the first."""

    member: Member
    course: CourseId
    begins: datetime
    habit: Habit
    again: bool = False
    tempted: bool | None = None
    """Whether they choose the tempting option of the item on late entries; none for who does not meet it."""


class _TimeIsUp(Exception):  # noqa: N818 - errors are facts
    """What comes next lies in the future: the person is in the middle of the course today."""


def play(
    *, now: datetime, stopped: Callable[[], bool] = lambda: False, progress: Progress = lambda _done, _all: None
) -> int:
    """
    Let everybody learn: first the people of Line 4, then the stories' courses, then the rest.

    :param stopped: asked between two ways; True ends it, to be gone on with later
    :return: how many ways were played
    """
    ways = all_ways(now)
    again = _retrained()
    played = 0
    for done, way in enumerate(ways, 1):
        if stopped():
            break
        person = person_of(way.member.number)
        if not (person in again if way.again else learned.has_begun(person, way.course)):
            with transaction.atomic():
                played += _Player(way, person, now).play()
        progress(done, len(ways))
    return played


def all_ways(now: datetime) -> list[Way]:
    """All ways, in the order in which they are played."""
    members = script.members()
    spills = _of(SPILLS, [m for m in members if m.department == "Filling" and m.job in {"Operator", "Line lead"}], now)
    # They are to take the changed course, which begins with having completed the first.
    line_4 = [
        replace(way, habit=replace(way.habit, gives_up_before=None)) for way in spills if way.member.line == "Line 4"
    ]
    retrained = [
        Way(way.member, SPILLS, script.change_takes_effect(now) - timedelta(days=4.5), habit=_PROMPT, again=True)
        for way in line_4
        if way.member.number not in script.NOT_YET_RETRAINED
    ]
    integrity = [m for m in members if m.job in {"Operator", "Line lead", "Quality", "Packer", "Pack lead"}]
    # Whoever looks around as one of the nurses or porters finds the course as they left it, which is not begun.
    records = [m for m in members if m.job in {"Nurse", "Porter"} and not m.login]
    return [
        *line_4,
        *retrained,
        *_telling_of_late_entries(_of(DATA_INTEGRITY, integrity, now), now),
        *(way for way in spills if way.member.line != "Line 4"),
        *_of(PATIENT_RECORDS, records, now),
    ]


_PROMPT = Habit(starts_after=0.3, sessions=2, waits=0.0, gives_up_before=None)
_REQUIREMENT = {SPILLS: "spills", DATA_INTEGRITY: "data-integrity", PATIENT_RECORDS: "patient-records"}


def _of(course: CourseId, members: list[Member], now: datetime) -> list[Way]:
    """From when each is asked for it: the requirement, or the hire."""
    required = now - timedelta(days=script.DAYS - REQUIRED_AFTER[_REQUIREMENT[course]])
    found = []
    for place, member in enumerate(members):
        hired = datetime.combine(member.hired_on(now.date()), time(9), member.zone)
        way = Way(member, course, max(required, hired), habit(member, course, place))
        if way.habit.gives_up_before != "":
            found.append(way)
    return found


def _telling_of_late_entries(ways: list[Way], now: datetime) -> list[Way]:
    """Say who meets the item, among those who sat the test long ago: so nobody is missing whenever it is loaded."""
    settled = [way for way in ways if way.begins < now - LONGEST_WAY]
    told = {way.member.number: late_entry(place, len(settled)) for place, way in enumerate(settled)}
    return [replace(way, tempted=told.get(way.member.number)) for way in ways]


def _retrained() -> frozenset[PersonId]:
    """Who completed the changed course already."""
    return frozenset(
        each.person for each in learned.completions(courses=[SPILLS]) if content.version(each.version).number > 1
    )


class _Player:
    """Plays one way."""

    def __init__(self, way: Way, person: PersonId, now: datetime) -> None:
        self._way = way
        self._who: dict[str, Any] = {"person": person, "course": way.course, "by": BY}
        self._person = person
        self._until = now - timedelta(minutes=10)
        self._chance = random.Random(f"way/{way.member.number}/{way.course}/{way.again}")  # noqa: S311
        self._clock = Clock(way.member, way.begins, self._chance)
        ability = min(0.99, RIGHT.get(way.course, OTHERS_RIGHT) + self._chance.uniform(-0.04, 0.03))
        # The items are drawn anew at every loading; whether the crew is ready must not hang on that.
        self._right = 1.0 if way.member.number in script.TONIGHT else ability

    def play(self) -> bool:
        """Act until the course is passed, or today is reached; False where nothing was to be done."""
        try:
            self._take_the_course()
        except learning.AttemptOpen:
            # Who has not completed the first course by now, or spent all tries, does not take the changed one.
            return False
        except _TimeIsUp:
            pass
        return True

    def _take_the_course(self) -> None:
        self._clock.sit_down(self._way.habit.starts_after)
        at = self._at(30)
        if self._way.again:
            attempt = learning.start_again(at=at, **self._who)
        else:
            attempt = learning.start_attempt(at=at, **self._who)
        published = content.course(self._way.course, at=at)
        assert published  # noqa: S101 - it was begun just now
        course = published.document
        pauses = breaks(len(course.cards), self._way.habit.sessions, self._chance)
        for number, card in enumerate(course.cards.values()):
            if card.id == self._way.habit.gives_up_before:
                return
            if card.id == LONG_CARD and self._way.habit.waits:
                self._clock.sit_down(self._way.habit.waits)
            elif number in pauses:
                self._clock.sit_down(self._chance.uniform(0.8, 1.4))
            self._do(card)
        self._sit_tests(attempt, course)

    def _at(self, seconds: float) -> datetime:
        at = self._clock.spend(seconds)
        if at >= self._until:
            raise _TimeIsUp
        return at

    def _do(self, card: Card) -> None:
        if isinstance(card, Check):
            chosen = answer_to(card, 0.82, self._chance)
            learning.answer(card=card.id, number=1, chosen=chosen, at=self._at(question_seconds(card)), **self._who)
        elif isinstance(card, Decide):
            self._decide(card)
        elif isinstance(card, Reflect):
            learning.reflect(card=card.id, text="Something to keep in mind.", at=self._at(60), **self._who)
        else:
            learning.continue_past(card=card.id, at=self._at(card_seconds(card)), **self._who)

    def _decide(self, card: Decide) -> None:
        way = walk(card)
        seconds = card_seconds(card) / 4
        for number in range(1, 20):
            choice = self._chance.choice(way.node.choices).key if number < 8 else way.node.choices[0].key
            at = self._at(seconds)
            learning.choose(card=card.id, run=1, number=number, choice=choice, at=at, **self._who)
            way = way.choose(choice)
            if way.finished:
                return

    def _sit_tests(self, attempt: AttemptId, course: Course) -> None:
        for number in range(1, course.test.attempts + 1):
            if number > 1 and self._way.course == DATA_INTEGRITY:
                # A third test would draw what is left, the item on late entries among it.
                self._right = 1.0
            sitting = self._draw(attempt, course, number, at=self._at(20))
            for position, item in enumerate(sitting.items, 1):
                chosen = self._answer(course.items[item])
                at = self._at(question_seconds(course.items[item]))
                learning.answer_item(sitting=number, position=position, chosen=chosen, at=at, **self._who)
            if assessment.sittings(attempt, course)[-1].passed:
                return
            self._clock.sit_down(self._chance.uniform(0.8, 2.2))

    def _draw(self, attempt: AttemptId, course: Course, number: int, *, at: datetime) -> SittingView:
        """
        Begin a test. Chance draws its items, again until the one on late entries is among them as the story says: in
        the first test of those who meet it, and in no other.
        """
        wanted = number == 1 and self._way.tempted is not None
        while True:
            with transaction.atomic():
                learning.start_test(at=at, **self._who)
                sitting = assessment.sittings(attempt, course)[-1]
                if self._way.course != DATA_INTEGRITY or (LATE_ENTRY in sitting.items) == wanted:
                    return sitting
                transaction.set_rollback(True)

    def _answer(self, item: Item) -> list[str]:
        if item.id == LATE_ENTRY:
            return [TEMPTING] if self._way.tempted else [option.key for option in item.options if option.correct]
        return answer_to(item, self._right, self._chance)
