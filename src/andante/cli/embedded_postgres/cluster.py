"""The server's data folder: how it comes to be, and the settings it is run with."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from andante.cli.embedded_postgres.binaries import Binaries
from andante.cli.embedded_postgres.passwords import write_private
from andante.cli.embedded_postgres.system_user import ServerUser
from andante.cli.problems import Problem

SUPERUSER = "andante_superuser"
SPACE_NEEDED = 200 * 1024 * 1024  # bytes, for a new cluster and its first log files
FIRST_VERSION_WITH_BUILTIN_LOCALES = 17

# For a small machine that must lose nothing. Values that people typed stay out of the server's log.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "512MB",
    "jit": "off",
    "fsync": "on",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
}
# Tests throw their data away, and a crash of the machine throws away the tests.
SETTINGS_FOR_TESTS = SETTINGS | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
}


def create_cluster(data: Path, *, binaries: Binaries, user: ServerUser, superuser_password: str, durable: bool) -> None:
    """
    Create the data folder, complete or not at all, readable by the server's user alone.

    :param durable: False for tests: does not wait for the disk
    :raises Problem: the disk is full, or initdb failed
    """
    if shutil.disk_usage(data.parent).free < SPACE_NEEDED:
        raise disk_full(data.parent)
    unfinished = data.with_name(f"{data.name}.new")
    password_file = data.with_name(f"{data.name}.password")
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file.unlink(missing_ok=True)
    try:
        unfinished.mkdir(mode=0o700)
        write_private(password_file, superuser_password)
        for path in (unfinished, password_file):
            os.chown(path, user.uid, user.gid)
        _initdb(unfinished, password_file, binaries=binaries, user=user, durable=durable)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    finally:
        password_file.unlink(missing_ok=True)
    unfinished.rename(data)


def _initdb(target: Path, password_file: Path, *, binaries: Binaries, user: ServerUser, durable: bool) -> None:
    # Byte order on every machine, whatever its C library; older versions have only the library's C.UTF-8.
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if binaries.major >= FIRST_VERSION_WITH_BUILTIN_LOCALES
        else ["--locale=C.UTF-8"]
    )
    command = [
        binaries.program("initdb"),
        f"--pgdata={target}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--data-checksums",
        "--encoding=UTF8",
        "--no-instructions",
        *locale,
        *([] if durable else ["--no-sync"]),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=environment(),
        umask=0o077,
        user=user.to_become,
        group=user.group_to_become,
        extra_groups=user.groups_to_keep,
    )
    if done.returncode == 0:
        return
    if says_disk_full(done.stderr):
        raise disk_full(target.parent)
    raise Problem(
        f"PostgreSQL could not create its data in {target.parent}: {last_line(done.stderr)}.",
        mend="Mend that and start again; nothing was left behind.",
    )


def environment() -> dict[str, str]:
    """Nothing of ours but where libraries are: PGDATA and its like would change what the programs do."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {"LC_ALL": "C", "TZ": "UTC", **kept}


def check_version(data: Path, binaries: Binaries) -> None:
    """
    Refuse data that another major version wrote.

    :raises Problem: with the way to move them
    """
    found = (data / "PG_VERSION").read_text().strip()
    if found != str(binaries.major):
        raise Problem(
            f"The data in {data} belong to PostgreSQL {found}, and the installed one is {binaries.major}.",
            mend=f"With embedded-postgres {found} installed, dump the database; then move the folder away"
            " and restore the dump.",
        )


def disk_full(folder: Path) -> Problem:
    return Problem(
        f"The disk that holds {folder} is full.",
        mend="Free at least 200 MB there, or set ANDANTE_DATA_DIR to a folder on another disk.",
    )


def says_disk_full(said: str) -> bool:
    return "No space left on device" in said or "Disk quota exceeded" in said


def last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "it said nothing"
