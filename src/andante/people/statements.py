"""
How the facts of this package look: audit events.

Old and new values hold what is personal (names, logins, addresses) and nothing else does; they go when the
person's data is erased. A password is never among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from andante.kernel.ids import AccountId, PersonId, new_id
from andante.kernel.principals import Principal
from andante.ledger.statements import Fact, audit

PERSON_CREATED = "person-created"
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


def person_created(*, person: PersonId, name: str, time_zone: str, language: str, by: Principal, at: datetime) -> Fact:
    """A person is known from now on."""
    return audit(
        id=new_id(),
        by=by,
        action=PERSON_CREATED,
        subject=f"person:{person}",
        at=at,
        new={"name": name, "time_zone": time_zone, "language": language},
    )


def account_created(
    *, account: AccountId, person: PersonId | None, login: str, email: str | None, by: Principal, at: datetime
) -> Fact:
    """A person can sign in from now on, once there is a password."""
    new = {"person": None if person is None else str(person), "login": login, "email": email}
    return audit(id=new_id(), by=by, action=ACCOUNT_CREATED, subject=f"account:{account}", at=at, new=new)


def role_granted(*, person: PersonId, role: str, grant: UUID, by: Principal, at: datetime) -> Fact:
    """A person holds a role from now on."""
    new = {"role": role, "grant": str(grant)}
    return audit(id=new_id(), by=by, action=ROLE_GRANTED, subject=f"person:{person}", at=at, new=new)


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
