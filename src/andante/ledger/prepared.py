"""
Statements that are sent on every page: planned once for a connection, not each time.

For the few rows that such a page reads, planning takes the database longer than running. A plan that is kept fits any
values: it suits statements about one person, and never one that is handed a list of any length, whose plan must fit
the list; unless the statement tells about how long it is, see `kernel.arrays.people_rows`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


@contextmanager
def prepared_cursor(using: str = "default") -> Iterator[CursorWrapper]:
    """
    Return a cursor like `connection.cursor()`, whose statements the server keeps, with their plans.

    Values are sent apart from the text: a type that the place does not tell is written there (`%s::uuid`).
    """
    connection = connections[using]
    connection.ensure_connection()
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(ServerBindingCursor(connection.connection)) as cursor:  # type: ignore[call-arg, arg-type]  # the stubs lack it
        yield cursor
