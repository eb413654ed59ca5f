"""How the log stands with those who watch it: with its witnesses, and with its own verification."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from andante.ledger.rows import read_fact
from andante.ledger.statements import Fact

LEAST_LATE = 3600
"""Seconds that a witness may be silent before it is late, however often it is asked."""
PERIODS_UNTIL_LATE = 4


@dataclass(frozen=True)
class WitnessView:
    """
    One witness of the settings.

    :ivar name: `file` for a file, else what its key calls it
    :ivar size: records of the newest checkpoint that it agreed with; None before the first
    :ivar agreed: when it last agreed with what was our newest checkpoint then
    :ivar age: since then, or since it was first asked; None where it was never asked
    :ivar problem: why it did not agree the last time, as a sentence; empty where it did
    :ivar refused: since when it says that the log does not extend what it has seen
    :ivar late: it has been silent for too long
    """

    name: str
    size: int | None
    agreed: datetime | None
    age: timedelta | None
    problem: str
    refused: datetime | None
    late: bool


def witnesses() -> list[WitnessView]:
    """How each witness of the settings stands, as far as is known without asking it. One query."""
    environment = settings.ENVIRONMENT
    names = {}
    if environment.witness_file is not None:
        names[f"file:{environment.witness_file}"] = "file"
    if environment.witness_key is not None:
        names[environment.witness_key.name] = environment.witness_key.name
    if not names:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, size, agreed, clock_timestamp() - coalesce(agreed, began), problem, refused "
            "FROM ledger_witness WHERE name = ANY(%s)",
            [list(names)],
        )
        known = {row[0]: row[1:] for row in cursor.fetchall()}
    return [_view(shown, known.get(name)) for name, shown in names.items()]


def late_after() -> timedelta:
    """For how long a witness may be silent."""
    return timedelta(seconds=max(LEAST_LATE, PERIODS_UNTIL_LATE * settings.ENVIRONMENT.witness_every))


def _view(name: str, row: tuple[Any, ...] | None) -> WitnessView:
    if row is None:
        return WitnessView(name, None, None, None, "", None, late=False)
    size, agreed, age, problem, refused = row
    return WitnessView(name, size, agreed, age, problem, refused, late=age > late_after())


# --- The verification of the whole database ---

DATABASE_VERIFIED = "database-verified"
LISTED_PLACES = 10
"""Places of differences that the record names; `andante verify` lists more."""
PERIODS_UNTIL_OVERDUE = 2
FIRST_AFTER = timedelta(minutes=10)
"""A start, and the loading of a demonstration, have better to do."""


@dataclass(frozen=True)
class Verification:
    """
    What a verification of the whole database found, as it is on record.

    :ivar id: of the record
    :ivar seq: its number in the log; None while it waits for the sealer
    :ivar finished: when it ended, by the database's clock
    :ivar records: sealed records that were checked; `waiting`: those that were not sealed yet
    :ivar rows: rows that were compared with the facts
    :ivar months_not_read: archived months whose files were not there; no row was compared then
    :ivar findings: how many places differ; at most 100 are counted
    :ivar places: the first of them: `record 17 (…)`, `checkpoint 261`, `learning_attempt …`
    :ivar digest: the same for the same places, in hexadecimal
    :ivar by: who ran it: `system:verification` for the background, `cli:NAME` for the command line
    """

    id: UUID
    seq: int | None
    finished: datetime
    took: timedelta
    records: int
    waiting: int
    rows: int
    months_not_read: tuple[str, ...]
    findings: int
    places: tuple[str, ...]
    digest: str
    by: str

    @property
    def clean(self) -> bool:
        """Whether everything agreed."""
        return self.findings == 0

    @property
    def began(self) -> datetime:
        return self.finished - self.took

    @classmethod
    def of(cls, fact: Fact, *, stored: datetime, seq: int | None) -> Verification:
        """
        Read one from its record.

        :raises ValueError: nothing of ours wrote it
        """
        try:
            return cls._of(fact, stored, seq)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(repr(error)) from None

    @classmethod
    def _of(cls, fact: Fact, stored: datetime, seq: int | None) -> Verification:
        new: Mapping[str, Any] = fact.body["new"]
        return cls(
            id=fact.id,
            seq=seq,
            finished=stored,
            took=timedelta(seconds=max(new["seconds"], 0)),
            records=new["records"],
            waiting=new["waiting"],
            rows=new["rows"],
            months_not_read=tuple(new.get("months_not_read", ())),
            findings=new["findings"],
            places=tuple(new["places"]),
            digest=new["digest"],
            by=str(fact.body["by"]),
        )


def places_digest(places: Sequence[str]) -> str:
    """What tells one result from another: SHA-256 over the places, in hexadecimal."""
    return hashlib.sha256("\n".join(sorted(places)).encode()).hexdigest()


def last_verification() -> Verification | None:
    """
    The latest verification on record; None before the first, or where what stands there cannot be read. One query.

    The latest by the database's clock: a time of somebody's choosing could stand before all others for ever.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.id, s.kind, s."timestamp", b.body, s.stored, l.seq
            FROM (
                SELECT stored, id, kind, "timestamp" FROM ledger_statement
                WHERE kind = 2 AND verb = %s ORDER BY stored DESC, id DESC LIMIT 1
            ) s
            JOIN ledger_body b ON b.stored = s.stored AND b.id = s.id
            LEFT JOIN ledger_leaf l ON l.id = s.id AND l.stored = s.stored
            """,
            [DATABASE_VERIFIED],
        )
        row = cursor.fetchone()
    try:
        return Verification.of(read_fact(*row[:4]), stored=row[4], seq=row[5]) if row else None
    except ValueError:
        return None


def verification_period() -> timedelta:
    """From the start of one verification to that of the next."""
    return timedelta(hours=settings.ENVIRONMENT.verify_every)


def verification_due() -> datetime:
    """When the next verification of the background is to begin; the first, soon after the tables were made."""
    last = last_verification()
    return last.began + verification_period() if last else _last_upgrade() + FIRST_AFTER


def verification_overdue(last: Verification | None, now: datetime) -> bool:
    """Whether the background should have verified long ago, so that something keeps it from it."""
    begins = last.finished if last else _last_upgrade()
    return now - begins > PERIODS_UNTIL_OVERDUE * verification_period()


def _last_upgrade() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(applied) FROM django_migrations")
        moment: datetime = cursor.fetchone()[0]
    return moment
