"""
What comes next and what is locked: pure functions on a course and what was done in it.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from andante.content.document import Card, Course, Idea, Module
from andante.kernel.ids import CardId


class State(Enum):
    """Where one thing on the path stands. The words are also the class names in pages."""

    DONE = "done"
    NOW = "now"
    TODO = "todo"
    LOCKED = "locked"


@dataclass(frozen=True)
class ModuleProgress:
    """One module, and how far somebody is in it."""

    module: Module
    state: State
    cards: tuple[tuple[Card, State], ...]

    @cached_property
    def cards_done(self) -> int:
        return sum(state is State.DONE for _, state in self.cards)

    @property
    def first_open(self) -> Card | None:
        """Where to enter the module: the card that is next, else its first one; None while it is locked."""
        if self.state is State.LOCKED:
            return None
        return next((card for card, state in self.cards if state is State.NOW), self.cards[0][0])

    @property
    def minutes_left(self) -> int:
        """Whole minutes for what is left, by the module's planned minutes; 0 only when nothing is left."""
        left = len(self.cards) - self.cards_done
        return math.ceil(self.module.minutes * left / len(self.cards)) if left else 0


@dataclass(frozen=True)
class Progress:
    """How far somebody is on the path through a course's modules."""

    modules: tuple[ModuleProgress, ...]
    next_card: Card | None
    """The one card that is to be done next; None when all modules are done."""

    @property
    def cards_total(self) -> int:
        return sum(len(module.cards) for module in self.modules)

    @cached_property
    def cards_done(self) -> int:
        return sum(module.cards_done for module in self.modules)

    @property
    def minutes_left(self) -> int:
        return sum(module.minutes_left for module in self.modules)

    def module_of(self, card: CardId) -> ModuleProgress | None:
        """The module that holds the card; None when the course has no such card."""
        for module in self.modules:
            if any(each.id == card for each, _ in module.cards):
                return module
        return None

    def state_of(self, card: CardId) -> State | None:
        """Where the card stands; None when the course has no such card."""
        for module in self.modules:
            for each, state in module.cards:
                if each.id == card:
                    return state
        return None

    def neighbours(self, card: CardId) -> tuple[Card | None, Card | None]:
        """The cards before and after this one, across modules."""
        cards = [each for module in self.modules for each, _ in module.cards]
        at = next(index for index, each in enumerate(cards) if each.id == card)
        return (cards[at - 1] if at else None, cards[at + 1] if at + 1 < len(cards) else None)


def progress(course: Course, done: Collection[CardId]) -> Progress:
    """
    The state of each card and module.

    The path is walked in order: one card is now, what is done may be opened again, the rest of the module is
    to do, and later modules are locked until every card before them is done. A check is done once it is
    answered, a scenario once an end is reached; so an idea always comes before the question about it.
    """
    next_card: Card | None = None
    modules = []
    for module in course.modules:
        now_here = None
        if next_card is None:
            now_here = next((card for card in module.cards if card.id not in done), None)
        reachable = next_card is None
        next_card = next_card or now_here
        modules.append(_module_progress(module, done, now_here, reachable=reachable))
    return Progress(tuple(modules), next_card)


def _module_progress(module: Module, done: Collection[CardId], now: Card | None, *, reachable: bool) -> ModuleProgress:
    def state_of(card: Card) -> State:
        if card.id in done:
            return State.DONE
        if now is not None and card.id == now.id:
            return State.NOW
        return State.TODO if reachable else State.LOCKED

    state = State.LOCKED if not reachable else State.NOW if now is not None else State.DONE
    return ModuleProgress(module, state, tuple((card, state_of(card)) for card in module.cards))


def module_finished_by(course: Course, done: Collection[CardId], card: CardId) -> Module | None:
    """The module that is finished when `card` joins the cards done before; None when none is."""
    for module in course.modules:
        ids = {each.id for each in module.cards}
        if card in ids and card not in done and ids <= {*done, card}:
            return module
    return None


class Stage(Enum):
    """What an attempt asks for next."""

    CARDS = "cards"
    TEST = "test"
    """The test may be begun, or begun again."""
    TEST_OPEN = "test-open"
    """A test is begun and waits for answers."""
    NO_ATTEMPTS_LEFT = "no-attempts-left"
    COMPLETE = "complete"


def stage(walked: Progress, sittings: Sequence[bool | None], *, attempts: int) -> Stage:
    """
    What comes next in an attempt.

    :param sittings: for each sitting of the test whether it was passed, None while it is open
    :param attempts: how often the test may be sat; 0 where the course has none
    """
    if walked.next_card is not None:
        return Stage.CARDS
    if any(sittings) or not attempts:
        return Stage.COMPLETE
    if None in sittings:
        return Stage.TEST_OPEN
    return Stage.TEST if len(sittings) < attempts else Stage.NO_ATTEMPTS_LEFT


def next_step(steps: Sequence[tuple[int, bool]]) -> tuple[int, int]:
    """
    Run and number of the decision that a scenario waits for. A further run may begin once the last one has
    ended.

    :param steps: the run of each decision so far and whether it ended there, in order
    """
    if not steps:
        return 1, 1
    run, ended = steps[-1]
    return (run + 1, 1) if ended else (run, sum(each == run for each, _ in steps) + 1)


def taught_by(module: Module, card: CardId) -> Idea | None:
    """The idea that a card builds on: the last one before it in its module."""
    idea = None
    for each in module.cards:
        if each.id == card:
            break
        if isinstance(each, Idea):
            idea = each
    return idea


def first_idea(module: Module) -> Idea | None:
    """The idea that a module begins with: where to read again what a test item of its objective asks."""
    return next((card for card in module.cards if isinstance(card, Idea)), None)


def sittings_allowed(course: Course) -> int:
    """How often the test may be sat in an attempt; 0 where the course has none."""
    return course.test.attempts if course.test_length else 0
