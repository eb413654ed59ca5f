"""`andante web`: the pages, under granian."""

from __future__ import annotations

import gc
import importlib
import os
from typing import Any

import click
from django.conf import settings
from granian import Granian
from granian.constants import HTTPModes, Interfaces

from andante.cli.parents import end_with

APPLICATION = "andante.config.wsgi:application"
COLLECT_EVERY = 20_000  # objects made and not dropped
SECONDS_TO_FINISH = 20  # for requests under way when the server is told to stop


@click.command()
@click.option("--parent", type=int, hidden=True)
def web(parent: int | None) -> None:
    """Serve pages until SIGTERM or SIGINT; requests under way are finished."""
    end_with(parent)
    import_application()
    environment = settings.ENVIRONMENT
    server = Granian(
        APPLICATION,
        address=environment.bind,
        port=environment.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=environment.web_processes,
        blocking_threads=_threads(),
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
        log_dictconfig=_logging(),
    )
    main = os.getpid()
    os.register_at_fork(after_in_child=lambda: end_with(main))
    server.serve()


def import_application() -> None:
    """
    Import all that answers requests, views included.

    Once, here: the processes are forked from this one and share its memory, and the first request of each does not wait
    for a third of a second. Nothing of it may open a connection or start a thread: neither survives a fork.
    """
    importlib.import_module(APPLICATION.partition(":")[0])
    for addresses in (settings.ROOT_URLCONF, settings.CONTENT_URLCONF):
        importlib.import_module(addresses)
    # Nothing of this is ever garbage: it need not be looked through again, and its memory stays shared.
    gc.collect()
    gc.freeze()
    # A page makes and drops some ten thousand objects, few of them in cycles: Python would look for those every 700.
    gc.set_threshold(COLLECT_EVERY)


def _threads() -> int:
    """As many as the pool has connections for, less the one that health checks may need."""
    size: int = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    return size - 1


def _logging() -> dict[str, Any]:
    """Our logging, for granian's own loggers too."""
    loggers = settings.LOGGING["loggers"] | {"_granian": {"level": "INFO"}, "granian.access": {}}
    return settings.LOGGING | {"loggers": loggers}
