"""Bytes to lines: one reading of line ends, encodings and code blocks for everything that follows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from andante.content.document import Place
from andante.content.parsing.problems import NOT_YET, STRUCTURE_WRONG, UNREADABLE, Problems

MOST_LINE_CHARACTERS = 20_000
FENCE = re.compile(r" {0,5}(?P<marks>`{3,}|~{3,})(?P<rest>.*)\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SITE_FACT = re.compile(r"\{site\.[^}]*\}")


@dataclass(frozen=True)
class Line:
    """One line of a file without its end. `code` is true for fenced code and for the fences themselves."""

    file: str
    number: int
    text: str
    code: bool = False

    def place(self, column: int = 1) -> Place:
        return Place(self.file, self.number, column)

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def indented(self) -> bool:
        return self.text[:1] in {" ", "\t"}


def decoded(file: str, data: bytes, problems: Problems) -> str | None:
    """
    The text of a file with plain line ends and no byte-order mark; None, and a problem, if it is no text.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        problems.add(
            UNREADABLE,
            _place_after(file, before),
            f"The byte 0x{data[error.start]:02x} is no UTF-8 text.",
            "Save the file as UTF-8; most editors offer this under “Save with encoding”.",
        )
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = _CONTROL.search(text)
    if control:
        problems.add(
            UNREADABLE,
            _place_after(file, text[: control.start()]),
            f"There is an invisible control character (U+{ord(control[0]):04X}).",
            "Delete it; typing the line anew helps.",
        )
        return None
    return text


def _place_after(file: str, before: str) -> Place:
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Place(file, len(lines), len(lines[-1]) + 1)


def lines_of(file: str, text: str, problems: Problems) -> tuple[Line, ...]:
    """
    The lines of a text, fenced code marked.

    A fence that is never closed is a problem: it would silently swallow every card after it.
    """
    lines = mark_code(file, text.split("\n"))
    for line in lines:
        if len(line.text) > MOST_LINE_CHARACTERS:
            problems.add(
                UNREADABLE,
                line.place(),
                f"The line has more than {MOST_LINE_CHARACTERS} characters.",
                "Break it into several.",
            )
        fact = _SITE_FACT.search(line.text)
        if fact and not line.code:
            problems.add(
                NOT_YET,
                line.place(fact.start() + 1),
                f"Site facts such as {fact[0]} are not supported yet.",
                "Write the words themselves for now.",
            )
    if lines and (opening := _unclosed(lines)):
        problems.add(
            STRUCTURE_WRONG,
            opening.place(),
            "This code block is never closed.",
            "Put a line with the same marks after its last line.",
        )
    return lines


def front_matter_end(texts: Sequence[str]) -> int | None:
    """The index of the line that closes the front matter; None if there is none."""
    if not texts or texts[0].rstrip() != "---":
        return None
    return next((index for index, text in enumerate(texts[1:], 1) if text.rstrip() == "---"), None)


def mark_code(file: str, texts: Sequence[str]) -> tuple[Line, ...]:
    """Lines with fenced code marked, as in CommonMark 0.31.2, section 4.5; there is none in front matter."""
    lines = []
    fence = ""
    front = front_matter_end(texts) or -1
    for number, text in enumerate(texts, 1):
        match = FENCE.match(text) if number > front else None
        inside = bool(fence)
        if fence:
            if match and not match["rest"].strip() and match["marks"].startswith(fence):
                fence = ""
        elif match and not (match["marks"][0] == "`" and "`" in match["rest"]):
            fence = match["marks"]
            inside = True
        lines.append(Line(file, number, text, inside))
    return tuple(lines)


def _unclosed(lines: Sequence[Line]) -> Line | None:
    """The line of a fence that is still open at the end."""
    opening = None
    fence = ""
    for line in lines:
        match = FENCE.match(line.text) if line.code else None
        if not line.code or match is None:
            continue
        if not fence:
            fence, opening = match["marks"], line
        elif not match["rest"].strip() and match["marks"].startswith(fence):
            fence, opening = "", None
    return opening
