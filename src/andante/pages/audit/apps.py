from django.apps import AppConfig


class AuditConfig(AppConfig):
    """What auditors see: who was qualified when, and everything on record about a person."""

    name = "andante.pages.audit"
    label = "audit"
