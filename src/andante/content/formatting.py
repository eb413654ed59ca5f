"""
`andante fmt`: gives ids, and sets arrows and minus signs. A fixed point: formatting again changes nothing.

It works on lines, not on the parsed course, so that a file with errors elsewhere gets its ids too, and every
other character stays as its author wrote it.
"""

import itertools
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from andante.content.findings import CourseInvalid, has_errors
from andante.content.ids import ID, random_id, slug_id
from andante.content.parsing.blocks import HEADING, is_card_heading
from andante.content.parsing.module_file import FILE_NAME
from andante.content.parsing.problems import Problems
from andante.content.parsing.scenarios import CHOICE, NODE, STATE
from andante.content.parsing.source import is_text, read_folder
from andante.content.parsing.text import Line, decoded, front_matter_end, mark_code

CARD_FOLDERS = ("modules/", "bank/")
_ORDER = ("course.yaml", *CARD_FOLDERS, "aids/")
_ID_FIELD = re.compile(r"""["']?id["']?[ \t]*:(?=[ \t]|\Z)(?P<id>.*?)(?:[ \t]#.*)?\Z""")
_MINUS = re.compile(r"(?<=[\s=])[-–](?=\s?[0-9])")  # noqa: RUF001 - what people type for a minus


@dataclass(frozen=True)
class Formatted:
    """What a folder becomes: the new text of each file that changes."""

    changed: dict[str, str]


def formatted(folder: Path) -> Formatted:
    """
    Format all files of a course, in memory.

    :raises NotADirectoryError: there is no such folder
    :raises CourseInvalid: a file cannot be read as text, so nothing is formatted
    """
    problems = Problems()
    source = read_folder(folder, problems)
    texts = {
        path: text
        for path, file in source.files.items()
        if is_text(path) and (text := decoded(path, file.data or b"", problems)) is not None
    }
    if has_errors(problems.findings):
        raise CourseInvalid(problems.findings)
    new = format_texts(texts, folder_name=folder.resolve().name)
    return Formatted({path: text for path, text in new.items() if text.encode() != source.files[path].data})


def write(folder: Path, result: Formatted) -> None:
    """Write the changed files, each at once, so that an interruption leaves the old or the new."""
    for path, text in result.changed.items():
        target = folder / path
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".fmt-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
            Path(name).chmod(target.stat().st_mode & 0o777)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def format_texts(texts: dict[str, str], *, folder_name: str) -> dict[str, str]:
    """
    Format the text files of a course, given by path.

    Ids are unique within the course: whoever stands first keeps one that occurs twice, and modules come
    before the bank.
    """
    present = {id for path, text in texts.items() for id in _ids_in(path, text)}
    giver = _Giver(present)
    return {path: giver.formatted(path, texts[path], folder_name) for path in sorted(texts, key=_reading_order)}


def _reading_order(path: str) -> tuple[int, str]:
    return next((index for index, part in enumerate(_ORDER) if path.startswith(part)), len(_ORDER)), path


def _name(path: str) -> str:
    """The name of a file without its number and ending."""
    match = FILE_NAME.match(path)
    return match["slug"] if match else Path(path).stem


def _ids_in(path: str, text: str) -> list[str]:
    """Ids that already stand in a file, in order."""
    lines = text.split("\n")
    found = []
    if (index := _id_line(path, lines)) is not None and (match := _ID_FIELD.match(lines[index])):
        found.append(_bare(match["id"]))
    headings = _card_headings(path, lines) if path.startswith(CARD_FOLDERS) else ()
    found += [match["id"].strip() for _, match in headings if match and match["id"]]
    return found


def _bare(value: str) -> str:
    """A value of YAML without quotes around it."""
    return value.strip().strip("\"'")


def _first_field(path: str, lines: Sequence[str]) -> int | None:
    """The index of the line on which the fields of a file begin; None if it can have no id of its own."""
    if path.startswith(("modules/", "aids/")):
        return 1 if front_matter_end(lines) else None
    if path != "course.yaml":
        return None
    head = list(itertools.takewhile(lambda line: not line or line[0] in "#%", lines))
    begins_with_marks = len(head) < len(lines) and lines[len(head)].rstrip() == "---"
    return len(head) + 1 if begins_with_marks else 0


def _card_headings(path: str, lines: Sequence[str]) -> Iterator[tuple[Line, re.Match[str] | None]]:
    """Each line, with the parts of the heading where it begins a card."""
    front = front_matter_end(lines)
    first = 1 if front is None else front + 2
    for line in mark_code(path, lines):
        begins = line.number >= first and is_card_heading(line)
        yield line, HEADING.match(line.text) if begins else None


def _id_line(path: str, lines: Sequence[str]) -> int | None:
    """The index of the line with the file's own id."""
    begin = _first_field(path, lines)
    if begin is None:
        return None
    end = len(lines) if path == "course.yaml" else front_matter_end(lines) or 0
    return next((index for index in range(begin, end) if _ID_FIELD.match(lines[index])), None)


class _Giver:
    """Goes through the files in order and gives ids; knows which are used up already."""

    def __init__(self, present: set[str]) -> None:
        self.present = present
        self.used: set[str] = set()

    def formatted(self, path: str, text: str, folder_name: str) -> str:
        lines = self.with_own_id(path, text.split("\n"), folder_name)
        if path.startswith(CARD_FOLDERS):
            lines = self.with_card_ids(path, lines)
        whole = "\n".join(lines).rstrip("\n")
        return f"{whole}\n" if whole else ""

    def keeps(self, id: str) -> bool:
        """Whether an id may stay where it is: well-formed, and here for the first time."""
        if not ID.match(id) or id in self.used:
            return False
        self.used.add(id)
        return True

    def taken(self) -> set[str]:
        return self.present | self.used

    def with_own_id(self, path: str, lines: list[str], folder_name: str) -> list[str]:
        """Give the course, module or aid of a file its id, from the name of the folder or file."""
        begin = _first_field(path, lines)
        if begin is None:
            return lines
        index = _id_line(path, lines)
        if index is not None:
            match = _ID_FIELD.match(lines[index])
            if match and self.keeps_own(path, _bare(match["id"])):
                return lines
            lines = [*lines[:index], *lines[index + 1 :]]
        given = slug_id(folder_name if path == "course.yaml" else _name(path), self.taken())
        self.used.add(given)
        return [*lines[:begin], f"id: {given}", *lines[begin:]]

    def keeps_own(self, path: str, id: str) -> bool:
        """The course's id is a name space of its own: a card may have the same."""
        return bool(ID.match(id)) if path == "course.yaml" else self.keeps(id)

    def with_card_ids(self, path: str, lines: list[str]) -> list[str]:
        formatted = []
        scenario = False
        for line, heading in _card_headings(path, lines):
            if heading:
                scenario = heading["kind"].casefold() == "decide"
                formatted.append(self.with_id(line.text, heading))
            else:
                formatted.append(_typeset(line) if scenario else line.text)
        return formatted

    def with_id(self, text: str, heading: re.Match[str]) -> str:
        id = (heading["id"] or "").strip()
        if id and self.keeps(id):
            return text
        id = random_id(self.taken())
        self.used.add(id)
        return f"{text[: heading.end('title')].rstrip()} {{#{id}}}"


def _typeset(line: Line) -> str:
    """A line of a scenario with a true arrow where it leads on, and true minus signs in its numbers."""
    text = line.text
    if line.code or NODE.match(text):
        return text
    if STATE.match(text):
        return _MINUS.sub("−", text)  # noqa: RUF001
    choice = CHOICE.match(text)
    if choice is None:
        return text
    rest = text[choice.end("arrow") :]
    if choice["effects"] is not None:
        at = choice.start("effects") - choice.end("arrow")
        rest = rest[:at] + _MINUS.sub("−", rest[at:])  # noqa: RUF001
    return f"{text[: choice.start('arrow')]}→{rest}"
