"""
What the worker does so that somebody watches: it shows checkpoints to witnesses, and lets the database be verified.

Both may take long, and a file on a share may hang for ever. So each witness has a thread of its own, which nobody waits
for, and not a task: tasks stand in one row, and mail would wait behind a witness that is down. A verification reads
everything and computes for minutes; in a thread it would take half of the processor's time from the followers of facts
(Python runs one thread at a time). So it is a process of its own, with a connection and a priority of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

import structlog
from django.conf import settings
from django.db import OperationalError, connection

from andante.cli.alarms import on_refusal, tell_asked
from andante.kernel import clock
from andante.ledger import queries
from andante.ledger.witnessing import Witness, ask

FIRST_WAIT = 10.0
"""Seconds after which a witness that did not answer is asked again; doubled each time, up to the ordinary time."""
LOOK = 20.0
"""Seconds between two looks whether a verification is due."""
AFTER_A_FAILURE = 3600.0
SECONDS_TO_END = 10.0
DIFFERS = 1
"""Exit status of `andante verify`; what differs it has told by itself."""

log = structlog.get_logger("andante.worker")


def witness_until(stop: threading.Event, witness: Witness) -> None:
    """Show a witness our newest checkpoint, again and again."""
    ordinary = float(settings.ENVIRONMENT.witness_every)
    patience = FIRST_WAIT
    while not stop.is_set():
        if _show(witness):
            wait, patience = ordinary, FIRST_WAIT
        else:
            wait, patience = min(patience, ordinary), patience * 2
        connection.close()
        stop.wait(wait)


def _show(witness: Witness) -> bool:
    """Whether there is nothing to hurry for: it agreed, or it refuses, which asking does not mend."""
    try:
        asked = ask(witness, alarm=on_refusal)
        tell_asked(asked)
    except OperationalError as error:
        log.warning("database-out-of-reach", error=str(error))
        return False
    except Exception:
        log.exception("witnessing-failed", witness=witness.name)
        return False
    return not asked.problem or asked.refused


def verify_until(stop: threading.Event, *, command: Sequence[str] = (), look: float = LOOK) -> None:
    """
    Let the database be verified whenever it is time.

    :param command: what verifies it; without one, `andante verify`
    :param look: seconds between two looks whether it is time
    """
    ours = [sys.executable, "-m", "andante.cli.main", "verify", "--when-due", "--parent", str(os.getpid())]
    wait = look
    while not stop.wait(wait):
        wait = look if _verify_when_due(command or ours, stop) else AFTER_A_FAILURE


def _verify_when_due(command: Sequence[str], stop: threading.Event) -> bool:
    """Whether nothing went wrong; that something differs is no failure, and told by whoever found it."""
    try:
        due = queries.verification_due() <= clock.now()
        connection.close()
        status = _run(command, stop.is_set) if due else 0
    except OperationalError as error:
        log.warning("database-out-of-reach", error=str(error))
        connection.close()
        return True
    except Exception:
        log.exception("verification-failed")
        connection.close()
        return False
    if status in {0, DIFFERS, None}:
        return True
    log.error("verification-failed", status=status)
    return False


def _run(command: Sequence[str], told_to_stop: Callable[[], bool]) -> int | None:
    """Its exit status; None where it was ended because we were told to stop."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    while True:
        try:
            return process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            if told_to_stop():
                break
    process.terminate()
    try:
        process.wait(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return None
