"""`andante run` as a person meets it: started, used, interrupted, killed."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from andante.cli.children import worth_showing

PATIENCE = 60.0
SOURCES = Path(__file__).parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(condition: Callable[[], object], *, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


@dataclass
class Run:
    """One `andante run` in a process group of its own, with data and a port of its own."""

    data: Path
    port: int
    process: subprocess.Popen[str]

    @classmethod
    def start(cls, data: Path, port: int) -> Run:
        process = subprocess.Popen(
            [sys.executable, "-m", "andante.cli.main", "run"],
            env=environment(data, port),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return cls(data, port, process)

    def wait_until_served(self) -> Run:
        until(lambda: self.answers() or self.process.poll() is not None, what="pages are served")
        assert self.process.poll() is None, self.said()
        return self

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/livez", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """Our processes by name, with their numbers."""
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        ).stdout
        return {name: int(pid) for pid, name in re.findall(r"(\d+) .*andante\.cli\.main (\w+) --parent", listed)}

    def group(self) -> list[str]:
        """Everything alive in the process group."""
        listed = subprocess.run(["ps", "-e", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
        lines = [line.split(None, 2) for line in listed.stdout.splitlines()]
        return [args for pgid, state, args in lines if int(pgid) == self.process.pid and state[0] != "Z"]

    def said(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.read()

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def environment(data: Path, port: int, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    ours = {"ANDANTE_DATA_DIR": str(data), "ANDANTE_PORT": str(port), "PYTHONPATH": str(SOURCES)}
    return kept | ours | {"ANDANTE_WEB_PROCESSES": "1"} | more


def call(*arguments: str, data: Path, port: int = 1, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "andante.cli.main", *arguments],
        env=environment(data, port, **more),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def run(server, folder) -> Iterator[Run]:
    started = Run.start(folder / "data", free_port())
    yield started
    started.end()


@pytest.mark.processes
class TestRun:
    def test_serves_until_ctrl_c_and_stops_the_database_last(self, run, server):
        run.wait_until_served()
        until(lambda: set(run.children()) == {"web", "worker", "sealer"}, what="all three run")
        assert server.status().accepting

        os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does: to everybody at once

        assert run.process.wait(timeout=PATIENCE) == 0
        assert run.said().rstrip().endswith("Stopped. Your data stay.")
        assert run.group() == []
        assert server.status().pid is None
        log = (run.data / "logs/web.log").read_text()
        assert "shutdown completed" in log

    def test_starts_what_died_again(self, run):
        run.wait_until_served()
        until(lambda: len(run.children()) == 3, what="all three run")
        before = run.children()
        os.kill(before["web"], signal.SIGKILL)

        until(lambda: run.children().get("web") not in {None, before["web"]}, what="there is a new web process")
        until(run.answers, what="it answers")
        assert run.children()["sealer"] == before["sealer"]

    def test_loses_nothing_when_the_whole_group_is_killed(self, run, server, folder):
        run.wait_until_served()
        pid = server.status().pid
        os.killpg(run.process.pid, signal.SIGKILL)
        run.process.wait()
        until(lambda: run.group() == [], what="nobody of the group is left")
        assert server.status().pid == pid

        again = Run.start(folder / "data", run.port)
        try:
            again.wait_until_served()
            assert server.status().pid == pid
            again.process.send_signal(signal.SIGTERM)
            # Nothing has changed, so nothing was looked at again.
            assert "Bring the database up to date" not in again.said()
        finally:
            again.end()

    def test_takes_its_children_along_when_it_alone_is_killed(self, run):
        run.wait_until_served()
        os.kill(run.process.pid, signal.SIGKILL)
        run.process.wait()

        until(lambda: run.group() == [], what="the children are gone")


@pytest.mark.processes
class TestRunIsRefused:
    def test_where_another_program_has_the_port(self, folder):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            done = call("run", data=folder / "data", port=port)

        assert done.returncode == 2
        assert done.stderr == (
            f"andante: Port {port} is in use by another program."
            f" Stop that program, or choose another port, such as ANDANTE_PORT={port + 1}.\n"
        )

    def test_where_a_setting_cannot_work(self, folder):
        done = call("run", data=folder / "data", port=70000)

        assert done.returncode == 2
        assert done.stderr == "andante: ANDANTE_PORT is '70000'. Give a whole number from 1 to 65535.\n"

    def test_where_the_database_of_the_settings_lacks_its_other_logins(self, folder):
        done = call(
            "run",
            data=folder / "data",
            port=free_port(),
            DATABASE_URL="postgresql://nobody@localhost:1/nothing",
        )

        assert done.returncode == 2
        assert "DATABASE_OWNER_URL and DATABASE_SEALER_URL are not set" in done.stderr


@pytest.mark.processes
class TestCommandsWithoutTables:
    def test_say_in_one_sentence_what_to_run_first(self, server, folder):
        done = call("person", "list", data=folder / "data", port=free_port())

        assert done.returncode == 2
        assert done.stderr == "andante: The tables of the database are missing or too old. Run `andante migrate`.\n"


class TestConsole:
    def test_shows_warnings_with_their_details(self):
        line = json.dumps({"event": "mail-failed", "level": "error", "timestamp": "…", "logger": "x", "to": "a"})

        assert worth_showing(line) == "error: mail-failed to=a"

    @pytest.mark.parametrize(
        "line", ['{"event": "started", "level": "info"}', "Traceback (most recent call last):", "[]"]
    )
    def test_leaves_everything_else_to_the_log(self, line):
        assert worth_showing(line) is None


class TestHelp:
    def test_names_every_command_without_importing_django(self):
        question = "import sys; sys.argv = ['andante', '--help']\nfrom andante.cli.main import andante\n"
        question += (
            "try:\n    andante()\nexcept SystemExit:\n    print('django' in sys.modules, 'psycopg' in sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", question],
            env=environment(Path("/nonexistent"), 1),
            capture_output=True,
            text=True,
            check=True,
        )

        assert "sealer" in done.stdout
        assert done.stdout.rstrip().endswith("False False")
