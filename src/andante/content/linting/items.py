"""A4xx, items: the bank is large enough, fair, and covers every objective."""

import re
from collections.abc import Iterator, Sequence
from math import ceil

from andante.content.document import Course, Item, Question
from andante.content.document.minutes import words
from andante.content.linting.parts import items_by_module, questions
from andante.content.linting.rule import Context, Remark, error, warning
from andante.content.markdown import plain_words

FEWEST_ITEMS_FOR_LENGTH = 10
CHANCE = 0.05
_NEGATIVE = re.compile(
    r"\bNOT\b|\bEXCEPT\b|(?i:\b(?:which|what|who|when|where)\b[^.?!]*\b(?:not|except|incorrect|untrue|false|wrong|least)\b)"
)


@error("A401", "The bank holds enough questions for one test")
def bank_too_small_for_a_draw(course: Course, _: Context) -> Iterator[Remark]:
    draw = course.test.draw_per_objective
    for module, items in items_by_module(course):
        if 0 < len(items) < draw:
            yield Remark(
                course.field_place("test.draw"),
                f"The test draws {draw} questions on “{module.id}”, but the bank has {len(items)}.",
                "Write more questions, or draw fewer.",
            )


@warning("A402", "The bank holds new questions for every attempt")
def bank_too_small_for_attempts(course: Course, _: Context) -> Iterator[Remark]:
    draw, attempts = course.test.draw_per_objective, course.test.attempts
    for module, items in items_by_module(course):
        if draw <= len(items) < draw * attempts:
            yield Remark(
                course.field_place("test.attempts"),
                f"{attempts} attempts that draw {draw} on “{module.id}” need {draw * attempts} questions, "
                f"but the bank has {len(items)}.",
                "Write more questions, so that a second attempt is no test of memory.",
            )


@error("A404", "The pass mark can be reached, and means something")
def impossible_pass_mark(course: Course, _: Context) -> Iterator[Remark]:
    percent = course.test.pass_percent
    if not 1 <= percent <= 100:
        yield Remark(
            course.field_place("test.pass"),
            "Nobody could pass this test." if percent > 100 else "Everybody would pass this test.",
            "Write a pass mark from 1 to 100, such as pass: 80.",
        )


@warning("A405", "A pass mark below 100 % forgives at least one slip")
def pass_mark_without_slack(course: Course, _: Context) -> Iterator[Remark]:
    length, percent = course.test_length, course.test.pass_percent
    if length and percent < 100 and ceil(length * percent / 100) == length:
        yield Remark(
            course.field_place("test.pass"),
            f"With {length} question{'s'[: length != 1]} in the test, {percent} % means every answer right.",
            "Draw more questions, lower the mark, or say pass: 100.",
        )


@warning("A406", "The right answer is not the longest more often than chance")
def right_answers_longest(course: Course, _: Context) -> Iterator[Remark]:
    items = [item for item in course.bank if not item.multiple]
    if len(items) < FEWEST_ITEMS_FOR_LENGTH:
        return
    longest = sum(_right_is_longest(item) for item in items)
    if _at_least(longest, [1 / len(item.options) for item in items]) < CHANCE:
        yield Remark(
            course.bank[0].place,
            f"In {longest} of {len(items)} questions of the bank, the right answer is the longest option.",
            "Shorten right answers or lengthen wrong ones: people learn to pick the longest.",
        )


def _right_is_longest(item: Item) -> bool:
    """Whether the right option has more characters than every other; a tie gives nothing away."""
    lengths = {option.correct: 0 for option in item.options}
    for option in item.options:
        lengths[option.correct] = max(lengths[option.correct], len(option.text))
    return lengths.get(True, 0) > lengths.get(False, 0)


def _at_least(count: int, chances: Sequence[float]) -> float:
    """
    The probability of `count` successes or more in independent trials with these chances.

    The Poisson binomial distribution by its recurrence (Hong 2013, doi:10.1016/j.csda.2012.10.006).
    """
    distribution = [1.0]
    for chance in chances:
        missed = [probability * (1 - chance) for probability in distribution]
        hit = [probability * chance for probability in distribution]
        distribution = [a + b for a, b in zip([*missed, 0.0], [0.0, *hit], strict=True)]
    return sum(distribution[count:])


@warning("A407", "A question asks for what is right")
def negative_stem(course: Course, _: Context) -> Iterator[Remark]:
    for question in questions(course):
        if _NEGATIVE.search(f"{question.title}\n{plain_words(question.body)}"):
            yield Remark(
                question.place,
                "The question asks for what is not so, which readers in a hurry miss.",
                "Turn it round: ask which one is right, or what to do.",
            )


@error("A408", "No question stands in the bank twice")
def duplicate_item(course: Course, _: Context) -> Iterator[Remark]:
    first: dict[tuple[str, ...], Item] = {}
    for item in course.bank:
        earlier = first.setdefault(_fingerprint(item), item)
        if earlier is not item:
            yield Remark(item.place, f"This question stands at {earlier.place} already.", "Delete or change one.")


def _fingerprint(question: Question) -> tuple[str, ...]:
    texts = sorted(_plain(option.text) for option in question.options)
    return _plain(question.title), _plain(question.body), *texts


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", plain_words(text).casefold()))


@error("A409", "No option stands in a question twice")
def duplicate_option(course: Course, _: Context) -> Iterator[Remark]:
    for question in questions(course):
        seen: set[str] = set()
        for option in question.options:
            text = " ".join(option.text.split()).casefold()
            if text in seen:
                yield Remark(option.place, "This option stands in the question already.", "Delete or change one.")
            seen.add(text)


@error("A410", "Every objective has a question")
def objective_without_item(course: Course, _: Context) -> Iterator[Remark]:
    for module, items in items_by_module(course):
        if module.id and not items:
            yield Remark(
                module.place,
                f"The bank has no question on the objective “{module.id}”.",
                f"Write some in bank/, with “objective: {module.id}”.",
            )


@error("A411", "Every question serves an objective")
def item_without_objective(course: Course, _: Context) -> Iterator[Remark]:
    for item in course.bank:
        if not item.objective:
            yield Remark(
                item.place,
                "The question serves no objective.",
                "Add a line “objective:” with the id of a module, here or in the file's front matter.",
            )


@error("A412", "A critical objective has a must-pass question")
def critical_without_must_pass(course: Course, _: Context) -> Iterator[Remark]:
    for module, items in items_by_module(course):
        if module.critical and not any(item.must_pass for item in items):
            yield Remark(
                module.fields.get("critical", module.place),
                "The objective is critical, but no question on it must be answered right.",
                "Add “must pass: yes” to one of its questions in bank/.",
            )


@warning("A413", "A question says what it asks")
def bare_title(course: Course, _: Context) -> Iterator[Remark]:
    for question in questions(course):
        if words(question.title) + words(question.body) < 3:
            yield Remark(
                question.place, "One cannot tell from the title what is asked.", "Write the question after the colon."
            )
