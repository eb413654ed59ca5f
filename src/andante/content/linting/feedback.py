"""A3xx, feedback: every answer is explained, and every scenario can be walked to its end."""

from collections.abc import Iterable, Iterator

from andante.content.document import Choice, Course, Decide, Item, Node, Question
from andante.content.document.scenario import after, outcome
from andante.content.linting.parts import questions, scenarios
from andante.content.linting.rule import Context, Remark, error, warning

MOST_STATES = 50_000
FEWEST_CHOICES, MOST_CHOICES = 2, 4


@error("A301", "A question says why its right answer is right")
def question_without_reason(course: Course, _: Context) -> Iterator[Remark]:
    for question in questions(course):
        if not question.reason and not all(option.reason for option in question.options if option.correct):
            yield Remark(
                question.place,
                "Nothing explains why the right answer is right.",
                "Put a line “  > …” under the right option, or “> …” after the last one.",
            )


def _options_without_reason(asked: Iterable[Question]) -> Iterator[Remark]:
    for question in asked:
        for option in question.options:
            if not option.reason:
                verdict = "right" if option.correct else "wrong"
                yield Remark(
                    option.place,
                    f"Nothing says why this option is {verdict}.",
                    "Put a line “  > …” with the reason under it.",
                )


@warning("A302", "Each option has its reason")
def option_without_reason(course: Course, _: Context) -> Iterator[Remark]:
    yield from _options_without_reason(question for question in questions(course) if not _is_decision(question))


@error("A303", "Each option of a decision has its reason")
def decision_without_reason(course: Course, _: Context) -> Iterator[Remark]:
    yield from _options_without_reason(question for question in questions(course) if _is_decision(question))


def _is_decision(question: Question) -> bool:
    return isinstance(question, Item) and question.level == "decide"


def _reachable(scenario: Decide) -> set[str]:
    found: set[str] = set()
    ahead = [scenario.start]
    while ahead:
        key = ahead.pop()
        if key in scenario.nodes and key not in found:
            found.add(key)
            ahead += [choice.target for choice in scenario.nodes[key].choices]
    return found


def _can_end(scenario: Decide) -> set[str]:
    """Nodes from which some way leads to an end."""
    found = {key for key, node in scenario.nodes.items() if node.end}
    grown = True
    while grown:
        more = {
            key
            for key, node in scenario.nodes.items()
            if key not in found and any(choice.target in found for choice in node.choices)
        }
        grown = bool(more)
        found |= more
    return found


@error("A304", "A scenario has no dead end")
def dead_end(course: Course, _: Context) -> Iterator[Remark]:
    for scenario in scenarios(course):
        for node in scenario.nodes.values():
            if not node.end and not node.choices:
                yield Remark(
                    node.place,
                    "The scenario stops here without an end or a choice.",
                    "Write END at the end of the heading, or add choices.",
                )


@error("A305", "Every node of a scenario can be reached")
def unreachable_node(course: Course, _: Context) -> Iterator[Remark]:
    for scenario in scenarios(course):
        reachable = _reachable(scenario)
        for key, node in scenario.nodes.items():
            if key not in reachable:
                yield Remark(node.place, f"No choice leads to “{key}”.", "Lead a choice to it, or delete it.")


@error("A306", "A scenario can end well")
def unwinnable_scenario(course: Course, _: Context) -> Iterator[Remark]:
    for scenario in scenarios(course):
        if any(node.end for node in scenario.nodes.values()) and not _ends_well(scenario):
            yield Remark(
                scenario.place,
                "No way through the scenario ends well.",
                "Write END good where it ends well, or give the good choices effects such as (safe +1).",
            )


def _ends_well(scenario: Decide) -> bool:
    """
    Whether some way leads to a good end: every state of every node is tried, breadth first.

    Loops that count could make states without end, so after MOST_STATES what has been seen must do.
    """
    start = tuple(sorted(scenario.variables.items()))
    seen = {(scenario.start, start)}
    ahead = [(scenario.start, start)]
    for key, state in ahead:
        node = scenario.nodes.get(key)
        if node is None or len(seen) > MOST_STATES:
            continue
        if node.end and outcome(scenario, node, dict(state)) == "good":
            return True
        for choice in node.choices:
            moment = (choice.target, tuple(sorted(after(dict(state), choice).items())))
            if moment not in seen:
                seen.add(moment)
                ahead.append(moment)
    return False


@error("A307", "Every loop of a scenario has a way out")
def loop_without_exit(course: Course, _: Context) -> Iterator[Remark]:
    for scenario in scenarios(course):
        ending, reachable = _can_end(scenario), _reachable(scenario)
        dead = {key for key, node in scenario.nodes.items() if not node.end and not node.choices}
        for key, node in scenario.nodes.items():
            if key in reachable and key not in ending and not _leads_into(dead, node.choices, scenario, key):
                yield Remark(
                    node.place,
                    "Whoever comes here walks in circles: no choice leads to an end.",
                    "Lead one of the choices out of the loop.",
                )


def _leads_into(dead: set[str], choices: tuple[Choice, ...], scenario: Decide, key: str) -> bool:
    """Whether the trouble is a dead end, which has a rule of its own."""
    ahead, found = [key, *(choice.target for choice in choices)], set[str]()
    while ahead:
        here = ahead.pop()
        if here in dead:
            return True
        if here in scenario.nodes and here not in found:
            found.add(here)
            ahead += [choice.target for choice in scenario.nodes[here].choices]
    return False


@error("A308", "Every end of a scenario is explained")
def end_without_reason(course: Course, _: Context) -> Iterator[Remark]:
    for scenario in scenarios(course):
        for node in scenario.nodes.values():
            if node.end and not node.verdict:
                yield Remark(
                    node.place,
                    "The scenario ends here without a word on why it went so.",
                    "Put a line “> …” below it.",
                )


@warning("A309", "A decision offers two to four choices")
def unweighable_choices(course: Course, _: Context) -> Iterator[Remark]:
    for scenario in scenarios(course):
        for node in scenario.nodes.values():
            if node.choices and not FEWEST_CHOICES <= len(node.choices) <= MOST_CHOICES:
                yield Remark(node.place, _too_few_or_many(node), "Two to four choices are easy to weigh.")


def _too_few_or_many(node: Node) -> str:
    count = len(node.choices)
    return "With a single choice there is nothing to decide." if count == 1 else f"{count} choices are too many."
