"""A small file system under a folder of the database, to be filled up. Needs root."""

from __future__ import annotations

import contextlib
import errno
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.stage import Stage


@dataclass
class SmallDisk:
    """A file system that has room for what is on it, and little more."""

    folder: Path

    @property
    def _filling(self) -> Path:
        return self.folder / "filling"

    def fill(self) -> None:
        """Leave no byte."""
        with self._filling.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(_NoSpace):
                    while True:
                        _write(file, bytes(size))

    def make_room(self) -> None:
        self._filling.unlink(missing_ok=True)


class _NoSpace(Exception):  # noqa: N818 - a fact
    pass


def _write(file: object, data: bytes) -> None:
    try:
        written = file.write(data)  # type: ignore[attr-defined]
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise _NoSpace from None
    if written < len(data):
        raise _NoSpace


@contextlib.contextmanager
def small_disk(stage: Stage, name: str, *, spare: int) -> Iterator[SmallDisk]:
    """
    The group, restarted with a folder of its database on a file system of its own; put back at the end of the block.

    :param name: folder within PostgreSQL's data
    :param spare: bytes that are free at first
    """
    folder = stage.data_dir / "postgresql" / name
    kept = folder.with_name(f"{name}.kept")
    owner = folder.stat()
    stage.end()
    folder.rename(kept)
    folder.mkdir()
    size = _used(kept) + spare
    options = f"size={size},uid={owner.st_uid},gid={owner.st_gid},mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "andante-faults", str(folder)], check=True)
    try:
        _copy(kept, folder)
        stage.begin()
        disk = SmallDisk(folder)
        try:
            yield disk
        finally:
            disk.make_room()
            stage.end()
        shutil.rmtree(kept)
        kept.mkdir(mode=0o700)
        shutil.chown(kept, owner.st_uid, owner.st_gid)
        _copy(folder, kept)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()
        kept.rename(folder)
    stage.begin()


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)


def _used(folder: Path) -> int:
    said = subprocess.run(["du", "-s", "--block-size=1", str(folder)], capture_output=True, text=True, check=True)
    return int(said.stdout.split()[0])
