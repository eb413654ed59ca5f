"""
What makes a course good, judged before anybody learns from it: `andante lint`.

Reading finds what is broken (A0xx, in `parsing`); the rules here judge what was understood. Every rule is one small
function; its page in docs/reference/lint-rules has a bad and a good example, and a test runs both.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import ModuleType

from andante.content.findings import Finding, Severity, in_order
from andante.content.linting import access, feedback, governance, interaction, items, structure, transfer
from andante.content.linting.rule import Context, Rule
from andante.content.parsing import Reading, read_course
from andante.content.parsing.problems import ID_WRONG, REFERENCE_MISSING
from andante.content.parsing.problems import RULES as READING_RULES

_GROUPS: tuple[ModuleType, ...] = (structure, interaction, feedback, items, transfer, access, governance)
_HARMLESS = frozenset({ID_WRONG, REFERENCE_MISSING})

RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in sorted(
        (value for group in _GROUPS for value in vars(group).values() if isinstance(value, Rule)),
        key=lambda rule: rule.id,
    )
}
"""All rules that judge a course, by id."""
TITLES: Mapping[str, str] = {**READING_RULES, **{rule.id: rule.title for rule in RULES.values()}}
"""The title of every rule, those of reading included."""


def lint(folder: Path, *, today: date) -> tuple[Finding, ...]:
    """
    Judge the course in a folder.

    :param today: the day on which a review date counts as passed
    :raises NotADirectoryError: there is no such folder
    """
    return judge(read_course(folder), today=today)


def judge(reading: Reading, *, today: date) -> tuple[Finding, ...]:
    """
    All findings on a course that was read.

    Where cards could not be understood, only that is said: judging the rest would report parts as missing that are
    there.
    """
    errors = {finding.rule for finding in reading.findings if finding.severity is Severity.ERROR}
    if reading.course is None or errors - _HARMLESS:
        return reading.findings
    context = Context(today)
    judged = (finding for rule in RULES.values() for finding in rule.findings(reading.course, context))
    return in_order((*reading.findings, *judged))


__all__ = ["RULES", "TITLES", "Finding", "Severity", "judge", "lint"]
