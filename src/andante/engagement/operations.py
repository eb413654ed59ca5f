"""Reminding people of what waits for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count

from andante.engagement import queries, statements, tasks
from andante.engagement.alarms import Alarm, warn_administrators
from andante.engagement.apply import apply
from andante.engagement.delivery import deliver, message_id
from andante.engagement.models import Nudge
from andante.engagement.queries import Reminder
from andante.kernel.ids import PersonId
from andante.kernel.principals import Principal
from andante.ledger.operations import append, transact
from andante.ledger.statements import Fact
from andante.obligations.queries import Duty
from andante.people import queries as people_queries

__all__ = [
    "LONGEST_NOTE",
    "Alarm",
    "NotInTeam",
    "NoteTooLong",
    "Nudged",
    "deliver",
    "message_id",
    "nudge",
    "warn_administrators",
]

LONGEST_NOTE = 300


class NotInTeam(Exception):  # noqa: N818 - errors are facts
    """Somebody does not report to the manager."""


class NoteTooLong(Exception):  # noqa: N818
    """A note has at most 300 characters."""


@dataclass(frozen=True)
class Nudged:
    """What came of asking."""

    asked: tuple[Reminder, ...]
    """A mail will go to each of these."""
    left_out: tuple[Reminder, ...]
    """None will to these; each says why."""


@transact
def nudge(*, manager: PersonId, people: Collection[PersonId], by: Principal, at: datetime, note: str = "") -> Nudged:
    """
    Remind each of these people, with one mail, of what is overdue or due within a week.

    Asked again, nothing happens: nobody is reminded of the same duty twice within 24 hours, whoever asks. In somebody's
    quiet hours the mail waits until they are over.

    :param note: a line of the manager's own, which the mail ends with
    :raises NotInTeam: one of them does not report to the manager
    :raises NoteTooLong: the note has more than 300 characters
    """
    note = " ".join(note.replace("\x00", "").split())
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong
    if set(people) - people_queries.team(manager, at=at):
        raise NotInTeam
    _one_at_a_time()
    plan = queries.reminders(people=people, at=at, to_decide=True)
    asked = [reminder for reminder in plan if reminder.can_be_sent]
    numbers = _numbers(manager, asked, at)
    letters = [
        [
            statements.nudge_asked(
                nudge=_id(manager, reminder, duty, numbers, at),
                person=reminder.person.id,
                manager=manager,
                assignment=duty.assignment,
                title=duty.title,
                note=note,
                goes_at=reminder.goes_at,
                by=by,
                at=at,
            )
            for duty in reminder.fresh
        ]
        for reminder in asked
    ]
    facts: list[Fact] = [fact for own in letters for fact in own]
    append(facts)
    for fact in facts:
        apply(fact)
    for reminder, own in zip(asked, letters, strict=True):
        tasks.schedule([fact.id for fact in own], at=reminder.goes_at)
    return Nudged(tuple(asked), tuple(reminder for reminder in plan if not reminder.can_be_sent))


def _id(manager: PersonId, reminder: Reminder, duty: Duty, numbers: Mapping[UUID, int], at: datetime) -> UUID:
    return statements.nudge_id(
        manager=manager,
        person=reminder.person.id,
        assignment=duty.assignment,
        at=at,
        number=numbers.get(duty.assignment, 0),
    )


def _numbers(manager: PersonId, asked: Sequence[Reminder], at: datetime) -> dict[UUID, int]:
    """How often the manager had asked for the same today: none of those was sent, or it would not be asked again."""
    begins = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Nudge.objects.filter(
        manager=manager,
        assignment__in=[duty.assignment for reminder in asked for duty in reminder.fresh],
        asked_at__gte=begins,
    )
    return dict(rows.values_list("assignment").annotate(Count("id")))


def _one_at_a_time() -> None:
    """Two who ask at once would both find that nobody has been reminded. The second waits until the first commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('engagement/nudge', 0))")
