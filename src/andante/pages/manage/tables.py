"""A table as CSV, for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(table: Iterable[Sequence[str]]) -> str:
    """
    Return the table as CSV after RFC 4180.

    What a spreadsheet would take for a formula is preceded by an apostrophe: names are somebody's text (OWASP, "CSV
    Injection").
    """
    made = StringIO()
    csv.writer(made).writerows([[_safe(cell) for cell in row] for row in table])
    return made.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell
