"""`andante worker`: what waits in the background, those who follow the facts, and those who watch the log."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import click
import structlog
from django.conf import settings
from django.db import OperationalError, connection
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from andante.cli.parents import end_with
from andante.cli.watching import verify_until, witness_until
from andante.kernel import clock
from andante.ledger.operations import Follower, follow
from andante.ledger.witnessing import configured

SECONDS_TO_FINISH = 20.0  # for a task under way when the worker is told to stop
INTERVAL = 0.25  # seconds between two looks for new facts
SECONDS_BETWEEN_TICKS = 1.0
SECONDS_AFTER_A_FAILURE = 5.0
SECONDS_FOR_A_WITNESS = 2.0  # that is being asked when the worker is told to stop

Tick = Callable[[datetime], None]
"""What time alone may ask for; told the time about once a second."""

log = structlog.get_logger("andante.worker")


@click.command()
@click.option("--parent", type=int, hidden=True)
def worker(parent: int | None) -> None:
    """Do tasks and follow the facts until SIGTERM or SIGINT; what is under way is finished."""
    end_with(parent)
    followers: Sequence[Follower] = import_string(f"{settings.ANDANTE_COMPOSITION}.FOLLOWERS")
    ticks: Sequence[Tick] = import_string(f"{settings.ANDANTE_COMPOSITION}.TICKS")
    with contextlib.ExitStack() as beside:
        beside.enter_context(_beside(partial(follow_until, followers=followers, ticks=ticks)))
        beside.enter_context(_beside(verify_until))
        for each in configured(settings.ENVIRONMENT):
            beside.enter_context(_beside(partial(witness_until, witness=each), patience=SECONDS_FOR_A_WITNESS))
        beside.enter_context(_demonstration())
        asyncio.run(_work())


async def _work() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as ready:
        async with ready.open_async():
            await ready.run_worker_async(
                shutdown_graceful_timeout=SECONDS_TO_FINISH,
                delete_jobs="successful",
            )


@contextmanager
def _beside(run: Callable[[threading.Event], None], *, patience: float | None = None) -> Iterator[None]:
    """
    Run something beside the tasks, in a thread with a connection of its own, and let it end with them.

    :param patience: seconds to wait for its end, where it may hang in what is not ours; None: as long as it takes
    """
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(stop,), daemon=patience is not None)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(patience)


def _demonstration() -> AbstractContextManager[None]:
    """The year that the people of the demonstration have behind them, where it is on."""
    if not settings.ENVIRONMENT.demo:
        return nullcontext()
    from andante.cli.demo.loading import load_history

    return _beside(load_history)


def follow_until(stop: threading.Event, followers: Sequence[Follower], ticks: Sequence[Tick]) -> None:
    """
    Tell followers new facts and tickers the time. One that fails is tried again later, and keeps nobody else waiting.
    """
    follows = [_Patient(each.name, partial(follow, each)) for each in followers]
    others = [_Patient(f"{tick.__module__}.{tick.__qualname__}", partial(_tick, tick)) for tick in ticks]
    next_ticks = 0.0
    while not stop.is_set():
        told = sum(each.act() for each in follows)
        if time.monotonic() >= next_ticks:
            next_ticks = time.monotonic() + SECONDS_BETWEEN_TICKS
            for each in others:
                each.act()
        if not told:
            stop.wait(INTERVAL)
    connection.close()


def _tick(tick: Tick) -> int:
    tick(clock.now())
    return 0


@dataclass
class _Patient:
    """Something that is done again and again; after a failure, which is logged, it rests for a while."""

    name: str
    do: Callable[[], int]
    rests_until: float = 0.0

    def act(self) -> int:
        if time.monotonic() < self.rests_until:
            return 0
        try:
            return self.do()
        except OperationalError as error:
            log.warning("database-out-of-reach", error=str(error))
        except Exception:
            log.exception("following-failed", who=self.name)
        # The connection may be broken, or in a transaction that is.
        connection.close()
        self.rests_until = time.monotonic() + SECONDS_AFTER_A_FAILURE
        return 0
