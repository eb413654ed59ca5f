"""How fast records come in while the sealer works, and how far behind it is."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from tests.bench.ledger.measuring import spread
from tests.bench.processes import cpu_seconds
from tests.faults.stage import Stage

SESSIONS = 4
BATCH = 500
_EVERY = 0.1  # seconds between two looks
_BEHIND = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(stored)), 0),
        pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') FROM ledger_pending
"""


@dataclass
class Behind(threading.Thread):
    """Looks how many records wait, and how long the oldest has waited."""

    stage: Stage
    waiting: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        with self.stage.superuser() as session:
            while not self._over.wait(_EVERY):
                waiting, seconds, _ = session.execute(_BEHIND).fetchone() or (0, 0.0, 0)
                self.waiting.append(waiting)
                self.seconds.append(max(float(seconds), 0.0))

    def end(self) -> None:
        self._over.set()
        self.join()


def measure(stage: Stage, *, records: int, seconds: float) -> None:
    """
    Append in batches, then one by one, and print what it cost.

    :param records: to append in batches
    :param seconds: how long to append one by one
    """
    _one(stage, f"in batches of {BATCH}", "batches", records, BATCH)
    _one(stage, f"one by one, over {SESSIONS} sessions", "singles", seconds, SESSIONS)


def _one(stage: Stage, name: str, *how: object) -> None:
    stage.wait_until_ready()
    before = _cpu(stage)
    behind = Behind(stage)
    behind.start()
    done = stage.client("bench.ledger.appending", *how)
    began = time.monotonic()
    stage.wait_until(lambda: not behind.waiting[-1:] or behind.waiting[-1] == 0, what="all is sealed", seconds=600)
    left = time.monotonic() - began
    behind.end()
    rate, thousands = done["records"] / done["seconds"], done["records"] / 1000
    sealer, server = (after - earlier for after, earlier in zip(_cpu(stage), before, strict=True))
    print(f"  {name}: {done['records']:,} records in {done['seconds']:.1f} s, {rate:,.0f} a second", flush=True)
    print(
        f"    CPU s for a thousand: client {done['cpu'] / thousands:.3f}, "
        f"PostgreSQL {server / thousands:.3f}, sealer {sealer / thousands:.3f}"
    )
    print(f"    waiting: {spread(behind.waiting)} records; by quarters of the time {_quarters(behind.waiting)}")
    print(f"    behind: {spread(behind.seconds)} s; all sealed {left:.1f} s after the last", flush=True)


def _cpu(stage: Stage) -> tuple[float, float]:
    """Seconds of the sealer, and of PostgreSQL: its first process keeps the account of those that have ended."""
    return cpu_seconds([stage.children()["sealer"]]), cpu_seconds(stage.server_processes())


def _quarters(values: list[int]) -> str:
    """The largest value of each quarter: what grows is not bounded."""
    size = max(len(values) // 4, 1)
    return ", ".join(f"{max(values[start : start + size]):,}" for start in range(0, size * 4, size) if values[start:])
