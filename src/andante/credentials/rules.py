"""Verify codes, and when a certificate expires: pure functions."""

import calendar
import secrets
from datetime import UTC, datetime

ALPHABET = "34679ACDEFGHJKMNPQRTVWXY"
"""No sign that is taken for another on paper: neither 0 O, 1 I L, 2 Z, 5 S, 8 B nor U beside V."""
CODE_LENGTH = 20
"""Signs of a code: 20 out of 24 are 91 bits, so that nobody finds one by trying."""
GROUP = 4


def new_code() -> str:
    """Return a code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str | None:
    """
    Return the code in what somebody typed, whatever the case and however it is grouped; none where it can be no code.
    """
    if len(typed) > 4 * CODE_LENGTH:
        return None
    code = "".join(typed.split()).replace("-", "").upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


def grouped(code: str) -> str:
    """Return the code in groups of four, to be read aloud and typed."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def expiry(completed_at: datetime, *, months: int) -> datetime:
    """
    Return when a completion expires: so many calendar months later.

    A month without that day ends on its last one: the 31st of August and six months are the 28th of February, or the
    29th. Counted on the calendar of UTC, so that everybody who checks finds the same moment, as for requirements.
    """
    at = completed_at.astimezone(UTC)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)
