"""
Receivers of other people's signals, the only signals that we listen to: what they tell becomes audit events.

Django's signals about signing in are sent by allauth too, and by every other way to sign in. Of
authenticators (two-step sign-in), the rows themselves are watched: allauth sends its own signals after the
transaction, when the event could no longer be in it.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from andante.kernel import clock
from andante.kernel.ids import AccountId
from andante.people import operations, rules
from andante.people.models import Account
from andante.people.sessions import DEVICE, SEEN, STARTED


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Account, **_: Any) -> None:
    """Stamp the new session and record the sign-in."""
    now = clock.now()
    request.session[STARTED] = request.session[SEEN] = int(now.timestamp())
    request.session[DEVICE] = rules.device(request.headers.get("User-Agent", ""))
    operations.record_sign_in(account=AccountId(user.pk), methods=_methods(request, user), at=now)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: Account | None, **_: Any) -> None:
    """Record that a sign-in ended, and why when it was not the person's doing."""
    if user is not None:
        why = getattr(request, "sign_out_reason", "")
        operations.record_sign_out(account=AccountId(user.pk), at=clock.now(), why=why)


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], **_: Any) -> None:
    """Record a wrong password, within the limits of `rules.records_failure`."""
    login = credentials.get("username") or credentials.get("email") or ""
    operations.record_sign_in_failed(login=login, at=clock.now(), why="password")


@receiver(authentication_failed)
def second_step_failed(user: Account, **_: Any) -> None:
    """Record a wrong code, within the same limits."""
    operations.record_sign_in_failed(login=user.login, at=clock.now(), why="code")


@receiver(authenticator_used)
def authenticator_was_used(user: Account, authenticator: Authenticator, **_: Any) -> None:
    """Record that a recovery code stood in for the phone."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        operations.record_recovery_code_used(account=AccountId(user.pk), at=clock.now())


@receiver(post_save, sender=Authenticator)
def authenticator_was_added(instance: Authenticator, created: bool, **_: Any) -> None:  # noqa: FBT001
    """Record that two-step sign-in was turned on, or recovery codes made."""
    if not created:
        return
    record = {
        Authenticator.Type.TOTP: operations.record_two_step_turned_on,
        Authenticator.Type.RECOVERY_CODES: operations.record_recovery_codes_made,
    }[instance.type]
    record(account=AccountId(instance.user_id), at=clock.now())


@receiver(post_delete, sender=Authenticator)
def authenticator_was_removed(instance: Authenticator, **_: Any) -> None:
    """Record that two-step sign-in was turned off, or recovery codes removed."""
    record = {
        Authenticator.Type.TOTP: operations.record_two_step_turned_off,
        Authenticator.Type.RECOVERY_CODES: operations.record_recovery_codes_removed,
    }[instance.type]
    record(account=AccountId(instance.user_id), at=clock.now())


def _methods(request: HttpRequest, user: Account) -> list[str]:
    """Return what was checked at this sign-in, such as ["password", "totp"]."""
    demo = ["demo"] if getattr(request, "demo_sign_in", False) else []
    records = get_authentication_records(request, user)
    return demo or [str(record.get("type") or record["method"]) for record in records]
