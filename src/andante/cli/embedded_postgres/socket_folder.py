"""
The folder of the server's socket.

Apart from the data, because the path of a Unix socket is limited to 107 bytes. Whoever may enter the folder
may knock: the server's user and our own group, nobody else.
"""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path

from andante.cli.embedded_postgres.system_user import ServerUser
from andante.cli.problems import Problem

PORT = 5432  # names the socket file only; the server does not listen on TCP
LONGEST_PATH = 107  # bytes: sun_path on Linux without the closing zero


def prepare_socket_folder(data: Path, user: ServerUser) -> Path:
    """
    The folder for the server of these data, ours alone, with no leftovers of a dead server in it.

    :raises Problem: its path is too long, it is somebody else's or not writable, or a server listens there
    """
    key = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"andante-{key}"
    path = folder / f".s.PGSQL.{PORT}"
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise Problem(
            f"The path of PostgreSQL's socket, {path}, is longer than {LONGEST_PATH} bytes.",
            mend="Set TMPDIR to a folder with a short path, such as /tmp.",
        )
    try:
        _take(folder, user)
        _clear(path)
    except OSError as error:
        raise Problem(
            f"The folder of PostgreSQL's socket, {folder}, cannot be used: {error.strerror}.",
            mend="Make its parent folder writable, or set TMPDIR to a folder that is.",
        ) from error
    return folder


def _take(folder: Path, user: ServerUser) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), user.uid}:
        raise Problem(
            f"The folder of PostgreSQL's socket, {folder}, belongs to another user.",
            mend="Have it removed, or set TMPDIR to a folder of your own.",
        )
    os.chown(folder, user.uid, os.getegid(), follow_symlinks=False)
    folder.chmod(0o750 if user.own else 0o700)
    closed = user.closed_parent(folder)
    if closed is not None:
        raise Problem(
            f"PostgreSQL runs as a user of its own, who cannot pass through {closed} to its socket.",
            mend="Set TMPDIR to a folder that others may enter, such as /tmp.",
        )


def _clear(path: Path) -> None:
    if _answers(path):
        raise Problem(
            f"A PostgreSQL server that is not ours already listens at {path}.",
            mend="Stop that server and start again.",
        )
    for leftover in (path, path.with_name(f"{path.name}.lock")):
        leftover.unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as knock:
        try:
            knock.connect(str(path))
        except OSError:
            return False
        return True
