"""What a person has completed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from andante.content import queries as content
from andante.content.queries import PublishedCourse
from andante.kernel.ids import CourseId, PersonId, VersionHash
from andante.learning.refusals import NotBegun


@dataclass(frozen=True)
class CompletionView:
    """The newest completion of a course: which version, when, with what score."""

    id: UUID
    """That of the fact."""
    published: PublishedCourse
    completed_at: datetime
    score: Decimal | None
    """From 0 to 1; None where the course has no test."""
    attempt: int
    """Which attempt it was, from 1."""
    running: bool
    """Whether the person has begun the course once more since."""

    @property
    def percent(self) -> int | None:
        """Of the test's items that were right, rounded down."""
        return None if self.score is None else int(self.score * 100)


_NEWEST_COMPLETION = """
    SELECT c.id, c.version, c.completed_at, c.score, a.number,
        max(a.number) OVER () > a.number
    FROM learning_enrolment e
    JOIN learning_attempt a ON a.enrolment_id = e.id
    LEFT JOIN learning_completion c ON c.attempt_id = a.id
    WHERE e.person_id = %s AND e.course_id = %s
    ORDER BY (c.id IS NULL), a.number DESC LIMIT 1
"""


def completion(*, person: PersonId, course: CourseId) -> CompletionView | None:
    """
    What stands about a completed course; None while it is not completed.

    :raises NotBegun: the person has not begun the course
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_COMPLETION, [person, course])
        row = cursor.fetchone()
    if row is None:
        raise NotBegun
    id, version, completed_at, score, attempt, running = row
    if id is None:
        return None
    return CompletionView(id, content.version(VersionHash(version)), completed_at, score, attempt, running)
