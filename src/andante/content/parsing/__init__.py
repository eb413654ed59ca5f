"""
From files to a course. No Django here; `linting` judges what this only understands.
"""

from dataclasses import dataclass
from pathlib import Path

from andante.content.document import Course
from andante.content.findings import Finding, in_order
from andante.content.parsing.assembly import assemble
from andante.content.parsing.problems import Problems
from andante.content.parsing.source import Source, read_folder


@dataclass(frozen=True)
class Reading:
    """
    What came of reading a folder.

    `course` is None where too much is broken. It may be published only if there is no error among the
    `findings`.
    """

    source: Source
    course: Course | None
    findings: tuple[Finding, ...]


def read_course(folder: Path) -> Reading:
    """
    Read a course from its folder.

    :raises NotADirectoryError: there is no such folder
    """
    problems = Problems()
    source = read_folder(folder, problems)
    course = assemble(source, problems)
    return Reading(source, course, in_order(problems.findings))


def parse_source(source: Source) -> Reading:
    """Read a course from files that are in memory: a published version."""
    problems = Problems()
    course = assemble(source, problems)
    return Reading(source, course, in_order(problems.findings))


__all__ = ["Reading", "parse_source", "read_course"]
