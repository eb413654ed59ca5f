"""Files that are handed out: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class FileExists(Exception):  # noqa: N818 - errors are facts
    """A file of this name stands there already, and was not to be replaced."""


@dataclass(frozen=True)
class Parcel:
    """A file to hand out, open at its beginning; nothing of it stays when it is closed."""

    file: IO[bytes]
    name: str
    length: int


def keep(parcel: Parcel, *, path: Path, replace: bool = False) -> None:
    """
    Write what was handed out into a file that only its owner may read, and close it.

    :raises FileExists: one stands there and may not be replaced
    :raises OSError: the folder is missing or full, or may not be written
    """
    with parcel.file, whole_or_nothing(path) as file:
        if path.exists() and not replace:
            raise FileExists(path)
        shutil.copyfileobj(parcel.file, file, 1 << 20)


@contextlib.contextmanager
def whole_or_nothing(path: Path) -> Iterator[IO[bytes]]:
    """A file beside the path that takes its name at the end, or is gone."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
