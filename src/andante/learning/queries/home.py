"""What now? One thing, and what comes after it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from andante.assessment import queries as assessment
from andante.content import queries as content
from andante.content.document import Card
from andante.content.queries import PublishedCourse
from andante.kernel.ids import AttemptId, CardId, CourseId, PersonId, VersionHash
from andante.learning import rules
from andante.learning.models import CardDone, Enrolment


class Step(Enum):
    """What a person may do about a course."""

    RESUME = "resume"
    TEST = "test"
    TEST_OPEN = "test-open"
    TEST_AGAIN = "test-again"
    BEGIN = "begin"
    """Somebody enrolled the person."""
    TRY = "try"
    """The course is open to everybody."""
    ASK = "ask"
    """The test was sat as often as it may be."""


@dataclass(frozen=True)
class Offer:
    """One course that waits for a person, with the reason why it is theirs."""

    step: Step
    published: PublishedCourse
    since: datetime | None
    """When the person began it, or was enrolled; None for a course that is open to everybody."""
    last_active: datetime | None
    progress: rules.Progress
    minutes: int
    """What is left of it."""

    @property
    def next_card(self) -> Card | None:
        return self.progress.next_card


@dataclass(frozen=True)
class CompletedCourse:
    """A course that a person has completed."""

    published: PublishedCourse
    completed_at: datetime


@dataclass(frozen=True)
class HomeView:
    """The one thing to do now, what comes after it, and what is done."""

    now: Offer | None
    after: tuple[Offer, ...]
    completed: tuple[CompletedCourse, ...]


@dataclass(frozen=True)
class _Begun:
    attempt: AttemptId
    course: CourseId
    version: VersionHash
    started_at: datetime
    completed_at: datetime | None


def home(*, person: PersonId) -> HomeView:
    """
    What waits for a person. Costs five queries, whatever the number of courses.
    """
    begun, enrolled = _enrolments(person)
    versions = content.versions(each.version for each in begun)
    offers = [*_running(begun, versions), *_not_begun(enrolled, {each.course for each in begun})]
    offers.sort(key=_urgency)
    completed = [
        CompletedCourse(versions[each.version], each.completed_at) for each in begun if each.completed_at is not None
    ]
    completed.sort(key=lambda each: each.completed_at, reverse=True)
    now = offers[0] if offers and offers[0].step is not Step.ASK else None
    return HomeView(now, tuple(offers[1:] if now else offers), tuple(completed))


def _urgency(offer: Offer) -> tuple[int, float]:
    """What was begun goes on first, the latest first; then what somebody else asks for; then the rest."""
    order = {Step.BEGIN: 1, Step.TRY: 2, Step.ASK: 3}.get(offer.step, 0)
    latest = offer.last_active or offer.since
    return order, -latest.timestamp() if latest else 0.0


def _enrolments(person: PersonId) -> tuple[list[_Begun], dict[CourseId, datetime]]:
    """The newest attempt of each begun course, and since when the person is enrolled in each course."""
    rows = (
        Enrolment.objects.filter(person=person)
        .order_by("attempts__number")
        .values_list(
            "course",
            "enrolled_at",
            "attempts__id",
            "attempts__version",
            "attempts__started_at",
            "attempts__completion__completed_at",
        )
    )
    enrolled: dict[CourseId, datetime] = {}
    begun: dict[CourseId, _Begun] = {}
    for course, enrolled_at, attempt, version, started_at, completed_at in rows:
        enrolled[CourseId(course)] = enrolled_at
        if attempt is not None:
            begun[CourseId(course)] = _Begun(
                AttemptId(attempt), CourseId(course), VersionHash(version), started_at, completed_at
            )
    return list(begun.values()), enrolled


def _running(begun: list[_Begun], versions: Mapping[VersionHash, PublishedCourse]) -> list[Offer]:
    running = [each for each in begun if each.completed_at is None]
    ids = [each.attempt for each in running]
    done: defaultdict[AttemptId, set[CardId]] = defaultdict(set)
    last_active: dict[AttemptId, datetime] = {}
    rows = CardDone.objects.filter(attempt__in=ids).order_by("done_at").values_list("attempt", "card", "done_at")
    for attempt, card, at in rows:
        done[AttemptId(attempt)].add(CardId(card))
        last_active[AttemptId(attempt)] = at
    sittings = assessment.sittings_passed(ids)
    offers = []
    for each in running:
        published = versions[each.version]
        progress = rules.progress(published.document, done[each.attempt])
        step = _step(published, progress, sittings[each.attempt])
        offers.append(
            Offer(
                step=step,
                published=published,
                since=each.started_at,
                last_active=last_active.get(each.attempt, each.started_at),
                progress=progress,
                minutes=progress.minutes_left + (0 if step is Step.ASK else published.document.test_minutes),
            )
        )
    return offers


def _step(published: PublishedCourse, progress: rules.Progress, sittings: list[bool | None]) -> Step:
    stage = rules.stage(progress, sittings, attempts=rules.sittings_allowed(published.document))
    if stage is rules.Stage.CARDS:
        return Step.RESUME
    if stage is rules.Stage.TEST_OPEN:
        return Step.TEST_OPEN
    if stage is rules.Stage.NO_ATTEMPTS_LEFT:
        return Step.ASK
    return Step.TEST_AGAIN if sittings else Step.TEST


def _not_begun(enrolled: dict[CourseId, datetime], begun: set[CourseId]) -> list[Offer]:
    return [
        Offer(
            step=Step.BEGIN if published.course_id in enrolled else Step.TRY,
            published=published,
            since=enrolled.get(published.course_id),
            last_active=None,
            progress=rules.progress(published.document, ()),
            minutes=published.document.minutes,
        )
        for published in content.catalogue()
        if published.course_id not in begun
    ]
