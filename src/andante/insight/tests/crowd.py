"""
Many people who took a course, as rows: through the operations it would take minutes. What they did is given; who did it
is nobody.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from andante.assessment.models import Response, Sitting
from andante.content.document import Item
from andante.content.queries import PublishedCourse
from andante.learning.models import Attempt, CardDone, Completion, Enrolment
from andante.people.models import Job, OrgUnit, Person, Placement

BEGAN = datetime(2026, 2, 2, 8, 0, tzinfo=UTC)
LATER = BEGAN + timedelta(days=90)
"""When somebody looks."""

Choose = Callable[[Item, float, random.Random], str]
"""What somebody chooses who knows so much, from 0 to 1."""


def mostly_right(item: Item, knows: float, chance: random.Random) -> str:
    """Nine in ten choose what is right; who knows more, more often."""
    wrong = [option.key for option in item.options if not option.correct]
    right = "[,]".join(option.key for option in item.options if option.correct)
    return right if chance.random() < 0.82 + 0.18 * knows else chance.choice(wrong)


def pulled(items: Mapping[str, float], otherwise: Choose = mostly_right) -> Choose:
    """Answers of people whom the first wrong answer of some items pulls, each with its share."""

    def choose(item: Item, knows: float, chance: random.Random) -> str:
        if item.id not in items:
            return otherwise(item, knows, chance)
        wrong = next(option.key for option in item.options if not option.correct)
        right = next(option.key for option in item.options if option.correct)
        return wrong if chance.random() < items[item.id] else right

    return choose


@dataclass(frozen=True)
class Crowd:
    """So many people who do the same."""

    size: int
    shift: str = ""
    pause: timedelta = timedelta(0)
    """How long they put the course away, before the card `at`."""
    at: str = ""
    stops: bool = False
    """Never come back after that card."""
    choose: Choose = mostly_right
    minutes: float = 1.0
    """What each card takes, give or take a half."""


def gather(published: PublishedCourse, *crowds: Crowd, seed: int = 1) -> None:
    """Let crowds take a course, all in a handful of statements."""
    rows = _Rows(published, random.Random(seed))  # noqa: S311 - the same people in every run
    for crowd in crowds:
        for _ in range(crowd.size):
            rows.add(crowd)
    rows.write()


class _Rows:
    def __init__(self, published: PublishedCourse, chance: random.Random) -> None:
        self.published, self.chance = published, chance
        self.unit, _ = OrgUnit.objects.get_or_create(
            path="dublin",
            defaults={"id": uuid4(), "name": "Dublin", "kind": "site", "time_zone": "Europe/Dublin"},
        )
        self.job, _ = Job.objects.get_or_create(id="operator", defaults={"name": "Operator"})
        self.rows: dict[type, list] = {
            model: [] for model in (Person, Placement, Enrolment, Attempt, CardDone, Sitting, Response, Completion)
        }

    def add(self, crowd: Crowd) -> None:
        person = self._keep(Person(id=uuid4(), name="Somebody"))
        if crowd.shift:
            self._place(person, crowd.shift)
        start = BEGAN + timedelta(minutes=self.chance.randrange(60 * 24 * 7))
        enrolment = self._keep(
            Enrolment(id=uuid4(), person=person, course_id=self.published.course_id, enrolled_at=start)
        )
        attempt = self._keep(
            Attempt(id=uuid4(), enrolment=enrolment, number=1, version_id=self.published.version, started_at=start)
        )
        now = start
        for card in self.published.document.cards:
            if card == crowd.at:
                now += crowd.pause * self.chance.uniform(0.6, 1.4)
                if crowd.stops:
                    return
            now += timedelta(minutes=crowd.minutes * self.chance.uniform(0.5, 1.5))
            self._keep(CardDone(id=uuid4(), attempt=attempt, card=card, done_at=now))
        self._sit(person, attempt, crowd, now)

    def _sit(self, person: Person, attempt: Attempt, crowd: Crowd, now: datetime) -> None:
        items = self._draw()
        sitting = Sitting(
            id=uuid4(), person=person, attempt=attempt.id, number=1, course=self.published.course_id,
            version=self.published.version, seed="0", items=[item.id for item in items], drawn_at=now,
        )  # fmt: skip
        right, knows = 0, self.chance.random()
        for place, item in enumerate(items, start=1):
            now += timedelta(seconds=20)
            chosen = crowd.choose(item, knows, self.chance)
            correct = chosen == "[,]".join(option.key for option in item.options if option.correct)
            right += correct
            self._keep(
                Response(
                    id=uuid4(), person=person, attempt=attempt.id, sitting=sitting, question=item.id, number=place,
                    version=self.published.version, chosen=chosen, correct=correct, answered_at=now,
                )
            )  # fmt: skip
        sitting.closed_at, sitting.correct, sitting.passed = now, right, True
        self._keep(sitting)
        score = right / len(items)
        self._keep(
            Completion(
                id=uuid4(), attempt=attempt, person=person, course_id=self.published.course_id,
                version=self.published.version, score=round(score, 4), completed_at=now,
            )
        )  # fmt: skip

    def _draw(self) -> Sequence[Item]:
        """As many of each objective as the plan draws, by chance."""
        course, found = self.published.document, []
        for module in course.modules:
            bank = [item for item in course.bank if item.objective == module.id]
            found += self.chance.sample(bank, min(len(bank), course.test.draw_per_objective))
        return found

    def _place(self, person: Person, shift: str) -> None:
        self._keep(
            Placement(
                id=uuid4(), person=person, status="active", unit=self.unit, job=self.job, shift=shift,
                effective_on=date(2026, 1, 1), duty_since=date(2026, 1, 1), recorded_at=BEGAN,
            )
        )  # fmt: skip

    def _keep(self, row):
        self.rows[type(row)].append(row)
        return row

    def write(self) -> None:
        for model, rows in self.rows.items():
            model.objects.bulk_create(rows)
