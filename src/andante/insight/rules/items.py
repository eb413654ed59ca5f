"""What answers say about the questions themselves: too easy, ambiguous, or a wrong answer that pulls."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from andante.content.document import Item, Option
from andante.insight.rules.groups import FEWEST
from andante.insight.rules.statistics import Sums, correlation_interval, point_biserial, wilson

JUDGED_FROM = 30
"""With fewer answers there is no judgement: chance would speak."""
PULL = 0.2
"""A wrong answer pulls where, with 95 % confidence, more than this share chooses it."""
EASY, EASY_AT_LEAST = 0.95, 0.9
"""Too easy is what so many get right, and with 95 % confidence at least this share of all who ever will."""
HARD = 0.5
SPLIT = 0.85
"""From this share right on answers differ too little for a correlation: that of a good item, too, comes near 0."""
TELLS = 0.2
"""
What tells less than this is poor: "to be rejected or improved" (Ebel & Frisbie 1991, Essentials of Educational
Measurement, 5th edition, chapter 13).
"""


class Judgement(Enum):
    """What is to be said of an item, the worst first."""

    PULLS = "pulls"
    """A wrong answer is chosen by many."""
    MISSED = "missed"
    """One of several right answers is left out by many."""
    AMBIGUOUS = "ambiguous"
    """Who does well in the rest of the test gets it wrong as often as others."""
    HARD = "hard"
    EASY = "easy"
    WORKS = "works"
    FEW = "few"
    """Too few have answered for a judgement."""


@dataclass(frozen=True)
class ItemCounts:
    """First answers to an item: how often each combination of options was chosen."""

    chosen: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    right: int = 0
    sums: Sums = field(default_factory=Sums)
    """Over the sittings that were finished."""

    @property
    def answered(self) -> int:
        return sum(self.chosen.values())


@dataclass(frozen=True)
class OptionFigures:
    """One option, and how many of those who answered chose it."""

    option: Option
    chosen: int
    share: float
    pulls: bool
    """Wrong, and chosen by many."""
    missed: bool
    """Right, one of several, and left out by many."""


@dataclass(frozen=True)
class ItemFigures:
    """What first answers say about an item."""

    item: Item
    answered: int
    """How many people: each counts once, with the first answer."""
    right: int
    options: tuple[OptionFigures, ...]
    discrimination: float | None
    """`point_biserial`; None below JUDGED_FROM finished sittings."""
    judgements: tuple[Judgement, ...]
    """The worst first; at least one."""

    @property
    def shown(self) -> bool:
        """Whether enough people have answered for figures."""
        return self.answered >= FEWEST

    @property
    def share_right(self) -> float:
        return self.right / self.answered if self.answered else 0.0

    @property
    def worst(self) -> Judgement:
        return self.judgements[0]

    @property
    def pulling(self) -> OptionFigures | None:
        """The wrong option that most choose, where one pulls."""
        return max((each for each in self.options if each.pulls), key=lambda each: each.share, default=None)

    @property
    def left_out(self) -> OptionFigures | None:
        """The right option that most leave out, where many do."""
        return min((each for each in self.options if each.missed), key=lambda each: each.share, default=None)


def wording(item: Item) -> tuple[object, ...]:
    """
    What people read of an item before they answer. Answers to the same wording may be counted together; keys of options
    are letters by position, and mean something else once an option is moved.
    """
    options = tuple((option.key, option.text, option.correct) for option in item.options)
    return item.title, item.body, item.multiple, options


def figures(item: Item, counts: ItemCounts) -> ItemFigures:
    """Judge an item by its first answers."""
    answered = counts.answered
    options = tuple(_option(item, option, counts) for option in item.options)
    discrimination = point_biserial(counts.sums) if counts.sums.n >= JUDGED_FROM else None
    found = ItemFigures(item, answered, counts.right, options, discrimination, ())
    judgements = tuple(_judgements(found, counts.sums.n)) if answered >= JUDGED_FROM else (Judgement.FEW,)
    return ItemFigures(item, answered, counts.right, options, discrimination, judgements or (Judgement.WORKS,))


def _option(item: Item, option: Option, counts: ItemCounts) -> OptionFigures:
    chosen, answered = sum(n for keys, n in counts.chosen.items() if option.key in keys), counts.answered
    enough = answered >= JUDGED_FROM
    several = sum(each.correct for each in item.options) > 1
    return OptionFigures(
        option=option,
        chosen=chosen,
        share=chosen / answered if answered else 0.0,
        pulls=enough and not option.correct and wilson(chosen, answered).low > PULL,
        missed=enough and option.correct and several and wilson(answered - chosen, answered).low > PULL,
    )


def _judgements(item: ItemFigures, sittings: int) -> Iterable[Judgement]:
    if item.pulling:
        yield Judgement.PULLS
    if item.left_out:
        yield Judgement.MISSED
    r = item.discrimination
    if r is not None and correlation_interval(r, sittings).high < TELLS and item.share_right < SPLIT:
        yield Judgement.AMBIGUOUS
    if wilson(item.right, item.answered).high < HARD:
        yield Judgement.HARD
    if item.share_right >= EASY and wilson(item.right, item.answered).low >= EASY_AT_LEAST:
        yield Judgement.EASY
