"""A file of modules/: its front matter and its cards."""

import re

from andante.content.document import Module, ObjectiveType, Place, Why
from andante.content.parsing.blocks import blocks_of, normal
from andante.content.parsing.cards import parse_card
from andante.content.parsing.course_file import CourseHead
from andante.content.parsing.fields import Fields
from andante.content.parsing.front_matter import read_front_matter
from andante.content.parsing.problems import FILE_UNSAFE, STRUCTURE_WRONG, Problems
from andante.content.parsing.text import Line
from andante.kernel.ids import ModuleId

MOST_CARDS = 60
FILE_NAME = re.compile(r"modules/(?P<number>[0-9]{2,3})-(?P<slug>[A-Za-z0-9._-]+)\.md\Z")
_WHY_FOR = re.compile(r"why for (?P<job>\S.*)\Z")
_TYPES: dict[str, ObjectiveType] = {"know": "know", "decide": "decide", "do": "do", "live": "live"}


def parse_module(path: str, lines: tuple[Line, ...], head: CourseHead | None, problems: Problems) -> Module | None:
    """
    Read one module.

    :param head: course.yaml, from which the module inherits; None where that could not be read
    :returns: None, and problems, if the file has no readable front matter
    """
    name = FILE_NAME.match(path)
    if name is None:
        problems.add(
            FILE_UNSAFE,
            Place(path),
            "The name of a module's file begins with its number.",
            "Name it like modules/01-first-minute.md.",
        )
        return None
    mend = "Begin the file with its fields between two lines “---”."
    read = read_front_matter(path, lines, problems, whose="The module", mend=mend)
    if read is None:
        return None
    fields, rest = read
    blocks = blocks_of(rest, problems)
    if len(blocks) > MOST_CARDS:
        problems.add(
            STRUCTURE_WRONG,
            blocks[MOST_CARDS].heading.place(),
            f"The module has more than {MOST_CARDS} cards.",
            "Split it into several modules.",
        )
    cards = tuple(card for block in blocks if (card := parse_card(block, problems)) is not None)
    module = Module(
        id=ModuleId(fields.id("The module")),
        number=int(name["number"]),
        title=fields.text("title", required="A spill in the pump bay"),
        objective=fields.text("objective"),
        objective_type=_TYPES.get(fields.one_of("type", _TYPES, required=True), "know"),
        why=_why(fields),
        procedure=fields.texts("procedure"),
        clauses=fields.texts("clause") or (head.clauses if head else ()),
        owner=fields.text("owner") or (head.owner if head else ""),
        review_date=fields.date("review") or (head.review_date if head else None),
        reinforcement=fields.integers("reinforcement") or (head.reinforcement if head else ()),
        manager_question=fields.text("manager asks"),
        observation=fields.text("observation"),
        critical=fields.yes("critical"),
        cards=cards,
        place=Place(path),
        fields=fields.places(),
    )
    fields.refuse_others()
    return module


def _why(fields: Fields) -> Why:
    by_job = {}
    for name in fields.values:
        match = _WHY_FOR.match(name)
        if match and (text := fields.text(name)):
            by_job[normal(match["job"])] = text
    return Why(default=fields.text("why"), by_job=by_job)
