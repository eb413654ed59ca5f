"""
How the facts of this package look: audit events.

Old and new values hold what is personal (names, logins, addresses) and nothing else does; they go when the
person's data is erased. A password is never among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from andante.kernel.ids import AccountId, PersonId, new_id
from andante.kernel.principals import Principal
from andante.ledger.statements import Fact, audit

PERSON_CREATED = "person-created"
PERSON_CHANGED = "person-changed"
UNIT_CREATED = "unit-created"
JOB_CREATED = "job-created"
PERSON_ERASED = "person-erased"
PLACED = "placed"
ACCOUNT_CREATED = "account-created"
ACCOUNT_DEACTIVATED = "account-deactivated"
PASSWORD_SET = "password-set"  # noqa: S105 - the name of an event
ROLE_GRANTED = "role-granted"
ROLE_REVOKED = "role-revoked"
SIGNED_IN = "signed-in"
SIGNED_OUT = "signed-out"
SIGN_IN_FAILED = "sign-in-failed"
OTHER_SIGN_INS_ENDED = "other-sign-ins-ended"
TWO_STEP_TURNED_ON = "two-step-turned-on"
TWO_STEP_TURNED_OFF = "two-step-turned-off"
RECOVERY_CODES_MADE = "recovery-codes-made"
RECOVERY_CODES_REMOVED = "recovery-codes-removed"
RECOVERY_CODE_USED = "recovery-code-used"
TWO_STEP_RESET = "two-step-reset"
ACCOUNT_UNLOCKED = "account-unlocked"
VIEW_AS_STARTED = "view-as-started"
VIEW_AS_ENDED = "view-as-ended"


def person_created(*, person: PersonId, values: Mapping[str, str], by: Principal, at: datetime) -> Fact:
    """
    A person is known from now on.

    :param values: name, time_zone and language; and number, email, hired_on, first_unsupervised_at where known
    """
    return audit(id=new_id(), by=by, action=PERSON_CREATED, subject=f"person:{person}", at=at, new=values)


def person_changed(
    *,
    person: PersonId,
    old: Mapping[str, str | None],
    new: Mapping[str, str | None],
    by: Principal,
    at: datetime,
    why: str,
) -> Fact:
    """Something that is known of a person is different from now on; only what differs."""
    return audit(
        id=new_id(), by=by, action=PERSON_CHANGED, subject=f"person:{person}", at=at, old=old, new=new, why=why
    )


def person_erased(
    *,
    person: PersonId,
    kept: Mapping[str, str],
    accounts: Sequence[Mapping[str, str | int | None]],
    records: Sequence[UUID],
    law: str,
    by: Principal,
    at: datetime,
    why: str,
) -> Fact:
    """
    Who a person was is no longer known; the rows that follow from the erased records follow from this one.

    :param kept: of the person: time_zone and language; hired_on and first_unsupervised_at where known
    :param accounts: of each account: account (its id), login (which names nobody), created_by, last_signed_in_at,
        failures_since, failures
    :param records: ids of the records that are erased, each of which a record-erased event names
    """
    new = {**kept, "accounts": [dict(each) for each in accounts], "records": [str(id) for id in records], "law": law}
    return audit(id=new_id(), by=by, action=PERSON_ERASED, subject=f"person:{person}", at=at, new=new, why=why)


def unit_created(
    *, unit: UUID, path: str, name: str, kind: str, time_zone: str | None, by: Principal, at: datetime
) -> Fact:
    """
    There is a part of the organisation.

    :param time_zone: its own; none for that of the unit above
    """
    new = {"path": path, "name": name, "kind": kind, "time_zone": time_zone}
    return audit(id=new_id(), by=by, action=UNIT_CREATED, subject=f"unit:{unit}", at=at, new=new)


def job_created(*, job: str, name: str, by: Principal, at: datetime) -> Fact:
    """There is a job."""
    return audit(id=new_id(), by=by, action=JOB_CREATED, subject=f"job:{job}", at=at, new={"name": name})


def placed(
    *,
    person: PersonId,
    old: Mapping[str, str | None],
    new: Mapping[str, str | None],
    by: Principal,
    at: datetime,
    why: str,
) -> Fact:
    """
    From a day on a person works somewhere.

    :param old: what counted on that day before; empty for the first placement
    :param new: status, unit (its id), job, manager (a person's id or none), shift, effective_on
    """
    return audit(id=new_id(), by=by, action=PLACED, subject=f"person:{person}", at=at, old=old, new=new, why=why)


def view_as(*, action: str, person: PersonId, by: Principal, at: datetime, why: str = "") -> Fact:
    """An administrator began, or ended, to see what a person sees."""
    return audit(id=new_id(), by=by, action=action, subject=f"person:{person}", at=at, why=why)


def account_created(
    *, account: AccountId, person: PersonId | None, login: str, email: str | None, by: Principal, at: datetime
) -> Fact:
    """A person can sign in from now on, once there is a password."""
    new = {"person": None if person is None else str(person), "login": login, "email": email}
    return audit(id=new_id(), by=by, action=ACCOUNT_CREATED, subject=f"account:{account}", at=at, new=new)


def role_granted(*, person: PersonId, role: str, grant: UUID, by: Principal, at: datetime, why: str = "") -> Fact:
    """A person holds a role from now on."""
    new = {"role": role, "grant": str(grant)}
    return audit(id=new_id(), by=by, action=ROLE_GRANTED, subject=f"person:{person}", at=at, new=new, why=why)


def role_revoked(*, person: PersonId, role: str, by: Principal, at: datetime, why: str) -> Fact:
    """A person no longer holds a role."""
    return audit(
        id=new_id(),
        by=by,
        action=ROLE_REVOKED,
        subject=f"person:{person}",
        at=at,
        old={"role": role},
        why=why,
    )


def signed_in(*, account: AccountId, methods: Sequence[str], by: Principal, at: datetime) -> Fact:
    """Somebody signed in; `methods` are those that were checked, such as password and totp."""
    new = {"methods": list(methods)}
    return audit(id=new_id(), by=by, action=SIGNED_IN, subject=f"account:{account}", at=at, new=new)


def account_event(*, action: str, account: AccountId, by: Principal, at: datetime, why: str = "") -> Fact:
    """Something happened to an account that has no values: one of the actions above."""
    return audit(id=new_id(), by=by, action=action, subject=f"account:{account}", at=at, why=why)
