"""A file of bank/: questions of the graded test."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from andante.content.document import Item, Level, Place
from andante.content.parsing.blocks import Block, blocks_of, split_front_matter
from andante.content.parsing.cards import ITEM_FIELD, all_that_apply
from andante.content.parsing.checks import parse_check
from andante.content.parsing.fields import read_fields
from andante.content.parsing.problems import FIELD_WRONG, STRUCTURE_WRONG, Problems
from andante.content.parsing.text import Line
from andante.kernel.ids import ItemId, ModuleId

LEVELS: dict[str, Level] = {"recall": "recall", "apply": "apply", "decide": "decide"}


@dataclass(frozen=True)
class _Given:
    """A field of a question and where it stands."""

    value: str
    place: Place


def parse_bank(lines: tuple[Line, ...], problems: Problems) -> tuple[Item, ...]:
    """The questions of one file; those that cannot be understood are reported and left out."""
    front, rest = split_front_matter(lines, problems)
    inherited: dict[str, _Given] = {}
    if front is not None and lines:
        fields = read_fields(lines[0].file, front.yaml, problems, first_line=front.first_line)
        if fields is not None:
            for name in ("objective", "level"):
                if value := fields.text(name):
                    inherited[name] = _Given(value, fields.place_of(name))
            fields.refuse_others()
    items = (_item(block, inherited, problems) for block in blocks_of(rest, problems))
    return tuple(item for item in items if item is not None)


def _item(block: Block, inherited: Mapping[str, _Given], problems: Problems) -> Item | None:
    if block.kind.casefold() != "check":
        problems.add(
            STRUCTURE_WRONG,
            block.heading.place(),
            f"A bank holds checks only, but this is “{block.kind}”.",
            "Move the card to a module, or make it a check.",
        )
        return None
    if block.audience:
        problems.add(
            STRUCTURE_WRONG,
            block.heading.place(),
            "A question of the test is for everybody.",
            "Delete “for …”.",
        )
    own, lines = _own_fields(block, problems)
    given = {**inherited, **own}
    parts = parse_check(block.heading, lines, problems)
    level = _level(block, given.get("level"), problems)
    objective = given.get("objective")
    return Item(
        id=ItemId(block.id),
        title=block.title,
        body=parts.body,
        place=block.heading.place(),
        body_place=parts.body_place,
        options=parts.options,
        multiple=parts.several_right or all_that_apply(block, problems),
        reason=parts.reason,
        reason_place=parts.reason_place,
        objective=ModuleId(objective.value if objective else ""),
        objective_place=objective.place if objective else block.heading.place(),
        level=level,
        must_pass=_must_pass(given.get("must pass"), problems),
    )


def _own_fields(block: Block, problems: Problems) -> tuple[dict[str, _Given], tuple[Line, ...]]:
    """The fields directly under the heading, and the lines after them."""
    own: dict[str, _Given] = {}
    for index, line in enumerate(block.lines):
        match = None if line.code else ITEM_FIELD.match(line.text)
        if match is None:
            return own, block.lines[index:]
        name = re.sub(r"\s+", " ", match["name"].lower())
        if name in own:
            problems.add(FIELD_WRONG, line.place(), f"“{name}” stands here twice.", "Keep one of the two.")
        own[name] = _Given(match["value"], line.place())
    return own, ()


def _level(block: Block, given: _Given | None, problems: Problems) -> Level:
    listed = ", ".join(LEVELS)
    if given is None:
        problems.add(
            FIELD_WRONG,
            block.heading.place(),
            "The question has no level.",
            f"Add a line “level: apply” below the heading; levels are {listed}.",
        )
    elif given.value not in LEVELS:
        problems.add(
            FIELD_WRONG,
            given.place,
            f"“level: {given.value}” is not one of: {listed}.",
            "Choose one of them.",
        )
    return LEVELS.get(given.value if given else "", "recall")


def _must_pass(given: _Given | None, problems: Problems) -> bool:
    word = given.value.lower() if given else "no"
    if given and word not in {"yes", "no", "true", "false"}:
        problems.add(
            FIELD_WRONG,
            given.place,
            f"“must pass: {given.value}” is neither yes nor no.",
            "Write “must pass: yes”.",
        )
    return word in {"yes", "true"}
