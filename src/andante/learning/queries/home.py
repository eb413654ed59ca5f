"""What waits for a person, and what is done."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from andante.content import queries as content
from andante.content.document import Card
from andante.content.queries import PublishedCourse
from andante.kernel.ids import CardId, CourseId, PersonId, VersionHash
from andante.learning import rules
from andante.ledger.prepared import prepared_cursor


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

    completion: UUID
    """The newest one: id of the fact."""
    published: PublishedCourse
    """The version that was completed."""
    completed_at: datetime
    attempt: int
    """Which attempt it was, from 1."""
    current: PublishedCourse
    """The version that a further attempt would take."""


@dataclass(frozen=True)
class HomeView:
    """What waits for a person, the most urgent first as far as learning knows, and what is done, the newest first."""

    offers: tuple[Offer, ...]
    completed: tuple[CompletedCourse, ...]


# Every course, with what the person did in it: one statement for what the catalogue and the enrolments would be two.
_COURSES = """
    SELECT k.id, k.current_id, e.enrolled_at, a.version_id, a.started_at, a.number,
        c.attempt, c.id, c.version, c.completed_at,
        ARRAY(SELECT d.card FROM learning_carddone d WHERE d.attempt_id = a.id),
        (SELECT max(d.done_at) FROM learning_carddone d WHERE d.attempt_id = a.id),
        ARRAY(SELECT s.passed FROM assessment_sitting s WHERE s.attempt = a.id ORDER BY s.number)
    FROM content_course k
    JOIN content_courseversion v ON v.hash = k.current_id
    LEFT JOIN learning_enrolment e ON e.course_id = k.id AND e.person_id = %s
    LEFT JOIN LATERAL (
        SELECT * FROM learning_attempt WHERE enrolment_id = e.id ORDER BY number DESC LIMIT 1
    ) a ON true
    LEFT JOIN LATERAL (
        SELECT done.id, done.version, done.completed_at, taken.number AS attempt
        FROM learning_attempt taken JOIN learning_completion done ON done.attempt_id = taken.id
        WHERE taken.enrolment_id = e.id ORDER BY taken.number DESC LIMIT 1
    ) c ON true
    ORDER BY v.title, k.id
"""


class _Row(NamedTuple):
    """A row of `_COURSES`: a course, and where the person is enrolled, their newest attempt and newest completion."""

    course: CourseId
    current: VersionHash
    enrolled_at: datetime | None
    version: VersionHash | None
    started_at: datetime
    attempt: int
    completed_attempt: int
    completion: UUID | None
    completed_version: VersionHash
    completed_at: datetime
    done: list[CardId]
    last_done_at: datetime | None
    sittings: list[bool | None]

    @property
    def is_running(self) -> bool:
        """Whether the newest attempt waits to be gone on with."""
        return self.version is not None and (self.completion is None or self.attempt > self.completed_attempt)


def home(*, person: PersonId) -> HomeView:
    """What waits for a person. Costs one query, and more the first time a process sees a version."""
    with prepared_cursor() as cursor:
        cursor.execute(_COURSES, [person])
        rows = [_Row(*row) for row in cursor.fetchall()]
    offers = [_running(row, content.version(row.version)) for row in rows if row.version and row.is_running]
    offers += [_not_begun(row) for row in rows if not row.version]
    offers.sort(key=_urgency)
    completed = [_completed(row, row.completion) for row in rows if row.completion]
    completed.sort(key=lambda each: each.completed_at, reverse=True)
    return HomeView(tuple(offers), tuple(completed))


def _urgency(offer: Offer) -> tuple[int, float]:
    """What was begun goes on first, the latest first; then what somebody else asks for; then the rest."""
    order = {Step.BEGIN: 1, Step.TRY: 2, Step.ASK: 3}.get(offer.step, 0)
    latest = offer.last_active or offer.since
    return order, -latest.timestamp() if latest else 0.0


def _running(row: _Row, published: PublishedCourse) -> Offer:
    progress = rules.progress(published.document, row.done)
    step = _step(published, progress, row.sittings)
    return Offer(
        step=step,
        published=published,
        since=row.started_at,
        last_active=row.last_done_at or row.started_at,
        progress=progress,
        minutes=progress.minutes_left + (0 if step is Step.ASK else published.document.test_minutes),
    )


def _step(published: PublishedCourse, progress: rules.Progress, sittings: list[bool | None]) -> Step:
    stage = rules.stage(progress, sittings, attempts=rules.sittings_allowed(published.document))
    if stage is rules.Stage.CARDS:
        return Step.RESUME
    if stage is rules.Stage.TEST_OPEN:
        return Step.TEST_OPEN
    if stage is rules.Stage.NO_ATTEMPTS_LEFT:
        return Step.ASK
    return Step.TEST_AGAIN if sittings else Step.TEST


def _completed(row: _Row, completion: UUID) -> CompletedCourse:
    return CompletedCourse(
        completion=completion,
        published=content.version(row.completed_version),
        completed_at=row.completed_at,
        attempt=row.completed_attempt,
        current=content.version(row.current),
    )


def _not_begun(row: _Row) -> Offer:
    published = content.version(row.current)
    return Offer(
        step=Step.BEGIN if row.enrolled_at else Step.TRY,
        published=published,
        since=row.enrolled_at,
        last_active=None,
        progress=_untouched(row.current),
        minutes=published.document.minutes,
    )


@lru_cache(maxsize=content.DOCUMENTS_IN_MEMORY)
def _untouched(version: VersionHash) -> rules.Progress:
    """The progress of who has not begun."""
    return rules.progress(content.version(version).document, ())
