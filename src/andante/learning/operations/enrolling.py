"""Beginning to take a course."""

from datetime import datetime

from django.db import connection

from andante.assessment.statements import AttemptRef
from andante.content import queries as content
from andante.kernel.ids import AttemptId, CourseId, PersonId, RegistrationId
from andante.kernel.principals import Principal
from andante.learning import statements
from andante.learning.models import Attempt, Enrolment
from andante.learning.operations.taking import keep
from andante.learning.refusals import AttemptOpen, CourseUnknown, NotBegun, PersonUnknown
from andante.ledger.operations import transact
from andante.ledger.statements import Fact
from andante.people import queries as people


@transact
def enrol_person(*, person: PersonId, course: CourseId, by: Principal, at: datetime) -> RegistrationId:
    """
    Let a person take a course. Enrolling somebody who is enrolled changes nothing.

    :raises PersonUnknown: there is no such person
    :raises CourseUnknown: no such course is published
    """
    if people.person(person) is None:
        raise PersonUnknown
    if content.course(course) is None:
        raise CourseUnknown
    registration = statements.registration_id(person, course)
    _one_at_a_time(registration)
    keep(_enrolment(person, course, by=by, at=at))
    return registration


@transact
def start_attempt(*, person: PersonId, course: CourseId, by: Principal, at: datetime) -> AttemptId:
    """
    Begin a course at the version that is current at that time, and enrol the person who is not.

    Who has begun goes on where they were.

    :raises CourseUnknown: no such course is published
    """
    published = content.course(course, at=at)
    if published is None:
        raise CourseUnknown
    registration = statements.registration_id(person, course)
    _one_at_a_time(registration)
    newest = Attempt.objects.filter(enrolment=registration).order_by("-number").first()
    if newest is not None:
        return AttemptId(newest.id)
    of = AttemptRef(
        person=person,
        registration=registration,
        attempt=statements.attempt_id(registration, 1),
        course=course,
        version=published.version,
    )
    keep(
        [
            *_enrolment(person, course, by=by, at=at),
            statements.attempt_started(of, number=1, by=by, at=at),
        ]
    )
    return of.attempt


@transact
def start_again(
    *, person: PersonId, course: CourseId, by: Principal, at: datetime, after: int | None = None
) -> AttemptId:
    """
    Take a completed course once more, at the version that is current at that time. What was completed stands.

    :param after: number of the completed attempt that the person saw; where there is a newer one, the form was sent
        twice: that one goes on, and nothing is recorded
    :raises CourseUnknown: no such course is published
    :raises NotBegun: the person has not begun this course
    :raises AttemptOpen: the newest attempt is not completed
    """
    published = content.course(course, at=at)
    if published is None:
        raise CourseUnknown
    registration = statements.registration_id(person, course)
    _one_at_a_time(registration)
    newest = Attempt.objects.filter(enrolment=registration).order_by("-number").select_related("completion").first()
    if newest is None:
        raise NotBegun
    if after is not None and newest.number > after:
        return AttemptId(newest.id)
    if not hasattr(newest, "completion"):
        raise AttemptOpen
    number = newest.number + 1
    of = AttemptRef(
        person=person,
        registration=registration,
        attempt=statements.attempt_id(registration, number),
        course=course,
        version=published.version,
    )
    keep([statements.attempt_started(of, number=number, by=by, at=at)])
    return of.attempt


def _enrolment(person: PersonId, course: CourseId, *, by: Principal, at: datetime) -> list[Fact]:
    """The fact of the enrolment, where there is none yet."""
    if Enrolment.objects.filter(person=person, course=course).exists():
        return []
    return [statements.enrolled(person=person, course=course, by=by, at=at)]


def _one_at_a_time(registration: RegistrationId) -> None:
    """There is no row to lock yet: two devices that begin at once wait for each other here, until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"learning/begin/{registration}"])
