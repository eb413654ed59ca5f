from django.apps import AppConfig


class ManageConfig(AppConfig):
    """What managers see: who needs them today, and how everybody stands."""

    name = "andante.pages.manage"
    label = "manage"
