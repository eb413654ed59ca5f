"""
The only writer of rows about answers and tests: each row comes from one or two facts, and from nothing else.
"""

from andante.assessment.models import Response, Sitting
from andante.assessment.statements import (
    EXT_ITEMS,
    EXT_POSITION,
    EXT_SEED,
    EXT_SITTING,
    attempt_of,
    course_of,
    is_within_attempt,
    part_of,
    person_of,
    sitting_id,
)
from andante.ledger.statements import Fact
from andante.ledger.vocabulary import ANSWERED, EXT_TRY, EXT_VERSION, FAILED, INITIALIZED, PASSED

EXPLAINED = (Sitting, Response)
UNEXPLAINED: dict[str, str] = {}


def apply(fact: Fact) -> None:
    """Write the rows that the fact explains. Facts of other packages explain none here."""
    if not is_within_attempt(fact):
        return
    kind, _ = part_of(fact)
    if fact.verb == ANSWERED.iri and (kind == "item" or EXT_TRY in fact.extensions):
        _answered(fact)
    elif kind == "test" and fact.verb == INITIALIZED.iri:
        _sitting_begun(fact)
    elif kind == "test" and fact.verb in {PASSED.iri, FAILED.iri}:
        _sitting_judged(fact)


def _answered(fact: Fact) -> None:
    attempt = attempt_of(fact)
    kind, question = part_of(fact)
    in_test = kind == "item"
    Response.objects.create(
        id=fact.id,
        person_id=person_of(fact),
        attempt=attempt,
        sitting_id=sitting_id(attempt, fact.extensions[EXT_SITTING]) if in_test else None,
        question=question,
        number=fact.extensions[EXT_POSITION if in_test else EXT_TRY],
        version=fact.extensions[EXT_VERSION],
        chosen=fact.result["response"],
        correct=fact.result["success"],
        answered_at=fact.timestamp,
    )


def _sitting_begun(fact: Fact) -> None:
    Sitting.objects.create(
        id=fact.id,
        person_id=person_of(fact),
        attempt=attempt_of(fact),
        number=fact.extensions[EXT_SITTING],
        course=course_of(fact),
        version=fact.extensions[EXT_VERSION],
        seed=fact.extensions[EXT_SEED],
        items=fact.extensions[EXT_ITEMS],
        drawn_at=fact.timestamp,
    )


def _sitting_judged(fact: Fact) -> None:
    Sitting.objects.filter(id=sitting_id(attempt_of(fact), fact.extensions[EXT_SITTING])).update(
        closed_at=fact.timestamp,
        passed=fact.result["success"],
        correct=fact.result["score"]["raw"],
    )
