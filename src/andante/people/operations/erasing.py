"""
Erasing who somebody was, where the law asks for it; what they learned stays, under an id that names nobody.

A regulated trade must keep that somebody was trained, and by when; who that was must go when the law says so. So the
records that hold a name, number, address or login are erased, and one record keeps the rest of what they said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction

from andante.kernel.ids import AccountId, PersonId
from andante.kernel.principals import Principal
from andante.ledger import operations as ledger
from andante.ledger.queries import StoredFact, audit_events
from andante.people import attempts, queries, rules, statements
from andante.people.models import Account, Grant, Person, Placement, Session
from andante.people.operations.accounts import (
    ReasonMissing,
    deactivate_account,
    erased_login,
    revoke_role,
)
from andante.people.operations.organising import PersonErased, PersonUnknown, keep
from andante.people.rules import PeopleError

PERSONAL = (statements.PERSON_CREATED, statements.PERSON_CHANGED, statements.ACCOUNT_CREATED)
"""The events that hold who somebody is. None else does, but for what people wrote into a reason or a note."""

_ON_A_PAGE = 500


class StillHere(PeopleError):  # noqa: N818 - errors are facts
    """The person works here."""


class NotErasableYet(PeopleError):  # noqa: N818
    """A record about the person cannot be erased just now; says which and why."""


@dataclass(frozen=True)
class Erasure:
    """What erasing somebody would remove, and what would stay."""

    person: PersonId
    works_here: bool
    """Now, or later: then it is refused."""
    name: str
    number: str | None
    email: str | None
    logins: tuple[str, ...]
    roles: tuple[str, ...]
    """They are taken back."""
    records: tuple[UUID, ...]
    """Whose content goes."""
    staying: int
    """Audit events about the person and their logins that stay: they hold ids, places of work and times."""
    reasons: int
    """How many of these hold a reason that somebody wrote, in which a name may stand; not counting archived ones."""
    archived: tuple[str, ...]
    """Months (`2026-10`) whose archives say who the person was; these files are not reached from here."""


def erasure_of(person: PersonId, *, at: datetime) -> Erasure:
    """
    What `erase_person` would do, without doing it.

    :raises PersonUnknown: there is no such person
    :raises PersonErased: they were erased before
    """
    row = Person.objects.filter(id=person).first()
    if row is None:
        raise PersonUnknown("There is no such person.")
    _refuse_erased(row)
    accounts = list(Account.objects.filter(person=person).order_by("login"))
    about = _events(person, accounts)
    going = [stored.fact for stored in about if stored.fact.verb in PERSONAL]
    archived = {stored.archived for stored in about if stored.fact.verb in PERSONAL and stored.archived}
    staying = [stored.fact for stored in about if stored.fact.verb not in PERSONAL]
    return Erasure(
        person=person,
        works_here=_works_here(person, at),
        name=row.name,
        number=row.number,
        email=row.email,
        logins=tuple(account.login for account in accounts),
        roles=tuple(sorted(queries.roles(person))),
        records=tuple(fact.id for fact in going),
        staying=len(staying),
        reasons=sum(bool(fact.body["why"]) for fact in staying),
        archived=tuple(sorted(archived)),
    )


@transaction.atomic
def erase_person(*, person: PersonId, law: str, why: str, by: Principal, at: datetime) -> int:
    """
    Erase who somebody was. Their logins end at once and are never given again; there is no way back.

    :param law: what demands it, such as "GDPR Art. 17(1)(a)"
    :param why: for the record; it stays, so it must not name the person
    :return: how many records were erased
    :raises PersonUnknown: there is no such person
    :raises PersonErased: they were erased before
    :raises ReasonMissing: law or reason say nothing
    :raises StillHere: the person works here, or will
    :raises NotErasableYet: a record about them is not sealed yet
    """
    law, why = law.strip(), why.strip()
    if not law or not why:
        raise ReasonMissing("Say under which law, and why: both go on record.")
    row = Person.objects.select_for_update().filter(id=person).first()
    if row is None:
        raise PersonUnknown("There is no such person.")
    _refuse_erased(row)
    if _works_here(person, at):
        # Who works here gets duties and is on lists: that ends first, on record, as for everybody who leaves.
        raise StillHere("This person works here. Record first from which day on they have left.")
    for grant in Grant.objects.filter(person=person).order_by("role"):
        revoke_role(person=person, role=grant.role, by=by, at=at, why=why)
    accounts = _close_accounts(person, by=by, at=at, why=why)
    going = [stored.fact.id for stored in _events(person, accounts) if stored.fact.verb in PERSONAL]
    keep(
        statements.person_erased(
            person=person,
            kept=_kept(row),
            accounts=[_kept_of_account(account) for account in accounts],
            records=going,
            law=law,
            by=by,
            at=at,
            why=why,
        )
    )
    try:
        ledger.erase_records(records=going, law=law, why=why, by=by, at=at)
    except ledger.ErasureRefused as refusal:
        raise NotErasableYet(f"{refusal} Nothing was erased; try again in a moment.") from None
    return len(going)


def _refuse_erased(row: Person) -> None:
    if rules.is_erased(row.name):
        raise PersonErased("This person was erased before.")


def _works_here(person: PersonId, at: datetime) -> bool:
    """Whether somebody works here, or will."""
    now = queries.placements(at=at, people=[person]).get(person)
    rows = Placement.objects.filter(person=person).order_by("-effective_on", "-recorded_at", "-id")
    last = rows.values_list("status", flat=True).first()
    return bool((now and now.status != rules.Status.LEFT) or (last and last != rules.Status.LEFT))


def _close_accounts(person: PersonId, *, by: Principal, at: datetime, why: str) -> list[Account]:
    """End every account, with what no fact explains; the rows as they are then, locked."""
    for account in Account.objects.select_for_update().filter(person=person).order_by("id"):
        attempts.forget(account)
        if account.is_active:
            deactivate_account(account=AccountId(account.id), by=by, at=at, why=why)
        # Past the signals: their receiver would put on record that the holder did it.
        Authenticator.objects.filter(user_id=account.id)._raw_delete(connection.alias)
        Session.objects.filter(account=account.id).delete()
        Account.objects.filter(id=account.id).update(password=UNUSABLE_PASSWORD_PREFIX)
    return list(Account.objects.filter(person=person).order_by("id"))


def _events(person: PersonId, accounts: Sequence[Account]) -> list[StoredFact]:
    """Every audit event about a person or one of their accounts."""
    subjects = [f"person:{person}", *(f"account:{account.id}" for account in accounts)]
    found: list[StoredFact] = []
    before = None
    while page := audit_events(subjects=subjects, before=before, limit=_ON_A_PAGE):
        found += page
        before = page[-1].place
    return found


def _kept(row: Person) -> dict[str, str]:
    """What a person's row holds that names nobody."""
    first = row.first_unsupervised_at
    values = {
        "time_zone": row.time_zone,
        "language": row.language,
        "hired_on": row.hired_on.isoformat() if row.hired_on else None,
        "first_unsupervised_at": first.isoformat() if first else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _kept_of_account(account: Account) -> dict[str, str | int | None]:
    last, since = account.last_signed_in_at, account.failures_since
    return {
        "account": str(account.id),
        "login": erased_login(account.login),
        "created_by": account.created_by,
        "last_signed_in_at": last.isoformat() if last else None,
        "failures_since": since.isoformat() if since else None,
        "failures": account.failures,
    }
