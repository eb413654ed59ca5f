"""A part of a file: what players of video and sound ask for (RFC 9110, section 14)."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,12})-(?P<last>[0-9]{0,12})\Z")


class RangeUnsatisfiable(Exception):  # noqa: N818 - errors are facts
    """The part lies outside of the file."""


@dataclass(frozen=True)
class Range:
    """The bytes from `first` to `last`, both included."""

    first: int
    last: int


def asked_range(header: str, size: int) -> Range | None:
    """
    The part that a Range header asks for; None where it asks for the whole, for several parts, or for nonsense.

    :raises RangeUnsatisfiable: it lies outside of the file
    """
    match = _ONE_RANGE.match(header.strip())
    if match is None or not (match["first"] or match["last"]):
        return None
    if not match["first"]:
        first, last = max(0, size - int(match["last"])), size - 1
    else:
        first, last = int(match["first"]), min(size - 1, int(match["last"] or size - 1))
        if match["last"] and int(match["last"]) < first:
            return None
    if first >= size:
        raise RangeUnsatisfiable
    return Range(first, last)
