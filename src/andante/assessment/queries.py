"""Reads: answers with their explained verdicts, and sittings of tests."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from andante.assessment import rules
from andante.assessment.models import Response, Sitting
from andante.content.document import Check, Course, Item, Option
from andante.kernel.ids import AttemptId, CardId, ItemId, PersonId, VersionHash

Verdict = rules.Verdict
OptionVerdict = rules.OptionVerdict
TestResult = rules.TestResult


@dataclass(frozen=True)
class Try:
    """One answer to a check, judged and explained. Options stand in the order in which they were shown."""

    number: int
    verdict: Verdict
    answered_at: datetime


def tries(attempt: AttemptId, check: Check) -> tuple[Try, ...]:
    """All answers to a check within an attempt, the first one first."""
    return tuple(
        Try(row.number, _judged(row, check, attempt), row.answered_at)
        for row in Response.objects.filter(attempt=attempt, question=check.id, sitting=None).order_by("number")
    )


def check_options(attempt: AttemptId, check: Check, number: int) -> tuple[Option, ...]:
    """The options of a check in the order in which a try shows them."""
    return rules.option_order(check.options, seed=f"{attempt}/{number}", question=check.id)


def _judged(row: Response, check: Check, attempt: AttemptId) -> Verdict:
    options = check_options(attempt, check, row.number)
    return rules.score(options, multiple=check.multiple, chosen=rules.chosen_in(row.chosen))


@dataclass(frozen=True)
class SittingView:
    """One sitting of a test."""

    id: UUID
    person: PersonId
    version: VersionHash
    number: int
    seed: str
    items: tuple[ItemId, ...]
    answers: Mapping[int, frozenset[str]]
    """The keys of the options chosen at each position, from 1."""
    drawn_at: datetime
    closed_at: datetime | None
    result: TestResult | None
    """What came of it; None while it is open."""

    @property
    def next_position(self) -> int | None:
        """The place of the item that waits for an answer; None when all are answered."""
        position = len(self.answers) + 1
        return position if position <= len(self.items) else None

    @property
    def passed(self) -> bool | None:
        """Whether it was passed; None while it is open."""
        return self.result.passed if self.result else None

    def options(self, item: Item) -> tuple[Option, ...]:
        """The options of an item in the order in which this sitting shows them."""
        return rules.option_order(item.options, seed=self.seed, question=item.id)

    def verdict(self, position: int, item: Item) -> Verdict | None:
        """The explained verdict on the answer at a place; None before there is one."""
        chosen = self.answers.get(position)
        if chosen is None:
            return None
        return rules.score(self.options(item), multiple=item.multiple, chosen=chosen)


def sittings(attempt: AttemptId, course: Course) -> tuple[SittingView, ...]:
    """The sittings of an attempt, the first one first. Costs two queries."""
    rows = list(Sitting.objects.filter(attempt=attempt).order_by("number").prefetch_related("responses"))
    return tuple(_sitting(row, course) for row in rows)


def _sitting(row: Sitting, course: Course) -> SittingView:
    answers = list(row.responses.all())
    result = None
    if row.closed_at is not None:
        right = {ItemId(answer.question) for answer in answers if answer.correct}
        result = rules.result_of(course, row.items, right)
    return SittingView(
        id=row.id,
        person=PersonId(row.person_id),
        version=VersionHash(row.version),
        number=row.number,
        seed=row.seed,
        items=tuple(ItemId(item) for item in row.items),
        answers={answer.number: rules.chosen_in(answer.chosen) for answer in answers},
        drawn_at=row.drawn_at,
        closed_at=row.closed_at,
        result=result,
    )


def answered_checks(attempt: AttemptId) -> frozenset[CardId]:
    """The checks of an attempt that have an answer."""
    rows = Response.objects.filter(attempt=attempt, sitting=None)
    return frozenset(CardId(question) for question in rows.values_list("question", flat=True))


def sittings_passed(attempts: Collection[AttemptId]) -> dict[AttemptId, list[bool | None]]:
    """For each attempt, whether each of its sittings was passed, in order; None while one is open."""
    found: dict[AttemptId, list[bool | None]] = {attempt: [] for attempt in attempts}
    rows = Sitting.objects.filter(attempt__in=list(attempts)).order_by("number")
    for attempt, passed in rows.values_list("attempt", "passed"):
        found[AttemptId(attempt)].append(passed)
    return found
