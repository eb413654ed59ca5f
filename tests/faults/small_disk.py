"""A small file system under a folder of the database, to be filled up. Needs root."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
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
                while _is_written(file, bytes(size)):
                    pass

    def make_room(self) -> None:
        self._filling.unlink(missing_ok=True)


def _is_written(file: FileIO, data: bytes) -> bool:
    try:
        return file.write(data) == len(data)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False


@contextlib.contextmanager
def small_disk(stage: Stage, name: str, *, spare: int) -> Iterator[SmallDisk]:
    """
    The group, restarted with a folder of its database on a file system of its own; put back at the end of the block.

    :param name: folder within PostgreSQL's data
    :param spare: bytes that are free at first
    """
    folder = stage.data_dir / "postgresql" / name
    disk = stage.folder / f"disk-of-{name}"
    stage.end()
    with _mounted(disk, size=_used(folder) + spare, owner=folder.stat()):
        _copy(folder, disk)
        try:
            with _bound(disk, folder):
                stage.begin()
                small = SmallDisk(folder)
                try:
                    yield small
                finally:
                    small.make_room()
                    stage.end()
        finally:
            # Also after a row that tripped: what was acknowledged on the small disk stands only there.
            if not folder.is_mount():
                _empty(folder)
                _copy(disk, folder)
    stage.begin()


@contextlib.contextmanager
def _mounted(disk: Path, *, size: int, owner: os.stat_result) -> Iterator[None]:
    disk.mkdir()
    options = f"size={size},uid={owner.st_uid},gid={owner.st_gid},mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "andante-faults", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(disk)], check=True)
        disk.rmdir()


@contextlib.contextmanager
def _bound(disk: Path, folder: Path) -> Iterator[None]:
    subprocess.run(["mount", "--bind", str(disk), str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)


def _used(folder: Path) -> int:
    said = subprocess.run(["du", "-s", "--block-size=1", str(folder)], capture_output=True, text=True, check=True)
    return int(said.stdout.split()[0])
