"""
Django's cache, in the database that all web processes share: counts of tries, codes that were used, locks.

Not Django's own DatabaseCache: that one unpickles what it reads, so whoever may write a row could run code here.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

_GET = """
    SELECT value::text FROM people_sharedvalue WHERE key = %s AND (expires_at IS NULL OR expires_at > clock_timestamp())
"""
_SET = """
    INSERT INTO people_sharedvalue (key, value, expires_at) VALUES (%s, %s::jsonb, %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
"""
# One statement decides, so that of two processes that add at once exactly one is told that it did.
_ADD = f"{_SET} WHERE people_sharedvalue.expires_at <= clock_timestamp() RETURNING key"
_DELETE = "DELETE FROM people_sharedvalue WHERE key = %s"


class SharedValues(BaseCache):
    """Values are whatever JSON can say. CACHES names this class."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:  # noqa: ARG002 - Django's signature
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the value; `default` where there is none, or it is over."""
        with connection.cursor() as cursor:
            cursor.execute(_GET, [self._key(key, version)])
            row = cursor.fetchone()
        return default if row is None else json.loads(row[0])

    def set(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep the value for `timeout` seconds; None: until it is deleted."""
        with connection.cursor() as cursor:
            cursor.execute(_SET, [self._key(key, version), json.dumps(value), self._until(timeout)])

    def add(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep the value where there is none yet; whether this did."""
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [self._key(key, version), json.dumps(value), self._until(timeout)])
            return cursor.fetchone() is not None

    def delete(self, key: str, version: int | None = None) -> bool:
        """Remove the value; whether there was one."""
        with connection.cursor() as cursor:
            cursor.execute(_DELETE, [self._key(key, version)])
            return bool(cursor.rowcount)

    def clear(self) -> None:
        """Remove every value."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM people_sharedvalue")

    def _key(self, key: str, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _until(self, timeout: float | None) -> datetime | None:
        seconds = self.get_backend_timeout(timeout)
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def remove_expired() -> int:
    """Remove values that are over; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_sharedvalue WHERE expires_at <= clock_timestamp()")
        return int(cursor.rowcount)
