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
from andante.cli.problems import Problem
from andante.ledger.keys import KeyFiles, KeyMissing, key_path
from andante.ledger.log import current_log
from andante.ledger.sealing import BATCH, Sealer

INTERVAL = 0.25  # seconds between two batches; a record is sealed within a second of its transaction
MONTHS_AHEAD = 3  # partitions that wait for records
SECONDS_BETWEEN_MONTHS = 10.0  # the clock may be set to another month at any time
SECONDS_AFTER_AN_OUTAGE = 2.0
SECONDS_AFTER_A_REFUSAL = 3600.0

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
    keys = KeyFiles(key_path(settings.DATA_DIR))
    try:
        keys.current()
        _seal_until(stop, Sealer(current_log(using="sealer"), keys))
    except KeyMissing as missing:
        raise Problem(str(missing), mend="Then start it again.") from None


def _seal_until(stop: threading.Event, ours: Sealer) -> None:
    next_months = next_keys = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() >= next_months:
                _make_months()
                next_months = time.monotonic() + SECONDS_BETWEEN_MONTHS
            sealed = _seal_a_batch(ours)
            if time.monotonic() >= next_keys and not _retire_keys(ours):
                next_keys = time.monotonic() + SECONDS_AFTER_A_REFUSAL
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


def _retire_keys(ours: Sealer) -> bool:
    """Remove keys that will never sign again; whether the folder of keys let it."""
    try:
        with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
            retired = ours.retire_keys(cursor)
    except OSError as error:
        # Whether its file is there or not, it never signs again; but its file should go.
        log.warning("retired-key-not-removed", error=str(error))
        return False
    if retired:
        log.info("key-changed")
    return True


def _make_months() -> None:
    with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
        cursor.execute("SELECT ledger_make_months(%s)", [MONTHS_AHEAD])
