"""
What a person is told when the database is out of reach: 503 and a plain sentence, not an error of ours.

Out of reach is what PostgreSQL and its driver report as an operational error: a server that restarts, a full disk, no
connection left, a connection cut off in the middle, a transaction that lost a race too often.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error
from psycopg_pool import PoolTimeout

OUTAGES = (OperationalError, InterfaceError)
SECONDS_UNTIL_NEXT_TRY = 5
"""Told to machines that come back by themselves (RFC 9110, section 10.2.3)."""
FOR_MACHINES = ("/livez", "/readyz")
"""Who watches us asks these, and gets their own answer in any case."""

NOT_READY, OUT_OF_REACH = TOLD = ("not-ready", "database-out-of-reach")


class OutageMiddleware:
    """
    While nobody gets a connection, answers at once, but for one request at a time, which finds out whether that is
    over.

    Otherwise every request would wait its turn to wait for a connection: the threads of a process would all be busy
    with that, and the last of a hundred people would learn after minutes that there is none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self.get_response = get_response
        self._no_connection = False
        self._finding_out = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and remember whether a connection was to be had."""
        if request.path in FOR_MACHINES:
            return self.get_response(request)
        if not self._no_connection:
            return self._answer(request)
        if not self._finding_out.acquire(blocking=False):
            return _page(request)
        try:
            return self._answer(request)
        finally:
            self._finding_out.release()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "no_connection", False):
            self._no_connection = True
        elif connection.connection is not None:
            self._no_connection = False
        return response


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that ended with an exception: `handler500` of both hosts. Asks the database for nothing."""
    error = sys.exc_info()[1]
    if not isinstance(error, OUTAGES):
        return server_error(request)
    page = _page(request)
    page.no_connection = isinstance(error.__cause__, PoolTimeout)  # type: ignore[attr-defined]
    return page


def _page(request: HttpRequest) -> HttpResponse:
    # Without the request: it would be asked who is signed in, and that stands in the database.
    again = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    text = loader.get_template("503.html").render({"again": again})
    headers = {"Retry-After": str(SECONDS_UNTIL_NEXT_TRY), "Cache-Control": "no-store"}
    return HttpResponse(text, status=503, headers=headers)


class Outage(logging.Filter):
    """A request that met an outage, as one warning without a traceback: there are many while it lasts."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record; whether it says anything that is not known."""
        if record.msg in TOLD:
            return True  # logs that are configured twice, as by granian, filter twice: the first has decided
        error = record.exc_info[1] if record.exc_info else None
        if error is None and record.__dict__.get("status_code") == 503:
            return _tell(record, NOT_READY) in FOR_MACHINES  # others were answered at once: one has said why
        if isinstance(error, OUTAGES):
            _tell(record, OUT_OF_REACH)
            record.error = f"{type(error.__cause__ or error).__name__}: {error}".strip()
        return True


def _tell(record: logging.LogRecord, what: str) -> str:
    """Make it a short warning; the path that was asked for."""
    path: str = getattr(record.__dict__.pop("request", None), "path", "")
    record.msg, record.args, record.path = what, None, path
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    record.exc_info = record.exc_text = None
    return path
