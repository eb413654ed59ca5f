"""The processes that `andante run` starts: kept alive, listened to, and stopped in order."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

from andante.cli.problems import Problem

SHORTEST_DELAY = 0.5  # seconds before a process that died is started again; doubles with every death in a row
LONGEST_DELAY = 30.0
STEADY = 60.0  # seconds of life after which a death counts as the first again
DEATHS_AT_START = 3  # in a row, after which a start is given up
PATIENCE = 25.0  # seconds for a process to end when asked
LARGEST_LOG = 10 * 1024 * 1024  # bytes; two older files are kept
HEARTBEAT = 1.0  # seconds between two looks at everything


@dataclass
class Child:
    """One process of ours: `andante NAME`, with an environment that holds its own roles' addresses only."""

    name: str
    environment: Mapping[str, str]
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    deaths: int = 0
    next_start: float = 0.0
    held: bool = False
    listener: threading.Thread | None = field(default=None, repr=False)

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """
    Keeps children running for the length of a block.

    :param children: in the order in which they are stopped
    :param log_folder: each child's output goes to a file of its name there
    :param show_all: every line also goes to our own output, not only what needs attention
    """

    def __init__(self, children: Sequence[Child], *, log_folder: Path, show_all: bool = False) -> None:
        self._children = children
        self._log_folder = log_folder
        self._show_all = show_all
        self._signals = 0
        self._stopping = False

    @contextlib.contextmanager
    def running(self, *, first: str) -> Iterator[None]:
        """
        Children live while the block runs: one from its beginning, the others from `start_others` on.

        :param first: who alone has the processor until then, because people wait for it
        """
        with self._woken_by_signals():
            try:
                for child in self._children:
                    child.held = child.name != first
                    if not child.held:
                        self._start(child)
                yield
            finally:
                self._stop()

    def start_others(self) -> None:
        """Start the children that were held back."""
        for child in self._children:
            if child.held:
                child.held = False
                self._start(child)

    def wait_for(self, condition: Callable[[], bool], *, seconds: float) -> None:
        """
        Tend the children until a condition holds.

        :raises Problem: a child dies again and again, or the time is over
        :raises KeyboardInterrupt: we were told to stop
        """
        deadline = time.monotonic() + seconds
        while not condition():
            failing = next((child for child in self._children if child.deaths >= DEATHS_AT_START), None)
            if failing is not None or time.monotonic() > deadline:
                name = failing.name if failing else "web"
                raise Problem(
                    f"The {name} process does not start.",
                    mend=f"Its log says why: {self._log_folder / name}.log.",
                )
            self._tend(longest_wait=0.05)
            if self._signals:
                raise KeyboardInterrupt

    def run(self, also: Callable[[], None]) -> None:
        """
        Tend the children until we are told to stop.

        :param also: called about once a second
        """
        while not self._signals:
            also()
            self._tend(longest_wait=HEARTBEAT)

    # --- signals ---

    @contextlib.contextmanager
    def _woken_by_signals(self) -> Iterator[None]:
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        os.set_blocking(reader, False)
        self._wake = reader
        handlers: dict[signal.Signals, Any] = {
            signum: signal.signal(signum, self._count) for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            for signum, handler in handlers.items():
                signal.signal(signum, handler)
            os.close(reader)
            os.close(writer)

    def _count(self, *_: object) -> None:
        self._signals += 1
        if self._signals == 2 and self._stopping:
            _say("Hurrying.")

    def _sleep(self, seconds: float) -> None:
        """Until something happens: a signal, or a child's end."""
        select.select([self._wake], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)

    # --- children ---

    def _tend(self, *, longest_wait: float) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is not None and not child.lives:
                self._mourn(child, now)
            if child.process is None and not child.held and now >= child.next_start:
                self._start(child)
        self._sleep(longest_wait)

    def _mourn(self, child: Child, now: float) -> None:
        assert child.process is not None  # noqa: S101 (a child that never lived cannot die)
        child.deaths = 1 if now - child.started > STEADY else child.deaths + 1
        delay = min(SHORTEST_DELAY * 2 ** (child.deaths - 1), LONGEST_DELAY)
        child.next_start = now + delay
        _say(f"{child.name} ended ({_how(child.process.returncode)}); it starts again in {delay:g} s.")
        child.process = None

    def _start(self, child: Child) -> None:
        command = [sys.executable, "-m", "andante.cli.main", child.name, "--parent", str(os.getpid())]
        # Ctrl-C reaches the whole group; but ours is the order in which processes stop, so they never see it.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            child.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env=dict(child.environment),
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        child.started = time.monotonic()
        assert child.process.stdout is not None  # noqa: S101 (it is a pipe)
        child.listener = threading.Thread(target=self._listen, args=(child.name, child.process.stdout), daemon=True)
        child.listener.start()

    def _stop(self) -> None:
        self._stopping = True
        self._signals = min(self._signals, 1)
        first, *others = self._children
        for group in ([first], others):
            self._end([child for child in group if child.lives])
        for child in self._children:
            if child.listener is not None:
                child.listener.join(timeout=1)

    def _end(self, group: list[Child]) -> None:
        for child in group:
            _send(child, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while any(child.lives for child in group):
            if self._signals > 1 or time.monotonic() > deadline:
                for child in group:
                    _send(child, signal.SIGKILL)
            self._sleep(0.1)

    # --- what they say ---

    def _listen(self, name: str, lines: IO[str]) -> None:
        path = self._log_folder / f"{name}.log"
        log = RotatingFileHandler(path, maxBytes=LARGEST_LOG, backupCount=2, encoding="utf-8")
        with contextlib.closing(log), lines:
            for line in lines:
                log.emit(logging.makeLogRecord({"msg": line.rstrip("\n")}))
                if self._show_all:
                    _say(line.rstrip("\n"))
                elif (shown := worth_showing(line)) is not None:
                    _say(f"{name}: {shown}")


def worth_showing(line: str) -> str | None:
    """What a person at the console should read of a line of log: warnings and errors, in short."""
    try:
        event = json.loads(line)
        level, what = event.pop("level"), event.pop("event")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # a banner or a part of a traceback: it is in the log
    if level not in {"warning", "error", "critical"}:
        return None
    details = [f"{key}={value}" for key, value in event.items() if key not in {"timestamp", "logger", "exception"}]
    return " ".join([f"{level}: {what}", *details])


def _send(child: Child, signum: signal.Signals) -> None:
    if child.process is not None:
        child.process.send_signal(signum)  # which does nothing for one that has ended


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def _say(text: str) -> None:
    # The terminal may be gone; that must not keep us from stopping what runs.
    with contextlib.suppress(OSError):
        sys.stdout.write(f"  {text}\n")
        sys.stdout.flush()
