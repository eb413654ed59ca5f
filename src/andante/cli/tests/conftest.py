"""Folders and servers of their own: these tests start, kill and break the server that others only use."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from andante.cli.embedded_postgres import Binaries, EmbeddedServer
from tests.servers import DEBIAN_15


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's own user can reach; pytest's own ones are closed to all but root."""
    made = Path(tempfile.mkdtemp(prefix="andante-test-", dir="/var/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def binaries() -> Binaries | None:
    return DEBIAN_15 if os.environ.get("TEST_SERVER") == "debian15" else None


@pytest.fixture
def make_server(binaries: Binaries | None, folder: Path) -> Iterator[Callable[..., EmbeddedServer]]:
    """Servers that are stopped when the test is over, and before their folder goes."""
    made: list[EmbeddedServer] = []

    def _make(data_dir: Path, **options: object) -> EmbeddedServer:
        made.append(EmbeddedServer(data_dir, binaries=binaries, **{"for_tests": True, **options}))
        return made[-1]

    yield _make
    for server in made:
        server.stop()


@pytest.fixture(scope="session")
def initialised(binaries: Binaries | None) -> Iterator[Path]:
    """Data of a server that was started once and stopped: to copy, because making them anew takes a second."""
    made = Path(tempfile.mkdtemp(prefix="andante-test-", dir="/var/tmp"))
    made.chmod(0o755)
    server = EmbeddedServer(made / "data", binaries=binaries, for_tests=True)
    server.start()
    server.stop()
    yield made / "data"
    shutil.rmtree(made)


@pytest.fixture
def server(make_server, folder, initialised) -> EmbeddedServer:
    """A server that is not running, with data in `folder/data`."""
    subprocess.run(["cp", "-a", initialised, folder / "data"], check=True)
    return make_server(folder / "data")
