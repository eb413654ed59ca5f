"""
Moments as whole numbers on the way out of the database: a list has thousands, and reading each from a text takes longer
than all the rest.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(column: str) -> str:
    """
    Write a column as microseconds since 1970, in SQL. For names of columns in our own queries only.

    `date_part` counts in floating point, `extract` in decimals, which takes several times as long. The nearest whole
    number is the right one until the year 2242.
    """
    return f"(date_part('epoch', {column}) * 1000000)::bigint"


def moment(micros: int) -> datetime:
    """Return the moment that so many microseconds name, UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def moment_or_none(micros: int | None) -> datetime | None:
    """Return the moment, or None."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)


class Moments(dict[int | None, Any]):
    """Moments by the microseconds that name them, and None by None. Many duties share one, and it is made once."""

    def __init__(self) -> None:
        super().__init__({None: None})

    def __missing__(self, micros: int) -> datetime:
        found = self[micros] = moment(micros)
        return found
