"""What a person has completed."""

from dataclasses import dataclass
from datetime import datetime

from andante.content.queries import PublishedCourse
from andante.kernel.ids import CourseId, PersonId
from andante.learning.queries.attempts import newest_attempt


@dataclass(frozen=True)
class CompletionView:
    """A completed course: which version, when, with what score."""

    published: PublishedCourse
    completed_at: datetime
    percent: int | None
    """Of the test's items that were right, rounded down; None where the course has no test."""


def completion(*, person: PersonId, course: CourseId) -> CompletionView | None:
    """
    What stands about a completed course; None while it is not completed.

    :raises NotBegun: the person has not begun the course
    """
    attempt = newest_attempt(person, course)
    if attempt.completed_at is None:
        return None
    percent = None if attempt.score is None else int(attempt.score * 100)
    return CompletionView(attempt.published, attempt.completed_at, percent)
