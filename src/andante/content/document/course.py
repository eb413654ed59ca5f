"""A course as its author wrote it: everything that its files say, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from andante.content.document import minutes
from andante.content.document.cards import Card, Item
from andante.content.document.place import Place
from andante.kernel.ids import CardId, CourseId, ItemId, ModuleId

ObjectiveType = Literal["know", "decide", "do", "live"]
TAGS = ("skill", "level", "topic", "industry", "job", "regulation")


@dataclass(frozen=True, kw_only=True)
class Brief:
    """
    The outcome brief: what people will do, decide and get wrong less, and the measure that will show it.
    """

    do: str = ""
    decide: str = ""
    errors: str = ""
    measure: str = ""


@dataclass(frozen=True, kw_only=True)
class TestPlan:
    """The graded test: items drawn for each objective, the pass mark in per cent, how often one may try."""

    __test__ = False  # the name is the domain's; pytest need not collect it

    draw_per_objective: int
    pass_percent: int
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why a module matters: to everybody, and in the words of a job."""

    default: str = ""
    by_job: Mapping[str, str]

    def for_job(self, job: str | None) -> str:
        """The job's own words, else everybody's."""
        return self.by_job.get((job or "").casefold(), self.default)


@dataclass(frozen=True, kw_only=True)
class Media:
    """A file of `media/`: its bytes are named by their hash, so a changed picture has another name."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class AidSheet:
    """A job aid: one printable page."""

    id: str
    path: str
    title: str
    body: str
    place: Place
    body_place: Place


@dataclass(frozen=True, kw_only=True)
class Module:
    """
    One objective and the cards that reach it.

    `clauses`, `owner`, `review_date` and `reinforcement` (days after completion) are the course's where the
    module says nothing of its own.
    """

    id: ModuleId
    number: int
    title: str
    objective: str
    objective_type: ObjectiveType
    why: Why
    procedure: tuple[str, ...]
    clauses: tuple[str, ...]
    owner: str
    review_date: date | None
    reinforcement: tuple[int, ...]
    manager_question: str
    observation: str
    critical: bool
    cards: tuple[Card, ...]
    place: Place
    fields: Mapping[str, Place]
    """Where each field of the front matter stands."""

    @cached_property
    def seconds(self) -> int:
        """Estimated time, by `document.minutes`."""
        return minutes.module_seconds(self.cards)

    @cached_property
    def minutes(self) -> int:
        """Estimated time, rounded up."""
        return minutes.in_minutes(self.seconds)


@dataclass(frozen=True, kw_only=True)
class Course:
    """A whole course. `fields` says where each field of course.yaml stands, nested ones as `brief.do`."""

    id: CourseId
    title: str
    language: str
    owner: str
    review_date: date | None
    clauses: tuple[str, ...]
    reinforcement: tuple[int, ...]
    valid_months: int | None
    """Calendar months after which a completion should be renewed; None where it does not expire."""
    brief: Brief
    tags: Mapping[str, tuple[str, ...]]
    test: TestPlan
    modules: tuple[Module, ...]
    bank: tuple[Item, ...]
    aids: Mapping[str, AidSheet]
    media: Mapping[str, Media]
    place: Place
    fields: Mapping[str, Place]

    def field_place(self, name: str) -> Place:
        """Where a field of course.yaml stands; the file's beginning where it is missing."""
        return self.fields.get(name, self.place)

    @cached_property
    def cards(self) -> Mapping[CardId, Card]:
        """All cards, in the order in which they are played."""
        return {card.id: card for module in self.modules for card in module.cards}

    @cached_property
    def items(self) -> Mapping[ItemId, Item]:
        """The bank by id, in the order of its files."""
        return {item.id: item for item in self.bank}

    @cached_property
    def modules_by_id(self) -> Mapping[ModuleId, Module]:
        return {module.id: module for module in self.modules}

    @cached_property
    def module_of(self) -> Mapping[CardId, Module]:
        """The module in which each card stands."""
        return {card.id: module for module in self.modules for card in module.cards}

    @cached_property
    def test_minutes(self) -> int:
        """Estimated time of one sitting of the graded test, rounded up."""
        return minutes.in_minutes(minutes.test_seconds(self.bank, drawn=self.test_length))

    @cached_property
    def test_length(self) -> int:
        """How many items one sitting of the graded test has."""
        counts = (sum(item.objective == module.id for item in self.bank) for module in self.modules)
        return sum(min(count, self.test.draw_per_objective) for count in counts)

    @cached_property
    def test_needed(self) -> int:
        """How many right items pass one sitting."""
        return -(-self.test_length * self.test.pass_percent // 100)

    @cached_property
    def minutes(self) -> int:
        """Estimated time of all modules and one sitting of the test."""
        return sum(module.minutes for module in self.modules) + self.test_minutes
