from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "andante.credentials"
    label = "credentials"
