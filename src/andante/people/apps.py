"""The Django application `people`."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, accounts, roles, and the audit events of signing in."""

    name = "andante.people"
    label = "people"
    verbose_name = "People"

    def ready(self) -> None:
        """Connect the receivers of allauth's signals, the only signals that we listen to."""
        from andante.people import receivers  # noqa: F401 - models must be loaded first
