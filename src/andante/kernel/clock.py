"""
The one place that reads the application's clock.

Operations take the time as their argument; only the edges (pages, protocols, the command line) ask here.
`stored` in the ledger never comes from here: it is the database's clock.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)
