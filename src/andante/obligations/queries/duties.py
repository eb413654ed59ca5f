"""What people have to do, by when, and why it is theirs."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from andante.kernel.arrays import MOST_FEW, people_rows, uuid_array
from andante.kernel.ids import CourseId, PersonId
from andante.kernel.records import record
from andante.ledger.prepared import prepared_cursor
from andante.obligations import sentences
from andante.obligations.current import CURRENT_DUTIES, STANDING_DUTIES
from andante.obligations.instants import Moments, micros, moment_or_none
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

    # Each is there once. The enumeration's own hash is that of its name, computed in Python, for thousands of duties.
    __hash__ = object.__hash__


@record
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
        return self._reasons.said(sentences.why_yours, self.person, self.requirement)

    @property
    def reason(self) -> str:
        """Why it is theirs, said to somebody else: "nurse in Chicago since 1 May 2026"."""
        return self._reasons.said(sentences.why_theirs, self.person, self.requirement)

    @property
    def before_first_shift(self) -> bool:
        """Whether the person's first shift alone is what sets the date."""
        return self.due_at is not None and self.due_at == self._reasons.first_shift(self.person)


@record
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

    def first_shift(self, person: PersonId) -> datetime | None:
        placed = self.placed.get(person)
        return placed.first_unsupervised_at if placed else None

    def said(self, say: Callable[[Asked, PlacedPerson], str], person: PersonId, requirement: RequirementId) -> str:
        """The sentence; who works alike reads alike, and most do."""
        placed = self.placed.get(person)
        if placed is None:
            return ""
        key = (say, requirement, placed.job, placed.unit.path, placed.shift, placed.duty_since)
        found = self._sentences.get(key)
        if found is None:
            found = self._sentences[key] = say(self.asked.get(requirement, _NOTHING), placed)
        return found


# How a duty stands. `OFFSET 0` lets what was computed not be computed again.
_STANDING = """, duty AS (
        SELECT id, requirement_id, course, person_id,
            CASE
                WHEN coalesce(valid_until > begins_at, completed_at IS NOT NULL) THEN CASE
                    WHEN valid_until IS NULL OR %(at)s < renewable_at THEN 'done'
                    WHEN %(at)s < valid_until THEN 'renew'
                    ELSE 'overdue' END
                WHEN %(at)s < begins_at THEN 'not-yet'
                WHEN due_at IS NULL OR %(at)s <= due_at THEN 'due'
                ELSE 'overdue' END AS standing,
            CASE WHEN coalesce(valid_until > begins_at, completed_at IS NOT NULL)
                THEN valid_until ELSE due_at END AS due_at,
            assigned_at, begins_at, completed_at, valid_until
        FROM dated OFFSET 0
    )
"""
_LIST = f"""
    {{dated}} {_STANDING}
    SELECT id, requirement_id, course, person_id, standing, {micros("due_at")}, {micros("assigned_at")},
        {micros("begins_at")}, {micros("completed_at")}, {micros("valid_until")}, {{form}}
    FROM duty ORDER BY due_at NULLS LAST, requirement_id, person_id, id
"""  # noqa: S608 - constants of this module
# The rules as they were applied last: for few duties with each, for many once.
_FORM_OF_EACH = """(
        SELECT r.form::text FROM obligations_requirementrevision r
        WHERE r.requirement_id = duty.requirement_id AND r.form IS NOT NULL AND r.applied_at <= %(at)s
        ORDER BY r.number DESC LIMIT 1
    )"""
_LIST_OF_FEW, _LIST_OF_MANY, _CURRENT_OF_FEW, _CURRENT_OF_MANY = (
    _LIST.replace("{dated}", dated).replace("{form}", form)
    for dated in (STANDING_DUTIES, CURRENT_DUTIES)
    for form in (_FORM_OF_EACH, "NULL")
)
_COUNTS = f"""
    {CURRENT_DUTIES} {_STANDING}
    SELECT person_id,
        count(*) FILTER (WHERE standing = 'done'), count(*) FILTER (WHERE standing = 'due'),
        count(*) FILTER (WHERE standing = 'overdue'), count(*) FILTER (WHERE standing = 'renew'),
        count(*) FILTER (WHERE standing = 'not-yet'),
        {micros("min(due_at) FILTER (WHERE standing IN ('due', 'overdue', 'renew'))")}
    FROM duty GROUP BY person_id
"""  # noqa: S608 - constants of this module
_URGENT = f"""
    {CURRENT_DUTIES} {_STANDING}, person AS (
        SELECT person_id, bool_or(standing = 'overdue') AS overdue, min(due_at) AS first
        FROM duty WHERE standing IN ('due', 'overdue', 'renew') GROUP BY person_id
    )
    SELECT count(*), count(*) FILTER (WHERE overdue), count(*) FILTER (WHERE NOT overdue AND first <= %(until)s),
        ARRAY(
            SELECT person_id FROM person WHERE overdue OR first <= %(until)s
            ORDER BY overdue DESC, first, person_id LIMIT %(most)s
        )
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
    Return what these people have to do and have done at a moment, the earliest due first.

    One query, for more than a few people two; two more for all reasons.

    Somebody has one duty for each requirement, and another one while a revision that asks for more is to take effect.

    :param placed: where they work, where the caller has asked; then reasons cost no query
    """
    return _listed(_LIST_OF_FEW, _LIST_OF_MANY, people, at, placed)


def current_duties(
    *, people: Collection[PersonId], at: datetime, placed: Mapping[PersonId, PlacedPerson] | None = None
) -> list[Duty]:
    """
    Return the same for now, as the evaluator last found it: at most seconds ago, and for many people much cheaper.

    :param at: now
    """
    return _listed(_CURRENT_OF_FEW, _CURRENT_OF_MANY, people, at, placed)


def _listed(
    of_few: str,
    of_many: str,
    people: Collection[PersonId],
    at: datetime,
    placed: Mapping[PersonId, PlacedPerson] | None,
) -> list[Duty]:
    if not people:
        return []
    if len(people) <= MOST_FEW:
        rows = _asked(of_few, people, at=at)
        newest = {requirement: _form(form) for _id, requirement, *_, form in rows}
    else:
        rows = _asked(of_many, people, at=at)
        newest = _newest_forms(at)
    reasons = _Reasons(people, at, {id: Asked.by(form.audience) for id, form in newest.items()}, placed)
    moments = Moments()
    return [
        Duty(
            id,
            requirement,
            newest[requirement].title,
            course,
            person,
            _STANDINGS[standing],
            moments[due_at],
            moments[assigned_at],
            moments[begins_at],
            moments[completed_at],
            moments[valid_until],
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
            _form_text,
        ) in rows
    ]


def _asked(query: str, people: Collection[PersonId], **values: Any) -> list[Any]:
    """Ask about some people, by a plan that is kept."""
    with prepared_cursor() as cursor:
        cursor.execute(query.replace("{asked}", people_rows(people)), {"people": uuid_array(people), **values})
        rows: list[Any] = cursor.fetchall()
        return rows


def _newest_forms(at: datetime) -> dict[RequirementId, RequirementForm]:
    """All rules as they were applied last."""
    with prepared_cursor() as cursor:
        cursor.execute(_NEWEST_FORMS, [at])
        return {id: _form(text) for id, text in cursor.fetchall()}


@lru_cache(maxsize=FORMS_IN_MEMORY)
def _form(text: str) -> RequirementForm:
    return forms.from_stored(text)


def duty_counts(*, people: Collection[PersonId], at: datetime) -> dict[PersonId, DutyCounts]:
    """
    Return how many duties of each person stand how; who has none is left out. One query, counted in the database.

    :param at: now; as the evaluator last found them, at most seconds ago
    """
    if not people:
        return {}
    return {
        person: DutyCounts(person, done, due, overdue, renew, not_yet, moment_or_none(next_due_at))
        for person, done, due, overdue, renew, not_yet, next_due_at in _asked(_COUNTS, people, at=at)
    }


@dataclass(frozen=True)
class Urgency:
    """How many of some people have something overdue or due soon, and who are the first of them."""

    open: int
    """How many have anything that is due, overdue or to be renewed."""
    overdue: int
    soon: int
    """Nothing overdue, and something due by the moment that was asked for."""
    first: tuple[PersonId, ...]
    """The most urgent: who has something overdue, then who has something due soon, each by the earliest."""


def urgency(*, people: Collection[PersonId], at: datetime, until: datetime, most: int) -> Urgency:
    """
    Return who needs something, without saying what. One query, and one row, for any number of people.

    :param at: now; as the evaluator last found their duties, at most seconds ago
    :param until: what is due by then is due soon
    :param most: how many people to name
    """
    if not people:
        return Urgency(0, 0, 0, ())
    ((open_, overdue, soon, first),) = _asked(_URGENT, people, at=at, until=until, most=most)
    return Urgency(open_, overdue, soon, tuple(first))
