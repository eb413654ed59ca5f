"""A module or bank file as its parts: front matter, and a block for each heading of level two."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from andante.content.ids import ID
from andante.content.parsing.problems import ID_WRONG, STRUCTURE_WRONG, Problems
from andante.content.parsing.text import Line, front_matter_end

HEADING = re.compile(
    r"##\s+(?P<kind>[^\s:({]+)"
    r"(?:\s+for\s+(?P<audience>[^:({]+?))?"
    r"(?:\s*\((?P<note>[^)]*)\))?"
    r"\s*:\s*(?P<title>.*?)"
    r"(?:\s*\{#(?P<id>[^{}]*)\})?\s*\Z"
)
"""The heading of a card: kind, audience, note, title and id."""

_ANY_HEADING = re.compile(r" {0,3}(?P<marks>#{1,2})(?!#)")
_HEADING_MEND = "Write it as “## Idea: Its title”, with one of the kinds Idea, Example, Check, Decide, Reflect, Aid."


@dataclass(frozen=True)
class FrontMatter:
    """The YAML between the two lines `---`, and the line on which it begins."""

    yaml: str
    first_line: int


@dataclass(frozen=True, kw_only=True)
class Block:
    """One card or question, not yet understood: the parts of its heading and the lines below it."""

    heading: Line
    kind: str
    audience: tuple[str, ...]
    note: str
    title: str
    id: str
    lines: tuple[Line, ...]


def is_card_heading(line: Line) -> bool:
    return not line.code and line.text.startswith("##") and not line.text.startswith("###")


def split_front_matter(lines: Sequence[Line], problems: Problems) -> tuple[FrontMatter | None, tuple[Line, ...]]:
    """The front matter, if the file begins with one, and the lines after it."""
    if not lines or lines[0].text.rstrip() != "---":
        return None, tuple(lines)
    end = front_matter_end([line.text for line in lines])
    if end is not None:
        return FrontMatter("\n".join(line.text for line in lines[1:end]), 2), tuple(lines[end + 1 :])
    problems.add(
        STRUCTURE_WRONG,
        lines[0].place(),
        "The front matter is never closed.",
        "Put a line “---” between its last field and the first card.",
    )
    return None, ()


def blocks_of(lines: Sequence[Line], problems: Problems) -> tuple[Block, ...]:
    """The blocks of a file; whatever stands before the first, or heads none, is reported."""
    blocks: list[Block] = []
    heading: Line | None = None
    inner: list[Line] = []
    strayed = False
    for line in lines:
        if is_card_heading(line):
            blocks += _block(heading, inner, problems)
            heading, inner = line, []
        elif not line.code and (wrong := _ANY_HEADING.match(line.text)):
            _refuse_heading(line, wrong, problems)
        elif heading is not None:
            inner.append(line)
        elif not line.blank and not strayed:
            strayed = True
            problems.add(
                STRUCTURE_WRONG,
                line.place(),
                "This text stands before the first card.",
                "Put it into a card: begin one with a heading such as “## Idea: Its title”.",
            )
    blocks += _block(heading, inner, problems)
    return tuple(blocks)


def _refuse_heading(line: Line, wrong: re.Match[str], problems: Problems) -> None:
    if len(wrong["marks"]) == 1:
        message = "A heading with a single # has no place here."
        mend = "The title stands in the front matter; a card begins with ##, a heading inside a card with ###."
    else:
        message = "The heading of a card stands at the margin."
        mend = "Delete the spaces before ##."
    problems.add(STRUCTURE_WRONG, line.place(), message, mend)


def _block(heading: Line | None, lines: Sequence[Line], problems: Problems) -> tuple[Block, ...]:
    if heading is None:
        return ()
    match = HEADING.match(heading.text)
    if match is None:
        problems.add(STRUCTURE_WRONG, heading.place(), "This heading begins no card.", _HEADING_MEND)
        return ()
    title, id = match["title"].strip(), (match["id"] or "").strip()
    if not title:
        problems.add(STRUCTURE_WRONG, heading.place(), "The card has no title.", "Write a few words after the colon.")
    if match["id"] is not None and not ID.match(id):
        problems.add(
            ID_WRONG,
            heading.place(match.start("id") + 1),
            f"“{match['id']}” cannot be an id.",
            "Delete the braces and run `andante fmt`, which gives a new id.",
        )
    elif "{#" in title:
        problems.add(
            ID_WRONG,
            heading.place(heading.text.index("{#") + 1),
            "The id does not stand alone at the end of the heading.",
            "Move it to the end, or delete it and run `andante fmt`.",
        )
    return (
        Block(
            heading=heading,
            kind=match["kind"],
            audience=tuple(normal(name) for name in (match["audience"] or "").split(",") if name.strip()),
            note=" ".join((match["note"] or "").split()),
            title=title,
            id=id,
            lines=tuple(lines),
        ),
    )


def normal(name: str) -> str:
    """A job's name for comparisons: case and spaces do not count."""
    return " ".join(name.split()).casefold()
