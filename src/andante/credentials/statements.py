"""How the facts of this package look: audit events."""

from datetime import datetime
from uuid import UUID

from andante.kernel.ids import CourseId, PersonId, VersionHash, derived_id
from andante.kernel.principals import Principal
from andante.ledger.statements import Fact, Kind, audit, instant

CERTIFICATE_ISSUED = "certificate-issued"


def certificate_id(completion: UUID) -> UUID:
    """The id of a completion's certificate, and of the fact that it was issued: one, known before it is issued."""
    return derived_id(completion, "certificate")


def is_certificate_issued(fact: Fact) -> bool:
    return fact.kind is Kind.AUDIT and fact.verb == CERTIFICATE_ISSUED


def certificate_issued(
    *,
    completion: UUID,
    person: PersonId,
    course: CourseId,
    version: VersionHash,
    code: str,
    expires_at: datetime | None,
    by: Principal,
    at: datetime,
) -> Fact:
    """A person can show that they completed a course, from now on."""
    certificate = certificate_id(completion)
    new = {
        "certificate": str(certificate),
        "course": course,
        "version": version,
        "completion": str(completion),
        "code": code,
        "expires_at": None if expires_at is None else instant(expires_at),
    }
    return audit(id=certificate, by=by, action=CERTIFICATE_ISSUED, subject=f"person:{person}", at=at, new=new)
