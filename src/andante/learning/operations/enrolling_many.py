"""Letting many people take courses at once."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from andante.kernel.ids import CourseId, PersonId
from andante.kernel.principals import Principal
from andante.learning import statements
from andante.learning.models import Enrolment
from andante.learning.operations.taking import keep
from andante.ledger.operations import transact

Enrolling = tuple[PersonId, CourseId]


@transact
def enrol_people(*, enrolments: Collection[Enrolling], by: Principal, at: datetime) -> int:
    """
    Let people take courses; whoever is enrolled stays so. The caller knows that the people and the courses are there.

    :return: how many enrolments are new
    """
    missing = _missing(enrolments)
    _one_at_a_time(missing)
    # Whoever enrolled meanwhile held the lock until the commit.
    missing = _missing(missing)
    keep([statements.enrolled(person=person, course=course, by=by, at=at) for person, course in missing])
    return len(missing)


def _missing(enrolments: Collection[Enrolling]) -> list[Enrolling]:
    people = {person for person, _ in enrolments}
    there = set(Enrolment.objects.filter(person__in=people).values_list("person_id", "course_id"))
    return [each for each in enrolments if each not in there]


def _one_at_a_time(enrolments: Collection[Enrolling]) -> None:
    """The locks that `start_attempt` takes too, in one order, so that two who take some of them wait for each other."""
    keys = sorted(f"learning/begin/{statements.registration_id(person, course)}" for person, course in enrolments)
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_advisory_xact_lock(hashtextextended(key, 0))) "
                "FROM (SELECT key FROM unnest(%s::text[]) AS given (key) ORDER BY key) AS ordered",
                [keys],
            )
