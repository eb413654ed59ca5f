"""Playing the demonstration's history beside the worker's tasks, with progress where people look."""

from __future__ import annotations

import threading
import time

import structlog
from django.core.cache import cache
from django.db import OperationalError, connection

from andante.cli.demo.history import play
from andante.cli.demo.organisation import plan_tonight
from andante.kernel import clock
from andante.pages.account.demo import HISTORY_PROGRESS

KEPT_SECONDS = 3600
SECONDS_BETWEEN_TELLINGS = 2.0
SECONDS_AFTER_AN_OUTAGE = 5.0

log = structlog.get_logger("andante.demo")


def load_history(stop: threading.Event) -> None:
    """Plan the coming night, and play what is not played yet, until it is done or `stop` is set."""
    telling = _Telling()
    while not stop.is_set():
        try:
            plan_tonight(now=clock.now())
            played = play(now=clock.now(), stopped=stop.is_set, progress=telling)
        except OperationalError as error:
            log.warning("database-out-of-reach", error=str(error))
            connection.close()
            stop.wait(SECONDS_AFTER_AN_OUTAGE)
            continue
        except Exception:
            log.exception("demonstration-not-loaded")
            break
        if played:
            log.info("demonstration-loaded", ways=played)
        break
    cache.delete(HISTORY_PROGRESS)
    connection.close()


class _Telling:
    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() >= self._next and done < total:
            self._next = time.monotonic() + SECONDS_BETWEEN_TELLINGS
            cache.set(HISTORY_PROGRESS, done * 100 // total, KEPT_SECONDS)
