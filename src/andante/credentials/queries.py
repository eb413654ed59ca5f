"""Reading certificates: a person's own, and the one behind a verify code."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from andante.credentials import rules
from andante.credentials.models import Certificate
from andante.credentials.statements import certificate_id
from andante.kernel.ids import CourseId, PersonId, VersionHash

__all__ = [
    "CertificateView",
    "by_code",
    "certificate",
    "certificate_id",
    "certificate_of",
    "certificates",
    "is_being_prepared",
]


@dataclass(frozen=True)
class CertificateView:
    """A certificate, as pages show it."""

    id: UUID
    person: PersonId
    course: CourseId
    version: VersionHash
    completion: UUID
    score: Decimal | None
    """From 0 to 1; None where the course has no test."""
    issued_at: datetime
    completed_at: datetime
    expires_at: datetime | None
    code: str

    @property
    def grouped_code(self) -> str:
        """The code in groups of four, for people."""
        return rules.grouped(self.code)

    @property
    def percent(self) -> int | None:
        """The score, rounded down; None where the course has no test."""
        return None if self.score is None else int(self.score * 100)

    def is_valid(self, at: datetime) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or at < self.expires_at


def certificate(id: UUID, *, person: PersonId) -> CertificateView | None:
    """A certificate of this person; None where there is none, or it is somebody else's."""
    return _one(id=id, person=person)


def certificate_of(completion: UUID) -> CertificateView | None:
    """The certificate of a completion; None while it is being prepared."""
    return _one(completion=completion)


def certificates(person: PersonId) -> list[CertificateView]:
    """All certificates of a person, the newest completion first."""
    rows = Certificate.objects.filter(person=person).select_related("completion")
    return [_view(row) for row in rows.order_by("-completion__completed_at", "id")]


def by_code(typed: str) -> CertificateView | None:
    """The certificate of a code, however somebody types it; None where there is none."""
    code = rules.read_code(typed)
    return None if code is None else _one(code=code)


_COMPLETIONS = "SELECT id FROM learning_completion WHERE person_id = %s"


def is_being_prepared(id: UUID, *, person: PersonId) -> bool:
    """Whether this is the id of a certificate that follows from a completion of this person."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPLETIONS, [person])
        return any(certificate_id(completion) == id for (completion,) in cursor.fetchall())


def _one(**of: object) -> CertificateView | None:
    row = Certificate.objects.filter(**of).select_related("completion").first()
    return None if row is None else _view(row)


def _view(row: Certificate) -> CertificateView:
    return CertificateView(
        id=row.id,
        person=PersonId(row.person_id),
        course=CourseId(row.course_id),
        version=VersionHash(row.version_id),
        completion=row.completion_id,
        score=row.completion.score,
        issued_at=row.issued_at,
        completed_at=row.completion.completed_at,
        expires_at=row.expires_at,
        code=row.code,
    )
