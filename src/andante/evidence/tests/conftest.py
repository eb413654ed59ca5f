"""The fixtures of `ledgers`."""

from andante.evidence.tests.ledgers import ledger, long_ledger

__all__ = ["ledger", "long_ledger"]
