"""
From facts to rows: the only writer of people, accounts, roles and the organisation.

Each function depends on the fact and on rows of this package only, so that a rebuild over all facts gives the
same rows; `andante verify` does so and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import F, Model, QuerySet
from django.db.models.functions import Coalesce, Greatest

from andante.ledger.statements import Fact, Kind
from andante.people import rules, statements
from andante.people.models import Account, Grant, Job, OrgUnit, Person, Placement

EXPLAINED: tuple[type[Model], ...] = (Person, Account, Grant, OrgUnit, Job, Placement)

UNEXPLAINED: Mapping[str, str] = {
    "people_account.password": "A password is never in the ledger; that one was set, is.",
    "people_sharedvalue": "Counts of tries last for minutes; they keep strangers out and say nothing about anybody.",
    "people_session": "A live sign-in is a row as long as it lives; signing in and out are facts.",
}


def apply(fact: Fact) -> None:
    """Bring the rows up to date with one fact; facts of other packages change nothing here."""
    if fact.kind is not Kind.AUDIT:
        return
    if fact.body["action"] == statements.JOB_CREATED:
        _job_created(fact)
    elif change := _CHANGES.get(fact.body["action"]):
        change(_subject(fact), fact)


def _subject(fact: Fact) -> UUID:
    """Return the id in "person:<id>", "account:<id>" or "unit:<id>"."""
    return UUID(str(fact.body["subject"]).partition(":")[2])


def _new(fact: Fact) -> Mapping[str, Any]:
    values: Mapping[str, Any] = fact.body["new"]
    return values


def _person_created(subject: UUID, fact: Fact) -> None:
    Person.objects.create(id=subject, **_person_values(_new(fact)))


def _person_changed(subject: UUID, fact: Fact) -> None:
    Person.objects.filter(id=subject).update(**_person_values(_new(fact)))


def _person_values(new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of what a fact says of a person; it says only what is known, or what changed."""
    values = dict(new)
    if values.get("hired_on"):
        values["hired_on"] = date.fromisoformat(values["hired_on"])
    if values.get("first_unsupervised_at"):
        values["first_unsupervised_at"] = datetime.fromisoformat(values["first_unsupervised_at"])
    return values


def _person_erased(subject: UUID, fact: Fact) -> None:
    """
    Rows without what named somebody; made here where a replay has not seen them, because what made them was erased.
    """
    new = _new(fact)
    known = ("time_zone", "language", "hired_on", "first_unsupervised_at")
    values = _person_values({name: new.get(name) for name in known})
    Person.objects.update_or_create(id=subject, defaults={**values, "name": "", "number": None, "email": None})
    for account in new["accounts"]:
        last, since = account["last_signed_in_at"], account["failures_since"]
        rest = {
            "person_id": subject,
            "login": account["login"],
            "email": None,
            "is_active": False,
            "created_by": account["created_by"],
            "last_signed_in_at": last and datetime.fromisoformat(last),
            "failures_since": since and datetime.fromisoformat(since),
            "failures": account["failures"],
            "password": UNUSABLE_PASSWORD_PREFIX,
        }
        Account.objects.update_or_create(id=UUID(account["account"]), defaults=rest)


def _unit_created(subject: UUID, fact: Fact) -> None:
    new = _new(fact)
    parent = OrgUnit.objects.filter(path=new["path"].rpartition("/")[0]).first()
    above = parent.site_id if parent else None
    OrgUnit.objects.create(
        id=subject,
        path=new["path"],
        name=new["name"],
        kind=new["kind"],
        parent=parent,
        site_id=subject if new["kind"] == rules.UnitKind.SITE else above,
        time_zone=new["time_zone"] or (parent.time_zone if parent else "UTC"),
    )


def _job_created(fact: Fact) -> None:
    job = str(fact.body["subject"]).partition(":")[2]
    Job.objects.create(id=job, name=_new(fact)["name"])


def _placed(subject: UUID, fact: Fact) -> None:
    new = _new(fact)
    Placement.objects.create(
        id=fact.id,
        person_id=subject,
        status=new["status"],
        unit_id=UUID(new["unit"]),
        job_id=new["job"],
        manager_id=UUID(new["manager"]) if new["manager"] else None,
        shift=new["shift"],
        effective_on=date.fromisoformat(new["effective_on"]),
        duty_since=date.fromisoformat(new["effective_on"]),
        recorded_at=fact.timestamp,
    )
    _draw(subject)


def _draw(person: UUID) -> None:
    """Say anew, for each placement of a person, until when it counts and since when its duties do."""
    rows = list(Placement.objects.filter(person=person).order_by("effective_on", "recorded_at", "id"))
    left = rules.Status.LEFT
    timeline = [rules.Stretch(row.effective_on, str(row.unit_id), row.job_id, row.status == left) for row in rows]
    changed = []
    for row, drawn in zip(rows, rules.draw(timeline), strict=True):
        if (row.ends_on, row.duty_since) != (drawn.ends_on, drawn.duty_since):
            row.ends_on, row.duty_since = drawn.ends_on, drawn.duty_since
            changed.append(row)
    Placement.objects.bulk_update(changed, ["ends_on", "duty_since"])


def _account_created(subject: UUID, fact: Fact) -> None:
    new = _new(fact)
    Account.objects.create(
        id=subject,
        person_id=None if new["person"] is None else UUID(new["person"]),
        login=new["login"],
        email=new["email"],
        created_by=fact.body["by"],
        password=UNUSABLE_PASSWORD_PREFIX,
    )


def _account_deactivated(subject: UUID, fact: Fact) -> None:  # noqa: ARG001 - one shape for all
    Account.objects.filter(id=subject).update(is_active=False)


def _signed_in(subject: UUID, fact: Fact) -> None:
    # The latest time, whichever of two sign-ins at once is applied last: the order of commits is not that of
    # facts.
    latest = Greatest(Coalesce(F("last_signed_in_at"), fact.timestamp), fact.timestamp)
    _not_erased(subject).update(last_signed_in_at=latest)


def _not_erased(account: UUID) -> QuerySet[Account]:
    """
    The account, unless whose it was is erased: then the record of that says what stays.

    A replay has no row of it before that record, so what was sealed earlier but came in later must not count either.
    """
    return Account.objects.filter(id=account).exclude(login__startswith=rules.ERASED_LOGIN)


def _sign_in_failed(subject: UUID, fact: Fact) -> None:
    account = _not_erased(subject).first()
    if account is None:
        return
    failures = rules.Failures(account.failures_since, account.failures).after(fact.timestamp)
    Account.objects.filter(id=subject).update(failures_since=failures.since, failures=failures.count)


def _role_granted(subject: UUID, fact: Fact) -> None:
    new = _new(fact)
    Grant.objects.create(id=UUID(new["grant"]), person_id=subject, role=new["role"], granted_at=fact.timestamp)


def _role_revoked(subject: UUID, fact: Fact) -> None:
    Grant.objects.filter(person_id=subject, role=fact.body["old"]["role"]).delete()


_CHANGES: Mapping[str, Callable[[UUID, Fact], None]] = {
    statements.PERSON_CREATED: _person_created,
    statements.PERSON_CHANGED: _person_changed,
    statements.PERSON_ERASED: _person_erased,
    statements.UNIT_CREATED: _unit_created,
    statements.PLACED: _placed,
    statements.ACCOUNT_CREATED: _account_created,
    statements.ACCOUNT_DEACTIVATED: _account_deactivated,
    statements.SIGNED_IN: _signed_in,
    statements.SIGN_IN_FAILED: _sign_in_failed,
    statements.ROLE_GRANTED: _role_granted,
    statements.ROLE_REVOKED: _role_revoked,
}
