"""Handing out records that verify alone: one as a receipt, or all that concern a person."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import IO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from andante.evidence import parcels
from andante.evidence.extracts import MOST_RECORDS, Extract, ExtractWriter, RecordGone, RecordsArchived
from andante.evidence.operations.files import Parcel
from andante.evidence.queries.telling import subjects_of
from andante.evidence.statements import extract_exported, receipt_exported
from andante.kernel.ids import PersonId
from andante.kernel.principals import Principal
from andante.ledger import operations as ledger
from andante.ledger.queries import (
    LeafRecord,
    Snapshot,
    archived_months_concerning,
    bundle_snapshot,
    change_of_key_unfollowed,
    cosignatures,
    count_concerning,
    current_log,
    key_records,
    leaf_record,
    newest_checkpoint,
    records,
    records_concerning,
)
from andante.ledger.statements import Fact
from andante.people import queries as people

SEALED_WITHIN = timedelta(seconds=3)
"""So long an extract waits for the person's newest records to be sealed, and for a new key's first checkpoint."""


class RecordUnknown(LookupError):  # noqa: N818 - errors are facts
    """No record has this id."""


class RecordWaits(Exception):  # noqa: N818
    """
    The record, or one of the person's, is being sealed. Nothing proves it yet: ask again in a moment.

    So it is where the newest checkpoint holds a change of key, and the new key has signed none.
    """


class NothingSealed(Exception):  # noqa: N818
    """No record of this log is sealed yet, or none that concerns the person."""


class TooManyRecords(Exception):  # noqa: N818
    """More than an extract may hold; a bundle holds them all."""


class CheckpointUnfit(ValueError):  # noqa: N818
    """What was given as an earlier checkpoint of this log is none; the text is for people."""


def export_receipt(
    *,
    record: UUID,
    since: int | None = None,
    by: Principal,
    at: datetime,
    patience: timedelta = SEALED_WITHIN,
) -> Parcel:
    """
    Hand out one record with what proves it, and record that.

    :param since: size of an earlier checkpoint that the file is to agree with, see `earlier_checkpoint`
    :param patience: how long to wait for the next checkpoint, where the newest one holds a change of key
    :raises RecordUnknown: there is no such record
    :raises RecordWaits: it is not sealed yet, or a new key has not signed yet
    :raises RecordsArchived: what it says stands in an archive
    :raises RecordGone: it was sealed and is not there any more
    :raises TreeIncomplete: the proof cannot be computed, because leaves or tiles are missing
    """
    newest = newest_checkpoint()
    found = leaf_record(record, size=newest.size) if newest else None
    if newest is None or found is None:
        raise RecordWaits(record) if records([record]) else RecordUnknown(record)
    if found.archived:
        raise RecordsArchived({found.archived: 1})
    if found.body is None:
        raise RecordGone(found)
    fact = receipt_exported(record=record, number=found.number, newest=newest, by=by, at=at)
    return _handed(
        fact,
        lambda snapshot: filter(None, [leaf_record(record, size=snapshot.size)]),
        person=None,
        since=since,
        name=f"receipt-{found.number}.json",
        at=at,
        patience=patience,
    )


def export_extract(
    *,
    person: PersonId,
    since: int | None = None,
    by: Principal,
    at: datetime,
    patience: timedelta = SEALED_WITHIN,
) -> Parcel:
    """
    Hand out every sealed record that concerns a person, each with what proves it, and record that.

    :param since: as for a receipt
    :param patience: how long to wait until the person's newest records are sealed, and as long for the next checkpoint,
        where the newest one holds a change of key
    :raises NothingSealed: nothing that concerns the person is on record
    :raises RecordWaits: some records of the person are still not sealed, or a new key has not signed yet
    :raises TooManyRecords: there are more than a file may hold
    :raises RecordsArchived: what some of them say stands in archives
    :raises RecordGone: one was sealed and is not there any more
    :raises TreeIncomplete: a proof cannot be computed, because leaves or tiles are missing
    """
    subjects, erased = subjects_of(person), people.erased_records(person)
    count = _sealed_count(person, subjects, erased, patience)
    newest = newest_checkpoint()
    if newest is None or not count:
        raise NothingSealed(person)
    if count > MOST_RECORDS:
        raise TooManyRecords(count)
    if archived := archived_months_concerning(person=person, subjects=subjects, erased=erased):
        raise RecordsArchived(archived)
    fact = extract_exported(person=person, records=count, newest=newest, by=by, at=at)
    return _handed(
        fact,
        lambda snapshot: records_concerning(person=person, subjects=subjects, erased=erased, size=snapshot.size),
        person=person,
        since=since,
        name=extract_name(person),
        at=at,
        patience=patience,
    )


def extract_name(person: PersonId) -> str:
    """Name the file of a person's extract: the end of an id is random, and tells people apart without naming them."""
    return f"extract-{str(person)[-12:]}.json"


def earlier_checkpoint(text: str) -> int:
    """
    The size that an auditor's earlier checkpoint names: its note, as it was kept, or the size alone.

    :raises CheckpointUnfit: it is none of this log, or names more records than are sealed
    """
    lines = text.strip().splitlines()
    if len(lines) > 1 and lines[0] != current_log().origin:
        raise CheckpointUnfit(
            _("This is no checkpoint of this log. Its first line should be %(origin)s.")
            % {"origin": current_log().origin}
        )
    size = lines[min(1, len(lines) - 1)] if lines else ""
    if not (size.isascii() and size.isdigit() and len(size) < 19 and int(size) > 0):
        raise CheckpointUnfit(_("This names no size. Give the checkpoint as you kept it, or its second line alone."))
    newest = newest_checkpoint()
    if newest is None or int(size) > newest.size:
        count = newest.size if newest else 0
        raise CheckpointUnfit(
            _("This checkpoint is of %(size)s records, and only %(count)s are sealed here. Records may have been lost.")
            % {"size": size, "count": count}
        )
    return int(size)


def _sealed_count(person: PersonId, subjects: list[str], erased: list[UUID], patience: timedelta) -> int:
    end = time.monotonic() + patience.total_seconds()
    while True:
        count, waiting = count_concerning(person=person, subjects=subjects, erased=erased)
        if not waiting:
            return count
        if time.monotonic() >= end:
            raise RecordWaits(person)
        time.sleep(0.1)


def _wait_for_new_key(fact: Fact, patience: timedelta) -> None:
    """Wait for the checkpoint that a change of key is followed by. There will be one, since something was appended."""
    end = time.monotonic() + patience.total_seconds()
    while change_of_key_unfollowed():
        if time.monotonic() >= end:
            raise RecordWaits(fact.id)
        time.sleep(0.1)


def _handed(
    fact: Fact,
    chosen: Callable[[Snapshot], Iterable[LeafRecord]],
    *,
    person: PersonId | None,
    since: int | None,
    name: str,
    at: datetime,
    patience: timedelta,
) -> Parcel:
    """First the record that says so, so that no copy leaves without a trace; then the file, of one moment."""
    with transaction.atomic():
        ledger.append([fact])
    _wait_for_new_key(fact, patience)
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked for it closes it
    try:
        with bundle_snapshot() as snapshot:
            ExtractWriter(
                Extract(
                    log=snapshot.log,
                    person=person,
                    size=snapshot.size,
                    checkpoint=snapshot.checkpoint or "",
                    cosignatures=cosignatures(size=snapshot.size),
                    keys=key_records(size=snapshot.size),
                    records=chosen(snapshot),
                    since=since,
                    made=at,
                )
            ).write(file)
        return Parcel(file, name, parcels.length(file))
    except BaseException:
        file.close()
        raise
