"""
What is wrong with a course: findings, each with a stable rule id, a place, a plain sentence and the mend.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from andante.content.document import Place


class Severity(StrEnum):
    """An error blocks publishing, a warning does not, a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to look at."""

    rule: str
    severity: Severity
    place: Place
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.severity} {self.rule}: {self.message} {self.mend}"


class CourseInvalid(Exception):  # noqa: N818 - errors are facts
    """The course has errors, so nothing was imported. `findings` says which, warnings and notes included."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = in_order(findings)
        errors = [finding for finding in self.findings if finding.severity is Severity.ERROR]
        super().__init__("\n".join(str(finding) for finding in errors))


def counted(number: int, one: str, several: str) -> str:
    """A number of things in words: "no options", "1 option", "3 options"."""
    return f"{number or 'no'} {one if number == 1 else several}"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by place, then by rule."""
    return tuple(sorted(findings, key=lambda finding: (finding.place, finding.rule, finding.message)))


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)
