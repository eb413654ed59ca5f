"""Long lists of ids on their way into a statement."""

from collections.abc import Iterable
from uuid import UUID


def uuid_array(ids: Iterable[UUID]) -> str:
    """
    Write ids as the text of a PostgreSQL array, for a place that says `::uuid[]`.

    The driver asks for each element how to write it, which for a thousand takes longer than the query.
    """
    return f"{{{','.join([id.hex for id in ids])}}}"
