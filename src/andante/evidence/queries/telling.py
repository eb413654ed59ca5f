"""Records in plain words, for people who ask what happened, to whom, by whom and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from andante.evidence import wording
from andante.evidence.differing import Difference, differences, text
from andante.evidence.wording import Names
from andante.kernel.ids import PersonId
from andante.ledger import queries as ledger
from andante.ledger.queries import Place, StoredFact
from andante.ledger.statements import Fact, Kind
from andante.ledger.vocabulary import EXT_BY
from andante.people import queries as people

AnyTold = TypeVar("AnyTold", bound="Told")
LATE = timedelta(minutes=1)


@dataclass(frozen=True)
class Told:
    """A record in plain words."""

    id: UUID
    at: datetime
    """When it happened."""
    stored: datetime
    """When the database stored it."""
    seq: int | None
    """Its number; none while it waits to be sealed."""
    by: str
    """Who acted, as a name."""
    principal: str
    what: str
    sentence: str
    why: str
    about: str
    """Whom or what it is about, as a name."""
    person: PersonId | None
    """Whom it is about, for a link."""
    archived: str
    """The month, `2026-10`, whose archive holds what it says; empty for what is here."""

    @property
    def place(self) -> Place:
        """Where it stands in a list, for the next page."""
        return Place(self.at, self.id)

    @property
    def late(self) -> bool:
        """Whether it was recorded long after it happened."""
        return self.stored - self.at > LATE


@dataclass(frozen=True)
class Change(Told):
    """An audit event in plain words."""

    action: str
    subject: str
    """As the record has it."""
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    differences: Sequence[Difference]
    """What is another value now, in plain words."""

    @property
    def values(self) -> list[tuple[str, str, str]]:
        """Return name, old and new of every value, as text."""
        names = [*self.new, *(name for name in self.old if name not in self.new)]
        return [(name, text(self.old.get(name)), text(self.new.get(name))) for name in names]


@dataclass(frozen=True)
class ChangeFilter:
    """Which changes are asked for; everything that is empty does not narrow."""

    person: PersonId | None = None
    """Whom it is about, with all their accounts."""
    actor: PersonId | None = None
    """Who did it, with any of their accounts."""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


def changes(asked: ChangeFilter, *, before: Place | None = None, limit: int = 50) -> list[Change]:
    """Audit events, the latest first, by when they happened. A constant number of queries."""
    actors = [f"account:{account.id}" for account in people.accounts_of(asked.actor)] if asked.actor else []
    if asked.actor and not actors:
        return []
    found = ledger.audit_events(
        subjects=subjects_of(asked.person) if asked.person else (),
        actors=actors,
        actions=[asked.action] if asked.action else (),
        since=asked.since,
        until=asked.until,
        before=before,
        limit=limit,
    )
    names = Names([each.fact for each in found])
    return [_change(each, names) for each in found]


def change(id: UUID) -> Change | None:
    """One audit event; none where the record is of another kind, or there is none."""
    found = ledger.fact(id)
    if found is None or found.fact.kind is not Kind.AUDIT:
        return None
    return _change(found, Names([found.fact]))


def record(id: UUID, *, concerning: PersonId | None = None) -> Told | None:
    """
    One record of any kind; none where there is none.

    :param concerning: none, too, where it is not about this person
    """
    found = ledger.fact(id)
    if found is None or (concerning and not _concerns(found.fact, concerning)):
        return None
    names = Names([found.fact])
    return _change(found, names) if found.fact.kind is Kind.AUDIT else _told(found, names)


def _concerns(fact: Fact, person: PersonId) -> bool:
    if fact.kind is Kind.STATEMENT:
        return fact.actor == person
    return fact.object in subjects_of(person)


def concerning(person: PersonId, *, before: Place | None = None, limit: int = 50) -> Sequence[Told]:
    """Everything on record about somebody, the latest first: what they did, and what was done about them."""
    found = ledger.facts_concerning(person=person, subjects=subjects_of(person), before=before, limit=limit)
    names = Names([each.fact for each in found])
    return [_change(each, names) if each.fact.kind is Kind.AUDIT else _told(each, names) for each in found]


def one_page(found: Sequence[AnyTold], size: int) -> tuple[list[AnyTold], Place | None]:
    """
    Return a page of a list, and the place after which the next one begins; none where it is the last.

    What happened in the same moment stands in the order of its numbers, too.

    :param found: one more than the page holds, where there are as many
    """
    shown = list(found[:size])
    after = shown[-1].place if len(found) > size else None
    return sorted(shown, key=lambda each: (each.at, each.seq is None, each.seq or 0), reverse=True), after


def principal_names(principals: Iterable[str]) -> dict[str, str]:
    """Return who these principals are, as people say it. One query at most."""
    names = Names(())
    found = set(principals)
    names.note(found)
    return {each: names.principal(each) for each in found}


def subjects_of(person: PersonId) -> list[str]:
    """Return under which names audit events are about somebody."""
    return [f"person:{person}", *(f"account:{account.id}" for account in people.accounts_of(person))]


def _told(found: StoredFact, names: Names) -> Told:
    person = found.fact.actor
    return Told(**_common(found, names), about=names.person(person) if person else "", person=person)


def _change(found: StoredFact, names: Names) -> Change:
    body = found.fact.body
    subject = str(body["subject"])
    sort, _colon, id = subject.partition(":")
    person = None
    if sort == "person":
        person = PersonId(UUID(id))
    elif sort == "account":
        person = names.owner(id)
    return Change(
        **_common(found, names),
        action=found.fact.verb,
        subject=subject,
        about=names.subject(subject),
        person=person,
        old=body["old"],
        new=body["new"],
        differences=() if found.archived else differences(found.fact, names),
    )


def _common(found: StoredFact, names: Names) -> dict[str, Any]:
    fact = found.fact
    by = str(fact.body["by"] if fact.kind is Kind.AUDIT else fact.extensions.get(EXT_BY, ""))
    return {
        "id": fact.id,
        "at": fact.timestamp,
        "stored": found.stored,
        "seq": found.seq,
        "by": names.principal(by),
        "principal": by,
        "what": wording.label(fact),
        "sentence": wording.archived(fact, found.archived) if found.archived else wording.sentence(fact, names),
        "archived": found.archived,
        "why": str(fact.body.get("why", "")),
    }
