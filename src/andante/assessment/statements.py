"""
How facts about answers and tests look in xAPI.

They hold what was shown, what was chosen and what came of it; never the key, and never the reasons: who may
read the record must not learn the answers from it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from andante.assessment import rules
from andante.kernel.ids import (
    AttemptId,
    CardId,
    CourseId,
    ItemId,
    ModuleId,
    PersonId,
    RegistrationId,
    VersionHash,
    derived_id,
)
from andante.kernel.principals import Principal
from andante.ledger.statements import Fact, Kind, statement
from andante.ledger.vocabulary import (
    ANSWERED,
    CHOICE,
    EXT_ATTEMPT,
    EXT_TRY,
    EXT_VERSION,
    FAILED,
    INITIALIZED,
    PASSED,
    Activity,
    Verb,
    card_activity,
    course_activity,
    item_activity,
    module_activity,
    test_activity,
)

EXT_SITTING = "urn:x-andante:sitting"
"""Which time the person sits the test of this attempt, from 1."""
EXT_POSITION = "urn:x-andante:position"
"""Place of an item in its sitting, from 1."""
EXT_SEED = "urn:x-andante:seed"
"""What decided the draw and the order of items and options: see `assessment.rules.draw`."""
EXT_ITEMS = "urn:x-andante:items"
"""The ids of the items drawn, in the order shown."""


@dataclass(frozen=True)
class AttemptRef:
    """Whose attempt, at which version of which course: this stands in every statement about it."""

    person: PersonId
    registration: RegistrationId
    attempt: AttemptId
    course: CourseId
    version: VersionHash


def attempt_statement(
    of: AttemptRef,
    *,
    id: UUID,
    verb: Verb,
    object: Activity,
    by: Principal,
    at: datetime,
    parent: Activity | None = None,
    result: dict[str, Any] | None = None,
    extensions: dict[str, Any] | None = None,
) -> Fact:
    """
    Any statement within an attempt: the registration, the course, its version and the attempt stand in its
    context.
    """
    return statement(
        id=id,
        actor=of.person,
        verb=verb,
        object=object,
        at=at,
        by=by,
        registration=of.registration,
        result=result,
        parent=parent,
        grouping=course_activity(of.course),
        extensions={EXT_VERSION: of.version, EXT_ATTEMPT: str(of.attempt), **(extensions or {})},
    )


def is_ours(fact: Fact) -> bool:
    """
    Whether a fact is a statement that Andante itself made about a part of a course.

    A statement that somebody else sent has another authority: it never counts as an answer or a completion.
    """
    if fact.kind is not Kind.STATEMENT or not fact.path:
        return False
    log = fact.object.removesuffix(f"/{fact.path}")
    return bool(fact.body["authority"].get("account") == {"homePage": log, "name": "andante"})


def is_within_attempt(fact: Fact) -> bool:
    """Whether a fact is a statement of ours within an attempt."""
    return is_ours(fact) and EXT_ATTEMPT in fact.extensions


def person_of(fact: Fact) -> PersonId:
    """
    Whom a statement of ours is about.

    :raises ValueError: it names nobody by our ids, as only a forged one does
    """
    if fact.actor is None:
        raise ValueError(f"The statement {fact.id} is about nobody that we know.")
    return fact.actor


def registration_of(fact: Fact) -> RegistrationId:
    """
    The enrolment that a statement of ours stands in.

    :raises ValueError: it names none, as only a forged one does
    """
    if fact.registration is None:
        raise ValueError(f"The statement {fact.id} stands in no enrolment.")
    return fact.registration


def attempt_of(fact: Fact) -> AttemptId:
    """The attempt that a statement stands in."""
    return AttemptId(UUID(fact.extensions[EXT_ATTEMPT]))


def course_of(fact: Fact) -> CourseId:
    """The course that a statement is about."""
    return CourseId(fact.path.split("/")[1])


def part_of(fact: Fact) -> tuple[str, str]:
    """
    What part of the course a statement is about: ("card", its id), ("item", its id), ("test", ""), ("", "").
    """
    _, _, kind, id = (*fact.path.split("/"), "", "")[:4]
    return kind, id


def check_answer_id(attempt: AttemptId, card: CardId, number: int) -> UUID:
    """Id of the statement about one try at a check: a resubmitted form finds it taken."""
    return derived_id(attempt, "card", card, str(number))


def sitting_id(attempt: AttemptId, number: int) -> UUID:
    """Id of a sitting, and of the statement that it began."""
    return derived_id(attempt, "sitting", str(number))


def item_answer_id(sitting: UUID, position: int) -> UUID:
    """Id of the statement about one answer in a sitting."""
    return derived_id(sitting, str(position))


def check_answered(
    of: AttemptRef,
    *,
    module: ModuleId,
    card: CardId,
    number: int,
    chosen: Collection[str],
    correct: bool,
    by: Principal,
    at: datetime,
) -> Fact:
    """
    Somebody answered a check within a module.

    :param number: the try, from 1
    """
    return attempt_statement(
        of,
        id=check_answer_id(of.attempt, card, number),
        verb=ANSWERED,
        object=card_activity(of.course, card, interaction=CHOICE),
        parent=module_activity(of.course, module),
        result=_answer(chosen, correct=correct),
        extensions={EXT_TRY: number},
        by=by,
        at=at,
    )


def item_answered(
    of: AttemptRef,
    *,
    sitting: int,
    position: int,
    item: ItemId,
    chosen: Collection[str],
    correct: bool,
    by: Principal,
    at: datetime,
) -> Fact:
    """Somebody answered an item of the test."""
    return attempt_statement(
        of,
        id=item_answer_id(sitting_id(of.attempt, sitting), position),
        verb=ANSWERED,
        object=item_activity(of.course, item),
        parent=test_activity(of.course),
        result=_answer(chosen, correct=correct),
        extensions={EXT_SITTING: sitting, EXT_POSITION: position},
        by=by,
        at=at,
    )


def sitting_begun(
    of: AttemptRef, *, number: int, seed: str, items: Sequence[ItemId], by: Principal, at: datetime
) -> Fact:
    """Somebody began the test, and these items were drawn."""
    return attempt_statement(
        of,
        id=sitting_id(of.attempt, number),
        verb=INITIALIZED,
        object=test_activity(of.course),
        parent=course_activity(of.course),
        extensions={EXT_SITTING: number, EXT_SEED: seed, EXT_ITEMS: list(items)},
        by=by,
        at=at,
    )


def sitting_judged(of: AttemptRef, *, number: int, result: rules.TestResult, by: Principal, at: datetime) -> Fact:
    """The last item of a sitting was answered: the test is passed or failed."""
    return attempt_statement(
        of,
        id=derived_id(sitting_id(of.attempt, number), "judged"),
        verb=PASSED if result.passed else FAILED,
        object=test_activity(of.course),
        parent=course_activity(of.course),
        result={
            "score": {"scaled": result.scaled, "raw": result.correct, "min": 0, "max": result.total},
            "success": result.passed,
            "completion": True,
        },
        extensions={EXT_SITTING: number},
        by=by,
        at=at,
    )


def _answer(chosen: Collection[str], *, correct: bool) -> dict[str, Any]:
    return {
        "score": {"scaled": int(correct)},
        "success": correct,
        "response": rules.response_pattern(chosen),
    }
