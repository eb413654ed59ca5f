"""course.yaml: what holds for the whole course."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from andante.content.document import TAGS, Brief, Place, TestPlan
from andante.content.parsing.fields import Fields, read_fields
from andante.content.parsing.problems import NOT_YET, Problems

FILE = "course.yaml"
_DRAW = re.compile(r"(?P<number>[1-9][0-9]?)(?:\s+per\s+objective)?\Z")
LONGEST_VALID = 240
"""Months: twenty years."""
_VALID = re.compile(r"(?P<number>[1-9][0-9]{0,2}) (?P<unit>month|year)s?\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


@dataclass(frozen=True, kw_only=True)
class CourseHead:
    """The fields of course.yaml."""

    id: str
    title: str
    language: str
    owner: str
    review_date: date | None
    clauses: tuple[str, ...]
    reinforcement: tuple[int, ...]
    valid_months: int | None
    brief: Brief
    tags: Mapping[str, tuple[str, ...]]
    test: TestPlan | None
    fields: Mapping[str, Place]


def parse_course_file(text: str, problems: Problems) -> CourseHead | None:
    """Read course.yaml; None, and problems, if it cannot be read at all."""
    fields = read_fields(FILE, text, problems)
    if fields is None:
        return None
    brief, tags, test = fields.group("brief"), fields.group("tags"), fields.group("test")
    head = CourseHead(
        id=fields.id("The course"),
        title=fields.text("title", required="A spill in the pump bay"),
        language=_language(fields),
        owner=fields.text("owner"),
        review_date=fields.date("review"),
        clauses=fields.texts("clause"),
        reinforcement=fields.integers("reinforcement") or (),
        valid_months=_valid(fields),
        brief=Brief(
            do=brief.text("do"),
            decide=brief.text("decide"),
            errors=brief.text("errors"),
            measure=brief.text("measure"),
        ),
        tags={name: tags.texts(name) for name in TAGS},
        test=_test(test),
        fields={
            **_nested("brief", brief),
            **_nested("tags", tags),
            **_nested("test", test),
            **fields.places(),
        },
    )
    if fields.value("waivers") is not None:
        problems.add(NOT_YET, fields.place_of("waivers"), "Waivers are not supported yet.", "Mend the finding itself.")
    for group in (fields, brief, tags, test):
        group.refuse_others()
    return head


def _nested(name: str, group: Fields) -> dict[str, Place]:
    return {f"{name}.{field}": place for field, place in group.places().items()}


def _language(fields: Fields) -> str:
    language = fields.text("language") or "en"
    if not _LANGUAGE.match(language):
        fields.wrong("language", f"“{language}” names no language.", "Write en, de, es or another BCP 47 tag.")
    return language


def _valid(fields: Fields) -> int | None:
    """Months for which a completion is valid; None where it does not expire."""
    text = fields.text("valid")
    if not text:
        return None
    match = _VALID.match(text)
    months = int(match["number"]) * (12 if match["unit"] == "year" else 1) if match else 0
    if not 0 < months <= LONGEST_VALID:
        fields.wrong(
            "valid",
            f"“valid: {text}” does not say for how long a completion holds.",
            "Write valid: 12 months, or valid: 2 years (20 at most); leave the line out if it does not expire.",
        )
        return None
    return months


def _test(test: Fields) -> TestPlan | None:
    draw, percent = test.text("draw", required="2 per objective"), test.integer("pass", required="80")
    attempts = test.integer("attempts", required="3")
    match = _DRAW.match(draw)
    if draw and match is None:
        test.wrong(
            "draw",
            f"“draw: {draw}” does not say how many questions are drawn.",
            "Write draw: 2 per objective.",
        )
    if attempts == 0:
        test.wrong("attempts", "With no attempt, nobody can pass.", "Write attempts: 3.")
        return None
    if match is None or percent is None or attempts is None:
        return None
    return TestPlan(draw_per_objective=int(match["number"]), pass_percent=percent, attempts=attempts)
