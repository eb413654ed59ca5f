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
from andante.learning.refusals import AttemptClosed, CardLocked, CardUnknown, NotBegun
from andante.ledger.operations import append
from andante.ledger.prepared import prepared_cursor
from andante.ledger.statements import Fact


@dataclass(frozen=True)
class Taking:
    """An attempt that is locked until the transaction ends, so that its acts come one after the other."""

    of: AttemptRef
    course: Course


_LOCK = """
    SELECT a.id, e.id, a.version_id
    FROM learning_enrolment e
    JOIN learning_attempt a ON a.enrolment_id = e.id
    WHERE e.person_id = %s AND e.course_id = %s
    ORDER BY a.number DESC LIMIT 1
    FOR NO KEY UPDATE OF a
"""


def lock(person: PersonId, course: CourseId) -> Taking:
    """
    Lock the newest attempt of a person at a course.

    :raises NotBegun: there is none
    """
    with prepared_cursor() as cursor:
        cursor.execute(_LOCK, [person, course])
        row = cursor.fetchone()
    if row is None:
        raise NotBegun
    attempt, registration, version = row
    of = AttemptRef(
        person=person,
        registration=RegistrationId(registration),
        attempt=AttemptId(attempt),
        course=course,
        version=VersionHash(version),
    )
    return Taking(of, content.version(of.version).document)


@dataclass(frozen=True)
class Standing:
    """How far a locked attempt is. Read after the lock was had, so that it counts what others did meanwhile."""

    done: frozenset[CardId]
    completed: bool
    progress: rules.Progress


_STANDING = """
    SELECT ARRAY(SELECT card FROM learning_carddone WHERE attempt_id = %(attempt)s),
        EXISTS (SELECT FROM learning_completion WHERE attempt_id = %(attempt)s)
"""


def standing(taking: Taking) -> Standing:
    """Read how far the attempt is."""
    with prepared_cursor() as cursor:
        cursor.execute(_STANDING, {"attempt": taking.of.attempt})
        cards, completed = cursor.fetchone()
    done = frozenset(map(CardId, cards))
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
