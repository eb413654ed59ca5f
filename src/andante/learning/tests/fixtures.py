"""A small published course, and people who walk through it by the operations alone."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from andante.content import operations as content
from andante.content import queries as published_courses
from andante.content.document import Aid, Check, Course, Decide, Example, Idea, Item, Reflect
from andante.content.findings import has_errors
from andante.content.linting import judge
from andante.content.parsing import read_course
from andante.content.parsing.source import Source
from andante.content.queries import PublishedCourse
from andante.kernel.ids import CardId, CourseId, PersonId
from andante.kernel.principals import account_principal, system_principal
from andante.learning import operations, queries
from andante.people.tests.fixtures import Member

NIGHT_CALL_FOLDER = Path(__file__).parent / "courses" / "night-call"
"""
Two modules: ideas, examples, checks (one with several right options), a scenario, reflections and a job aid. The
test draws 2 of 4 items for each module, passes at 3 of 4, and may be sat twice.
"""
NIGHT_CALL = CourseId("night-call")
PUBLISHED_AT = datetime(2026, 1, 6, 8, 0, tzinfo=UTC)
MONDAY = datetime(2026, 1, 12, 7, 40, tzinfo=UTC)
RIGHT, WRONG = True, False


def publish(folder: Path) -> PublishedCourse:
    by = system_principal("tests")
    if folder == NIGHT_CALL_FOLDER:
        source, course = _night_call_as_read()
        version = content._publish(folder, source, course, (), by=by, at=PUBLISHED_AT)
    else:
        version = content.publish_course(folder=folder, by=by, at=PUBLISHED_AT)
    return published_courses.version(version.version)


@cache
def _night_call_as_read() -> tuple[Source, Course]:
    """Reading and judging the course again for each of hundreds of tests would be most of their time."""
    reading = read_course(NIGHT_CALL_FOLDER)
    assert reading.course
    assert not has_errors(judge(reading, today=PUBLISHED_AT.date()))
    return reading.source, reading.course


@dataclass
class Learner:
    """Somebody who takes the course; each act is a minute after the one before it."""

    person: PersonId
    account: object
    course: CourseId = NIGHT_CALL
    now: datetime = MONDAY

    def when(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def _who(self) -> dict[str, object]:
        return {
            "person": self.person,
            "course": self.course,
            "by": account_principal(self.account),
            "at": self.when(),
        }

    def start(self) -> "Learner":
        operations.start_attempt(**self._who())
        return self

    def continue_past(self, card: str) -> CardId | None:
        return operations.continue_past(card=CardId(card), **self._who())

    def answer(self, card: str, *chosen: str, number: int = 1) -> operations.Submission:
        return operations.answer(card=CardId(card), number=number, chosen=chosen, **self._who())

    def choose(self, card: str, choice: str, *, number: int, run: int = 1) -> operations.Submission:
        return operations.choose(card=CardId(card), run=run, number=number, choice=choice, **self._who())

    def reflect(self, card: str, text: str = "The whole corridor.") -> CardId | None:
        return operations.reflect(card=CardId(card), text=text, **self._who())

    def start_test(self) -> int:
        return operations.start_test(**self._who())

    def answer_item(self, position: int, *chosen: str, sitting: int = 1) -> operations.Submission:
        return operations.answer_item(sitting=sitting, position=position, chosen=chosen, **self._who())

    def do(self, card: str) -> None:
        """Do a card as it asks, rightly where there is a right way."""
        document = queries.course_page(person=self.person, course=self.course).course
        shown = document.cards[CardId(card)]
        match shown:
            case Idea() | Example() | Aid():
                self.continue_past(card)
            case Check():
                self.answer(card, *right_options(shown))
            case Decide():
                self.choose(card, "b", number=1)
                self.choose(card, "a", number=2)
            case Reflect():
                self.reflect(card)

    def walk_to(self, card: str) -> "Learner":
        """Do every card before this one."""
        while (waiting := self.waits_for()) != card:
            assert waiting, f"{card} is no card, or behind"
            self.do(waiting)
        return self

    def walk_all(self) -> "Learner":
        while waiting := self.waits_for():
            self.do(waiting)
        return self

    def waits_for(self) -> CardId | None:
        view = queries.course_page(person=self.person, course=self.course)
        return view.progress.next_card.id if view.progress.next_card else None

    def sit_test(self, *answers: bool, sitting: int = 1) -> None:
        """Begin the test and answer its items rightly or wrongly, in order; RIGHT for those that are not given."""
        self.start_test()
        self.go_on_with_test(*answers, sitting=sitting)

    def go_on_with_test(self, *answers: bool, sitting: int = 1, first: int = 1) -> None:
        wanted = [*answers, *[RIGHT] * 4][:4]
        for position, right in enumerate(wanted[first - 1 :], start=first):
            self.answer_item(position, *self.options(position, right=right), sitting=sitting)

    def options(self, position: int, *, right: bool) -> Collection[str]:
        """Keys of the options to choose at a place of the newest sitting."""
        view = queries.test_item(person=self.person, course=self.course, position=position)
        return right_options(view.item) if right else wrong_options(view.item)


def right_options(question: Check | Item) -> list[str]:
    return [option.key for option in question.options if option.correct]


def wrong_options(question: Check | Item) -> list[str]:
    return [option.key for option in question.options if not option.correct][:1]


@pytest.fixture
def night_call(db: None) -> PublishedCourse:
    """The published course."""
    return publish(NIGHT_CALL_FOLDER)


@pytest.fixture
def learner_of(night_call: PublishedCourse) -> Callable[[Member], Learner]:
    """Somebody of the cast who has begun the course."""

    def _learner_of(somebody: Member) -> Learner:
        return Learner(somebody.person, somebody.account).start()

    return _learner_of


@pytest.fixture
def learner(learner_of: Callable[[Member], Learner], amara: Member) -> Learner:
    """Amara, who has just begun the course."""
    return learner_of(amara)
