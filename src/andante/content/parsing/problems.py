"""The rules of reading (A0xx): what keeps a file from being understood at all."""

from andante.content.document import Place
from andante.content.findings import Finding, Severity

UNREADABLE = "A001"
YAML_BROKEN = "A002"
FIELD_WRONG = "A003"
STRUCTURE_WRONG = "A004"
CHECK_WRONG = "A005"
SCENARIO_WRONG = "A006"
ID_WRONG = "A007"
REFERENCE_MISSING = "A008"
FILE_UNSAFE = "A009"
NOT_YET = "A010"
STRAY_FILE = "A011"

RULES = {
    UNREADABLE: "A file is not readable text",
    YAML_BROKEN: "The YAML of a file is broken",
    FIELD_WRONG: "A field is missing, unknown or has a value that does not fit",
    STRUCTURE_WRONG: "A file is not divided into cards as the format asks",
    CHECK_WRONG: "A check is not written as a check",
    SCENARIO_WRONG: "A scenario is not written as a scenario",
    ID_WRONG: "An id is missing, malformed or used twice",
    REFERENCE_MISSING: "Something is mentioned that is not there",
    FILE_UNSAFE: "A file or its name cannot be used",
    NOT_YET: "Something is planned, but not supported yet",
    STRAY_FILE: "A file belongs to no part of the course",
}
WARNINGS = frozenset({STRAY_FILE})


class Problems:
    """Collects what is wrong, so that an author hears of all errors at once."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, rule: str, place: Place, message: str, mend: str) -> None:
        """Record one problem; messages and mends are whole sentences for an author."""
        severity = Severity.WARNING if rule in WARNINGS else Severity.ERROR
        self.findings.append(Finding(rule=rule, severity=severity, place=place, message=message, mend=mend))
