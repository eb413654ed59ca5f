from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "andante.ledger"
    label = "ledger"
