"""The variables of a scenario: what a choice does to them, and where they start."""

import re

from andante.content.parsing.problems import NOT_YET, SCENARIO_WRONG, Problems
from andante.content.parsing.text import Line

_MINUS = "-–−"  # noqa: RUF001 - what people type for a minus
EFFECT = re.compile(rf"(?P<name>[^\W\d_][\w -]*?)\s+(?P<sign>[+{_MINUS}])\s?(?P<by>[0-9]{{1,2}})\Z")
_START = re.compile(rf"(?P<name>[^\W\d_][\w -]*?)\s*[= ]\s*(?P<sign>[{_MINUS}]?)(?P<value>[0-9]{{1,2}})\Z")


def effects_of(line: Line, choice: re.Match[str], problems: Problems) -> dict[str, int]:
    """The effects in a choice's brackets, by the name of the variable."""
    effects: dict[str, int] = {}
    written = choice["effects"]
    if written is None:
        return effects
    place = line.place(choice.start("effects"))
    for part in written.split(","):
        match = EFFECT.match(part.strip())
        if part.strip().lower().startswith("if "):
            problems.add(NOT_YET, place, "Conditions are not supported yet.", "Use a node of its own instead.")
        elif match is None:
            problems.add(
                SCENARIO_WRONG,
                place,
                f"“{part.strip()}” is no effect.",
                "Write the name, then +1 or −1: (safe +1).",  # noqa: RUF001
            )
        else:
            name = " ".join(match["name"].split())
            effects[name] = effects.get(name, 0) + _signed(match["sign"], match["by"])
    return effects


def state_of(line: Line, problems: Problems) -> dict[str, int]:
    """The variables of a line `state: safe 0, minutes 10`, with their starts."""
    variables: dict[str, int] = {}
    values = line.text.split(":", 1)[1]
    for part in values.split(","):
        match = _START.match(part.strip())
        name = " ".join(match["name"].split()) if match else ""
        if match is None or name in variables:
            problems.add(
                SCENARIO_WRONG,
                line.place(),
                f"“{part.strip()}” is no variable with its start, or stands here twice.",
                "Write the names and numbers: “state: safe 0, minutes 10”.",
            )
            continue
        variables[name] = _signed(match["sign"], match["value"])
    return variables


def _signed(sign: str, digits: str) -> int:
    return -int(digits) if sign and sign in _MINUS else int(digits)
