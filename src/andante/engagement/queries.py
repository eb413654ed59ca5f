"""Who may be reminded of what, when that would go, and what became of earlier reminders."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import connection

from andante.engagement import rules
from andante.engagement.letters import Letter, letter
from andante.engagement.models import Nudge
from andante.engagement.rules import NotSent
from andante.kernel.arrays import uuid_array
from andante.kernel.ids import PersonId
from andante.ledger.prepared import prepared_cursor
from andante.obligations import queries as obligations
from andante.obligations.queries import Duty, Standing
from andante.people import queries as people_queries
from andante.people.queries import PlacedPerson

__all__ = [
    "Attention",
    "Finished",
    "Hindrance",
    "Letter",
    "NotSent",
    "NudgeView",
    "Reminder",
    "asks_for_attention",
    "attention",
    "draft",
    "last_finished",
    "nudges",
    "reminders",
]

_OPEN = {Standing.DUE, Standing.RENEW, Standing.OVERDUE}
_LAST = datetime.max.replace(tzinfo=UTC)


class Hindrance(Enum):
    """Why somebody is not reminded by mail."""

    NO_EMAIL = "no-email"
    ON_LEAVE = "on-leave"
    REMINDED = "reminded"
    """Of all of it, less than 24 hours ago; or that is still to go."""
    NOTHING_OPEN = "nothing-open"
    """Nothing is overdue or due within a week."""


@dataclass(frozen=True)
class Attention:
    """Who of some people needs something."""

    people: tuple[PersonId, ...]
    """The most urgent, as many as were asked for."""
    overdue: int
    """How many people have something overdue."""
    soon: int
    """How many have nothing overdue, and something due within a week."""
    done: int
    """How many people have nothing open at all."""


@dataclass(frozen=True)
class Finished:
    """Somebody completed a course."""

    person: PersonId
    name: str
    title: str
    """Of the course."""
    at: datetime


@dataclass(frozen=True)
class Reminder:
    """What somebody would be reminded of, and when."""

    person: PlacedPerson
    duties: tuple[Duty, ...]
    """All that are overdue or due within a week, the earliest first."""
    fresh: tuple[Duty, ...]
    """Those of them that the mail would name: of the others somebody was reminded lately."""
    hindrance: Hindrance | None
    goes_at: datetime
    """When it would go, if it was asked for now."""
    reminded_at: datetime | None
    """When the last reminder of one of the duties went, or is to go, where that is less than 24 hours ago."""

    @property
    def overdue(self) -> tuple[Duty, ...]:
        return tuple(duty for duty in self.duties if duty.standing is Standing.OVERDUE)

    @property
    def can_be_sent(self) -> bool:
        return self.hindrance is None


@dataclass(frozen=True)
class NudgeView:
    """A reminder that was asked for."""

    id: UUID
    person: PersonId
    manager: PersonId
    manager_name: str
    assignment: UUID
    title: str
    note: str
    asked_at: datetime
    goes_at: datetime
    sent_at: datetime | None
    not_sent_at: datetime | None
    not_sent_because: NotSent | None


def asks_for_attention(duty: Duty, at: datetime) -> bool:
    """Whether a duty is overdue, or due within a week."""
    return duty.standing is Standing.OVERDUE or (duty.standing in _OPEN and rules.is_soon(duty.due_at, at))


def attention(*, people: Collection[PersonId], at: datetime, most: int) -> Attention:
    """
    Return who needs something, without saying what: counted in the database. One query for any number of people.

    :param most: how many people to name
    """
    found = obligations.urgency(people=people, at=at, until=at + rules.SOON, most=most)
    return Attention(people=found.first, overdue=found.overdue, soon=found.soon, done=len(people) - found.open)


_LAST_FINISHED = """
    SELECT p.id, p.name, v.title, c.completed_at
    FROM learning_completion c
    JOIN people_person p ON p.id = c.person_id
    JOIN content_courseversion v ON v.hash = c.version
    WHERE c.person_id = ANY(%(people)s::uuid[]) AND c.completed_at > %(since)s AND c.completed_at <= %(at)s
    ORDER BY c.completed_at DESC, c.id LIMIT %(most)s
"""


def last_finished(*, people: Collection[PersonId], at: datetime, most: int = 3) -> list[Finished]:
    """Return who of these people completed a course within the last 30 days, the newest first. One query."""
    values: dict[str, Any] = {"people": uuid_array(people), "at": at, "since": at - rules.LATELY, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_LAST_FINISHED, values)
        return [Finished(*row) for row in cursor.fetchall()]


def draft(reminder: Reminder, *, manager: str) -> Letter:
    """Return the mail that would go, without a note: in the language and on the clocks of who would get it."""
    return letter(person=reminder.person, manager=manager, duties=reminder.fresh, note="")


def reminders(*, people: Collection[PersonId], at: datetime, to_decide: bool = False) -> list[Reminder]:
    """
    Return what each of these people would be reminded of now, the most urgent first. Five queries at most.

    Who was never placed, or has left, is left out.

    :param to_decide: as their duties stand this moment; else as the evaluator last found them, seconds ago
    """
    read = obligations.duties if to_decide else obligations.current_duties
    placed = {id: each for id, each in _placed(people, at).items() if each.status != "left"}
    open_duties: dict[PersonId, list[Duty]] = {id: [] for id in placed}
    for duty in read(people=list(placed), at=at, placed=placed):
        if asks_for_attention(duty, at):
            open_duties[duty.person].append(duty)
    lately = _lately([duty.assignment for own in open_duties.values() for duty in own], at)
    found = [_reminder(placed[id], own, lately, at) for id, own in open_duties.items()]
    return sorted(found, key=_urgency)


def _placed(people: Collection[PersonId], at: datetime) -> Mapping[PersonId, PlacedPerson]:
    return people_queries.placements(at=at, people=people)


_LATELY = """
    SELECT assignment_id, goes_at FROM engagement_nudge
    WHERE assignment_id = ANY(%(assignments)s::uuid[]) AND not_sent_at IS NULL AND goes_at > %(since)s
    ORDER BY goes_at
"""


def _lately(assignments: Sequence[UUID], at: datetime) -> dict[UUID, datetime]:
    """When the last reminder of each of these duties went, or is to go, unless it came to nothing."""
    if not assignments:
        return {}
    with prepared_cursor() as cursor:
        cursor.execute(_LATELY, {"assignments": uuid_array(assignments), "since": at - rules.REST})
        return dict(cursor.fetchall())


def _reminder(person: PlacedPerson, duties: Sequence[Duty], lately: Mapping[UUID, datetime], at: datetime) -> Reminder:
    fresh = tuple(duty for duty in duties if duty.assignment not in lately)
    return Reminder(
        person=person,
        duties=tuple(duties),
        fresh=fresh,
        hindrance=_hindrance(person, duties, fresh),
        goes_at=rules.goes_at(at, zone=person.time_zone, shift=person.shift),
        reminded_at=max((lately[duty.assignment] for duty in duties if duty.assignment in lately), default=None),
    )


def _hindrance(person: PlacedPerson, duties: Sequence[Duty], fresh: Sequence[Duty]) -> Hindrance | None:
    if not duties:
        return Hindrance.NOTHING_OPEN
    if person.status == "leave":
        return Hindrance.ON_LEAVE
    if not person.email:
        return Hindrance.NO_EMAIL
    return None if fresh else Hindrance.REMINDED


def _urgency(reminder: Reminder) -> tuple[bool, datetime, str, str]:
    first = reminder.duties[0].due_at if reminder.duties else None
    return not reminder.overdue, first or _LAST, reminder.person.name, str(reminder.person.id)


def nudges(*, person: PersonId, most: int = 10) -> list[NudgeView]:
    """Return the last reminders of a person, the newest first, whoever asked for them. One query."""
    rows = Nudge.objects.filter(person=person).select_related("manager").order_by("-asked_at", "title", "id")
    return [
        NudgeView(
            id=row.id,
            person=PersonId(row.person_id),
            manager=PersonId(row.manager_id),
            manager_name=row.manager.name,
            assignment=row.assignment_id,
            title=row.title,
            note=row.note,
            asked_at=row.asked_at,
            goes_at=row.goes_at,
            sent_at=row.sent_at,
            not_sent_at=row.not_sent_at,
            not_sent_because=NotSent(row.not_sent_because) if row.not_sent_because else None,
        )
        for row in rows[:most]
    ]
