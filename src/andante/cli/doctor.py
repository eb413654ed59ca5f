"""`andante doctor`: what is wrong here, and how to mend it."""

from __future__ import annotations

import os
import shutil
import smtplib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
import psycopg

from andante.cli.embedded_postgres import EmbeddedServer, roles
from andante.cli.installation import installation
from andante.cli.ports import check_port_is_free, is_served
from andante.cli.problems import Problem
from andante.kernel.counting import counted
from andante.kernel.environment import Environment, SettingInvalid

LEAST_FREE = 1024**3  # bytes
OLDEST_POSTGRES = 150000  # as `server_version_num` counts
OLDEST_NODE = 20
LONGEST_LAG = 5.0  # seconds that a record may wait for the sealer


@dataclass(frozen=True)
class Finding:
    """
    One thing that was looked at.

    :ivar mend: what to do; None where all is well
    """

    what: str
    mend: str | None = None


@click.command()
def doctor() -> None:
    """Look at everything Andante stands on. Changes nothing; exits with 1 when something is wrong."""
    findings = list(examine())
    for finding in findings:
        click.echo(f"  {'ok  ' if finding.mend is None else 'MEND'}  {finding.what}")
        if finding.mend is not None:
            click.echo(f"        {finding.mend}")
    wrong = sum(finding.mend is not None for finding in findings)
    click.echo("\nAll is well." if not wrong else f"\n{wrong} to mend.")
    if wrong:
        raise click.exceptions.Exit(1)


def examine() -> Iterator[Finding]:
    """Everything, from the ground up; what stands on something broken is not looked at."""
    yield _python()
    try:
        environment = Environment.read()
    except SettingInvalid as invalid:
        yield Finding(f"Settings: {invalid.name} {invalid.problem}.", invalid.mend)
        return
    yield Finding("Settings: all can be used.")
    data_dir = environment.data_dir or installation().data_dir
    yield from _folder(data_dir)
    if installation().is_checkout:
        yield from _tools()
    yield _port(environment)
    if environment.smtp_url is not None:
        yield _mail(environment.smtp_url)
    if environment.witness_file is not None:
        yield _witness(environment.witness_file)
    if environment.demo and not environment.base_host.startswith(("localhost", "127.")):
        yield Finding(
            "ANDANTE_DEMO is 1, but ANDANTE_BASE_URL is not this machine; nobody is offered a demo sign-in.",
            "Unset ANDANTE_DEMO, or open Andante at http://localhost.",
        )
    yield from _database(environment, data_dir)


def _python() -> Finding:
    version = ".".join(str(number) for number in sys.version_info[:3])
    return Finding(f"Python {version} in {sys.prefix}.")


def _folder(data_dir: Path) -> Iterator[Finding]:
    if not data_dir.exists():
        yield Finding(f"Data: {data_dir} will be made by the first `andante run`.")
        return
    if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(
            f"Data: {data_dir} belongs to user {data_dir.stat().st_uid}, and we may not write there.",
            "Run Andante as that user, or set ANDANTE_DATA_DIR to a folder of your own.",
        )
        return
    free = shutil.disk_usage(data_dir).free
    room = f"{free / 1024**3:.1f} GB free"
    yield Finding(f"Data: {data_dir}, {room}.", None if free >= LEAST_FREE else "Free at least 1 GB on that disk.")
    for path in _secrets(data_dir):
        if path.stat().st_mode & 0o077:
            yield Finding(f"Others can read {path}.", f"Type: chmod -R go= {path}")


def _secrets(data_dir: Path) -> list[Path]:
    names = ("secret-key", "keys", "passwords", "outbox", "logs")
    return [path for path in (data_dir / name for name in names) if path.exists()]


def _tools() -> Iterator[Finding]:
    node, npm = shutil.which("node"), shutil.which("npm")
    yield Finding(f"Node: {node}." if node and npm else "Node: none; the build uses the one that pip installs.")
    browser = next(
        (path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None
    )
    yield Finding(f"Browser: {browser}." if browser else "Browser: no Chromium, which only `make test` needs.")


def _port(environment: Environment) -> Finding:
    if is_served(environment):
        return Finding(f"Web: Andante answers on port {environment.port}.")
    try:
        check_port_is_free(environment.bind, environment.port)
    except Problem as problem:
        return Finding(f"Web: {problem.what}", problem.mend)
    return Finding(
        f"Web: port {environment.port} of {environment.bind} is free: no Andante runs there. "
        "If it runs on another, set ANDANTE_PORT here too."
    )


def _mail(url: str) -> Finding:
    parts = urlsplit(url)
    kind: Callable[..., smtplib.SMTP] = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 25), timeout=5) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            f"Mail: {parts.hostname} does not answer ({error}).",
            "Check ANDANTE_SMTP_URL and whether this machine may reach the mail server.",
        )
    return Finding(f"Mail: {parts.hostname} answers.")


def _witness(path: Path) -> Finding:
    if not path.is_file():
        return Finding(
            f"Witness: {path} is not there.",
            "Mount the share that it stands on. For a new one, make it, empty: Andante never does.",
        )
    if not os.access(path, os.R_OK | os.W_OK):
        return Finding(f"Witness: {path} cannot be written.", "Let the worker's user read and write it.")
    return Finding(f"Witness: {path} can be written. `andante witness status` tells how it stands.")


def _database(environment: Environment, data_dir: Path) -> Iterator[Finding]:
    url = environment.database_url
    if url is None:
        status = EmbeddedServer(data_dir).status() if data_dir.exists() else None
        if status is None or not status.accepting:
            yield Finding("Database: the embedded server is not running; `andante run` starts it.")
            return
        url = EmbeddedServer(data_dir).urls().application
        yield Finding(f"Database: the embedded server runs (process {status.pid}).")
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            yield from _in_database(connection)
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split()) or repr(error)
        yield Finding(
            f"Database: nobody can sign in: {said}",
            "Check DATABASE_URL, whether the server runs, and whether it lets this machine in.",
        )


def _in_database(connection: psycopg.Connection) -> Iterator[Finding]:
    version = connection.info.server_version
    yield Finding(
        f"Database: PostgreSQL {version // 10000}.",
        None if version >= OLDEST_POSTGRES else "Andante needs PostgreSQL 15 or newer.",
    )
    member = "SELECT bool_or(pg_has_role(current_user, oid, 'USAGE')) FROM pg_roles WHERE rolname = %s"
    if not _one(connection, member, roles.APPLICATION_GROUP):
        yield Finding(
            f"Roles: {connection.info.user} is no member of {roles.APPLICATION_GROUP}.",
            "Run `andante migrate`, which creates roles, or let an administrator grant it.",
        )
        return
    if _one(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        yield Finding(
            f"Roles: {connection.info.user} is a superuser, so nothing protects the records from the application.",
            "Let DATABASE_URL sign in as a plain login.",
        )
    if _one(connection, "SELECT to_regclass('ledger_log')") is None:
        yield Finding("Tables: there are none yet.", "Run `andante migrate`.")
        return
    yield from _in_tables(connection)


def _in_tables(connection: psycopg.Connection) -> Iterator[Finding]:
    from andante.cli.surroundings import set_django_up

    set_django_up()
    from django.db.migrations.loader import MigrationLoader

    wanted = set(MigrationLoader(None).disk_migrations or {})
    applied = set(connection.execute("SELECT app, name FROM django_migrations"))
    pending = sorted(wanted - applied)
    yield Finding(
        f"Tables: {_wait(len(pending), 'migration')}." if pending else "Tables: up to date.",
        "Run `andante migrate`." if pending else None,
    )
    query = (
        "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(stored)), 0)::float FROM ledger_pending"
    )
    row = connection.execute(query).fetchone()
    waiting, lag = row if row is not None else (0, 0.0)
    yield Finding(
        f"Sealer: {_wait(waiting, 'record')}, the oldest for {lag:.1f} s."
        if waiting
        else "Sealer: every record is sealed.",
        None if lag <= LONGEST_LAG else "Is `andante sealer` running? Its log says why it does not seal.",
    )


def _wait(number: int, one: str) -> str:
    return f"{counted(number, one)} {'waits' if number == 1 else 'wait'}"


def _one(connection: psycopg.Connection, query: str, *parameters: object) -> object:
    row = connection.execute(query, parameters).fetchone()
    return row[0] if row is not None else None
