"""How a session's account is found, and the links of password mails: what Django and allauth load by name."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import HttpRequest

from andante.people.models import Account, Grant


class AuthenticationBackend(AllauthBackend):  # type: ignore[misc]  # allauth has no types
    """
    Allauth's, but for two things.

    A password is checked once, whatever was typed: allauth checks it twice where an address is known, and the time
    tells. And one query brings a session's account, person and roles: every page needs all three.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> Account | None:  # noqa: ARG002
        typed = credentials.get("username") or credentials.get("email") or ""
        account: Account | None = self._check_password(
            Account.objects.meant_by(typed).first(), credentials.get("password") or ""
        )
        return account

    def get_user(self, user_id: Any) -> Account | None:
        """Return the account of a session; none when it was deactivated, so that it is out at once."""
        roles = Grant.objects.filter(person=OuterRef("person_id")).values("role")
        accounts = Account.objects.select_related("person").annotate(roles=ArraySubquery(roles))
        return accounts.filter(pk=user_id, is_active=True).first()


class PasswordLinks(PasswordResetTokenGenerator):
    """
    Tokens in the links of password mails.

    Django's are used up by a new password. Ours also by a sign-in: who signs in has no need of an older mail,
    and somebody who finds one must not have it.
    """

    def _make_hash_value(self, user: Account, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.last_signed_in_at or ''}"
