"""
Judging again what is on record, for `andante verify`.

Whoever may append facts could append a verdict. What an answer is worth stands in the course's own text, and what a
sitting is worth in its answers; so both are worked out once more, from the rows that the facts tell of.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from andante.assessment import rules
from andante.assessment.models import Response, Sitting
from andante.content import queries as content
from andante.content.document import Check, Course, Question
from andante.kernel.ids import CardId, ItemId, VersionHash

_CHUNK = 500


def contradictions() -> Iterator[str]:
    """Every answer and every sitting on record that the course's text gainsays; one sentence each."""
    for response in Response.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        if what := _wrong_with_answer(response):
            yield f"Record {response.id} {what}."
    sittings = Sitting.objects.order_by("pk").prefetch_related("responses")
    for sitting in sittings.iterator(chunk_size=_CHUNK):
        if what := _wrong_with_sitting(sitting):
            yield f"The sitting that record {sitting.id} began {what}."


def _wrong_with_answer(row: Response) -> str | None:
    course = _course(row.version)
    question = _question(course, row) if course else None
    if question is None:
        return f"answers “{row.question}”, which version {row.version} does not ask"
    try:
        verdict = rules.score(question.options, multiple=question.multiple, chosen=rules.chosen_in(row.chosen))
    except rules.AnswerRefused:
        return f"holds “{row.chosen}”, which is no answer to “{row.question}”"
    if verdict.correct != row.correct:
        told = "right" if row.correct else "wrong"
        return f"calls the answer “{row.chosen}” to “{row.question}” {told}, which it is not"
    return None


def _course(version: str) -> Course | None:
    """The text of a version; None where there is no sound one, which is a finding about content."""
    try:
        return content.version(VersionHash(version)).document
    except (content.VersionUnknown, content.VersionDamaged):
        return None


def _question(course: Course, row: Response) -> Question | None:
    if row.sitting_id is not None:
        return course.items.get(ItemId(row.question))
    card = course.cards.get(CardId(row.question))
    return card if isinstance(card, Check) else None


def _wrong_with_sitting(row: Sitting) -> str | None:
    course = _course(row.version)
    if course is None or not _could_be_drawn(course, row):
        return "has items that its course does not draw"
    answers = list(row.responses.all())
    if not all(_belongs(answer, row) for answer in answers):
        return "holds an answer of another person, attempt, version or item"
    if row.closed_at is None:
        return None
    if len(answers) != len(row.items):
        return f"is closed with {len(answers)} of {len(row.items)} answers"
    right = {ItemId(answer.question) for answer in answers if answer.correct}
    result = rules.result_of(course, row.items, right)
    if (result.correct, result.passed) != (row.correct, row.passed):
        told, found = _in_words(row.correct, row.passed), _in_words(result.correct, result.passed)
        return f"is recorded as {told}; its answers make it {found}"
    return None


def _belongs(answer: Response, sitting: Sitting) -> bool:
    """Whether an answer is the same person's, in the same attempt and version, to the item at its place."""
    own = (answer.person_id, answer.attempt, answer.version)
    at_its_place = sitting.items[answer.number - 1 : answer.number] == [answer.question]
    return at_its_place and own == (sitting.person_id, sitting.attempt, sitting.version)


def _in_words(correct: int | None, passed: bool | None) -> str:  # noqa: FBT001 - what a row holds
    return f"{'passed' if passed else 'failed'} with {correct} right"


def _could_be_drawn(course: Course, row: Sitting) -> bool:
    """Whether the items are as many of each objective as the plan draws, each once; which ones, chance decided."""
    drawn = rules.draw(course.bank, course.test, seed=row.seed, drawn_before={})
    once = len(set(row.items)) == len(row.items) > 0
    return (
        once
        and course.items.keys() >= set(row.items)
        and _by_objective(course, row.items) == _by_objective(course, drawn)
    )


def _by_objective(course: Course, items: Iterable[str]) -> Counter[str]:
    return Counter(course.items[ItemId(item)].objective for item in items)
