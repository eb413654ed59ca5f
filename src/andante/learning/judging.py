"""
Judging again whether what is recorded as completed was completed, for `andante verify`.

Whoever may append facts could append a completion. It follows from cards that were done and a test that was passed;
so it is worked out once more, from the rows that the facts tell of.
"""

from collections.abc import Iterator
from decimal import Decimal

from andante.assessment import queries as assessment
from andante.assessment.queries import SittingView
from andante.content import queries as content
from andante.content.document import Card, Check, Course, Decide
from andante.kernel.ids import AttemptId, CardId, VersionHash
from andante.learning.models import Attempt, Completion

_CHUNK = 200


def contradictions() -> Iterator[str]:
    """Every completion on record that does not follow from what was done; one sentence each."""
    rows = (
        Completion.objects.order_by("pk")
        .select_related("attempt__enrolment")
        .prefetch_related("attempt__cards_done", "attempt__scenario_steps")
    )
    for row in rows.iterator(chunk_size=_CHUNK):
        for what in _missing(row):
            yield f"Record {row.id} completes attempt {row.attempt_id}, but {what}."


def _missing(row: Completion) -> Iterator[str]:
    attempt = row.attempt
    try:
        course = content.version(VersionHash(attempt.version_id)).document
    except (content.VersionUnknown, content.VersionDamaged):
        yield f"there is no sound version {attempt.version_id} of its course"
        return
    if row.version != attempt.version_id:
        yield f"names version {row.version}, and the attempt took {attempt.version_id}"
    undone = len(course.cards) - len(_done(attempt, course))
    if undone:
        yield f"{undone} of {len(course.cards)} cards are not done"
    passed = _passed(attempt, course)
    if course.test_length and passed is None:
        yield "no sitting of its test was passed"
    elif row.score != _score(passed):
        yield f"its score is {row.score}, and that of its test {_score(passed)}"


def _done(attempt: Attempt, course: Course) -> list[Card]:
    """The cards that are recorded as done and have what makes a card of their kind done."""
    recorded = {done.card for done in attempt.cards_done.all()}
    answered = assessment.answered_checks(AttemptId(attempt.id))
    decided = {CardId(step.card) for step in attempt.scenario_steps.all() if step.run == 1 and step.ended}
    needed = {Check: answered, Decide: decided}
    return [card for id, card in course.cards.items() if id in recorded and id in needed.get(type(card), {id})]


def _passed(attempt: Attempt, course: Course) -> SittingView | None:
    try:
        sittings = assessment.sittings(AttemptId(attempt.id), course)
    except (KeyError, ValueError):  # items that the course does not have, or none: of these, assessment tells
        return None
    for sitting in sittings:
        own = sitting.person == attempt.enrolment.person_id and sitting.version == attempt.version_id
        if own and sitting.passed:
            return sitting
    return None


def _score(passed: SittingView | None) -> Decimal | None:
    return Decimal(str(passed.result.scaled)) if passed and passed.result else None
