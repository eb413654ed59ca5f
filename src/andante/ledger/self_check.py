"""
The database verified, on record: one verification at a time, and its result a fact that anybody can read later.

The fact names places, never what stands there: no personal value gets into it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from andante.kernel import clock
from andante.kernel.ids import new_id
from andante.kernel.principals import Principal
from andante.ledger.append import append_facts
from andante.ledger.log import current_log
from andante.ledger.standing import DATABASE_VERIFIED, LISTED_PLACES, Verification, last_verification, places_digest
from andante.ledger.statements import audit
from andante.ledger.verification import Projection, Report, verify

_LOCK = (4107, 3)
"""The sealer and the maker of months have the numbers 2 and 1."""


@dataclass(frozen=True)
class Result:
    """
    What a verification found.

    :ivar verification: as it was recorded
    :ivar distinct: it differs, and not in the places in which the one before did
    """

    report: Report
    verification: Verification
    distinct: bool


@contextmanager
def alone(*, wait: bool) -> Iterator[bool]:
    """
    No other verification runs in this block: two would read everything twice and tell everything twice.

    :param wait: for one that runs already
    :return: whether we are alone; always true where we waited
    """
    function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", _LOCK)
        (got,) = cursor.fetchone()
    ours = wait or bool(got)
    try:
        yield ours
    finally:
        # A connection that broke has given it up by itself, and refuses what we ask here: that error tells more.
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", _LOCK)


def verify_on_record(
    projections: Sequence[Projection],
    archives: Sequence[Path] = (),
    *,
    by: Principal,
    told: Callable[[Report], None],
    alarm: Callable[[Verification], None],
) -> Result:
    """
    Verify the whole database, and record what came of it.

    :param archives: files of archived months
    :param told: called with the report before anything is written, so that it is told even where writing fails
    :param alarm: called in the transaction that records a difference, unless the verification before had found the same
    """
    began = time.monotonic()
    report = verify(projections, archives)
    seconds = time.monotonic() - began
    told(report)
    places = [finding.where for finding in report.findings]
    new = {
        "records": report.records,
        "waiting": report.waiting,
        "rows": report.rows,
        "months_not_read": sorted(report.not_given),
        "findings": len(places),
        "places": places[:LISTED_PLACES],
        "digest": places_digest(places),
        "seconds": round(seconds, 1),
    }
    with transaction.atomic():
        before = last_verification()
        fact = audit(
            id=new_id(),
            by=by,
            action=DATABASE_VERIFIED,
            subject=f"log:{current_log().id}",
            at=clock.now(),
            new=new,
        )
        append_facts([fact])
        verification = Verification.of(fact, stored=fact.timestamp, seq=None)
        distinct = not verification.clean and (before is None or before.digest != verification.digest)
        if distinct:
            alarm(verification)
    return Result(report, verification, distinct)
