"""What people have to do, by when, and why it is theirs."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from andante.kernel.arrays import uuid_array
from andante.kernel.ids import CourseId, PersonId
from andante.ledger.prepared import prepared_cursor
from andante.obligations import sentences
from andante.obligations.instants import micros, moment, moment_or_none
from andante.obligations.rules import form as forms
from andante.obligations.rules.audience import EVERYBODY
from andante.obligations.rules.form import RequirementForm, RequirementId
from andante.obligations.sentences import Asked
from andante.people import queries as people_queries
from andante.people.queries import PlacedPerson

FORMS_IN_MEMORY = 1_000


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
    given: Mapping[PersonId, PlacedPerson] | None = None
    """Where they work, where that is known already."""
    _sentences: dict[tuple[object, ...], str] = field(default_factory=dict)

    @cached_property
    def placed(self) -> Mapping[PersonId, PlacedPerson]:
        if self.given is not None:
            return self.given
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
    WITH asked AS MATERIALIZED (
        SELECT unnest(%(people)s::uuid[]) AS person_id
    ), accepted AS MATERIALIZED (
        SELECT revision_id, version FROM obligations_acceptedversion
    ), rule AS MATERIALIZED (
        SELECT id, requirement_id, number, any_version, form ->> 'course' AS course,
            (form #>> '{renew,every}')::interval AS every, (form #>> '{renew,opens}')::interval AS opens
        FROM obligations_requirementrevision WHERE form IS NOT NULL
    ), stands AS MATERIALIZED (
        SELECT DISTINCT ON (a.person_id, a.requirement_id, a.revision)
            a.id, a.person_id, a.requirement_id, a.begins_at, a.due_at, a.assigned_at,
            r.id AS revision_id, r.any_version, r.course, r.every, r.opens
        FROM obligations_assignment a
        JOIN asked USING (person_id)
        JOIN rule r ON r.requirement_id = a.requirement_id AND r.number = a.revision
        WHERE a.assigned_at <= %(at)s
            AND (a.withdrawn_at IS NULL OR a.withdrawn_at > %(at)s)
        ORDER BY a.person_id, a.requirement_id, a.revision, a.renews IS NULL, a.due_at DESC
    ), done AS MATERIALIZED (
        -- Read once, and joined in memory: looked up for each duty, this is what costs.
        SELECT e.person_id, e.course_id AS course, c.version, c.completed_at
        FROM learning_enrolment e
        JOIN asked USING (person_id)
        JOIN learning_attempt t ON t.enrolment_id = e.id
        JOIN learning_completion c ON c.attempt_id = t.id
        WHERE c.completed_at <= %(at)s
    ), counting AS MATERIALIZED (
        SELECT DISTINCT ON (s.id) s.id, d.completed_at,
            ((d.completed_at AT TIME ZONE 'UTC') + s.every) AT TIME ZONE 'UTC' AS valid_until,
            ((d.completed_at AT TIME ZONE 'UTC') + s.every - s.opens) AT TIME ZONE 'UTC' AS renewable_at
        FROM stands s
        JOIN done d ON d.person_id = s.person_id AND d.course = s.course
        LEFT JOIN accepted v ON v.revision_id = s.revision_id AND v.version = d.version
        WHERE s.any_version OR v.version IS NOT NULL
        ORDER BY s.id, d.completed_at DESC
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
_URGENT = f"""
    {_DUTIES}, person AS (
        SELECT person_id, bool_or(standing = 'overdue') AS overdue, min(due_at) AS first
        FROM duty WHERE standing IN ('due', 'overdue', 'renew') GROUP BY person_id
    )
    SELECT count(*),
        array_agg(person_id ORDER BY first, person_id) FILTER (WHERE overdue),
        array_agg(person_id ORDER BY first, person_id) FILTER (WHERE NOT overdue AND first <= %(until)s)
    FROM person
"""  # noqa: S608 - constants of this module
_NEWEST_FORMS = """
    SELECT DISTINCT ON (requirement_id) requirement_id, form::text
    FROM obligations_requirementrevision WHERE form IS NOT NULL AND applied_at <= %s
    ORDER BY requirement_id, number DESC
"""
_STANDINGS = {standing.value: standing for standing in Standing}


def duties(
    *, people: Collection[PersonId], at: datetime, placed: Mapping[PersonId, PlacedPerson] | None = None
) -> list[Duty]:
    """
    Return what these people have to do and have done, the earliest due first. Two queries; two more for all reasons.

    Somebody has one duty for each requirement, and another one while a revision that asks for more is to take effect.

    :param placed: where they work, where the caller has asked; then reasons cost no query
    """
    if not people:
        return []
    values: dict[str, Any] = {"people": uuid_array(people), "at": at}
    with prepared_cursor() if len(people) == 1 else connection.cursor() as cursor:
        cursor.execute(_LIST, values)
        rows = cursor.fetchall()
    newest = _newest_forms(at)
    reasons = _Reasons(people, at, {id: Asked.by(form.audience) for id, form in newest.items()}, placed)
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


def _newest_forms(at: datetime) -> dict[RequirementId, RequirementForm]:
    """All rules as they were applied last."""
    with prepared_cursor() as cursor:
        cursor.execute(_NEWEST_FORMS, [at])
        return {id: _form(text) for id, text in cursor.fetchall()}


@lru_cache(maxsize=FORMS_IN_MEMORY)
def _form(text: str) -> RequirementForm:
    return forms.from_stored(text)


def duty_counts(*, people: Collection[PersonId], at: datetime) -> dict[PersonId, DutyCounts]:
    """Return how many duties of each person stand how; who has none is left out. One query, counted in the database."""
    if not people:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"people": uuid_array(people), "at": at})
        return {
            person: DutyCounts(person, done, due, overdue, renew, not_yet, moment_or_none(next_due_at))
            for person, done, due, overdue, renew, not_yet, next_due_at in cursor.fetchall()
        }


@dataclass(frozen=True)
class Urgency:
    """Who of some people has something overdue, and who has something due soon; the earliest first."""

    open: int
    """How many have anything that is due, overdue or to be renewed."""
    overdue: tuple[PersonId, ...]
    soon: tuple[PersonId, ...]
    """Nothing overdue, and something due by the moment that was asked for."""


def urgency(*, people: Collection[PersonId], at: datetime, until: datetime) -> Urgency:
    """
    Return who needs something, without saying what. One query, and one row, for any number of people.

    :param until: what is due by then is due soon
    """
    if not people:
        return Urgency(0, (), ())
    with connection.cursor() as cursor:
        cursor.execute(_URGENT, {"people": uuid_array(people), "at": at, "until": until})
        count, overdue, soon = cursor.fetchone()
    return Urgency(count, tuple(overdue or ()), tuple(soon or ()))
