"""Which log this is: its id, its address in statements and its name in checkpoints, fixed at first start."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connections


@dataclass(frozen=True)
class Log:
    """
    The one log of this database.

    `iri` is the prefix of our activities and the home page of our accounts. `origin` is the name in
    checkpoints. `key` is the public key that the log was opened with, as `ORIGIN+KEYID+KEY` of the ledger's
    format.
    """

    id: UUID
    iri: str
    origin: str
    key: str


class LogNotOpen(Exception):  # noqa: N818
    """The database has no log yet: run `andante migrate`."""


_known: dict[str, Log] = {}


def current_log(*, using: str = "default") -> Log:
    """
    The log of this database. Read once a process: it never changes.

    :raises LogNotOpen: before the first `andante migrate`
    """
    name = str(connections[using].settings_dict["NAME"])
    if name not in _known:
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT id, iri, origin, key FROM ledger_log")
            row = cursor.fetchone()
        if row is None:
            raise LogNotOpen
        _known[name] = Log(*row)
    return _known[name]
