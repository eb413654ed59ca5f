"""Handing evidence out. That somebody did is a fact of its own."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import transaction

from andante.evidence.bundle import BundleWriter, Progress
from andante.evidence.statements import bundle_exported
from andante.kernel.principals import Principal
from andante.ledger import operations as ledger
from andante.ledger.queries import bundle_snapshot, current_log, newest_checkpoint

__all__ = ["BundleExists", "BundleSummary", "export_bundle"]


class BundleExists(Exception):  # noqa: N818
    """A file of this name stands there already, and was not to be replaced."""


@dataclass(frozen=True)
class BundleSummary:
    """
    What was written.

    :ivar size: records that the newest checkpoint covers
    :ivar waiting: records that wait to be sealed
    :ivar root: the newest checkpoint's, in base64; None before anything is sealed
    :ivar note: the newest checkpoint itself
    :ivar length: bytes of the file
    """

    path: Path
    size: int
    waiting: int
    root: str | None
    note: str | None
    key: str
    length: int


def export_bundle(
    *, path: Path, by: Principal, at: datetime, replace: bool = False, progress: Progress = lambda _part, _count: None
) -> BundleSummary:
    """
    Write the whole log, as it stands at one moment, into a file that an auditor can check alone.

    First the event that says so, in a transaction of its own, so that no copy leaves without a trace; then one
    read-only transaction. The file appears under its name when it is whole, and only its owner may read it: it holds
    personal data.

    :param at: the clock, for the event and the manifest
    :param replace: a file that stands there may be replaced
    :raises BundleExists: it stands there and may not be
    :raises OSError: the folder is missing or full, or may not be written
    """
    if path.exists() and not replace:
        raise BundleExists(path)
    with _whole_or_nothing(path) as file:
        with transaction.atomic():
            ledger.append([bundle_exported(log=current_log(), newest=newest_checkpoint(), by=by, at=at)])
        with bundle_snapshot() as snapshot:
            written = BundleWriter(snapshot, progress).write(file, made=at)
            key = snapshot.log.key
    return BundleSummary(
        path=path,
        size=written.size,
        waiting=written.waiting,
        root=written.root,
        note=written.note,
        key=key,
        length=path.stat().st_size,
    )


@contextlib.contextmanager
def _whole_or_nothing(path: Path) -> Iterator[IO[bytes]]:
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
