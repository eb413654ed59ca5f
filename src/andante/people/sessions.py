"""Django's session store, with rows that name their account. SESSION_ENGINE names this module."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.utils import timezone

from andante.ledger.prepared import prepared_cursor
from andante.people.models import Session

STARTED = "started"
SEEN = "seen"
DEVICE = "device"
"""Keys in a session: when it was signed in and last used, in seconds since 1970, and by which device."""

_KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(DatabaseSessionStore):
    """Sessions in `people.models.Session`."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of the rows."""
        return Session

    def _validate_session_key(self, key: str | None) -> bool:
        """Decide whether it can be a key: a cookie may hold anything, also what the database cannot be asked for."""
        return bool(key and _KEY.fullmatch(key))

    def load(self) -> dict[str, Any]:
        """Return the data of a session that is not over; written out, because every request asks it."""
        with prepared_cursor() as cursor:
            cursor.execute(
                "SELECT session_data FROM people_session WHERE session_key = %s AND expire_date > %s",
                [self.session_key, timezone.now()],
            )
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row[0])
        return data

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to be saved for this data."""
        account = data.get(SESSION_KEY)
        return Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]  # the stubs leave it out
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            account_id=None if account is None else UUID(account),
            started_at=_instant(data.get(STARTED)),
            seen_at=_instant(data.get(SEEN)),
            device=data.get(DEVICE, ""),
        )


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
