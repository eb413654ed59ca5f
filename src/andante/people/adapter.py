"""
Where allauth asks us: who may sign up (nobody), how a password is kept, what its mails and messages hold.
"""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage

from andante.kernel import clock
from andante.kernel.ids import AccountId
from andante.kernel.principals import account_principal
from andante.people import attempts, operations, tasks
from andante.people.models import Account


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """
    Accounts are made by administrators; a password goes through our own operation, and so into the record.
    """

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence for both, whatever was typed: it must not tell which logins exist.
        "email_password_mismatch": _("This login and password do not go together. Check both and try again."),
        "username_password_mismatch": _("This login and password do not go together. Check both and try again."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait a minute, then try again."),
        "incorrect_code": _("This code does not fit. Codes change every 30 seconds: type the one shown now."),
        "incorrect_password": _("This is not your password. Try again."),
        "enter_current_password": _("This is not your present password. Try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody makes an account for themselves."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """
        Decide whether a `next` may be followed: on our own address only.

        Allauth's also follows one to any host that we answer to, and so to the content host, where what an author or a
        package brought could look like our sign-in page.
        """
        base = urlsplit(settings.ENVIRONMENT.base_url)
        return url_has_allowed_host_and_scheme(url, {base.netloc}, require_https=base.scheme == "https")

    def get_reauthentication_methods(self, user: Account) -> list[dict[str, str]]:
        """Return the ways in which somebody shows once more that it is them, in our words."""
        words = {"reauthenticate": _("Use your password instead"), "mfa_reauthenticate": _("Use a code instead")}
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": words.get(way["id"], way["description"])} for way in ways]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """
        Return under which key attempts on one login are counted.

        Allauth's holds the host that the request named, so that whoever varies its port starts anew each time.
        """
        return attempts.key_of(credentials.get("email") or credentials.get("username") or "")

    def set_password(self, user: Account, password: str) -> None:
        """Set a password that the account's holder chose, signed in or by the link of a mail."""
        account = AccountId(user.pk)
        by = account_principal(account)
        operations.set_password(account=account, password=password, by=by, at=clock.now())
        user.refresh_from_db(fields=["password"])

    def format_email_subject(self, subject: str) -> str:
        """Return the subject as it is, without a prefix."""
        return str(subject)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """
        Return the link of a password mail.

        On our own address, never on the one that the request came to: whoever asks could have chosen its
        port.
        """
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.ENVIRONMENT.base_url}{path.replace('UID-KEY', key)}"

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Account,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the account's holder by mail what changed, where there is an address."""
        email = email or user.email
        if email:
            self.send_mail(template_prefix, email, {"user": user, "at": clock.now(), **(context or {})})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a mail that names our own address, not that of the request, and hand it to the worker."""
        mail = self.render_mail(
            template_prefix, email, {"base_url": settings.ENVIRONMENT.base_url, "email": email, **context}
        )
        html = next(part.content for part in mail.alternatives if part.mimetype == "text/html")
        tasks.send_mail.defer(to=email, subject=mail.subject, text=mail.body, html=html)


class TwoStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Two-step sign-in: what its secrets look like in the database and on the page."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def get_totp_issuer(self) -> str:
        """Return the name that the authenticator app shows."""
        return "Andante"

    def build_totp_svg(self, url: str) -> str:
        """
        Return the QR code as an SVG element that scales; black on white in either theme, for the camera.
        """
        image = qrcode.make(url, image_factory=SvgPathImage, border=2)
        size = image.width + 2 * image.border
        buffer = BytesIO()
        image.save(buffer)
        path = ET.fromstring(buffer.getvalue()).find("{*}path")  # noqa: S314 - made one line above
        if path is None:
            raise ValueError("The QR library no longer draws one path.")
        return (
            f'<svg class="qr" width="208" height="208" viewBox="0 0 {size} {size}" '
            f'role="img" aria-labelledby="qr-name">'
            f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{path.get("d")}" fill="#000"/></svg>'
        )

    def encrypt(self, text: str) -> str:
        """Encrypt a secret, so that a copy of the database alone is not enough to make codes."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> Fernet:
    """Return the cipher whose key follows from the installation's secret key."""
    key = hashlib.sha256(b"andante two-step sign-in/1\n" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
