"""The cards that a person plays through, and the questions of the graded test. One card is one idea."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from andante.content.document.place import NOWHERE, Place
from andante.kernel.ids import CardId, ItemId, ModuleId

Outcome = Literal["good", "mixed", "bad"]
Level = Literal["recall", "apply", "decide"]


@dataclass(frozen=True, kw_only=True)
class Card:
    """What all kinds share. `body` is Markdown; the id is empty until `fmt` has given one."""

    id: CardId
    title: str
    body: str
    place: Place = NOWHERE
    body_place: Place = NOWHERE
    """Where the body's first line stands."""


@dataclass(frozen=True, kw_only=True)
class Idea(Card):
    """Explains one thing."""


@dataclass(frozen=True, kw_only=True)
class Example(Card):
    """Shows the idea at work, for everybody or for the jobs of its audience."""

    audience: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Option:
    """One possible answer. The key is a letter by position: "a", "b", …"""

    key: str
    text: str
    correct: bool
    reason: str = ""
    place: Place = NOWHERE
    reason_place: Place = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Check(Card):
    """A question. `multiple` asks for all that apply; `reason` explains the question as a whole."""

    options: tuple[Option, ...]
    multiple: bool
    reason: str = ""
    reason_place: Place = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Item:
    """A question of the graded test's bank: a check that serves an objective, at a level."""

    id: ItemId
    title: str
    body: str
    place: Place = NOWHERE
    body_place: Place = NOWHERE
    options: tuple[Option, ...]
    multiple: bool
    reason: str = ""
    reason_place: Place = NOWHERE
    objective: ModuleId
    objective_place: Place = NOWHERE
    level: Level
    must_pass: bool = False


@dataclass(frozen=True, kw_only=True)
class Choice:
    """
    What a person may do at a node. The key is a letter by position; effects change variables by so much.
    """

    key: str
    text: str
    target: str
    effects: Mapping[str, int]
    reason: str = ""
    place: Place = NOWHERE
    reason_place: Place = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Node:
    """
    One moment of a scenario.

    `consequence` is what came of the choice that led here (empty at the start); `situation` is what the
    person faces now; `verdict` is the debrief, never shown before the consequence. All are Markdown.
    `stated_outcome` is what the author wrote after END, if anything: see `scenario.outcome`.
    """

    key: str
    consequence: str = ""
    situation: str = ""
    choices: tuple[Choice, ...] = ()
    verdict: str = ""
    end: bool = False
    stated_outcome: Outcome | None = None
    place: Place = NOWHERE
    situation_place: Place = NOWHERE
    verdict_place: Place = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Decide(Card):
    """A scenario: a graph of nodes, and variables with the values that they start from."""

    start: str
    nodes: Mapping[str, Node]
    variables: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Reflect(Card):
    """A question to oneself. Private, unless `shared_with` names who may read the answer."""

    shared_with: str = ""


@dataclass(frozen=True, kw_only=True)
class Aid(Card):
    """Hands out a job aid: the path of a file in `aids/`."""

    sheet: str


Question = Check | Item
