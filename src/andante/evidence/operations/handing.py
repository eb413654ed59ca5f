"""Asking, and handing out answers and whole logs."""

from __future__ import annotations

import hashlib
import tempfile
import time
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from andante.evidence import parcels, queries, tables
from andante.evidence.bundle import BundleWriter, Progress
from andante.evidence.operations.files import FileExists, Parcel, whole_or_nothing
from andante.evidence.queries import Answer, AskedQuestion, Known, Question
from andante.evidence.statements import bundle_exported, evidence_exported, question_asked
from andante.kernel.ids import PersonId, new_id
from andante.kernel.principals import Principal
from andante.ledger import operations as ledger
from andante.ledger.queries import (
    bundle_snapshot,
    change_of_key_unfollowed,
    current_log,
    database_time,
    newest_checkpoint,
    records,
    removals_wait,
)
from andante.obligations import queries as obligations
from andante.obligations.queries import RequirementId
from andante.people import queries as people

SEALED_WITHIN = timedelta(seconds=3)
"""So long an export waits for its own record to be sealed, so that the bundle vouches for the table beside it."""


class QuestionRefused(Exception):  # noqa: N818 - errors are facts
    """The question cannot be asked; the text is for people. `key` is the field."""

    def __init__(self, key: str, message: str) -> None:
        """Keep which field it is about."""
        super().__init__(message)
        self.key = key


class QuestionUnknown(LookupError):  # noqa: N818
    """No question of this id is on record."""


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
    *,
    path: Path,
    by: Principal,
    at: datetime,
    replace: bool = False,
    progress: Progress = lambda _part, _count: None,
    patience: timedelta = SEALED_WITHIN,
) -> BundleSummary:
    """
    Write the whole log, as it stands at one moment, into a file that an auditor can check alone.

    First the event that says so, in a transaction of its own, so that no copy leaves without a trace; then one
    read-only transaction. The file appears under its name when it is whole, and only its owner may read it: it holds
    personal data.

    :param at: the clock, for the event and the manifest
    :param replace: a file that stands there may be replaced
    :param patience: how long to wait until what names an erased or archived record is sealed, and until the newest key
        has signed
    :raises FileExists: it stands there and may not be
    :raises OSError: the folder is missing or full, or may not be written
    """
    if path.exists() and not replace:
        raise FileExists(path)
    with whole_or_nothing(path) as file:
        with transaction.atomic():
            ledger.append([bundle_exported(log=current_log(), newest=newest_checkpoint(), by=by, at=at)])
        _wait_while(lambda: removals_wait() or change_of_key_unfollowed(), patience)
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


def ask(
    *,
    requirement: RequirementId,
    moment: datetime,
    zone: str,
    person: PersonId | None = None,
    unit: str = "",
    known: Known = Known.NOW,
    known_at: datetime | None = None,
    by: Principal,
    at: datetime,
) -> UUID:
    """
    Record a question with what its answer was, and return the record: it opens the answer at any time.

    :param moment: the moment that it asks about; not later than now
    :param zone: in which times are shown; name in the IANA database
    :param unit: path
    :param known_at: for Known.AT: only what was on record by then counts
    :raises QuestionRefused: something is asked for that is not there, or not past
    """
    # Resolved here, so that the same question has the same answer whenever it is opened.
    now = database_time()
    resolved = {Known.NOW: now, Known.THEN: min(moment, now), Known.AT: min(known_at or now, now)}[known]
    question = Question(requirement, moment, zone, known, resolved, person, unit)
    _check(question, at)
    if known is Known.AT and known_at is None:
        raise QuestionRefused("known_at", _("Say as known when: a day and a time."))
    with translation.override("en"):
        found = queries.answer(question, at=at)
    fact = question_asked(
        requirement=requirement,
        question=question.data(),
        counts=found.counts(),
        sha256=hashlib.sha256(tables.as_csv(found)).hexdigest(),
        by=by,
        at=at,
    )
    with transaction.atomic():
        ledger.append([fact])
    return fact.id


def export_csv(*, question: UUID, by: Principal, at: datetime) -> bytes:
    """
    Hand out the answer to a question as a table, and record that.

    :raises QuestionUnknown: there is no such question
    """
    given = _handout(question, at)
    _record(given, id=new_id(), what="csv", by=by, at=at)
    return given.table


def export_evidence(*, question: UUID, by: Principal, at: datetime, patience: timedelta = SEALED_WITHIN) -> Parcel:
    """
    Hand out the answer to a question with what proves it: table, JSON, the whole log as a bundle, and the verifier.

    First the record that says so, with the table's hash; then the bundle, which holds that record.

    :param patience: how long to wait for that record to be sealed
    :raises QuestionUnknown: there is no such question
    :raises OSError: the disk for temporary files is full
    """
    given = _handout(question, at)
    record = new_id()
    _record(given, id=record, what="bundle", by=by, at=at)
    _wait_while(lambda: records([record])[record].seq is None or change_of_key_unfollowed(), patience)
    with tempfile.TemporaryFile() as bundle:
        with bundle_snapshot() as snapshot:
            written = BundleWriter(snapshot, lambda _part, _count: None).write(bundle, made=at)
            key = snapshot.log.key
        with translation.override("en"):
            file = parcels.pack(parcels.Contents(given.answer, given.table, record, key, written), bundle=bundle)
    asked = given.answer.question
    day = asked.at.astimezone(zoneinfo.ZoneInfo(asked.zone)).date()
    return Parcel(file, f"evidence-{asked.requirement}-{day.isoformat()}.zip", parcels.length(file))


def _check(question: Question, at: datetime) -> None:
    if obligations.requirement(question.requirement) is None:
        raise QuestionRefused("requirement", _("There is no such requirement."))
    if question.zone not in zoneinfo.available_timezones():
        raise QuestionRefused("zone", _("There is no such time zone."))
    if question.person is not None and people.person(question.person) is None:
        raise QuestionRefused("person", _("There is no such person."))
    if question.unit and people.unit(question.unit) is None:
        raise QuestionRefused("unit", _("There is no such unit."))
    if question.at > at:
        raise QuestionRefused("moment", _("This moment is still to come. Ask about one that has passed."))


@dataclass(frozen=True)
class _Handout:
    """What is handed out: the question, its answer, and that as a table."""

    asked: AskedQuestion
    answer: Answer
    table: bytes


def _handout(question: UUID, at: datetime) -> _Handout:
    asked = queries.asked(question)
    if asked is None:
        raise QuestionUnknown(question)
    with translation.override("en"):
        found = queries.answer(asked.question, at=at)
    return _Handout(asked, found, tables.as_csv(found))


def _record(given: _Handout, *, id: UUID, what: str, by: Principal, at: datetime) -> None:
    question = given.answer.question
    fact = evidence_exported(
        id=id,
        asked=given.asked.record,
        what=what,
        requirement=question.requirement,
        question=question.data(),
        counts=given.answer.counts(),
        sha256=hashlib.sha256(given.table).hexdigest(),
        newest=newest_checkpoint(),
        by=by,
        at=at,
    )
    with transaction.atomic():
        ledger.append([fact])


def _wait_while(it_waits: Callable[[], bool], patience: timedelta) -> None:
    end = time.monotonic() + patience.total_seconds()
    while it_waits() and time.monotonic() < end:
        time.sleep(0.1)
