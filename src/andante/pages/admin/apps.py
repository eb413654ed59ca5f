from django.apps import AppConfig


class AdminConfig(AppConfig):
    """What administrators see: rules, people, what changed, and whether all runs. Our own pages, not Django's admin."""

    name = "andante.pages.admin"
    label = "administration"
