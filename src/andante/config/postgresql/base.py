"""
Django's backend for PostgreSQL, with two things that every request pays for made cheaper.

The pool looks whether a connection still lives without asking the server: Django's own asks by an empty statement
before every request, a tenth of what a request costs that does nothing. And a statement that is kept (see
`ledger.prepared`) is planned once, for any values: else the server may plan it anew each time, believing that a plan
for these values gains more than planning costs.

The setting ENGINE names this package; Django asks for a module `base` in it.
"""

from __future__ import annotations

import select
import time
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg_pool import ConnectionPool

SILENT = 30.0
"""Seconds after which the server is asked: a firewall that forgot a connection tells nobody."""

_answered: WeakKeyDictionary[Connection[Any], float] = WeakKeyDictionary()
"""When each connection was last known to live, in seconds of the monotonic clock."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with another pool."""

    @property
    def pool(self) -> ConnectionPool[Any] | None:
        """The pool of this alias, made when it is first asked for; none where the settings ask for none."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        pools: dict[str, ConnectionPool[Any]] = self._connection_pools  # type: ignore[attr-defined]  # no stub has it
        if self.alias not in pools:
            pool = ConnectionPool(
                # Autocommit, as Django expects of a new connection.
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=self._configure_connection,  # type: ignore[arg-type]  # what it returns is for Django
                check=check,
                **options,
            )
            pools.setdefault(self.alias, pool)
        return pools[self.alias]

    def _configure_connection(self, connection: Connection[Any]) -> bool:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        super()._configure_connection(connection)  # type: ignore[misc]  # no stub has it
        return True  # to be committed, where the connection is not in autocommit


def check(connection: Connection[Any]) -> None:
    """
    Return if the connection may be used.

    Nothing waits to be read from an idle connection, unless the server has said that it ends, or the other side has
    closed it; then, and after a long silence, the server is asked.

    :raises psycopg.OperationalError: it is lost
    """
    now = time.monotonic()
    if _has_said_something(connection) or now - _answered.get(connection, -SILENT) >= SILENT:
        ConnectionPool.check_connection(connection)
    _answered[connection] = now


def _has_said_something(connection: Connection[Any]) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
