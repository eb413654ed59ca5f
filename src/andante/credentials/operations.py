"""Issuing certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from andante.content import queries as content
from andante.credentials import rules, statements
from andante.credentials.apply import apply
from andante.credentials.models import Certificate
from andante.kernel.ids import CourseId, PersonId, VersionHash
from andante.kernel.principals import Principal
from andante.ledger.operations import append


@dataclass(frozen=True)
class Earned:
    """A completed course that deserves a certificate."""

    completion: UUID
    person: PersonId
    course: CourseId
    version: VersionHash
    completed_at: datetime


@transaction.atomic
def issue_certificates(*, earned: Sequence[Earned], by: Principal) -> int:
    """
    Issue a certificate for each completion that has none. It is dated as the completion from which it follows.

    :return: how many were issued
    """
    _one_at_a_time()
    standing = set(
        Certificate.objects.filter(completion__in=[each.completion for each in earned]).values_list(
            "completion_id", flat=True
        )
    )
    missing = {each.completion: each for each in earned if each.completion not in standing}
    facts = [
        statements.certificate_issued(
            completion=each.completion,
            person=each.person,
            course=each.course,
            version=each.version,
            code=rules.new_code(),
            expires_at=_expiry(each),
            by=by,
            at=each.completed_at,
        )
        for each in missing.values()
    ]
    append(facts)
    for fact in facts:
        apply(fact)
    return len(facts)


def _expiry(earned: Earned) -> datetime | None:
    """When the version's author wants it renewed."""
    months = content.version(earned.version).document.valid_months
    return None if months is None else rules.expiry(earned.completed_at, months=months)


def _one_at_a_time() -> None:
    """A code is random: two at once would write two facts under one id. The second waits until the first commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('credentials/issue', 0))")
