"""The user of the operating system that PostgreSQL runs as."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from andante.cli.problems import Problem

NAME = "andante-postgres"


@dataclass(frozen=True)
class ServerUser:
    """
    Ourselves; or, because PostgreSQL refuses to run as root, a user of its own.

    :ivar own: a user apart from ours: what it must read or write is handed over to it
    """

    uid: int
    gid: int
    own: bool

    @property
    def to_become(self) -> int | None:
        """For `subprocess`: the uid to switch to, or None to stay."""
        return self.uid if self.own else None

    @property
    def group_to_become(self) -> int | None:
        return self.gid if self.own else None

    @property
    def groups_to_keep(self) -> list[int] | None:
        return [] if self.own else None

    def closed_parent(self, folder: Path) -> Path | None:
        """The topmost folder above `folder` that this user cannot pass through."""
        if not self.own:
            return None
        closed = [parent for parent in folder.parents if not parent.stat().st_mode & stat.S_IXOTH]
        return closed[-1] if closed else None


def server_user() -> ServerUser:
    """
    Who runs PostgreSQL. For root the system user `andante-postgres`, created when it is missing.

    :raises Problem: the user is missing and cannot be created
    """
    if os.geteuid() != 0:
        return ServerUser(uid=os.geteuid(), gid=os.getegid(), own=False)
    entry = _entry()
    if entry is None:
        with _alone():
            entry = _entry() or _create()
    return ServerUser(uid=entry.pw_uid, gid=entry.pw_gid, own=True)


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Of two `useradd` at the same time, the second replaces the user of the first, number and all."""
    folder = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _create() -> pwd.struct_passwd:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    said = "neither useradd nor adduser is installed"
    # Debian, Red Hat and their kin have useradd; BusyBox systems have adduser alone.
    for program, options in (
        (
            "useradd",
            "--system --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin",
        ),
        ("adduser", "-S -D -H -s /sbin/nologin"),
    ):
        found = shutil.which(program, path=path)
        if found is None:
            continue
        done = subprocess.run([found, *options.split(), NAME], capture_output=True, text=True, check=False)
        entry = _entry()
        if entry is not None:
            return entry
        said = done.stderr.strip() or f"{program} ended with status {done.returncode}"
    raise Problem(
        f"PostgreSQL does not run as root, and its own user {NAME} could not be created: {said}.",
        mend="Start as a normal user, or set DATABASE_URL to a PostgreSQL server of your own.",
    )
