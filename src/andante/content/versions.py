"""The hash of a course version: what every statement about the course carries."""

import hashlib
import os
from collections.abc import Iterable

from andante.content.parsing.source import SourceFile
from andante.kernel.ids import VersionHash

FORMAT = "andante-course/1"
"""Named in the hashed text. What is once published is never hashed anew, so this only ever gains successors."""


def version_hash(files: Iterable[SourceFile]) -> VersionHash:
    """
    The hash of a list of files, in whatever order they come.

    SHA-256 over the format's name and a line `<sha256> <size> <path>` for each file, sorted by the bytes of the path.
    """
    ordered = sorted(files, key=lambda file: os.fsencode(file.path))
    lines = [f"{FORMAT}\n", *(f"{file.sha256} {file.size} {file.path}\n" for file in ordered)]
    return VersionHash(hashlib.sha256("".join(lines).encode()).hexdigest())
