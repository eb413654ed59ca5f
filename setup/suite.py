"""
All tests in the order in which they fail fastest, and one summary at the end.

    suite.py            lint, types, layers, tests, ledger on PostgreSQL 15, browser
    suite.py check      lint, types, layers, and the tests that need no database
    suite.py pg15       all tests but the journeys, on Debian's postgresql-15
    suite.py all        both
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from browser import is_left_out, path_with_browser
from environment import PYTHON
from javascript import find_npm
from steps import CHECKOUT, ENVIRONMENT

LOGS = CHECKOUT / "build/tests"
PROCESSES = "2"
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin/initdb")
ROLES = "src/andante/cli/tests/test_roles.py"  # PostgreSQL 16 changed who may grant what
# `andante run` brings its own PostgreSQL, whichever the tests use: on 15 there is nothing of it to try again.
BRINGS_ITS_OWN = "src/andante/cli/tests/test_processes.py"
IN_PYTHON = ("src", "tests", "setup", "verifier", "conftest.py")


@dataclass(frozen=True)
class Phase:
    """One command of the run; passes when it ends with status 0."""

    name: str
    command: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a phase went, and its last line, which counts the tests."""

    phase: Phase
    passed: bool
    seconds: float
    last_line: str


def lint() -> list[Phase]:
    """What reads the code without running it."""
    python = [part for part in IN_PYTHON if (CHECKOUT / part).exists()]
    npm = find_npm()
    return [
        Phase("ruff", [_tool("ruff"), "check", *python]),
        Phase("format", [_tool("ruff"), "format", "--check", *python]),
        Phase("templates", [_tool("djlint"), "--lint", "src/andante"]),
        Phase("TypeScript", [*npm.words, "run", "--silent", "check"], env=npm.env),
        Phase("types", [_tool("mypy")]),
        Phase("layers", [_tool("lint-imports")]),
    ]


def _pytest(name: str, marked: str, *more: str, server: str = "embedded") -> Phase:
    """Tests with a mark, on one of the servers of tests/servers.py; `more` are paths and options of pytest."""
    command = [str(PYTHON), "-m", "pytest", "-q", "-n", PROCESSES, "-m", marked, *more]
    return Phase(name, command, env={"TEST_SERVER": server, "PATH": path_with_browser()})


def phases(what: str) -> tuple[list[Phase], list[str]]:
    """The phases of a run, and what it leaves out, with the reason."""
    if what == "check":
        quick = "not browser and not processes and not slow and not database"
        return [*lint(), _pytest("tests", quick, "--hypothesis-profile=quick")], []
    run: list[Phase] = []
    left_out: list[str] = []
    if what in {"test", "all"}:
        run += [*lint(), _pytest("tests", "not browser")]
    if what == "test" and DEBIAN_15.exists():
        run.append(_pytest("ledger on 15", "not browser", "src/andante/ledger", ROLES, server="debian15"))
    elif what in {"all", "pg15"} and DEBIAN_15.exists():
        run.append(_pytest("tests on 15", "not browser", f"--ignore={BRINGS_ITS_OWN}", server="debian15"))
    else:
        left_out.append("PostgreSQL 15: Debian's package postgresql-15 is not installed here.")
    if what in {"all", "pg15"}:
        left_out.append("Journeys on PostgreSQL 15: they drive `andante run`, which brings its own.")
    if is_left_out():
        left_out.append("Browser: BROWSER=0 was asked for; no journey was tried.")
    elif what in {"test", "all"}:
        run.append(_pytest("journeys", "browser"))
    return run, left_out


def play(phase: Phase) -> Outcome:
    """Run one phase; what it says goes to a file, and to the console only when it fails."""
    started = time.monotonic()
    path = LOGS / f"{phase.name.replace(' ', '-')}.log"
    print(f"  {phase.name:<16}", end="", flush=True)
    env = {**os.environ, **phase.env}
    # Where it is set, pytest would rewrite every test module anew in each of its processes.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    with path.open("wb") as log:
        done = subprocess.run(phase.command, cwd=CHECKOUT, env=env, stdout=log, stderr=log, check=False)
    seconds = time.monotonic() - started
    said = path.read_text(errors="replace").rstrip()
    print(f"{'passed' if done.returncode == 0 else 'FAILED':<8}{seconds:6.1f} s", flush=True)
    if done.returncode != 0:
        print(f"\n{said}\n", flush=True)
    return Outcome(phase, done.returncode == 0, seconds, said.splitlines()[-1].strip("= ") if said else "")


def main() -> int:
    """Run every phase even after a failure; the status says whether all passed."""
    what = sys.argv[1] if len(sys.argv) > 1 else "test"
    if what == "pg15" and not DEBIAN_15.exists():
        sys.stderr.write("Debian's postgresql-15 is not installed. Type: sudo apt-get install -y postgresql-15\n")
        return 2
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    run, left_out = phases(what)
    try:
        outcomes = [play(phase) for phase in run]
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130
    finally:
        subprocess.run([PYTHON, "-m", "tests.servers", "stop"], cwd=CHECKOUT, check=False)
    return summary(outcomes, left_out)


def summary(outcomes: list[Outcome], left_out: list[str]) -> int:
    """Say how everything went, and what was not tried."""
    failed = [outcome for outcome in outcomes if not outcome.passed]
    minutes, seconds = divmod(round(sum(outcome.seconds for outcome in outcomes)), 60)
    print(f"\n  {len(outcomes)} phases in {minutes} min {seconds:02} s")
    for outcome in outcomes:
        print(f"  {'passed' if outcome.passed else 'FAILED'}  {outcome.phase.name:<16} {outcome.last_line[:90]}")
    for sentence in left_out:
        print(f"  left out: {sentence}")
    print("\n  All passed." if not failed else f"\n  Failed: {', '.join(o.phase.name for o in failed)}.")
    print(f"  Logs: {LOGS}")
    return 1 if failed else 0


def _tool(name: str) -> str:
    return str(ENVIRONMENT / "bin" / name)


if __name__ == "__main__":
    sys.exit(main())
