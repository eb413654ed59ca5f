"""What a verification found."""

from dataclasses import dataclass, field

MOST = 100
"""Findings that are listed at most; more would bury the first."""


@dataclass(frozen=True)
class Finding:
    """One place where the database contradicts itself."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Report:
    """What was verified, and what was found."""

    records: int = 0
    waiting: int = 0
    erased: int = 0
    """Of the records, those whose content was lawfully removed."""
    archived: int = 0
    """Of the records, those whose content stands in an archive."""
    not_given: dict[str, int] = field(default_factory=dict)
    """Months whose archives were not given, with how many records stand there; no row was compared then."""
    rows: int = 0
    findings: list[Finding] = field(default_factory=list)

    def find(self, where: str, what: str) -> None:
        if len(self.findings) < MOST:
            self.findings.append(Finding(where, what))

    @property
    def sound(self) -> bool:
        return not self.findings

    @property
    def complete(self) -> bool:
        """Whether everything could be checked."""
        return not self.not_given
