"""How the facts of this package look: audit events."""

from datetime import UTC, datetime
from uuid import UUID

from andante.engagement.rules import NotSent
from andante.kernel.ids import PersonId, derived_id
from andante.kernel.principals import Principal
from andante.ledger.statements import Fact, Kind, audit, instant

NUDGE_ASKED = "nudge-asked"
NUDGE_SENT = "nudge-sent"
NUDGE_NOT_SENT = "nudge-not-sent"


def nudge_id(*, manager: PersonId, person: PersonId, assignment: UUID, at: datetime, number: int) -> UUID:
    """
    Return the id of a reminder, and of the fact that it was asked for: known from who, whom, of what and the day (UTC).

    :param number: how many reminders of that day, all of which were not sent, came before
    """
    return derived_id(
        assignment, "nudge", str(manager), str(person), at.astimezone(UTC).date().isoformat(), str(number)
    )


def is_nudge_fact(fact: Fact) -> bool:
    return fact.kind is Kind.AUDIT and fact.verb in {NUDGE_ASKED, NUDGE_SENT, NUDGE_NOT_SENT}


def nudge_asked(
    *,
    nudge: UUID,
    person: PersonId,
    manager: PersonId,
    assignment: UUID,
    title: str,
    note: str,
    goes_at: datetime,
    by: Principal,
    at: datetime,
) -> Fact:
    """A manager asked to remind somebody of a duty."""
    new = {
        "nudge": str(nudge),
        "manager": str(manager),
        "assignment": str(assignment),
        "title": title,
        "note": note,
        "goes_at": instant(goes_at),
    }
    return audit(id=nudge, by=by, action=NUDGE_ASKED, subject=f"person:{person}", at=at, new=new)


def nudge_sent(*, nudge: UUID, person: PersonId, by: Principal, at: datetime) -> Fact:
    """The mail server took the mail."""
    return audit(
        id=derived_id(nudge, "sent"),
        by=by,
        action=NUDGE_SENT,
        subject=f"person:{person}",
        at=at,
        new={"nudge": str(nudge)},
    )


def nudge_not_sent(
    *, nudge: UUID, person: PersonId, because: NotSent, answer: str, by: Principal, at: datetime
) -> Fact:
    """
    The mail was not sent, and will not be.

    :param answer: what the mail server said, if anything; it may name the address, and so is a personal value
    """
    return audit(
        id=derived_id(nudge, "not-sent"),
        by=by,
        action=NUDGE_NOT_SENT,
        subject=f"person:{person}",
        at=at,
        new={"nudge": str(nudge), "because": because, "answer": answer},
    )
