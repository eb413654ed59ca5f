"""CPU time and memory of processes, by the kernel's own accounting."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes, with children that they have waited for, in seconds."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICKS


def resident_bytes(pid: int) -> int:
    """Memory that a process holds, shared parts in full; 0 for one that has ended."""
    return _bytes(Path(f"/proc/{pid}/status"), "VmRSS")


def peak_bytes(pid: int) -> int:
    """The most memory that a process ever held; 0 for one that has ended."""
    return _bytes(Path(f"/proc/{pid}/status"), "VmHWM")


def proportional_bytes(pid: int) -> int:
    """Memory of a process, of shared parts its share; 0 for one that has ended."""
    return _bytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss")


def _bytes(file: Path, name: str) -> int:
    with contextlib.suppress(OSError):
        found = re.search(rf"^{name}:\s*(\d+) kB", file.read_text(), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0
    return 0
