"""A scenario: nodes, choices with effects, consequences, verdicts. The grammar stands in course-format.md."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from andante.content.document import Choice, Node, Outcome, Place
from andante.content.parsing.effects import effects_of, state_of
from andante.content.parsing.paragraphs import Paragraph, unquoted
from andante.content.parsing.problems import SCENARIO_WRONG, Problems
from andante.content.parsing.text import Line

MOST_NODES = 100
MOST_CHOICES = 8
CHOICE = re.compile(
    r"-\s+(?P<text>\S.*?)\s*(?P<arrow>→|->)\s*(?P<target>[^\s()→>]+)\s*(?:\((?P<effects>[^()]*)\))?\s*\Z"
)
"""A choice; `.*?` still ends at the last arrow, for a target holds no space and no arrow."""
STATE = re.compile(r"(?i)state\s*:\s*(?P<values>.*?)\s*\Z")
NODE = re.compile(r"###(?!#)\s*(?P<text>.*?)\s*\Z")
_KEYED = re.compile(r"(?P<key>[a-z0-9][a-z0-9-]*):\s+(?P<text>.*)\Z")
_END = re.compile(r"(?:^|\s)END(?:\s+(?P<outcome>\w+))?\s*\Z")
_OUTCOMES: dict[str, Outcome] = {"good": "good", "mixed": "mixed", "bad": "bad"}
_CHOICE_MEND = "Write a choice as “- what one does → key”; for a list inside the situation, begin its lines with *."


@dataclass
class _Node:
    """A node as it is being read."""

    line: Line
    situation: Paragraph = field(default_factory=Paragraph)
    choices: list[tuple[Line, re.Match[str], Paragraph]] = field(default_factory=list)
    verdict: Paragraph = field(default_factory=Paragraph)

    @property
    def heading(self) -> str:
        match = NODE.match(self.line.text)
        return match["text"] if match else ""


@dataclass(frozen=True)
class ScenarioParts:
    """What a scenario's lines say."""

    body: str
    body_place: Place
    start: str
    nodes: dict[str, Node]
    variables: dict[str, int]


def parse_scenario(heading: Line, lines: Sequence[Line], problems: Problems) -> ScenarioParts:
    """Read the lines of a scenario; what does not fit is reported."""
    reader = _Reader(problems)
    for line in lines:
        reader.read(line)
    declared = state_of(reader.state, problems) if reader.state else None
    nodes = _nodes(reader.nodes, problems)
    if not nodes:
        problems.add(
            SCENARIO_WRONG,
            heading.place(),
            "The scenario has no situation.",
            "Begin one with “### ” and what the person sees.",
        )
    variables = _variables(declared, nodes.values(), problems)
    _refuse_unknown_targets(nodes, problems)
    return ScenarioParts(
        reader.body.text, reader.body.place or heading.place(), next(iter(nodes), ""), nodes, variables
    )


class _Reader:
    """Goes down the lines and sorts them to the introduction and the nodes."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.body = Paragraph()
        self.state: Line | None = None
        self.nodes: list[_Node] = []

    def read(self, line: Line) -> None:
        if not line.code and NODE.match(line.text):
            if len(self.nodes) == MOST_NODES:
                self.wrong(line, f"The scenario has more than {MOST_NODES} nodes.", "Split it into two scenarios.")
            self.nodes.append(_Node(line))
        elif self.nodes:
            self.read_in_node(line, self.nodes[-1])
        elif not line.code and not self.body and STATE.match(line.text):
            self.state = line
        else:
            self.body.add(line, line.text)

    def read_in_node(self, line: Line, node: _Node) -> None:
        if line.code or line.blank:
            self.go_on(line, node)
        elif line.text.startswith(">"):
            node.verdict.add(line, unquoted(line.text))
        elif line.indented and node.choices:
            if line.text.lstrip().startswith(">"):
                node.choices[-1][2].add(line, unquoted(line.text.lstrip()))
            else:
                self.wrong(line, "A choice stands on one line.", "Join the lines, or begin its reason with “>”.")
        elif line.text.startswith("- "):
            self.begin_choice(line, node)
        elif node.choices or node.verdict:
            self.wrong(
                line,
                "This text stands after the choices or the verdict.",
                "Move it above them, or begin it with “>” to add to the verdict.",
            )
        else:
            node.situation.add(line, line.text)

    def go_on(self, line: Line, node: _Node) -> None:
        """A blank line or code goes on with whatever part is open."""
        if node.verdict:
            node.verdict.add(line, line.text)
        elif node.choices:
            node.choices[-1][2].add(line, line.text.strip())
        else:
            node.situation.add(line, line.text)

    def begin_choice(self, line: Line, node: _Node) -> None:
        match = CHOICE.match(line.text)
        if match is None:
            self.wrong(line, "This looks like a choice, but does not say where it leads.", _CHOICE_MEND)
            return
        if node.verdict:
            self.wrong(line, "This choice stands after the verdict.", "Move it above the lines that begin with “>”.")
        if len(node.choices) == MOST_CHOICES:
            self.wrong(line, f"The node has more than {MOST_CHOICES} choices.", "Two to four are easy to weigh.")
        node.choices.append((line, match, Paragraph()))

    def wrong(self, line: Line, message: str, mend: str) -> None:
        self.problems.add(SCENARIO_WRONG, line.place(), message, mend)


def _nodes(read: Sequence[_Node], problems: Problems) -> dict[str, Node]:
    targets = {match["target"] for node in read for _, match, _ in node.choices}
    nodes: dict[str, Node] = {}
    for index, node in enumerate(read[:MOST_NODES]):
        made = _first_node(node, targets, problems) if index == 0 else _later_node(node, problems)
        if made is None:
            continue
        if made.key in nodes:
            problems.add(
                SCENARIO_WRONG,
                node.line.place(),
                f"The key “{made.key}” is already used on line {nodes[made.key].place.line}.",
                "Give one of them another.",
            )
            continue
        nodes[made.key] = made
    return nodes


def _first_node(node: _Node, targets: set[str], problems: Problems) -> Node | None:
    """
    The start. A word and a colon are its key only if some choice leads back to it; else they are plain words.
    """
    text = node.heading
    keyed = _KEYED.match(text)
    key = "start"
    if keyed and keyed["key"] in targets:
        key, text = keyed["key"], keyed["text"]
    if _END.search(text) or not text:
        problems.add(
            SCENARIO_WRONG,
            node.line.place(),
            "The scenario begins with a node that has no situation or ends at once.",
            "Describe what the person sees, then offer choices.",
        )
        return None
    situation = f"{text}\n\n{node.situation.text}".rstrip()
    return _made(node, key, problems, situation=situation)


def _later_node(node: _Node, problems: Problems) -> Node | None:
    keyed = _KEYED.match(node.heading)
    if keyed is None:
        problems.add(
            SCENARIO_WRONG,
            node.line.place(),
            "This node has no key, so no choice can lead to it.",
            "Begin it with a lower-case word and a colon: “### out: They are out.”",
        )
        return None
    text = keyed["text"]
    end = _END.search(text)
    outcome = None
    if end:
        text = text[: end.start()].rstrip()
        outcome = _OUTCOMES.get(end["outcome"] or "")
        if end["outcome"] and outcome is None:
            problems.add(
                SCENARIO_WRONG,
                node.line.place(),
                f"“END {end['outcome']}” is no ending.",
                "Write END, END good, END mixed or END bad.",
            )
        if node.choices:
            problems.add(
                SCENARIO_WRONG,
                node.choices[0][0].place(),
                "The scenario has ended here, so nothing can be chosen.",
                "Delete END from the heading, or delete the choices.",
            )
    if not text:
        problems.add(
            SCENARIO_WRONG,
            node.line.place(),
            "This node does not say what came of the choice.",
            "Write the consequence after the key; it is shown before any verdict.",
        )
    return _made(
        node,
        keyed["key"],
        problems,
        consequence=text,
        situation=node.situation.text,
        end=bool(end),
        outcome=outcome,
    )


def _made(
    node: _Node,
    key: str,
    problems: Problems,
    *,
    consequence: str = "",
    situation: str = "",
    end: bool = False,
    outcome: Outcome | None = None,
) -> Node:
    choices = tuple(
        Choice(
            key="abcdefgh"[index],
            text=match["text"],
            target=match["target"],
            effects=effects_of(line, match, problems),
            reason=reason.text,
            place=line.place(),
            reason_place=reason.place or line.place(),
        )
        for index, (line, match, reason) in enumerate(node.choices[:MOST_CHOICES])
    )
    return Node(
        key=key,
        consequence=consequence,
        situation=situation,
        choices=choices,
        verdict=node.verdict.text,
        end=end,
        stated_outcome=outcome,
        place=node.line.place(),
        situation_place=node.situation.place if consequence and node.situation.place else node.line.place(),
        verdict_place=node.verdict.place or node.line.place(),
    )


def _variables(declared: dict[str, int] | None, nodes: Iterable[Node], problems: Problems) -> dict[str, int]:
    """The variables and their starts: those declared, or else every name that an effect mentions, from 0."""
    variables = dict(declared or {})
    for node in nodes:
        for choice in node.choices:
            for name in choice.effects:
                if name in variables:
                    continue
                alike = next((other for other in variables if other.casefold() == name.casefold()), None)
                if declared is not None or alike:
                    near = alike or next(iter(difflib.get_close_matches(name, variables, n=1)), None)
                    mend = f"Did you mean “{near}”?" if near else "Add it to the line “state:”."
                    problems.add(SCENARIO_WRONG, choice.place, f"There is no variable “{name}”.", mend)
                variables[name] = 0
    return variables


def _refuse_unknown_targets(nodes: dict[str, Node], problems: Problems) -> None:
    for node in nodes.values():
        for choice in node.choices:
            if choice.target in nodes:
                continue
            near = difflib.get_close_matches(choice.target, nodes, n=1)
            mend = f"Did you mean “{near[0]}”?" if near else f"Add a node “### {choice.target}: …”."
            if choice.target == "END":
                mend = "Lead to a node that tells the consequence, and end its heading in END."
            problems.add(
                SCENARIO_WRONG,
                choice.place,
                f"The choice leads to “{choice.target}”, which does not exist.",
                mend,
            )
