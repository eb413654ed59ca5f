"""Accounts, how they sign in, and roles."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from andante.kernel.ids import AccountId, PersonId, new_id
from andante.kernel.principals import Principal, account_principal, system_principal
from andante.ledger.operations import transact
from andante.people import rules, statements
from andante.people.models import Account, Grant, Person, Session
from andante.people.operations.organising import PersonErased, PersonUnknown, email_address, keep
from andante.people.rules import PeopleError


class AccountUnknown(PeopleError):  # noqa: N818
    """There is no such account."""


class AccountInactive(PeopleError):  # noqa: N818
    """The account was deactivated."""


class LoginTaken(PeopleError):  # noqa: N818
    """Somebody has this login, or had it."""


class EmailTaken(PeopleError):  # noqa: N818
    """An account in use has this e-mail address."""


class PasswordRefused(PeopleError):  # noqa: N818
    """The password is too short, too common or too much like the login."""


class ReasonMissing(PeopleError):  # noqa: N818
    """What is asked for needs a reason on record."""


class RoleAlreadyHeld(PeopleError):  # noqa: N818
    """The person holds this role."""


class RoleNotHeld(PeopleError):  # noqa: N818
    """The person does not hold this role."""


@transact
def create_account(
    *,
    person: PersonId | None,
    login: str,
    email: str | None,
    password: str | None,
    by: Principal,
    at: datetime,
    id: UUID | None = None,
) -> AccountId:
    """
    Give somebody a way to sign in.

    :param password: without one, the account cannot sign in until `set_password`
    :raises PersonUnknown: there is no such person
    :raises PersonErased: who they were is erased
    :raises LoginInvalid: the login has characters that it cannot have
    :raises LoginTaken: the login is or was somebody's; logins are never given twice (21 CFR 11.100(a))
    :raises EmailInvalid: it is not an address
    :raises EmailTaken: an account in use has the address
    :raises PasswordRefused: says why
    """
    login = rules.login_name(login)
    email = email_address(email)
    if person is not None:
        _person(person)
    if Account.objects.filter(login__in=[login, erased_login(login)]).exists():
        raise LoginTaken(f"The login “{login}” was given before. Logins are never given twice.")
    if email and Account.objects.filter(email=email, is_active=True).exists():
        raise EmailTaken(f"An account in use has the address {email}.")
    account = AccountId(id or new_id())
    keep(statements.account_created(account=account, person=person, login=login, email=email, by=by, at=at))
    if password is not None:
        set_password(account=account, password=password, by=by, at=at)
    return account


@transact
def set_password(*, account: AccountId, password: str, by: Principal, at: datetime) -> None:
    """
    Give the account another password and end its sign-ins; the record says only that it was set.

    :raises AccountUnknown: there is no such account
    :raises AccountInactive: it was deactivated
    :raises PasswordRefused: says why
    """
    row = active(account)
    try:
        validate_password(password, row)
    except ValidationError as refusal:
        raise PasswordRefused(" ".join(refusal.messages)) from None
    Account.objects.filter(id=account).update(password=make_password(password))
    Session.objects.filter(account=account).delete()
    keep(statements.account_event(action=statements.PASSWORD_SET, account=account, by=by, at=at))


@transact
def deactivate_account(*, account: AccountId, by: Principal, at: datetime, why: str = "") -> None:
    """
    End an account for good. Its live sign-ins end at once; its login is never given again.

    :raises AccountUnknown: there is no such account
    :raises AccountInactive: it was deactivated before
    """
    active(account)
    keep(statements.account_event(action=statements.ACCOUNT_DEACTIVATED, account=account, by=by, at=at, why=why))
    Session.objects.filter(account=account).delete()


@transact
def grant_role(*, person: PersonId, role: str, by: Principal, at: datetime, why: str = "") -> None:
    """
    Let a person do what the role may do.

    :raises RoleUnknown: there is no such role
    :raises PersonUnknown: there is no such person
    :raises RoleAlreadyHeld: the person holds it
    """
    name = rules.role(role)
    _person(person)
    if Grant.objects.filter(person=person, role=name).exists():
        raise RoleAlreadyHeld(f"This person already is {name}.")
    keep(statements.role_granted(person=person, role=name, grant=new_id(), by=by, at=at, why=why))


@transact
def revoke_role(*, person: PersonId, role: str, by: Principal, at: datetime, why: str = "") -> None:
    """
    Take a role from a person; it counts from the next request.

    :raises RoleUnknown: there is no such role
    :raises PersonUnknown: there is no such person
    :raises RoleNotHeld: the person does not hold it
    """
    name = rules.role(role)
    _person(person)
    if not Grant.objects.filter(person=person, role=name).exists():
        raise RoleNotHeld(f"This person is not {name}.")
    keep(statements.role_revoked(person=person, role=name, by=by, at=at, why=why))


@transact
def record_sign_in(*, account: AccountId, methods: Sequence[str], at: datetime) -> None:
    """
    Record that somebody signed in.

    :param methods: what was checked, in order: "password", "totp", "recovery_codes", "demo"
    """
    keep(statements.signed_in(account=account, methods=methods, by=account_principal(account), at=at))


@transact
def record_sign_in_failed(*, login: str, at: datetime, why: str = "") -> None:
    """
    Record that somebody tried to sign in and could not; see `rules.records_failure` for what is left out.

    :param login: login name or e-mail address, as typed
    """
    # Locked, so that attempts at the same time are counted one after the other.
    row = Account.objects.meant_by(login).select_for_update().first()
    if row is None or not rules.records_failure(rules.Failures(row.failures_since, row.failures), at):
        return
    keep(
        statements.account_event(
            action=statements.SIGN_IN_FAILED,
            account=AccountId(row.id),
            by=system_principal("sign-in"),
            at=at,
            why=why,
        )
    )


@transact
def record_sign_out(*, account: AccountId, at: datetime, why: str = "") -> None:
    """Record that a sign-in ended: by the person, or by itself, and then `why` says so."""
    _record_own(statements.SIGNED_OUT, account, at, why)


@transact
def end_other_sign_ins(*, account: AccountId, keep: str, at: datetime) -> int:
    """
    End all sign-ins of an account but one, and return how many were ended.

    :param keep: session key of the one that stays
    """
    count, _ = Session.objects.filter(account=account).exclude(session_key=keep).delete()
    _record_own(statements.OTHER_SIGN_INS_ENDED, account, at)
    return count


@transact
def remove_expired_sign_ins(*, at: datetime) -> int:
    """Remove sign-ins that ended without anybody coming back, and return how many; no fact is lost with them."""
    count, _ = Session.objects.filter(expire_date__lt=at).delete()
    return count


@transact
def record_two_step_turned_on(*, account: AccountId, at: datetime) -> None:
    """Record that signing in now also asks for a code."""
    _record_own(statements.TWO_STEP_TURNED_ON, account, at)


@transact
def record_two_step_turned_off(*, account: AccountId, at: datetime) -> None:
    """Record that signing in no longer asks for a code."""
    _record_own(statements.TWO_STEP_TURNED_OFF, account, at)


@transact
def record_recovery_codes_made(*, account: AccountId, at: datetime) -> None:
    """Record that there is a new set of recovery codes."""
    _record_own(statements.RECOVERY_CODES_MADE, account, at)


@transact
def record_recovery_codes_removed(*, account: AccountId, at: datetime) -> None:
    """Record that a set of recovery codes no longer works."""
    _record_own(statements.RECOVERY_CODES_REMOVED, account, at)


@transact
def record_recovery_code_used(*, account: AccountId, at: datetime) -> None:
    """Record that a recovery code stood in for the phone."""
    _record_own(statements.RECOVERY_CODE_USED, account, at)


@transact
def record_view_as_started(*, person: PersonId, by: Principal, at: datetime, why: str) -> None:
    """
    Record that an administrator sees, from now on, what a person sees.

    :raises PersonUnknown: there is no such person
    :raises ReasonMissing: `why` says nothing
    """
    if not why.strip():
        raise ReasonMissing("Say why: the reason goes on record.")
    if not Person.objects.filter(id=person).exists():
        raise PersonUnknown("There is no such person.")
    keep(statements.view_as(action=statements.VIEW_AS_STARTED, person=person, by=by, at=at, why=why.strip()))


@transact
def record_view_as_ended(*, person: PersonId, by: Principal, at: datetime) -> None:
    """Record that an administrator no longer sees what a person sees."""
    keep(statements.view_as(action=statements.VIEW_AS_ENDED, person=person, by=by, at=at))


def _record_own(action: str, account: AccountId, at: datetime, why: str = "") -> None:
    """Record what somebody did with their own account."""
    keep(statements.account_event(action=action, account=account, by=account_principal(account), at=at, why=why))


def _person(person: PersonId) -> None:
    """
    Hold the person's row, so that two grants at once are decided one after the other.

    :raises PersonUnknown: there is no such person
    :raises PersonErased: who they were is erased
    """
    row = Person.objects.select_for_update(no_key=True).filter(id=person).first()
    if row is None:
        raise PersonUnknown("There is no such person.")
    if rules.is_erased(row.name):
        raise PersonErased("Who this person was is erased.")


def erased_login(login: str) -> str:
    """
    Return what stands in place of an erased login, so that it is never given to somebody else (21 CFR 11.100(a)).

    Keyed with the installation's secret: whoever has a copy of the records alone cannot try names against it.
    """
    key = hashlib.sha256(b"andante erased login/1\n" + settings.SECRET_KEY.encode()).digest()
    return rules.ERASED_LOGIN + hmac.digest(key, login.encode(), "sha256").hex()


def active(account: AccountId) -> Account:
    """
    The account's row, locked.

    :raises AccountUnknown: there is no such account
    :raises AccountInactive: it was deactivated
    """
    row = Account.objects.select_for_update().filter(id=account).first()
    if row is None:
        raise AccountUnknown("There is no such account.")
    if not row.is_active:
        raise AccountInactive(f"The account “{row.login}” was deactivated.")
    return row
