"""The Django application of the account pages."""

from __future__ import annotations

from django.apps import AppConfig


class AccountPagesConfig(AppConfig):
    """Templates here go before allauth's of the same name: INSTALLED_APPS names us first."""

    name = "andante.pages.account"
    label = "pages_account"
