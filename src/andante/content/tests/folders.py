"""Course folders for tests: a small clean course, changed as a test needs."""

import re
import shutil
from datetime import date
from pathlib import Path

from andante.content import formatting

SPILL = Path(__file__).parent / "courses" / "spill"
TODAY = date(2026, 1, 15)
MODULE = "modules/01-first-minute.md"
BANK = "bank/first-minute.md"

_TOP_LEVEL_KEY = re.compile(r"(?m)^(?=[a-z])")


def spill(folder: Path, **files: str | bytes) -> Path:
    """
    The clean course in a folder, with some of its files replaced: `module`, `bank`, `course`.
    """
    shutil.copytree(SPILL, folder)
    names = {"module": MODULE, "bank": BANK, "course": "course.yaml"}
    for name, content in files.items():
        put(folder, names[name], content)
    return folder


def put(folder: Path, path: str, content: str | bytes) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)


def change(folder: Path, path: str, old: str, new: str) -> None:
    """Replace a text that stands in a file exactly once."""
    text = (folder / path).read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    (folder / path).write_text(text.replace(old, new))


def line_of(folder: Path, path: str, text: str) -> int:
    """The number of the only line that holds a text."""
    found = [number for number, line in enumerate((folder / path).read_text().split("\n"), 1) if text in line]
    assert len(found) == 1, f"{text!r} stands on lines {found} of {path}"
    return found[0]


def merge(folder: Path, path: str, fragment: str) -> str:
    """
    A fragment of a file as the whole file: what it leaves out is the clean course's.

    Fields without cards keep the cards, cards without front matter the fields, fields of course.yaml replace those of
    the same name.
    """
    base = folder / path
    if path == "course.yaml":
        fields = {_key(part): part for part in _parts(base.read_text())}
        fields |= {_key(part): part for part in _parts(fragment)}
        return "".join(fields.values())
    like = base if base.exists() else next(iter(sorted(base.parent.glob("*.md"))), None)
    if not path.endswith(".md") or like is None or not like.read_text().startswith("---"):
        return fragment
    _, front, cards = like.read_text().split("---\n", 2)
    if not fragment.startswith("---\n"):
        front = front if path.startswith("bank/") is False or base.exists() else ""
        return f"---\n{front}---\n\n{fragment}" if front else fragment
    return fragment if "## " in fragment or path.startswith("aids/") else f"{fragment}\n{cards}"


def _parts(yaml: str) -> list[str]:
    return [part if part.endswith("\n") else f"{part}\n" for part in _TOP_LEVEL_KEY.split(yaml) if part.strip()]


def _key(part: str) -> str:
    return part.split(":", 1)[0]


def give_ids(folder: Path) -> None:
    formatting.write(folder, formatting.formatted(folder))
