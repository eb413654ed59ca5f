"""The start page of a course: what it asks, and how far somebody is."""

from dataclasses import dataclass
from datetime import datetime

from andante.assessment import queries as assessment
from andante.content import queries as content
from andante.content.document import Course
from andante.content.queries import PublishedCourse
from andante.kernel.ids import CourseId, PersonId
from andante.learning import rules
from andante.learning.models import Enrolment
from andante.learning.queries.attempts import newest_attempt
from andante.learning.refusals import CourseUnknown, NotBegun


@dataclass(frozen=True)
class CourseView:
    """A course, and how far a person is in it. Where it is not begun, the current version."""

    published: PublishedCourse
    progress: rules.Progress
    stage: rules.Stage | None
    """What comes next; None where the course is not begun."""
    enrolled_at: datetime | None
    """When somebody enrolled the person in a course that is not begun."""
    attempt: int
    """Which attempt it is, from 1; 0 where the course is not begun."""
    completed_at: datetime | None
    sittings_used: int

    @property
    def course(self) -> Course:
        return self.published.document

    @property
    def sittings_left(self) -> int:
        return max(0, self.course.test.attempts - self.sittings_used)


def course_page(*, person: PersonId, course: CourseId) -> CourseView:
    """
    The start page of a course for a person.

    :raises CourseUnknown: no course with this id is published
    """
    try:
        attempt = newest_attempt(person, course)
    except NotBegun:
        return _not_begun(person, course)
    progress = attempt.progress
    complete = attempt.completed_at is not None  # also where its cards were done elsewhere
    sittings = assessment.sittings_passed([attempt.id])[attempt.id]
    return CourseView(
        published=attempt.published,
        progress=progress,
        stage=rules.Stage.COMPLETE
        if complete
        else rules.stage(progress, sittings, attempts=rules.sittings_allowed(attempt.course)),
        enrolled_at=None,
        attempt=attempt.number,
        completed_at=attempt.completed_at,
        sittings_used=len(sittings),
    )


def _not_begun(person: PersonId, course: CourseId) -> CourseView:
    published = content.course(course)
    if published is None:
        raise CourseUnknown
    enrolment = Enrolment.objects.filter(person=person, course=course).first()
    return CourseView(
        published=published,
        progress=rules.progress(published.document, ()),
        stage=None,
        enrolled_at=enrolment.enrolled_at if enrolment else None,
        attempt=0,
        completed_at=None,
        sittings_used=0,
    )
