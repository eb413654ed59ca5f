"""
The real thing: `andante run` with a database, a port and a data folder of its own, for journeys, faults and benches.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 240.0  # seconds for a start; a busy machine takes its time


@dataclass
class RunningAndante:
    """One process group: web, worker, sealer, and the embedded server."""

    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    data_dir: Path
    port: int

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def content_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `andante …` beside the running group, on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "andante.cli.main", *map(str, arguments)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=check,
            timeout=120,
        )

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page, without a sign-in."""
        try:
            with urllib.request.urlopen(f"{self.base_url}{path}", timeout=10) as reply:  # noqa: S310 - an address of our own making
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def wait_until_sealed(self) -> None:
        """Until nothing waits for the sealer."""
        self._wait(lambda state: state["sealing"]["waiting"] == 0, "The sealer did not keep up")

    def wait_until_followed(self) -> None:
        """Until nothing waits for the sealer, and everybody has followed the facts."""
        self._wait(
            lambda state: (
                not state["sealing"]["waiting"] and not any(each["waiting"] for each in state["following"].values())
            ),
            "Somebody did not follow the facts",
            seconds=60,
        )

    def wait_until_loaded(self, *, seconds: float = 400) -> None:
        """Until the demonstration's history is loaded, which the sign-in page says."""
        deadline = time.monotonic() + seconds
        quiet = 0
        while time.monotonic() < deadline and quiet < 3:
            time.sleep(1)
            quiet = 0 if "being loaded" in self.get("/sign-in/")[1] else quiet + 1
        assert quiet, "The demonstration did not load in time."
        self.wait_until_followed()

    def _wait(self, is_so: Callable[[dict[str, Any]], bool], otherwise: str, *, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        body = ""
        while time.monotonic() < deadline:
            _, body = self.get("/readyz")
            if is_so(json.loads(body)):
                return
            time.sleep(0.05)
        raise AssertionError(f"{otherwise}: {body}")

    def errors(self) -> list[str]:
        """What the web processes logged as an error, a traceback for each."""
        found = []
        for line in (self.data_dir / "logs/web.log").read_text(errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict) and event.get("level") == "error":
                    found.append(json.dumps(event)[-3_000:])
        return found

    def server_processes(self) -> list[int]:
        """Every process that serves: ours, and the database's."""
        ours = [self.process.pid, *_descendants(self.process.pid)]
        folder = (self.data_dir / "postgresql").resolve()
        return ours + [pid for pid in _all_processes() if pid not in ours and _works_in(pid, folder)]

    def stop(self) -> int:
        """As Ctrl-C does; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def kill(self) -> None:
        """As a power cut does to our processes; the database lives on in its own session."""
        for pid in [*_descendants(self.process.pid), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(data_dir: Path, *, port: int | None = None, **settings: str) -> RunningAndante:
    """
    Start the group and wait until it serves.

    :raises AssertionError: it ended, or did not serve in time; with what it said
    """
    port = port or free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANDANTE_", "DATABASE_"))}
    environment = kept | {"ANDANTE_DATA_DIR": str(data_dir), "ANDANTE_PORT": str(port), "ANDANTE_DEMO": "1"} | settings
    said = data_dir.parent / f"{data_dir.name}.out"
    with said.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "andante.cli.main", "run"],
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    running = RunningAndante(process, environment, data_dir, port)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            if running.get("/readyz")[0] == 200:
                return running
        time.sleep(0.1)
    running.kill()
    raise AssertionError(f"`andante run` did not serve.\n{said.read_text()}")


@contextlib.contextmanager
def running(**settings: str) -> Iterator[RunningAndante]:
    """A group on data of its own, which are removed with it."""
    # Not pytest's folder: that one is closed to the database server's user.
    folder = Path(tempfile.mkdtemp(prefix="andante-run-", dir="/var/tmp"))
    folder.chmod(0o755)
    group = start(folder / "data", **settings)
    try:
        yield group
    finally:
        group.stop()
        shutil.rmtree(folder)


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _descendants(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for each in _all_processes():
        with contextlib.suppress(OSError):
            found = re.search(r"\) \S (\d+)", Path(f"/proc/{each}/stat").read_text())
            if found:
                parents.setdefault(int(found[1]), []).append(each)
    found_here, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found_here += children
        waiting += children
    return found_here


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:
        return False
