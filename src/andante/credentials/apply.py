"""The only writer of rows about certificates: each comes from one fact, and from nothing else."""

from datetime import datetime
from uuid import UUID

from andante.credentials.models import Certificate
from andante.credentials.statements import is_certificate_issued
from andante.ledger.statements import Fact

EXPLAINED = (Certificate,)
UNEXPLAINED: dict[str, str] = {}


def apply(fact: Fact) -> None:
    """Write the row that the fact explains. Facts of other packages explain none here."""
    if not is_certificate_issued(fact):
        return
    new = fact.body["new"]
    Certificate.objects.create(
        id=UUID(new["certificate"]),
        person_id=UUID(fact.object.removeprefix("person:")),
        course_id=new["course"],
        version_id=new["version"],
        completion_id=UUID(new["completion"]),
        code=new["code"],
        issued_at=fact.timestamp,
        expires_at=None if new["expires_at"] is None else datetime.fromisoformat(new["expires_at"]),
    )
