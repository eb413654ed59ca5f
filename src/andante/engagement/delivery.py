"""
Sending a reminder. A part of this package's operations; the worker calls it.

A mail is sent, then the fact that it was sent is committed. If the worker dies between the two, the mail is sent once
more, under the same Message-ID, by which mail programs tell that it is the same one. Once the fact stands, never again.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from andante.engagement import rules, statements
from andante.engagement.apply import apply
from andante.engagement.letters import letter
from andante.engagement.models import Nudge
from andante.engagement.rules import NotSent
from andante.kernel.ids import PersonId
from andante.kernel.principals import system_principal
from andante.ledger.operations import append
from andante.ledger.statements import Fact
from andante.obligations import queries as obligations
from andante.obligations.queries import Duty, Standing
from andante.people import queries as people_queries
from andante.people.queries import PlacedPerson

_BY = system_principal("engagement")
_CLOSED = {Standing.DONE, Standing.NOT_YET}
PERMANENT = 500
"""Replies of mail servers from this number on are final (RFC 5321, section 4.2.1)."""
LONGEST_ANSWER = 200


class Refused(Exception):  # noqa: N818 - errors are facts
    """The mail server will not take this mail, however often it is tried."""


@transaction.atomic
def deliver(*, nudges: Sequence[UUID], at: datetime, last_try: bool) -> datetime | None:
    """
    Send one mail for all reminders that one person gets, and record what became of them.

    What was sent, or will not be, is left alone; what was done in the meantime is not mentioned.

    :param last_try: where the mail server cannot be reached, record that it was not sent instead of trying again
    :return: when to try again, in quiet hours; None when all is settled
    :raises OSError: the mail server cannot be reached, or asks to try later
    """
    waiting = list(
        Nudge.objects.select_for_update(of=("self",))
        .filter(id__in=nudges, sent_at__isnull=True, not_sent_at__isnull=True)
        .select_related("manager")
        .order_by("id")
    )
    if not waiting:
        return None
    of = PersonId(waiting[0].person_id)
    person = people_queries.placements(at=at, people=[of]).get(of)
    hindrance = _hindrance(person)
    if person is None or hindrance:
        _settle(waiting, hindrance or NotSent.AWAY, at)
        return None
    duties = {
        duty.assignment: duty for duty in obligations.duties(people=[person.id], at=at) if duty.standing not in _CLOSED
    }
    _settle([row for row in waiting if row.assignment_id not in duties], NotSent.DONE, at)
    waiting = [row for row in waiting if row.assignment_id in duties]
    if not waiting:
        return None
    later = rules.goes_at(at, zone=person.time_zone, shift=person.shift)
    if later > at:
        return later
    _send(waiting, person, [duties[row.assignment_id] for row in waiting], at=at, last_try=last_try)
    return None


def _hindrance(person: PlacedPerson | None) -> NotSent | None:
    if person is None or person.status != "active":
        return NotSent.AWAY
    return None if person.email else NotSent.NO_ADDRESS


def _send(
    waiting: Sequence[Nudge], person: PlacedPerson, duties: Sequence[Duty], *, at: datetime, last_try: bool
) -> None:
    try:
        _mail(person, waiting[0], sorted(duties, key=lambda duty: str(duty.due_at)))
    except Refused as refused:
        _settle(waiting, NotSent.REFUSED, at, answer=str(refused))
    except OSError as error:  # smtplib's errors are too
        if not last_try:
            raise
        _settle(waiting, NotSent.UNREACHABLE, at, answer=str(error))
    else:
        _keep([statements.nudge_sent(nudge=row.id, person=person.id, by=_BY, at=at) for row in waiting])


def _mail(person: PlacedPerson, nudge: Nudge, duties: Sequence[Duty]) -> None:
    """
    Hand the mail to the server.

    :raises Refused: the address, or the mail, is refused for good
    :raises OSError: it may be taken later
    """
    words = letter(person=person, manager=nudge.manager.name, duties=duties, note=nudge.note)
    mail = EmailMultiAlternatives(
        words.subject, words.text, to=[str(person.email)], headers={"Message-ID": message_id(nudge.id)}
    )
    mail.attach_alternative(words.html, "text/html")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, answer = next(iter(refused.recipients.values()))
        if code < PERMANENT:
            raise
        raise Refused(_text(code, answer)) from refused
    except smtplib.SMTPDataError as refused:
        if refused.smtp_code < PERMANENT:
            raise
        raise Refused(_text(refused.smtp_code, refused.smtp_error)) from refused


def message_id(nudge: UUID) -> str:
    """Return the Message-ID of a reminder: the same, however often it is sent."""
    return f"<{nudge}.reminder@{settings.ENVIRONMENT.base_host}>"


def _text(code: int, answer: bytes | str) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {said}"


def _settle(rows: Sequence[Nudge], because: NotSent, at: datetime, *, answer: str = "") -> None:
    """Record that these are not sent, and will not be."""
    _keep(
        [
            statements.nudge_not_sent(
                nudge=row.id,
                person=PersonId(row.person_id),
                because=because,
                answer=answer[:LONGEST_ANSWER].replace("\x00", ""),
                by=_BY,
                at=at,
            )
            for row in rows
        ]
    )


def _keep(facts: Sequence[Fact]) -> None:
    if facts:
        append(facts)
        for fact in facts:
            apply(fact)
