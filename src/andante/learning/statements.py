"""How facts about taking a course look in xAPI."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from andante.assessment.statements import AttemptRef, attempt_statement, is_within_attempt, part_of
from andante.content.document import Card, Check, Decide, Reflect
from andante.kernel.ids import AttemptId, CardId, CourseId, ModuleId, PersonId, RegistrationId, derived_id
from andante.kernel.principals import Principal
from andante.ledger.statements import Fact, statement
from andante.ledger.vocabulary import (
    ANSWERED,
    CHOICE,
    COMPLETED,
    EXPERIENCED,
    INITIALIZED,
    PASSED,
    REGISTERED,
    RESPONDED,
    WORDS,
    Activity,
    card_activity,
    course_activity,
    module_activity,
)

EXT_NUMBER = "urn:x-andante:attempt-number"
"""Which attempt at the course it is, from 1."""
EXT_RUN = "urn:x-andante:scenario-run"
"""How often the person goes through the scenario, from 1. The first run is what the record shows."""
EXT_STEP = "urn:x-andante:scenario-step"
"""Which decision of the run it is, from 1."""
EXT_NODE = "urn:x-andante:scenario-node"
"""The situation in which the choice was made."""
EXT_STATE = "urn:x-andante:scenario-state"
"""The scenario's variables after the choice."""


def registration_id(person: PersonId, course: CourseId) -> RegistrationId:
    """The registration of a person in a course: one, so that enrolling twice finds it taken."""
    return RegistrationId(derived_id(person, "course", course))


def attempt_id(registration: RegistrationId, number: int) -> AttemptId:
    return AttemptId(derived_id(registration, "attempt", str(number)))


def card_done_id(attempt: AttemptId, card: CardId) -> UUID:
    """Id of the statement that a card was read, or that something was written on it."""
    return derived_id(attempt, "card", card)


def scenario_step_id(attempt: AttemptId, card: CardId, run: int, number: int) -> UUID:
    return derived_id(attempt, "card", card, "run", str(run), str(number))


def activity_of(course: CourseId, card: Card) -> Activity:
    """The card as an activity; one that asks something of the person is an interaction."""
    match card:
        case Check() | Decide():
            return card_activity(course, card.id, interaction=CHOICE)
        case Reflect():
            return card_activity(course, card.id, interaction=WORDS)
    return card_activity(course, card.id)


def enrolled(*, person: PersonId, course: CourseId, by: Principal, at: datetime) -> Fact:
    """Somebody is to take a course."""
    registration = registration_id(person, course)
    return statement(
        id=derived_id(registration, "registered"),
        actor=person,
        verb=REGISTERED,
        object=course_activity(course),
        at=at,
        by=by,
        registration=registration,
    )


def attempt_started(of: AttemptRef, *, number: int, by: Principal, at: datetime) -> Fact:
    """Somebody began a course: from here on the version is fixed."""
    return attempt_statement(
        of,
        id=of.attempt,
        verb=INITIALIZED,
        object=course_activity(of.course),
        extensions={EXT_NUMBER: number},
        by=by,
        at=at,
    )


def card_read(of: AttemptRef, *, module: ModuleId, card: Card, by: Principal, at: datetime) -> Fact:
    """Somebody went on past a card that asks nothing."""
    return attempt_statement(
        of,
        id=card_done_id(of.attempt, card.id),
        verb=EXPERIENCED,
        object=activity_of(of.course, card),
        parent=module_activity(of.course, module),
        by=by,
        at=at,
    )


def reflected(of: AttemptRef, *, module: ModuleId, card: Card, by: Principal, at: datetime) -> Fact:
    """Somebody wrote a reflection. What it says is theirs, and stands nowhere in the record."""
    return attempt_statement(
        of,
        id=card_done_id(of.attempt, card.id),
        verb=RESPONDED,
        object=activity_of(of.course, card),
        parent=module_activity(of.course, module),
        by=by,
        at=at,
    )


def scenario_choice_made(
    of: AttemptRef,
    *,
    module: ModuleId,
    card: Card,
    run: int,
    number: int,
    node: str,
    choice: str,
    state: Mapping[str, int],
    ended: bool,
    by: Principal,
    at: datetime,
) -> Fact:
    """
    Somebody decided in a scenario.

    :param number: which decision of the run, from 1
    :param state: the variables after it
    :param ended: whether the scenario ended with it
    """
    return attempt_statement(
        of,
        id=scenario_step_id(of.attempt, card.id, run, number),
        verb=ANSWERED,
        object=activity_of(of.course, card),
        parent=module_activity(of.course, module),
        result={"response": choice, "completion": ended},
        extensions={EXT_RUN: run, EXT_STEP: number, EXT_NODE: node, EXT_STATE: dict(state)},
        by=by,
        at=at,
    )


def module_completed(of: AttemptRef, *, module: ModuleId, by: Principal, at: datetime) -> Fact:
    """Every card of a module is done."""
    return attempt_statement(
        of,
        id=derived_id(of.attempt, "module", module, "completed"),
        verb=COMPLETED,
        object=module_activity(of.course, module),
        parent=course_activity(of.course),
        result={"completion": True},
        by=by,
        at=at,
    )


def course_passed(of: AttemptRef, *, score: Mapping[str, float], by: Principal, at: datetime) -> Fact:
    """The course's test is passed."""
    return attempt_statement(
        of,
        id=derived_id(of.attempt, "passed"),
        verb=PASSED,
        object=course_activity(of.course),
        result={"score": dict(score), "success": True},
        by=by,
        at=at,
    )


def course_completed(of: AttemptRef, *, score: Mapping[str, float] | None, by: Principal, at: datetime) -> Fact:
    """Every criterion of the course is met."""
    return attempt_statement(
        of,
        id=derived_id(of.attempt, "completed"),
        verb=COMPLETED,
        object=course_activity(of.course),
        result={"completion": True} | ({"score": dict(score)} if score else {}),
        by=by,
        at=at,
    )


def is_course_completed(fact: Fact) -> bool:
    """Whether a fact is one that `course_completed` made. A completion that somebody else sent is not."""
    return fact.verb == COMPLETED.iri and is_within_attempt(fact) and part_of(fact) == ("", "")
