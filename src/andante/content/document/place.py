"""Where something stands in the files of a course."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A file of the course by its path inside the folder; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("")
"""For what was made in memory and stands in no file."""
