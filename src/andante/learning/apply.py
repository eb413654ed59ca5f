"""The only writer of rows about taking courses: each comes from one fact, and from nothing else."""

from decimal import Decimal

from andante.assessment.statements import (
    attempt_of,
    course_of,
    is_ours,
    is_within_attempt,
    part_of,
    person_of,
    registration_of,
)
from andante.learning.models import Attempt, CardDone, Completion, Enrolment, ScenarioStep
from andante.learning.statements import EXT_NODE, EXT_NUMBER, EXT_RUN, EXT_STEP, is_course_completed
from andante.ledger.statements import Fact
from andante.ledger.vocabulary import (
    ANSWERED,
    EXPERIENCED,
    EXT_TRY,
    EXT_VERSION,
    INITIALIZED,
    REGISTERED,
    RESPONDED,
)

EXPLAINED = (Enrolment, Attempt, CardDone, ScenarioStep, Completion)
UNEXPLAINED = {
    "learning_reflection": "What people write for themselves is private and may be changed; no fact holds it.",
}


def apply(fact: Fact) -> None:
    """Write the rows that the fact explains; an answer to a check, a fact from below, makes its card done."""
    if fact.verb == REGISTERED.iri and is_ours(fact):
        _enrolled(fact)
    elif is_within_attempt(fact):
        kind, _ = part_of(fact)
        if kind == "card":
            _card_acted_on(fact)
        elif not kind and fact.verb == INITIALIZED.iri:
            _attempt_started(fact)
        elif is_course_completed(fact):
            _course_completed(fact)


def _enrolled(fact: Fact) -> None:
    Enrolment.objects.create(
        id=registration_of(fact),
        person_id=person_of(fact),
        course_id=course_of(fact),
        enrolled_at=fact.timestamp,
    )


def _attempt_started(fact: Fact) -> None:
    Attempt.objects.create(
        id=attempt_of(fact),
        enrolment_id=registration_of(fact),
        number=fact.extensions[EXT_NUMBER],
        version_id=fact.extensions[EXT_VERSION],
        started_at=fact.timestamp,
    )


def _card_acted_on(fact: Fact) -> None:
    if fact.verb in {EXPERIENCED.iri, RESPONDED.iri}:
        _card_done(fact)
    elif fact.verb == ANSWERED.iri and EXT_RUN in fact.extensions:
        _scenario_choice_made(fact)
        if fact.extensions[EXT_RUN] == 1 and fact.result["completion"]:
            _card_done(fact)
    elif fact.verb == ANSWERED.iri and fact.extensions[EXT_TRY] == 1:
        _card_done(fact)


def _card_done(fact: Fact) -> None:
    _, card = part_of(fact)
    CardDone.objects.create(id=fact.id, attempt_id=attempt_of(fact), card=card, done_at=fact.timestamp)


def _scenario_choice_made(fact: Fact) -> None:
    _, card = part_of(fact)
    ScenarioStep.objects.create(
        id=fact.id,
        attempt_id=attempt_of(fact),
        card=card,
        run=fact.extensions[EXT_RUN],
        number=fact.extensions[EXT_STEP],
        node=fact.extensions[EXT_NODE],
        choice=fact.result["response"],
        ended=fact.result["completion"],
        chosen_at=fact.timestamp,
    )


def _course_completed(fact: Fact) -> None:
    score = fact.result.get("score")
    Completion.objects.create(
        id=fact.id,
        attempt_id=attempt_of(fact),
        person_id=person_of(fact),
        course_id=course_of(fact),
        version=fact.extensions[EXT_VERSION],
        score=Decimal(str(score["scaled"])) if score else None,
        completed_at=fact.timestamp,
    )
