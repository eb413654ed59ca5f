"""Every completed attempt, for whoever asks who has learnt what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from andante.kernel.arrays import uuid_array
from andante.kernel.ids import CourseId, PersonId, VersionHash


@dataclass(frozen=True)
class CompletedAttempt:
    """Somebody completed a version of a course. The id is that of the statement."""

    id: UUID
    person: PersonId
    course: CourseId
    version: VersionHash
    completed_at: datetime
    score: Decimal | None
    """From 0 to 1; None where the course has no test."""


_COMPLETED = """
    SELECT c.id, c.person_id, c.course_id, c.version, c.completed_at, c.score
    FROM learning_completion c
"""
_CONDITIONS = {
    "people": "c.person_id = ANY(%(people)s::uuid[])",
    "courses": "c.course_id = ANY(%(courses)s)",
    "until": "c.completed_at <= %(until)s",
}


def completions(
    *,
    people: Collection[PersonId] | None = None,
    courses: Collection[CourseId] | None = None,
    until: datetime | None = None,
    known_at: datetime | None = None,
) -> list[CompletedAttempt]:
    """
    Completed attempts by their time, in one query.

    :param until: leave out what was completed later
    :param known_at: leave out what the database had not stored by then
    """
    given = {
        "people": None if people is None else uuid_array(people),
        "courses": None if courses is None else list(courses),
        "until": until,
    }
    conditions = [text for name, text in _CONDITIONS.items() if given[name] is not None]
    query = _COMPLETED
    if known_at is not None:
        query += " JOIN ledger_statement_key k ON k.id = c.id AND k.stored <= %(known_at)s"
    if conditions:
        query += f" WHERE {' AND '.join(conditions)}"
    with connection.cursor() as cursor:
        cursor.execute(f"{query} ORDER BY c.completed_at, c.id", {**given, "known_at": known_at})
        return [CompletedAttempt(*row) for row in cursor.fetchall()]


def has_begun(person: PersonId, course: CourseId) -> bool:
    """Whether somebody has begun a course, completed or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM learning_attempt a JOIN learning_enrolment e ON e.id = a.enrolment_id "
            "WHERE e.person_id = %s AND e.course_id = %s)",
            [person, course],
        )
        return bool(cursor.fetchone()[0])
