"""What a command takes, quantiles and slopes."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.processes import proportional_bytes

MEGABYTE = 1_000_000
_EVERY = 0.2  # seconds between two looks at the memory of all processes of a command


@dataclass(frozen=True)
class Taken:
    """
    What a command took.

    :ivar wall: seconds
    :ivar cpu: seconds, over all its processes
    :ivar largest: bytes that its largest process held at most, by the kernel's own account
    :ivar together: bytes that all its processes held at one time, shared parts once; looked at five times a second
    """

    wall: float
    cpu: float
    largest: int
    together: int
    output: str

    def __str__(self) -> str:
        memory = f"{self.largest / MEGABYTE:.0f} MB in the largest process, {self.together / MEGABYTE:.0f} MB in all"
        return f"{self.wall:.1f} s, CPU {self.cpu:.1f} s, at most {memory}"


def take(command: Sequence[object], *, env: Mapping[str, str], log: Path) -> Taken:
    """
    Run a command and measure it.

    :raises AssertionError: it failed; with what it said
    """
    with log.open("w+", encoding="utf-8") as output:
        began = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], env=dict(env), stdout=output, stderr=output)
        watcher = _Watcher(process.pid)
        watcher.start()
        # Not process.wait(): the kernel hands the account of a process to whoever waits for it this way.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        watcher.end()
        output.seek(0)
        said = output.read()
    assert process.returncode == 0, said
    return Taken(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, watcher.most, said)


class _Watcher(threading.Thread):
    """Looks at the memory of a process and of those that it starts."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.most = 0

    def run(self) -> None:
        while not self._over.wait(_EVERY):
            self.most = max(self.most, sum(map(proportional_bytes, [self._pid, *children(self._pid)])))

    def end(self) -> None:
        self._over.set()
        self.join()


def children(pid: int) -> list[int]:
    """Processes that a process started, those of its threads too."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in path.read_text().split()]
        except OSError:  # it ended between two looks
            continue
    return found


def spread(values: Sequence[float]) -> str:
    """Median, 95th percentile and maximum."""
    ordered = sorted(values)
    high = ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
    return f"median {statistics.median(ordered):.2f}, p95 {high:.2f}, max {ordered[-1]:.2f}"


def slope(points: Sequence[tuple[float, float]]) -> float:
    """How steeply values rise, by least squares: units of the second a unit of the first."""
    return statistics.linear_regression(*zip(*points, strict=True)).slope if len(points) > 1 else 0.0
