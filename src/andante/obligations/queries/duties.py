"""What people have to do, by when, and why it is theirs."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection

from andante.kernel.ids import CourseId, PersonId
from andante.obligations import sentences
from andante.obligations.instants import micros, moment, moment_or_none
from andante.obligations.rules import form as forms
from andante.obligations.rules.audience import EVERYBODY
from andante.obligations.rules.form import RequirementId
from andante.obligations.sentences import Asked
from andante.people import queries as people_queries
from andante.people.queries import PlacedPerson


class Standing(Enum):
    """How a duty stands at a moment. It follows from completions and the clock, and is stored nowhere."""

    DONE = "done"
    DUE = "due"
    OVERDUE = "overdue"
    RENEW = "renew"
    """Done, and soon to be renewed; may be renewed now."""
    NOT_YET = "not-yet"
    """The rule takes effect later; it may be done now."""


@dataclass(frozen=True)
class Duty:
    """What one person must do for one requirement."""

    assignment: UUID
    requirement: RequirementId
    title: str
    """Of the requirement."""
    course: CourseId
    person: PersonId
    standing: Standing
    due_at: datetime | None
    """By when; for what is done and runs out, the end of its validity."""
    opened_at: datetime
    """When it was assigned."""
    begins_at: datetime
    """From when it is theirs, and by when it is due is counted: in the future while the rule is to take effect."""
    completed_at: datetime | None
    """Of the newest completion that counts, also where it has run out."""
    valid_until: datetime | None
    purpose: str
    """The rule's own reason, in its author's words."""
    _reasons: "_Reasons" = field(repr=False, compare=False)

    @property
    def why(self) -> str:
        """Why it is theirs, said to the person: "because you are a nurse in Chicago since 1 May 2026"."""
        return self._reasons.to(self.person, self.requirement)

    @property
    def reason(self) -> str:
        """Why it is theirs, said to somebody else: "nurse in Chicago since 1 May 2026"."""
        return self._reasons.about(self.person, self.requirement)


@dataclass(frozen=True)
class DutyCounts:
    """How many duties of one person stand how."""

    person: PersonId
    done: int
    due: int
    overdue: int
    renew: int
    not_yet: int
    next_due_at: datetime | None
    """The earliest end of what is due, overdue or to be renewed."""

    @property
    def total(self) -> int:
        return self.done + self.due + self.overdue + self.renew + self.not_yet


_NOTHING = Asked.by(EVERYBODY)


@dataclass
class _Reasons:
    """Where the people work and whom the rules are for: read once, when the first sentence is asked for."""

    people: Collection[PersonId]
    at: datetime
    asked: Mapping[RequirementId, Asked]
    _sentences: dict[tuple[object, ...], str] = field(default_factory=dict)

    @cached_property
    def placed(self) -> Mapping[PersonId, PlacedPerson]:
        return people_queries.placements(at=self.at, people=self.people)

    def to(self, person: PersonId, requirement: RequirementId) -> str:
        return self._said(sentences.why_yours, person, requirement)

    def about(self, person: PersonId, requirement: RequirementId) -> str:
        return self._said(sentences.why_theirs, person, requirement)

    def _said(self, say: Callable[[Asked, PlacedPerson], str], person: PersonId, requirement: RequirementId) -> str:
        """The sentence; who works alike reads alike, and most do."""
        placed = self.placed.get(person)
        if placed is None:
            return ""
        asked = self.asked.get(requirement, _NOTHING)
        key = (say, asked, placed.job, placed.unit.id, placed.shift, placed.duty_since)
        found = self._sentences.get(key)
        if found is None:
            found = self._sentences[key] = say(asked, placed)
        return found


# Of each person, requirement and set of terms the newest duty: a renewal hides what it renews. Then the newest
# completion that counts, and how the duty stands by both.
_DUTIES = """
    WITH stands AS MATERIALIZED (
        SELECT DISTINCT ON (a.person_id, a.requirement_id, a.revision)
            a.id, a.person_id, a.requirement_id, a.begins_at, a.due_at, a.assigned_at,
            r.id AS revision_id, r.any_version, r.form ->> 'course' AS course,
            (r.form #>> '{renew,every}')::interval AS every, (r.form #>> '{renew,opens}')::interval AS opens
        FROM obligations_assignment a
        JOIN obligations_requirementrevision r ON r.requirement_id = a.requirement_id AND r.number = a.revision
        WHERE a.person_id = ANY(%(people)s) AND a.assigned_at <= %(at)s
            AND (a.withdrawn_at IS NULL OR a.withdrawn_at > %(at)s)
        ORDER BY a.person_id, a.requirement_id, a.revision, a.renews IS NULL, a.due_at DESC
    ), counting AS MATERIALIZED (
        SELECT DISTINCT ON (s.id) s.id, c.completed_at,
            ((c.completed_at AT TIME ZONE 'UTC') + s.every) AT TIME ZONE 'UTC' AS valid_until,
            ((c.completed_at AT TIME ZONE 'UTC') + s.every - s.opens) AT TIME ZONE 'UTC' AS renewable_at
        FROM stands s
        JOIN learning_enrolment e ON e.person_id = s.person_id AND e.course_id = s.course
        JOIN learning_attempt t ON t.enrolment_id = e.id
        JOIN learning_completion c ON c.attempt_id = t.id AND c.completed_at <= %(at)s
        LEFT JOIN obligations_acceptedversion v ON v.revision_id = s.revision_id AND v.version = c.version
        WHERE s.any_version OR v.id IS NOT NULL
        ORDER BY s.id, c.completed_at DESC
    ), duty AS (
        SELECT s.id, s.requirement_id, s.course, s.person_id,
            CASE
                WHEN coalesce(c.valid_until > s.begins_at, c.completed_at IS NOT NULL) THEN CASE
                    WHEN c.valid_until IS NULL OR %(at)s < c.renewable_at THEN 'done'
                    WHEN %(at)s < c.valid_until THEN 'renew'
                    ELSE 'overdue' END
                WHEN %(at)s < s.begins_at THEN 'not-yet'
                WHEN s.due_at IS NULL OR %(at)s <= s.due_at THEN 'due'
                ELSE 'overdue' END AS standing,
            CASE WHEN coalesce(c.valid_until > s.begins_at, c.completed_at IS NOT NULL)
                THEN c.valid_until ELSE s.due_at END AS due_at,
            s.assigned_at, s.begins_at, c.completed_at, c.valid_until
        FROM stands s LEFT JOIN counting c ON c.id = s.id
    )
"""
_LIST = f"""
    {_DUTIES}
    SELECT id, requirement_id, course, person_id, standing, {micros("due_at")}, {micros("assigned_at")},
        {micros("begins_at")}, {micros("completed_at")}, {micros("valid_until")}
    FROM duty ORDER BY due_at NULLS LAST, requirement_id, person_id, id
"""  # noqa: S608 - constants of this module
_COUNTS = f"""
    {_DUTIES}
    SELECT person_id,
        count(*) FILTER (WHERE standing = 'done'), count(*) FILTER (WHERE standing = 'due'),
        count(*) FILTER (WHERE standing = 'overdue'), count(*) FILTER (WHERE standing = 'renew'),
        count(*) FILTER (WHERE standing = 'not-yet'),
        {micros("min(due_at) FILTER (WHERE standing IN ('due', 'overdue', 'renew'))")}
    FROM duty GROUP BY person_id
"""  # noqa: S608 - constants of this module
_NEWEST_FORMS = """
    SELECT DISTINCT ON (requirement_id) requirement_id, form
    FROM obligations_requirementrevision WHERE form IS NOT NULL AND applied_at <= %(at)s
    ORDER BY requirement_id, number DESC
"""
_STANDINGS = {standing.value: standing for standing in Standing}


def duties(*, people: Collection[PersonId], at: datetime) -> list[Duty]:
    """
    Return what these people have to do and have done, the earliest due first. Two queries; two more for all reasons.

    Somebody has one duty for each requirement, and another one while a revision that asks for more is to take effect.
    """
    if not people:
        return []
    values: dict[str, Any] = {"people": list(people), "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_LIST, values)
        rows = cursor.fetchall()
        cursor.execute(_NEWEST_FORMS, values)
        newest = {id: forms.from_stored(form) for id, form in cursor.fetchall()}
    reasons = _Reasons(people, at, {id: Asked.by(form.audience) for id, form in newest.items()})
    return [
        Duty(
            id,
            requirement,
            newest[requirement].title,
            course,
            person,
            _STANDINGS[standing],
            moment_or_none(due_at),
            moment(assigned_at),
            moment(begins_at),
            moment_or_none(completed_at),
            moment_or_none(valid_until),
            newest[requirement].why,
            reasons,
        )
        for (
            id,
            requirement,
            course,
            person,
            standing,
            due_at,
            assigned_at,
            begins_at,
            completed_at,
            valid_until,
        ) in rows
    ]


def duty_counts(*, people: Collection[PersonId], at: datetime) -> dict[PersonId, DutyCounts]:
    """Return how many duties of each person stand how; who has none is left out. One query, counted in the database."""
    if not people:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"people": list(people), "at": at})
        return {
            person: DutyCounts(person, done, due, overdue, renew, not_yet, moment_or_none(next_due_at))
            for person, done, due, overdue, renew, not_yet, next_due_at in cursor.fetchall()
        }
