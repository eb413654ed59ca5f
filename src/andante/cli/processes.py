"""
`andante run`: database, web, worker and sealer as one process group.

The three processes of ours are started again when they die, and stopped in order: first the web server finishes
its requests, then worker and sealer end, PostgreSQL last. They end with us when we are killed; PostgreSQL lives
on, and the next start takes it over.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import click

from andante.cli import surroundings
from andante.cli.children import Child, Supervisor
from andante.cli.demo.tamper import tamper
from andante.cli.embedded_postgres import EmbeddedServer
from andante.cli.freshness import is_up_to_date, note_up_to_date
from andante.cli.ports import check_port_is_free, is_served
from andante.cli.problems import Problem
from andante.cli.progress import step
from andante.kernel.environment import Environment

PATIENCE_WITH_WEB = 60.0  # seconds until pages must be served
REST = 5.0  # seconds between two tries to start a database that cannot start


@click.command()
def run() -> None:
    """Start everything and serve until Ctrl-C. The data stay."""
    # Not a sudden end but an exception, so that whatever was begun is wound up.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _run(Environment.read())
    except KeyboardInterrupt:
        click.echo("Stopped. Your data stay.")


@click.group(invoke_without_command=True)
@click.pass_context
def demo(context: click.Context) -> None:
    """
    Start everything with a demonstration, for this machine only.

    A fictitious group of 240 people with a year of learning behind them, and one-click sign-ins.
    """
    os.environ["ANDANTE_DEMO"] = "1"
    if context.invoked_subcommand is None:
        context.invoke(run)


demo.add_command(tamper)


def _run(environment: Environment) -> None:
    check_port_is_free(environment.bind, environment.port)
    data_dir = surroundings.use_data_folder()
    with contextlib.ExitStack() as stack:
        with step("Reach the database" if environment.database_url else "Start PostgreSQL"):
            server = stack.enter_context(surroundings.database())
        stack.callback(_ignore_interrupts)  # the database is stopped in any case
        if server is None or not is_up_to_date(environment, data_dir):
            _migrate()
            if server is not None:
                note_up_to_date(environment, data_dir)
        supervisor = Supervisor(_children(), log_folder=data_dir / "logs", show_all=environment.log_format == "json")
        with supervisor.running(first="web"):
            with step("Start web, worker and sealer"):
                supervisor.wait_for(lambda: is_served(environment), seconds=PATIENCE_WITH_WEB)
                supervisor.start_others()
            _announce(environment)
            supervisor.run(also=_Reviver(server).look)
            click.echo("\nStopping: requests under way are finished.")
    raise KeyboardInterrupt


def _children() -> list[Child]:
    """In the order in which they stop. Nobody gets the password of a role that is not its own."""
    return [
        Child("web", _environment("DATABASE_URL")),
        Child("worker", _environment("DATABASE_URL")),
        Child("sealer", _environment("DATABASE_URL", "DATABASE_SEALER_URL")),
    ]


def _environment(*roles: str) -> dict[str, str]:
    # Their output goes to files, where machines read it; we show people what they need.
    return dict(surroundings.for_process(*roles)) | {"ANDANTE_LOG_FORMAT": "json", "PYTHONUNBUFFERED": "1"}


def _migrate() -> None:
    """In a process of its own: this one stays small, and Django's memory is given back."""
    command = [sys.executable, "-m", "andante.cli.main", "migrate"]
    environment = dict(surroundings.for_process(*surroundings.URL_NAMES))
    done = subprocess.run(command, env=environment, check=False)
    if done.returncode != 0:
        raise Problem("The database could not be brought up to date.", mend="The lines above say why.")


@dataclass
class _Reviver:
    """
    Starts the embedded server again when it has ended.

    Where it cannot start, such as on a full disk, pages go on saying that they cannot reach it, and it is tried again.
    """

    server: EmbeddedServer | None
    rests_until: float = 0.0

    def look(self) -> None:
        """Start the server, if there is one, it does not run, and the last failure is a while ago."""
        if self.server is None or time.monotonic() < self.rests_until or self.server.status().pid is not None:
            return
        click.echo("  PostgreSQL ended; it starts again.")
        try:
            self.server.start()
        except Problem as problem:
            click.echo(f"  {problem} Trying again in {REST:g} s.")
            self.rests_until = time.monotonic() + REST


def _announce(environment: Environment) -> None:
    click.echo(f"\n  Andante is at {environment.base_url}/")
    if environment.demo:
        click.echo("  Choose there whom to be: the demonstration needs no password.")
    click.echo("  Ctrl-C stops it.\n")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _ignore_interrupts() -> None:
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
