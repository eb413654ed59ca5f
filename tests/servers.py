"""
The database servers that tests run on: throw-away ones, apart from the data of `make run`.

TEST_SERVER names one: `embedded` (default), or `debian15` for the oldest version that we support.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from andante.cli.embedded_postgres import Binaries, EmbeddedServer
from andante.cli.installation import Installation, installation

DEBIAN_15 = Binaries(folder=Path("/usr/lib/postgresql/15/bin"), major=15)


def chosen_server() -> EmbeddedServer:
    """The server that TEST_SERVER names. It outlives the test run; the next one adopts it."""
    name = os.environ.get("TEST_SERVER", "embedded")
    if name == "embedded":
        return EmbeddedServer(folder_for_tests(name), for_tests=True)
    if name == "debian15":
        return EmbeddedServer(folder_for_tests(name), binaries=DEBIAN_15, for_tests=True)
    message = f"TEST_SERVER is {name!r}; give embedded or debian15"
    raise ValueError(message)


def debian_15_is_installed() -> bool:
    return Path(DEBIAN_15.program("initdb")).exists()


def folder_for_tests(name: str) -> Path:
    """Beside the data of this checkout, so that another checkout's tests never meet ours."""
    here = installation()
    return Installation(place=here.place / f"tests-{name}", is_checkout=False).data_dir


def main(what: str) -> None:
    """`stop`, or `remove`: stop and forget the data."""
    for name in ("embedded", "debian15"):
        folder = folder_for_tests(name)
        EmbeddedServer(folder).stop()
        if what == "remove":
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(folder_for_tests(f"{name}-settings"), ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
