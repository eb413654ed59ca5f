"""The attempt that a person is in, with what was done in it: the ground of every view."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from andante.content import queries as content
from andante.content.document import Course
from andante.content.queries import PublishedCourse
from andante.kernel.ids import AttemptId, CardId, CourseId, PersonId, VersionHash
from andante.learning import rules
from andante.learning.models import Attempt, CardDone
from andante.learning.refusals import NotBegun


@dataclass(frozen=True)
class AttemptView:
    """A person's newest attempt at a course."""

    id: AttemptId
    number: int
    published: PublishedCourse
    """The version that the attempt takes."""
    started_at: datetime
    completed_at: datetime | None
    score: Decimal | None

    @property
    def course(self) -> Course:
        return self.published.document


def newest_attempt(person: PersonId, course: CourseId) -> AttemptView:
    """
    The newest attempt of a person at a course. Costs one query, and one more the first time a process sees a version.

    :raises NotBegun: there is none
    """
    row = (
        Attempt.objects.select_related("completion")
        .filter(enrolment__person=person, enrolment__course=course)
        .order_by("-number")
        .first()
    )
    if row is None:
        raise NotBegun
    completion = getattr(row, "completion", None)
    return AttemptView(
        id=AttemptId(row.id),
        number=row.number,
        published=content.version(VersionHash(row.version_id)),
        started_at=row.started_at,
        completed_at=completion.completed_at if completion else None,
        score=completion.score if completion else None,
    )


def walked(attempt: AttemptView) -> rules.Progress:
    """How far the attempt is on its path. Costs one query."""
    done = CardDone.objects.filter(attempt=attempt.id).values_list("card", flat=True)
    return rules.progress(attempt.course, {CardId(card) for card in done})
