"""Letting somebody in again who is locked out: what an administrator does for the account of another."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import connection

from andante.kernel.ids import AccountId
from andante.kernel.principals import Principal
from andante.ledger.operations import transact
from andante.people import attempts, statements
from andante.people.models import Session
from andante.people.operations.accounts import active
from andante.people.operations.organising import keep
from andante.people.rules import PeopleError


class TwoStepOff(PeopleError):  # noqa: N818 - errors are facts
    """Signing in to the account asks for no code."""


class NotLocked(PeopleError):  # noqa: N818
    """Nobody has failed to sign in to the account lately."""


@transact
def reset_two_step(*, account: AccountId, by: Principal, at: datetime, why: str = "") -> None:
    """
    Take the second step from an account whose holder lost phone and recovery codes, and end its sign-ins.

    The password alone opens it from now on, until the holder sets up two-step sign-in again.

    :raises AccountUnknown: there is no such account
    :raises AccountInactive: it was deactivated
    :raises TwoStepOff: there is no second step
    """
    row = active(account)
    # Past the signals: their receiver would put on record that the holder did it.
    if not Authenticator.objects.filter(user_id=account)._raw_delete(connection.alias):
        raise TwoStepOff(f"Two-step sign-in of “{row.login}” is off already.")
    Session.objects.filter(account=account).delete()
    keep(statements.account_event(action=statements.TWO_STEP_RESET, account=account, by=by, at=at, why=why))


@transact
def unlock_account(*, account: AccountId, by: Principal, at: datetime, why: str = "") -> None:
    """
    Forget the failed tries to sign in to an account, so that it opens at once. The limit on the place that they came
    from stays.

    :raises AccountUnknown: there is no such account
    :raises AccountInactive: it was deactivated
    :raises NotLocked: no failed try is counted
    """
    row = active(account)
    if not attempts.forget(row):
        raise NotLocked(f"Nobody has failed to sign in as “{row.login}” in the last minutes, so it is not locked.")
    keep(statements.account_event(action=statements.ACCOUNT_UNLOCKED, account=account, by=by, at=at, why=why))
