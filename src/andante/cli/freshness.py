"""
Whether the last start already brought everything up to date, so that this one need not load Django to find that out.

Only for the embedded server, whose data stand beside the note: one of your own may have been replaced or restored.
"""

from __future__ import annotations

import hashlib
import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from andante.cli.installation import demo_folder
from andante.kernel.environment import Environment

NOTE = "up-to-date.sha256"
MADE_AT_FIRST_START = ("postgresql/PG_VERSION", "keys", "static")
"""What must still be the same in the data folder: the cluster, the sealer's key, the static files."""


def is_up_to_date(environment: Environment, data_dir: Path) -> bool:
    """Whether nothing has changed since `note_up_to_date`: no code, package, setting, cluster or key."""
    try:
        noted = (data_dir / NOTE).read_text()
    except OSError:
        return False
    return noted == _digest(environment, data_dir)


def note_up_to_date(environment: Environment, data_dir: Path) -> None:
    """Remember that everything is up to date now."""
    (data_dir / NOTE).write_text(_digest(environment, data_dir))


def _digest(environment: Environment, data_dir: Path) -> str:
    digest = hashlib.sha256(repr((environment.demo, environment.log_iri)).encode())
    for path in _sources(environment):
        found = path.stat()
        digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    for name in MADE_AT_FIRST_START:
        path = data_dir / name
        digest.update(f"{name}\0{path.stat().st_ino if path.exists() else None}\n".encode())
    return digest.hexdigest()


def _sources(environment: Environment) -> Iterator[Path]:
    """Our own files; and the folder of installed packages, whose time changes with every installation."""
    yield Path(sysconfig.get_paths()["purelib"])
    folders = [Path(__file__).resolve().parents[1]]
    if environment.demo:
        folders.append(demo_folder())
    for folder in folders:
        for parent, names, files in os.walk(folder):
            names[:] = sorted(name for name in names if name not in {"__pycache__", "tests"})
            yield from (Path(parent, name) for name in sorted(files))
