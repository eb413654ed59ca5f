"""Walking through a scenario: where a row of choices leads, and how it went."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from andante.content.document.cards import Choice, Decide, Node, Outcome

LEAST, MOST = -99, 99
"""Variables stay between these."""


class ChoiceUnknown(Exception):  # noqa: N818 - errors are facts
    """The choice does not exist at this node."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One decision: at which node, what was chosen, and the variables afterwards."""

    node: Node
    choice: Choice
    state: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Walk:
    """The way so far: the steps taken, the node that they led to and the variables there."""

    scenario: Decide
    steps: tuple[Step, ...]
    node: Node
    state: Mapping[str, int]

    @property
    def finished(self) -> bool:
        return self.node.end

    @property
    def outcome(self) -> Outcome | None:
        """How it went; None before the end."""
        return outcome(self.scenario, self.node, self.state) if self.node.end else None

    def choose(self, key: str) -> "Walk":
        """
        Take one more step.

        :raises ChoiceUnknown: the node has no such choice
        """
        choice = next((choice for choice in self.node.choices if choice.key == key), None)
        if choice is None:
            raise ChoiceUnknown(key)
        state = after(self.state, choice)
        step = Step(node=self.node, choice=choice, state=state)
        target = self.scenario.nodes[choice.target]
        return Walk(scenario=self.scenario, steps=(*self.steps, step), node=target, state=state)


def walk(scenario: Decide, choices: Iterable[str] = ()) -> Walk:
    """
    Where a row of choices leads.

    :param choices: keys of the choices, in order
    :raises ChoiceUnknown: one of them does not exist where it is made
    """
    start = scenario.nodes[scenario.start]
    way = Walk(scenario=scenario, steps=(), node=start, state=dict(scenario.variables))
    for key in choices:
        way = way.choose(key)
    return way


def after(state: Mapping[str, int], choice: Choice) -> dict[str, int]:
    """The variables after a choice."""
    changed = dict(state)
    for name, by in choice.effects.items():
        changed[name] = min(MOST, max(LEAST, changed.get(name, 0) + by))
    return changed


def outcome(scenario: Decide, end: Node, state: Mapping[str, int]) -> Outcome:
    """
    How a scenario went: what the author wrote after END, else what the variables say against where they
    started.
    """
    if end.stated_outcome:
        return end.stated_outcome
    changes = [state[name] - start for name, start in scenario.variables.items()]
    better, worse = _any_above(changes), _any_above([-change for change in changes])
    if better == worse:
        return "mixed"
    return "good" if better else "bad"


def _any_above(changes: Sequence[int]) -> bool:
    return any(change > 0 for change in changes)
