"""A course in another version."""

import shutil
from pathlib import Path

from andante.content.tests.folders import change


def revise(folder: Path, into: Path, *, words: str = "First, ask the **patient**") -> Path:
    copied = into / f"revised-{abs(hash(words))}"
    shutil.copytree(folder, copied)
    change(copied, "modules/01-answer.md", "Ask the **patient** first", words)
    return copied
