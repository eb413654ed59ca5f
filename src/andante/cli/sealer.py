"""`andante sealer`: moves records into the sealed tree as they come."""

from __future__ import annotations

import signal
import threading
import time

import click
import structlog
from django.conf import settings
from django.db import OperationalError, connections, transaction

from andante.cli.parents import end_with
from andante.ledger.keys import key_path, read_key
from andante.ledger.log import current_log
from andante.ledger.sealing import BATCH, Sealer

INTERVAL = 0.25  # seconds between two batches; a record is sealed within a second of its transaction
MONTHS_AHEAD = 3  # partitions that wait for records
SECONDS_BETWEEN_MONTHS = 3600.0
SECONDS_AFTER_AN_OUTAGE = 2.0

log = structlog.get_logger("andante.sealer")


@click.command()
@click.option("--parent", type=int, hidden=True)
def sealer(parent: int | None) -> None:
    """Seal records until SIGTERM or SIGINT. There is one sealer at a time; a second one waits its turn."""
    end_with(parent)
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    seal_until(stop)


def seal_until(stop: threading.Event) -> None:
    """Seal batch after batch; an outage of the database is waited out, a damaged ledger is not."""
    ours = Sealer(current_log(using="sealer"), read_key(key_path(settings.DATA_DIR)))
    next_months = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() >= next_months:
                _make_months()
                next_months = time.monotonic() + SECONDS_BETWEEN_MONTHS
            sealed = _seal_a_batch(ours)
        except OperationalError as error:
            log.warning("database-out-of-reach", error=str(error))
            ours.forget()
            connections["sealer"].close()
            stop.wait(SECONDS_AFTER_AN_OUTAGE)
            continue
        if sealed < BATCH:
            stop.wait(INTERVAL)


def _seal_a_batch(ours: Sealer) -> int:
    try:
        with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
            return ours.seal(cursor)
    except BaseException:
        ours.forget()
        raise


def _make_months() -> None:
    with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
        cursor.execute("SELECT ledger_make_months(%s)", [MONTHS_AHEAD])
