"""Allauth's forms in our words: labels above fields, help in sentences, no placeholders that vanish."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

NEW_PASSWORD_HELP = _("At least 12 characters. Three or four words that you will remember are a good one.")
CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}


class InOurWords:
    """Gives the fields of a form our labels, help and attributes."""

    words: dict[str, dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the form, then rename its fields."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]  # of the form that this is mixed into
        for name, field in fields.items():
            words = self.words.get(name, {})
            field.label = words.get("label", field.label)
            field.help_text = words.get("help", "")
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.update(words.get("attrs", {}))


class SignInForm(InOurWords, account.LoginForm):  # type: ignore[misc]  # allauth has no types
    words = {
        "login": {
            "label": _("Login name or e-mail"),
            "attrs": {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
        },
        "password": {"label": _("Password")},
    }


class PasswordChangeForm(InOurWords, account.ChangePasswordForm):  # type: ignore[misc]
    words = {
        "oldpassword": {"label": _("Present password")},
        "password1": {"label": _("New password"), "help": NEW_PASSWORD_HELP},
        "password2": {"label": _("New password again")},
    }


class PasswordForgottenForm(InOurWords, account.ResetPasswordForm):  # type: ignore[misc]
    words = {"email": {"label": _("Your e-mail address"), "attrs": {"autocapitalize": "none"}}}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """
        Send a mail, whoever has the address.

        An unknown address gets one too, which says that it is unknown: it helps whoever mistook the address,
        and the page takes as long as for a known one.
        """
        email: str = super().save(request, **kwargs)
        if not self.users:
            get_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class PasswordLinkForm(account.UserTokenForm):  # type: ignore[misc]
    """Checks the link of a password mail; that of a deactivated account opens nothing."""

    def _get_user(self, uidb36: str) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super()._get_user(uidb36)
        return user if user and user.is_active else None


class NewPasswordForm(InOurWords, account.ResetPasswordKeyForm):  # type: ignore[misc]
    words = {
        "password1": {"label": _("New password"), "help": NEW_PASSWORD_HELP},
        "password2": {"label": _("New password again")},
    }


class ConfirmPasswordForm(InOurWords, account.ReauthenticateForm):  # type: ignore[misc]
    words = {"password": {"label": _("Password")}}


class CodeForm(InOurWords, mfa.AuthenticateForm):  # type: ignore[misc]
    words = {
        "code": {
            "label": _("Code"),
            "help": _("The six digits that your authenticator app shows now, or one of your recovery codes."),
            "attrs": CODE,
        }
    }


class ConfirmCodeForm(InOurWords, mfa.ReauthenticateForm):  # type: ignore[misc]
    words = CodeForm.words


class TwoStepOnForm(InOurWords, totp.ActivateTOTPForm):  # type: ignore[misc]
    words = {"code": {"label": _("The six digits that the app shows now"), "attrs": CODE}}
