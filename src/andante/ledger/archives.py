"""
Archives: files that hold what the records of a month say (docs/reference/bundle-format.md, "Archive").

Which file belongs to which month is itself on record: nothing is believed of a file before its SHA-256 was compared.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import msgspec
from django.db import transaction

from andante.ledger.frames import SealedRecord, read_frames
from andante.ledger.log import Log
from andante.ledger.rows import stream
from andante.ledger.statements import instant, spells_action

FORMAT = "andante-archive/1"
MONTH_ARCHIVED = "month-archived"
BROKEN = (zipfile.BadZipFile, OSError, EOFError, ValueError, KeyError, TypeError)
"""What reading a broken file raises."""


class ArchiveUnfit(Exception):  # noqa: N818
    """A file is not an archive of this log, as it was made; the text is for people."""


@dataclass(frozen=True)
class Told:
    """What a record says of an archive; a month has more than one where the archive was renewed."""

    fact: UUID
    month: str
    records: int
    sha256: str


def month_of(stored: datetime) -> str:
    """The month of UTC, as `2026-10`."""
    return f"{stored.astimezone(UTC):%Y-%m}"


def beginning_of(month: str) -> datetime:
    """
    The first moment of a month that is written as `2026-10`.

    :raises ValueError: it is written otherwise
    """
    beginning = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    if month_of(beginning) != month:
        raise ValueError(month)
    return beginning


def told_archives() -> list[Told]:
    """What records say was archived, sealed ones and those that wait. Must be read inside a transaction."""
    query = (
        "SELECT s.id, b.body FROM ledger_statement s JOIN ledger_body b ON b.stored = s.stored AND b.id = s.id "
        "WHERE s.kind = 2 AND s.verb = 'month-archived' AND (EXISTS (SELECT FROM ledger_leaf l WHERE l.id = s.id) "
        "OR EXISTS (SELECT FROM ledger_pending p WHERE p.id = s.id)) ORDER BY s.stored, s.id"
    )
    told = []
    for id, body in stream(query):
        if not spells_action(body, MONTH_ARCHIVED):
            continue
        try:
            content = msgspec.json.decode(body)
            month, new = content["subject"].removeprefix("month:"), content["new"]
            beginning_of(month)
            if new["format"] == FORMAT:
                told.append(Told(id, month, int(new["records"]), str(new["sha256"])))
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError, ValueError):
            continue  # it names nothing; that it cannot be read is found where each record is checked
    return told


def noted_archives() -> dict[str, UUID]:
    """Which months the database notes as archived, each with the record that says so."""
    return {month_of(since): fact for since, fact in stream("SELECT since, fact FROM ledger_archive ORDER BY since")}


def write_archive(
    file: IO[bytes], records: Iterable[SealedRecord], *, log: Log, month: str, made: datetime
) -> tuple[int, int]:
    """
    Write an archive as a stream, so that one of any size takes the same memory.

    :param records: by ascending number
    :param made: the writer's clock, for the manifest
    :return: how many records, and the sum of their numbers
    """
    count = numbers = 0
    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        with archive.open(_info("records"), "w", force_zip64=True) as member:
            for record in records:
                member.write(record.frame())
                count, numbers = count + 1, numbers + record.number
        manifest = {
            "format": FORMAT,
            "log": {"id": str(log.id), "iri": log.iri, "origin": log.origin},
            "month": month,
            "records": count,
            "made": instant(made),
        }
        with archive.open(_info("manifest.json"), "w") as member:
            member.write(json.dumps(manifest, indent=1).encode() + b"\n")
    return count, numbers


def read_archive(path: Path) -> Iterator[SealedRecord]:
    """Read an archive's records one by one; raises `BROKEN` where it is broken."""
    with zipfile.ZipFile(path) as archive, archive.open("records") as member:
        yield from read_frames(member)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


class Archives:
    """
    The archives that were given, and which there are; to be asked for records by ascending number.

    Lawfully archived is a month that a record names and that the database notes; one without the other is a finding.
    """

    def __init__(self, paths: Sequence[Path], files: ExitStack) -> None:
        """
        Look which file is which. Must be made inside a transaction, and used inside it.

        :param files: closes them
        :raises ArchiveUnfit: one is not as it was made, or of another log
        """
        self.told: list[Told] = told_archives()
        self.noted: Mapping[str, UUID] = noted_archives()
        self.months: Collection[str] = self.noted.keys() & {told.month for told in self.told}
        self._given: dict[str, _Reading] = {}
        for path in paths:
            month = named(path, self.told).month
            self._given[month] = _Reading(path, read_archive(path))
            files.callback(self._given[month].close)

    @property
    def missing(self) -> list[str]:
        """Months whose archives were not given."""
        return sorted(set(self.months) - self._given.keys())

    def has(self, month: str) -> bool:
        """Whether the month's archive was given."""
        return month in self._given

    def at(self, month: str, number: int) -> SealedRecord | None:
        """
        The record of a leaf; None where the archive does not hold it.

        :raises ArchiveUnfit: the archive cannot be read
        """
        return self._given[month].at(number)


def named(path: Path, told: Iterable[Told]) -> Told:
    """
    What a record says of this file.

    :raises ArchiveUnfit: no record names it, or it cannot be read
    """
    try:
        sha256 = sha256_of(path)
    except OSError as error:
        raise ArchiveUnfit(f"The archive {path} cannot be read: {error.strerror}.") from None
    found = next((one for one in told if one.sha256 == sha256), None)
    if found is None:
        raise ArchiveUnfit(
            f"{path} is no archive that a record of this log names: it was changed, or is another file. Give the file "
            "as `andante ledger archive` made it."
        )
    return found


def archives_in(folder: Path) -> list[Path]:
    """The files of a folder that are archives of this log, as they were made; others are passed over."""
    with transaction.atomic():
        told = told_archives()
    found = []
    for path in sorted(folder.glob("*.zip")) if told else ():
        with suppress(ArchiveUnfit):
            named(path, told)
            found.append(path)
    return found


class _Reading:
    """One archive, read along."""

    def __init__(self, path: Path, records: Iterator[SealedRecord]) -> None:
        self._path = path
        self._records: Any = records
        self._next: SealedRecord | None = None

    def at(self, number: int) -> SealedRecord | None:
        try:
            while self._next is None or self._next.number < number:
                self._next = next(self._records, None)
                if self._next is None:
                    return None
        except BROKEN as error:
            raise ArchiveUnfit(f"The archive {self._path} cannot be read: {error}.") from None
        return self._next if self._next.number == number else None

    def close(self) -> None:
        self._records.close()
