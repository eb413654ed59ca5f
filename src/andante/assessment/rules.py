"""
How answers are judged and tests are drawn: pure functions on course content.

Everything here can be recomputed by an outsider: a judgement needs only the options and what was chosen, a
draw only the bank, the plan, the recorded seed and what was drawn before.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from andante.content.document import Course, Item, Option, TestPlan
from andante.kernel.ids import ItemId, ModuleId


class AnswerRefused(Exception):  # noqa: N818 - errors are facts
    """What was sent is no answer to this question, so nothing is recorded."""


class NothingChosen(AnswerRefused):
    """No option was chosen."""


class TooManyChosen(AnswerRefused):
    """Several options were chosen where one is asked for."""


class UnknownOption(AnswerRefused):
    """An option was chosen that the question does not have."""


@dataclass(frozen=True)
class OptionVerdict:
    """One option, seen after the answer: why it is right or wrong, and whether it was chosen."""

    option: Option
    chosen: bool

    @property
    def right_choice(self) -> bool:
        return self.chosen and self.option.correct

    @property
    def wrong_choice(self) -> bool:
        return self.chosen and not self.option.correct

    @property
    def missed(self) -> bool:
        """A right option that was not chosen."""
        return self.option.correct and not self.chosen


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and the same for each option in the author's order."""

    correct: bool
    options: tuple[OptionVerdict, ...]


def score(options: Sequence[Option], *, multiple: bool, chosen: Collection[str]) -> Verdict:
    """
    Judge an answer: right when exactly the right options are chosen. There are no part marks.

    :param chosen: keys of the chosen options
    :raises AnswerRefused: nothing, too much, or something unknown was chosen
    """
    keys = {option.key for option in options}
    if not chosen:
        raise NothingChosen
    if not keys.issuperset(chosen):
        raise UnknownOption
    if len(set(chosen)) > 1 and not multiple:
        raise TooManyChosen
    verdicts = tuple(OptionVerdict(option, option.key in chosen) for option in options)
    return Verdict(all(verdict.chosen == verdict.option.correct for verdict in verdicts), verdicts)


def response_pattern(chosen: Collection[str]) -> str:
    """The answer as xAPI writes choices (xAPI 1.0.3, Data, Appendix C): keys in order, joined by "[,]"."""
    return "[,]".join(sorted(set(chosen)))


def chosen_in(pattern: str) -> frozenset[str]:
    """The option keys in a response pattern."""
    return frozenset(key for key in pattern.split("[,]") if key)


def _rank(seed: str, *parts: str) -> bytes:
    """
    A place in an order that only the seed decides.

    SHA-256 rather than a random generator: anybody can recompute it, in any language, in twenty years.
    """
    return hashlib.sha256("/".join((seed, *parts)).encode()).digest()


def draw(bank: Iterable[Item], plan: TestPlan, *, seed: str, drawn_before: Mapping[ItemId, int]) -> tuple[ItemId, ...]:
    """
    Draw a test: the same number of items for each objective, in an order of its own.

    Items that the person has had least often come first, so none comes twice while there is an unseen one. An
    objective with fewer items than the plan asks for gives all that it has; the linter refuses such a bank.

    :param seed: recorded with the draw; the same seed, bank and history give the same test
    :param drawn_before: how often this person had each item
    """
    by_objective: dict[ModuleId, list[Item]] = {}
    for item in bank:
        by_objective.setdefault(item.objective, []).append(item)
    drawn: list[Item] = []
    for items in by_objective.values():
        items.sort(key=lambda item: (drawn_before.get(item.id, 0), _rank(seed, item.id)))
        drawn += items[: plan.draw_per_objective]
    return tuple(item.id for item in sorted(drawn, key=lambda item: _rank(seed, "order", item.id)))


def option_order(options: Sequence[Option], *, seed: str, question: str) -> tuple[Option, ...]:
    """The order in which one sitting or try shows the options of a question."""
    return tuple(sorted(options, key=lambda option: _rank(seed, question, option.key)))


@dataclass(frozen=True)
class Mark:
    """What came of one item in a test; an item without an answer is not correct."""

    item: ItemId
    objective: ModuleId
    correct: bool
    must_pass: bool


@dataclass(frozen=True)
class ObjectiveResult:
    """How many items of one objective were right."""

    objective: ModuleId
    correct: int
    total: int


@dataclass(frozen=True)
class TestResult:
    """What came of a test."""

    __test__ = False  # the name is the domain's; pytest need not collect it

    correct: int
    total: int
    passed: bool
    missed_must_pass: tuple[ItemId, ...]
    by_objective: tuple[ObjectiveResult, ...]

    @property
    def scaled(self) -> float:
        """The score from 0 to 1, to four decimals."""
        return round(self.correct / self.total, 4)


def marks(course: Course, drawn: Iterable[str], right: Collection[ItemId]) -> list[Mark]:
    """
    What came of each drawn item.

    :param right: the items that were answered rightly
    """
    items = [course.items[ItemId(item)] for item in drawn]
    return [Mark(item.id, item.objective, item.id in right, item.must_pass) for item in items]


def judge(marks: Sequence[Mark], *, pass_percent: int) -> TestResult:
    """
    Decide a test: passed with the asked share of right items, unless one that must be right is wrong.

    The share is compared in whole numbers, so that 4 of 5 is 80 % and not nearly so.

    :param marks: one for each item drawn, at least one
    """
    if not marks:
        raise ValueError("a test has at least one item")
    correct = sum(mark.correct for mark in marks)
    missed = tuple(mark.item for mark in marks if mark.must_pass and not mark.correct)
    objectives = dict.fromkeys(mark.objective for mark in marks)
    return TestResult(
        correct=correct,
        total=len(marks),
        passed=correct * 100 >= pass_percent * len(marks) and not missed,
        missed_must_pass=missed,
        by_objective=tuple(
            ObjectiveResult(
                objective,
                sum(mark.correct for mark in marks if mark.objective == objective),
                sum(mark.objective == objective for mark in marks),
            )
            for objective in objectives
        ),
    )


def result_of(course: Course, drawn: Iterable[str], right: Collection[ItemId]) -> TestResult:
    """
    What came of a test of the course, by its plan.

    :param right: the items that were answered rightly
    """
    return judge(marks(course, drawn, right), pass_percent=course.test.pass_percent)
