"""
What a person is told when the database is out of reach: 503 and a plain sentence, not an error of ours.

Out of reach is what PostgreSQL and its driver report as an operational error: a server that restarts, a full disk, no
connection left, a connection cut off in the middle, a transaction that lost a race too often.
"""

from __future__ import annotations

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error

OUTAGES = (OperationalError, InterfaceError)
SECONDS_UNTIL_NEXT_TRY = 5
"""Told to machines that come back by themselves (RFC 9110, section 10.2.3)."""


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that ended with an exception: `handler500` of both hosts. Asks the database for nothing."""
    if not isinstance(sys.exc_info()[1], OUTAGES):
        return server_error(request)
    # Without the request: it would be asked who is signed in, and that stands in the database.
    again = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    page = loader.get_template("503.html").render({"again": again})
    headers = {"Retry-After": str(SECONDS_UNTIL_NEXT_TRY), "Cache-Control": "no-store"}
    return HttpResponse(page, status=503, headers=headers)


class Outage(logging.Filter):
    """A request that met an outage, as one warning without a traceback: there is one a request while it lasts."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record, and let it pass."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, OUTAGES):
            return True
        request = record.__dict__.pop("request", None)
        record.msg, record.args = "database-out-of-reach", None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
        record.path = getattr(request, "path", "")
        record.error = f"{type(error.__cause__ or error).__name__}: {error}".strip()
        return True
