"""
Archiving a month: what its records say goes from the database into a file; their leaves stay, so it stays provable.

First the file, whole, on the disk, read back and compared record by record with the sealed leaves; only then the one
transaction that says so on record and takes the bodies out. Whoever dies in between has lost nothing.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import psycopg
from django.db import DatabaseError, connection, connections, transaction

from andante.kernel.counting import counted
from andante.kernel.ids import new_id
from andante.kernel.principals import Principal
from andante.ledger.append import append_facts, prepared
from andante.ledger.archives import (
    BROKEN,
    FORMAT,
    MONTH_ARCHIVED,
    ArchiveUnfit,
    beginning_of,
    named,
    read_archive,
    sha256_of,
    told_archives,
    write_archive,
)
from andante.ledger.encoding import Entry, commitment
from andante.ledger.frames import SealedRecord
from andante.ledger.log import Log, current_log
from andante.ledger.queries import read_only_snapshot
from andante.ledger.rows import RECORD_OF_LEAF, stream
from andante.ledger.statements import Fact, audit


class ArchiveRefused(Exception):  # noqa: N818
    """The month cannot be archived, or its archive not be renewed; the text is for people. Nothing was changed."""


class FileExists(ArchiveRefused):
    """A file of this name stands there already; an archive replaces none."""


@dataclass(frozen=True)
class Month:
    """
    A month of records.

    :ivar month: as `2026-10`, of UTC by `stored`
    :ivar records: sealed records that were stored in it; `waiting`: those that are not sealed yet
    :ivar size: bytes on the disk of what they say
    :ivar archived: whether that stands in an archive
    :ivar refusal: why it cannot be archived, as a sentence; empty where it can
    """

    month: str
    records: int
    waiting: int
    size: int
    archived: bool
    refusal: str


@dataclass(frozen=True)
class Archived:
    """
    An archive that was made, or would be.

    :ivar records: that stand in it; `staying`: those of the month that never leave
    :ivar length: of the file; where none was made, of what the records say
    """

    month: str
    records: int
    staying: int
    length: int
    sha256: str
    fact: UUID | None


_MONTHS = """
    WITH sealed AS (
        SELECT to_char(stored AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS records, max(seq) AS last
        FROM ledger_leaf GROUP BY 1
    ), waiting AS (
        SELECT to_char(stored AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS records
        FROM ledger_pending GROUP BY 1
    ), archived AS (
        SELECT to_char(since AT TIME ZONE 'UTC', 'YYYY-MM') AS month FROM ledger_archive
    )
    SELECT month, coalesce(sealed.records, 0), coalesce(waiting.records, 0),
        coalesce(pg_total_relation_size(to_regclass('ledger_body_' || replace(month, '-', '_'))), 0),
        archived.month IS NOT NULL,
        month < to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM'),
        ARRAY(
            SELECT wanted FROM unnest(%(followers)s::text[]) wanted WHERE NOT EXISTS (
                SELECT FROM ledger_follower f WHERE f.name = wanted AND f.seq >= sealed.last
            )
        )
    FROM sealed FULL JOIN waiting USING (month) FULL JOIN archived USING (month)
    ORDER BY month
"""
_GOING = f"""
    FROM ledger_leaf l {RECORD_OF_LEAF}
    WHERE l.stored >= %(since)s AND l.stored < %(since)s + interval '1 month'
"""
_COUNT = f"""
    SELECT count(*) FILTER (WHERE going), count(*) FILTER (WHERE NOT going),
        coalesce(sum(octet_length(body)) FILTER (WHERE going), 0)
    FROM (SELECT NOT ledger_stays(s.kind, s.verb, b.body) AS going, b.body {_GOING}) found
"""  # noqa: S608 - constants of this module
_RECORDS = f"""
    SELECT l.seq, s.id, s.kind, s.stored, b.salt, b.body {_GOING} AND NOT ledger_stays(s.kind, s.verb, b.body)
    ORDER BY l.seq
"""
# A leaf without its record, which nothing explains.
_LOST = """
    SELECT count(*) FROM ledger_leaf l
    LEFT JOIN ledger_statement s ON s.stored = l.stored AND s.id = l.id
    LEFT JOIN ledger_body b ON b.stored = l.stored AND b.id = l.id
    WHERE l.stored >= %(since)s AND l.stored < %(since)s + interval '1 month' AND (s.id IS NULL OR b.id IS NULL)
        AND NOT EXISTS (SELECT FROM ledger_erasure e WHERE e.record = l.id)
"""
_LEAVES = """
    SELECT seq, entry FROM ledger_leaf
    WHERE stored >= %(since)s AND stored < %(since)s + interval '1 month' ORDER BY seq
"""
OWNER = "owner"
"""The database alias that signs in as the tables' owner."""

_ARCHIVE = """
    SELECT ledger_archive_month(
        %(month)s, %(numbers)s, %(id)s, %(timestamp)s, %(actor)s, %(body)s, %(digest)s, %(salt)s, %(commitment)s
    )
"""


def months(*, followers: Collection[str] = ()) -> list[Month]:
    """
    Every month that records were stored in, the first one first.

    :param followers: names of those who must have seen a month's facts before it may go
    """
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"followers": list(followers)})
        return [_month(row) for row in cursor.fetchall()]


def _month(row: Any) -> Month:
    month, records, waiting, size, archived, finished, behind = row
    refusal = ""
    if archived:
        refusal = f"The month {month} was archived before."
    elif not finished:
        refusal = f"The month {month} is not finished: it ends at midnight of UTC."
    elif waiting:
        refusal = f"{_are(waiting, month)} not sealed yet. Is the sealer running?"
    elif behind:
        refusal = f"Not every record of the month {month} was seen by {', '.join(behind)}. Is the worker running?"
    return Month(month, records, waiting, size, archived, refusal)


def _are(records: int, month: str) -> str:
    return f"{counted(records, 'record')} of the month {month} {'is' if records == 1 else 'are'}"


def archive_preview(*, month: str, followers: Collection[str] = ()) -> Archived:
    """
    What `archive_month` would do, without doing it.

    :raises ArchiveRefused: it would refuse
    """
    since = _beginning(month)
    found = next((one for one in months(followers=followers) if one.month == month), None)
    if found is None:
        raise ArchiveRefused(f"There are no records of the month {month}.")
    if found.refusal:
        raise ArchiveRefused(found.refusal)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"since": since})
        going, staying, length = cursor.fetchone()
        cursor.execute(_LOST, {"since": since})
        (lost,) = cursor.fetchone()
    if lost:
        raise ArchiveRefused(f"{_are(lost, month)} missing. `andante verify` says which.")
    if not going:
        raise ArchiveRefused(f"No record of the month {month} could leave: those that there are never do.")
    return Archived(month, going, staying, int(length), "", None)


def archive_month(
    *, month: str, out: Path, why: str, by: Principal, at: datetime, followers: Collection[str] = ()
) -> Archived:
    """
    Move what a month's records say into a file, on record.

    Must not be called inside a transaction: the file must be there whatever comes of the database. The records leave as
    the tables' owner: what serves pages may read them, and could not do without them.

    :param month: as `2026-10`: of UTC, by when the database stored the records
    :param why: for the record
    :raises ArchiveRefused: the month cannot be archived, or there is no reason
    :raises FileExists: a file stands there
    :raises OSError: the folder is missing or full, or may not be written
    """
    _refuse_without_reason(why)
    preview = archive_preview(month=month, followers=followers)
    since = _beginning(month)
    with _whole_file(out) as unfinished, read_only_snapshot():
        records = (_record(row) for row in stream(_RECORDS, {"since": since}))
        with unfinished.open("wb") as file:
            count, numbers = write_archive(file, records, log=current_log(), month=month, made=at)
            _sync(file)
        _compare(unfinished, count, current_log(), since)
        sha256 = sha256_of(unfinished)
    fact = _fact(month, count, sha256, why=why, by=by, at=at)
    try:
        with transaction.atomic(using=OWNER, durable=True), connections[OWNER].cursor() as cursor:
            cursor.execute(_ARCHIVE, {**prepared(fact), "month": since, "numbers": numbers})
    except DatabaseError as error:
        if isinstance(error.__cause__, psycopg.errors.RaiseException):
            # It said no, so nothing was removed: the file is a copy that nothing names.
            out.unlink()
            raise ArchiveRefused(str(error.__cause__.diag.message_primary)) from None
        raise
    return Archived(month, count, preview.staying, out.stat().st_size, sha256, fact.id)


def renew_archive(*, old: Path, out: Path, why: str, by: Principal, at: datetime) -> Archived:
    """
    Write an archive anew without the records that were erased since, on record. The old file is then to be destroyed.

    :raises ArchiveUnfit: the old file is no archive of this log, or was changed
    :raises ArchiveRefused: nothing in it was erased, or there is no reason
    :raises FileExists: a file stands there
    :raises OSError: the folder is missing or full, or may not be written
    """
    _refuse_without_reason(why)
    with read_only_snapshot():
        told = named(old, told_archives())
    since = _beginning(told.month)
    with _whole_file(out) as unfinished, read_only_snapshot():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.record FROM ledger_erasure e JOIN ledger_leaf l ON l.id = e.record "
                "WHERE l.stored >= %(since)s AND l.stored < %(since)s + interval '1 month'",
                {"since": since},
            )
            erased = {record for (record,) in cursor.fetchall()}
        kept = (record for record in _read(old) if record.id not in erased)
        with unfinished.open("wb") as file:
            count, _numbers = write_archive(file, kept, log=current_log(), month=told.month, made=at)
            _sync(file)
        if count == told.records:
            raise ArchiveRefused(f"Nothing in {old} was erased since it was made.")
        _compare(unfinished, count, current_log(), since)
        sha256 = sha256_of(unfinished)
    fact = _fact(told.month, count, sha256, why=why, by=by, at=at)
    with transaction.atomic():
        append_facts([fact])
    return Archived(told.month, count, 0, out.stat().st_size, sha256, fact.id)


def _beginning(month: str) -> datetime:
    try:
        return beginning_of(month)
    except ValueError:
        raise ArchiveRefused(f"“{month}” is no month. Write it as 2026-10.") from None


def _refuse_without_reason(why: str) -> None:
    if not why.strip():
        raise ArchiveRefused("Say why: the reason goes on record.")


def _fact(month: str, records: int, sha256: str, *, why: str, by: Principal, at: datetime) -> Fact:
    return audit(
        id=new_id(),
        by=by,
        action=MONTH_ARCHIVED,
        subject=f"month:{month}",
        at=at,
        new={"records": records, "sha256": sha256, "format": FORMAT},
        why=why.strip(),
    )


def _record(row: Any) -> SealedRecord:
    number, id, kind, stored, salt, body = row
    return SealedRecord(number, id, kind, stored, bytes(salt), body.encode())


def _read(path: Path) -> Iterator[SealedRecord]:
    try:
        yield from read_archive(path)
    except BROKEN as error:
        raise ArchiveUnfit(f"The archive {path} cannot be read: {error}.") from None


@contextlib.contextmanager
def _whole_file(out: Path) -> Iterator[Path]:
    """A file beside `out` that only its owner may read, and that takes that name at the end, for good, or is gone."""
    if out.exists():
        raise FileExists(
            f"{out} stands there already. Choose another name. If an earlier run was stopped, `andante ledger months` "
            "tells whether the month is archived; if it is not, that file can be removed."
        )
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        unfinished.rename(out)
        folder = os.open(out.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        unfinished.unlink(missing_ok=True)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _compare(path: Path, count: int, log: Log, since: datetime) -> None:
    """
    Read the file back: each record must be the one that its leaf was sealed for.

    :raises ArchiveRefused: one is not
    """
    leaves = stream(_LEAVES, {"since": since})
    found = 0
    for record in _read(path):
        number, entry = next((leaf for leaf in leaves if leaf[0] >= record.number), (None, b""))
        sealed = Entry(
            log.id, record.id, record.kind, record.stored, commitment(salt=record.salt, body=record.body)
        ).encode()
        if number != record.number or bytes(entry) != sealed:
            raise ArchiveRefused(
                f"Record {record.number} ({record.id}) is not what was sealed. `andante verify` says what happened; "
                "nothing was archived."
            )
        found += 1
    if found != count:
        raise ArchiveRefused(f"{path} holds {counted(found, 'record')} instead of {count}. Is the disk broken?")
