"""What every act within an attempt needs: the attempt, locked, and the version of the course that it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from andante.assessment.statements import AttemptRef
from andante.content import queries as content
from andante.content.document import Card, Course
from andante.kernel.ids import AttemptId, CardId, CourseId, PersonId, RegistrationId, VersionHash
from andante.kernel.principals import Principal
from andante.learning import rules, statements
from andante.learning.apply import apply
from andante.learning.models import Attempt, CardDone
from andante.learning.refusals import AttemptClosed, CardLocked, CardUnknown, NotBegun
from andante.ledger.operations import append
from andante.ledger.statements import Fact


@dataclass(frozen=True)
class Taking:
    """An attempt that is locked until the transaction ends, so that its acts come one after the other."""

    of: AttemptRef
    course: Course


def lock(person: PersonId, course: CourseId) -> Taking:
    """
    Lock the newest attempt of a person at a course.

    :raises NotBegun: there is none
    """
    row = (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("enrolment")
        .filter(enrolment__person=person, enrolment__course=course)
        .order_by("-number")
        .first()
    )
    if row is None:
        raise NotBegun
    of = AttemptRef(
        person=person,
        registration=RegistrationId(row.enrolment_id),
        attempt=AttemptId(row.id),
        course=course,
        version=VersionHash(row.version_id),
    )
    return Taking(of, content.version(of.version).document)


@dataclass(frozen=True)
class Standing:
    """How far a locked attempt is. Read after the lock was had, so that it counts what others did meanwhile."""

    done: frozenset[CardId]
    completed: bool
    progress: rules.Progress


def standing(taking: Taking) -> Standing:
    """Read how far the attempt is."""
    rows = CardDone.objects.filter(attempt=taking.of.attempt).values_list("card", "attempt__completion")
    found = list(rows)
    done = frozenset(CardId(card) for card, _ in found)
    completed = any(completion is not None for _, completion in found)
    return Standing(done, completed, rules.progress(taking.course, done))


def opened_card(taking: Taking, now: Standing, card: CardId) -> Card:
    """
    The card, if it may be acted on.

    :raises CardUnknown: this version has no such card
    :raises CardLocked: cards before it are not done
    """
    state = now.progress.state_of(card)
    if state is None:
        raise CardUnknown
    if state not in {rules.State.DONE, rules.State.NOW}:
        raise CardLocked
    return taking.course.cards[card]


def refuse_if_completed(now: Standing) -> None:
    """
    Refuse to add to a finished record.

    :raises AttemptClosed: the course is completed
    """
    if now.completed:
        raise AttemptClosed


def consequences(taking: Taking, now: Standing, card: CardId, *, by: Principal, at: datetime) -> tuple[Fact, ...]:
    """The facts that follow when a card is done: its module completed, and a course without a test as well."""
    module = rules.module_finished_by(taking.course, now.done, card)
    if module is None:
        return ()
    completed = statements.module_completed(taking.of, module=module.id, by=by, at=at)
    all_done = rules.progress(taking.course, now.done | {card}).next_card is None
    if all_done and not taking.course.test_length:
        return completed, statements.course_completed(taking.of, score=None, by=by, at=at)
    return (completed,)


def keep(facts: Sequence[Fact]) -> None:
    """Append facts and write their rows."""
    new = append(facts)
    for fact in facts:
        if fact.id in new:
            apply(fact)
