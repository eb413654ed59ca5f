"""From a block to a card of its kind."""

import re
from collections.abc import Callable, Mapping

from andante.content.document import Aid, Card, Check, Decide, Example, Idea, Place, Reflect
from andante.content.findings import counted
from andante.content.parsing.blocks import Block
from andante.content.parsing.checks import parse_check
from andante.content.parsing.paragraphs import Paragraph
from andante.content.parsing.problems import (
    CHECK_WRONG,
    NOT_YET,
    REFERENCE_MISSING,
    STRUCTURE_WRONG,
    Problems,
)
from andante.content.parsing.scenarios import parse_scenario
from andante.kernel.ids import CardId

ALL_THAT_APPLY = "all that apply"
ITEM_FIELD = re.compile(r"(?i)(?P<name>objective|level|must pass)\s*:\s*(?P<value>.*?)\s*\Z")
_SHEET = re.compile(r"aids/[A-Za-z0-9._-]+\.md\Z")
_SHARED = re.compile(r"(?i)shared with (?P<whom>\S.*)\Z")
_PLANNED = frozenset({"match", "order", "sort", "hotspot", "assignment", "video", "survey", "embed"})


def parse_card(block: Block, problems: Problems) -> Card | None:
    """Make the card, or report why it cannot be made."""
    kind = block.kind.casefold()
    make = KINDS.get(kind)
    if make is None:
        _refuse_kind(block, kind, problems)
        return None
    if block.audience and kind != "example":
        problems.add(
            STRUCTURE_WRONG,
            block.heading.place(),
            "Only an example can be for some people and not for others.",
            "Delete “for …”, or make the card an example.",
        )
    if block.note and kind not in {"check", "reflect"}:
        problems.add(STRUCTURE_WRONG, block.heading.place(), f"“({block.note})” has no meaning here.", "Delete it.")
    return make(block, problems)


def all_that_apply(block: Block, problems: Problems) -> bool:
    """Whether the heading of a check asks for all that apply."""
    if block.note and block.note.casefold() != ALL_THAT_APPLY:
        problems.add(
            CHECK_WRONG,
            block.heading.place(),
            f"“({block.note})” has no meaning here.",
            f"The only note of a check is “({ALL_THAT_APPLY})”.",
        )
    return block.note.casefold() == ALL_THAT_APPLY


def _refuse_kind(block: Block, kind: str, problems: Problems) -> None:
    known = ", ".join(name.capitalize() for name in KINDS)
    if kind in _PLANNED:
        problems.add(
            NOT_YET,
            block.heading.place(),
            f"{block.kind} cards are not supported yet.",
            f"Use one of: {known}.",
        )
    else:
        problems.add(
            STRUCTURE_WRONG,
            block.heading.place(),
            f"There is no kind of card “{block.kind}”.",
            f"Use one of: {known}.",
        )


def body_of(block: Block, problems: Problems) -> tuple[str, Place]:
    """The text of a card that is nothing but text."""
    body = Paragraph()
    for line in block.lines:
        body.add(line, line.text)
    if not body:
        problems.add(STRUCTURE_WRONG, block.heading.place(), "The card is empty.", "Write its text, or delete it.")
    return body.text, body.place or block.heading.place()


def _idea(block: Block, problems: Problems) -> Card:
    body, place = body_of(block, problems)
    return Idea(id=CardId(block.id), title=block.title, body=body, place=block.heading.place(), body_place=place)


def _example(block: Block, problems: Problems) -> Card:
    body, place = body_of(block, problems)
    return Example(
        id=CardId(block.id),
        title=block.title,
        body=body,
        place=block.heading.place(),
        body_place=place,
        audience=block.audience,
    )


def _check(block: Block, problems: Problems) -> Card:
    for line in block.lines[:1]:
        if ITEM_FIELD.match(line.text):
            problems.add(
                CHECK_WRONG,
                line.place(),
                "Objective, level and must pass are fields of questions in bank/.",
                "Delete the line: a check serves the objective of its module.",
            )
    parts = parse_check(block.heading, block.lines, problems)
    return Check(
        id=CardId(block.id),
        title=block.title,
        body=parts.body,
        place=block.heading.place(),
        body_place=parts.body_place,
        options=parts.options,
        multiple=parts.several_right or all_that_apply(block, problems),
        reason=parts.reason,
        reason_place=parts.reason_place,
    )


def _decide(block: Block, problems: Problems) -> Card:
    parts = parse_scenario(block.heading, block.lines, problems)
    return Decide(
        id=CardId(block.id),
        title=block.title,
        body=parts.body,
        place=block.heading.place(),
        body_place=parts.body_place,
        start=parts.start,
        nodes=parts.nodes,
        variables=parts.variables,
    )


def _reflect(block: Block, problems: Problems) -> Card:
    body, place = body_of(block, problems)
    shared = _SHARED.match(block.note)
    if block.note and not shared and block.note.casefold() != "private":
        problems.add(
            STRUCTURE_WRONG,
            block.heading.place(),
            f"“({block.note})” does not say who may read the answer.",
            "Write (private), or (shared with …) and the role.",
        )
    return Reflect(
        id=CardId(block.id),
        title=block.title,
        body=body,
        place=block.heading.place(),
        body_place=place,
        shared_with=shared["whom"] if shared else "",
    )


def _aid(block: Block, problems: Problems) -> Card:
    body = Paragraph()
    sheets = []
    for line in block.lines:
        if not line.code and _SHEET.match(line.text.strip()):
            sheets.append(line.text.strip())
        else:
            body.add(line, line.text)
    if len(sheets) != 1:
        problems.add(
            REFERENCE_MISSING,
            block.heading.place(),
            f"The card names {counted(len(sheets), 'job aid', 'job aids')}.",
            "Give one line with the path of a file, such as aids/spill-card.md.",
        )
    return Aid(
        id=CardId(block.id),
        title=block.title,
        body=body.text,
        place=block.heading.place(),
        body_place=body.place or block.heading.place(),
        sheet=sheets[0] if sheets else "",
    )


KINDS: Mapping[str, Callable[[Block, Problems], Card]] = {
    "idea": _idea,
    "example": _example,
    "check": _check,
    "decide": _decide,
    "reflect": _reflect,
    "aid": _aid,
}
"""What each kind of card is made by; its name is the word in the heading."""
