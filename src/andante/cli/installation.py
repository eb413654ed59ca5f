"""Where this Andante is installed, and where it keeps its data, so that two on one machine never meet."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from andante.cli.embedded_postgres.binaries import SYSTEM_DATA


@dataclass(frozen=True)
class Installation:
    """
    One checkout, or one environment that a wheel is installed in.

    :ivar place: the checkout's folder, or the environment's
    :ivar is_checkout: there are sources to build from
    """

    place: Path
    is_checkout: bool

    @property
    def key(self) -> str:
        """Short, and another for every place."""
        return hashlib.sha256(os.fsencode(self.place)).hexdigest()[:12]

    @property
    def data_dir(self) -> Path:
        """
        The data folder that stands when ANDANTE_DATA_DIR is not set.

        Root's own home is closed to the database server's user, so root's data stand under /var/lib.
        """
        if os.geteuid() == 0:
            return SYSTEM_DATA / self.key
        return user_data_folder() / "andante" / self.key


def installation() -> Installation:
    """The one that this code belongs to."""
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent.parent
    if package.parent.name == "src" and (checkout / "pyproject.toml").is_file():
        return Installation(place=checkout, is_checkout=True)
    return Installation(place=Path(sys.prefix).resolve(), is_checkout=False)


def user_data_folder() -> Path:
    """As the XDG base directory specification says; relative values are to be ignored."""
    named = os.environ.get("XDG_DATA_HOME", "")
    return Path(named) if named.startswith("/") else Path.home() / ".local/share"


def demo_folder() -> Path:
    """The demonstration: beside the sources in a checkout, inside the package in a wheel."""
    here = installation()
    return here.place / "demo" if here.is_checkout else Path(__file__).resolve().parent.parent / "demo"


def carried_folder(name: str) -> Path:
    """
    A folder that stands at the top of a checkout, and that a wheel carries inside the package.

    :param name: `demo` or `verifier`
    """
    here = installation()
    return here.place / name if here.is_checkout else Path(__file__).resolve().parent.parent / "carried" / name
