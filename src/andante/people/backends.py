"""How a session's account is found, and the links of password mails: what Django and allauth load by name."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import connection
from django.http import HttpRequest

from andante.ledger.prepared import prepared_cursor
from andante.people.models import Account, Person

_ACCOUNT = [field.attname for field in Account._meta.concrete_fields]
_PERSON = [field.attname for field in Person._meta.concrete_fields]

# Written out: every request of a signed-in person asks this, and putting it together by the ORM costs more than the
# answer.
_SIGNED_IN = f"""
    SELECT {", ".join(f"a.{field.column}" for field in Account._meta.concrete_fields)},
        {", ".join(f"p.{field.column}" for field in Person._meta.concrete_fields)},
        ARRAY(SELECT g.role FROM people_grant g WHERE g.person_id = a.person_id ORDER BY g.role),
        EXISTS (SELECT FROM people_placement m WHERE m.manager_id = a.person_id)
    FROM people_account a LEFT JOIN people_person p ON p.id = a.person_id
    WHERE a.id = %s AND a.is_active
"""  # noqa: S608 - names of columns, from the models


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
        with prepared_cursor() as cursor:
            cursor.execute(_SIGNED_IN, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        account = Account.from_db(connection.alias, _ACCOUNT, row[: len(_ACCOUNT)])
        person = row[len(_ACCOUNT) : -2]
        account.person = Person.from_db(connection.alias, _PERSON, person) if account.person_id else None
        account.roles, account.leads = row[-2:]
        return account


class PasswordLinks(PasswordResetTokenGenerator):
    """
    Tokens in the links of password mails.

    Django's are used up by a new password. Ours also by a sign-in: who signs in has no need of an older mail,
    and somebody who finds one must not have it.
    """

    def _make_hash_value(self, user: Account, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.last_signed_in_at or ''}"
