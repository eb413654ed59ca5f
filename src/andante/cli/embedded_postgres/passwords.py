"""The passwords of the server's logins: random, one file each, readable by us alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def password(folder: Path, login: str) -> str:
    """The password of a login, made up the first time."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / login
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a secret so that it is complete or absent, and never readable by others."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    unfinished.rename(path)
