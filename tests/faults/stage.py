"""The group under test: started, broken, mended, and asked what became of everything."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from andante.cli.embedded_postgres import EmbeddedServer
from andante.cli.embedded_postgres.cluster import SUPERUSER
from tests import running
from tests.faults.journal import Journal
from tests.faults.learners import Learner, Load
from tests.faults.oracle import Oracle, Verdict

CHECKOUT = Path(__file__).parents[2]
COURSE = CHECKOUT / "demo/courses/patient-records"
LEARNERS = 6
EXPECTED = '"logger": "_granian"'
"""The web server's own errors say that its processes were killed, which they were."""
PATIENCE = 120.0  # seconds until all works again


class Stage:
    """
    One group on data of its own, with learners who are signed in.

    :ivar site: web, worker, sealer and the embedded server, with the durable settings of `make run`
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = Random(seed)
        self.settings = {"ANDANTE_DEMO": "0", "ANDANTE_WEB_PROCESSES": "2"}
        self.port = running.free_port()
        self.journal = Journal(folder / "journal.jsonl")
        self.site = self._begin()
        self.learners = self._make_learners()
        self._oracle = Oracle(folder)
        self._judged: set[Any] = set()
        self._problems: list[str] = []
        self._errors = 0

    # --- the group ---

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    @property
    def server(self) -> EmbeddedServer:
        return EmbeddedServer(self.data_dir)

    def _begin(self, **more: str) -> running.RunningAndante:
        return running.start(self.data_dir, port=self.port, **self.settings | more)

    def begin(self, **more: str) -> None:
        """Start the group again, with more environment variables."""
        self.site = self._begin(**more)

    def end(self) -> None:
        """Stop the group, the database last."""
        self.site.stop()

    def mend(self) -> None:
        """After a row that tripped: a group that runs, whatever state it was left in."""
        if self.site.process.poll() is None:
            self.site.kill()
        self.begin()
        self._problems = []

    @contextlib.contextmanager
    def clocked(self, server: EmbeddedServer) -> Iterator[None]:
        """The group, on a server that was started in another way; at the end of the block as ever again."""
        with server.in_use():
            self.begin()
            try:
                yield
            finally:
                self.end()
        self.begin()

    def close(self) -> None:
        self.site.stop()
        self.journal.close()

    def children(self) -> dict[str, int]:
        """The processes that the group's supervisor started, by name."""
        return {
            name: int(pid)
            for pid, name in re.findall(
                r"^ *(\d+) .*andante\.cli\.main (\w+) --parent", _ps(self.site.process.pid), re.MULTILINE
            )
        }

    def web_workers(self) -> list[int]:
        """The processes that answer requests."""
        web = self.children().get("web")
        return [] if web is None else [int(pid) for pid in re.findall(r"^ *(\d+) .*andante", _ps(web), re.MULTILINE)]

    def wait_until(self, condition: Callable[[], object], *, what: str, seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain until {what}: {self._readyz()}")
            time.sleep(0.05)

    def wait_until_ready(self, *, seconds: float = PATIENCE) -> None:
        """Until pages are served, nothing waits for the sealer, and everybody has followed."""
        self.wait_until(self._is_ready, what="all works again", seconds=seconds)

    def _is_ready(self) -> bool:
        state = self._readyz()
        return bool(
            state.get("ready")
            and not state["sealing"]["waiting"]
            and not any(each["waiting"] for each in state["following"].values())
            and self.children().keys() == {"web", "worker", "sealer"}
        )

    def status(self, path: str = "/readyz") -> int:
        """What a page is answered with; 0 without an answer."""
        with contextlib.suppress(OSError):
            return self.site.get(path)[0]
        return 0

    def _readyz(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            state: dict[str, Any] = json.loads(self.site.get("/readyz")[1])
            return state
        return {}

    # --- the database ---

    def superuser(self) -> psycopg.Connection[Any]:
        """A session of the server's superuser, each statement a transaction."""
        return psycopg.connect(self.superuser_url, autocommit=True)

    @property
    def superuser_url(self) -> str:
        return self.server._url(SUPERUSER)

    @property
    def application_url(self) -> str:
        return self.server.urls().application

    def backends(self, *, login: str = "") -> list[int]:
        """Processes of the server that serve a login, or any of ours."""
        with self.superuser() as session:
            found = session.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() "
                "AND (%(login)s = '' OR usename = %(login)s)",
                {"login": login},
            )
            return [pid for (pid,) in found]

    def server_processes(self) -> list[int]:
        """All processes of the server."""
        pid = self.server.status().pid
        if pid is None:
            return []
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
        return [pid, *map(int, listed.stdout.split())]

    def has(self, id: object) -> bool:
        """Whether a record is committed."""
        with self.superuser() as session:
            return session.execute("SELECT 1 FROM ledger_statement_key WHERE id = %s", [id]).fetchone() is not None

    # --- clients ---

    def client(self, module: str, *arguments: object, **more: str) -> Any:
        """What a client process prints as JSON."""
        done = subprocess.run(
            [sys.executable, "-m", f"tests.{module}", *map(str, arguments)],
            cwd=CHECKOUT,
            env=self.site.environment | {"PYTHONPATH": str(CHECKOUT / "src")} | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def _make_learners(self) -> list[Learner]:
        made = [Learner(port=self.port, **each) for each in self.client("faults.people", COURSE, LEARNERS)]
        for learner in made:
            learner.sign_in()
        return made

    def load(self) -> Load:
        """Every learner answers as fast as the pages do, until the block ends."""
        return Load(self.learners, self.journal, seed=self.random.getrandbits(32))

    @contextlib.contextmanager
    def under_load(self) -> Iterator[None]:
        """
        As `load`, from when everybody is at work: processes that just started are slow at first.

        What went wrong with the learners counts in the verdict.
        """
        load = self.load()
        wanted = len(self.journal.acknowledged) + 2 * len(self.learners)
        with load:
            self.wait_until(lambda: len(self.journal.acknowledged) >= wanted, what="learners are at work")
            yield
        self._problems += load.problems

    def problem(self, sentence: str) -> None:
        """Something that a row found itself."""
        self._problems.append(sentence)

    # --- judging ---

    def judge(self) -> Verdict:
        """Wait until all works again, and ask the oracle."""
        self.wait_until_ready()
        verdict = self._oracle.judge(self.site, self.superuser_url, self.journal, since=self._judged)
        self._judged = set(self.journal.acknowledged)
        errors = [error for error in self.site.errors() if EXPECTED not in error]
        verdict.problems += self._problems + errors[self._errors :]
        self._problems, self._errors = [], len(errors)
        verdict.replies, self.journal.replies = self.journal.replies, Counter()
        verdict.problems += [
            f"{count} answers were met with {status}"
            for status, count in verdict.replies.items()
            if status.isdigit() and status not in {"302", "503"}
        ]
        return verdict


@contextlib.contextmanager
def stage(*, seed: int) -> Iterator[Stage]:
    """A stage on a folder of its own, which is removed with it."""
    # Not a folder under /tmp: PostgreSQL's own user must pass through to it.
    folder = Path(tempfile.mkdtemp(prefix="andante-faults-", dir="/var/tmp"))
    folder.chmod(0o755)
    made: Stage | None = None
    try:
        made = Stage(folder, seed)
        yield made
    finally:
        if made is not None:
            made.close()
        shutil.rmtree(folder, ignore_errors=True)


def _ps(parent: int) -> str:
    return subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    ).stdout


def signal_all(pids: list[int], signum: int) -> int:
    """Send a signal to those that still live; how many these were."""
    sent = 0
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)
            sent += 1
    return sent
