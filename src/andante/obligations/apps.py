from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    name = "andante.obligations"
    label = "obligations"
