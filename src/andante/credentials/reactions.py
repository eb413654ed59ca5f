"""What follows from facts of others: a completed course brings a certificate."""

from collections.abc import Sequence

from andante.assessment.statements import course_of, person_of
from andante.credentials import operations
from andante.credentials.operations import Earned
from andante.kernel.ids import VersionHash
from andante.kernel.principals import system_principal
from andante.learning.statements import is_course_completed
from andante.ledger.queries import StoredFact
from andante.ledger.statements import Fact
from andante.ledger.vocabulary import EXT_VERSION


def react(facts: Sequence[StoredFact]) -> None:
    """
    Issue a certificate for each completion among the facts. Doing so again changes nothing.

    A completion that another system sent is none of our players' and brings none.
    """
    earned = [_earned(stored.fact) for stored in facts if is_course_completed(stored.fact)]
    if earned:
        operations.issue_certificates(earned=earned, by=system_principal("credentials"))


def _earned(completion: Fact) -> Earned:
    return Earned(
        completion=completion.id,
        person=person_of(completion),
        course=course_of(completion),
        version=VersionHash(completion.extensions[EXT_VERSION]),
        completed_at=completion.timestamp,
    )
