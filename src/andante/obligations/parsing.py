"""
A requirement as YAML: read with every problem named by its line, its key and the mend; and written.

The YAML library constructs nothing: a value is text, and the key that asks for it converts it.
"""

import difflib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from andante.kernel.ids import CourseId
from andante.obligations.rules.audience import EVERYBODY, FIELDS, All, Audience, AudienceInvalid, Field, Is
from andante.obligations.rules.form import (
    FIRST_UNSUPERVISED_SHIFT,
    OPENS,
    Due,
    Renewal,
    RequirementForm,
    RequirementId,
)
from andante.obligations.rules.periods import Period

KEYS = ("id", "title", "audience", "course", "accept", "due", "renew", "effective", "why")
MOST_CHARACTERS = 20_000
MOST_BRACKETS = 50
SHIFTS = ("early", "late", "night", "day")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}\Z")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _./,;()-]*\Z")
_ANY = "any"


@dataclass(frozen=True)
class FormProblem:
    """What is wrong with a form, where, and how to mend it."""

    line: int
    key: str
    message: str
    mend: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message} {self.mend}"


class FormRefused(Exception):  # noqa: N818 - errors are facts
    """The form cannot be read; says everything that is wrong with it."""

    def __init__(self, problems: Sequence[FormProblem]) -> None:
        super().__init__(" ".join(map(str, problems)))
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))


def parse_form(text: str) -> RequirementForm:
    """
    Read a requirement.

    :raises FormRefused: it cannot be read, with every problem found
    """
    reader = _Reader()
    form = reader.form(text)
    if reader.problems or form is None:
        raise FormRefused(reader.problems)
    return form


def form_text(form: RequirementForm) -> str:
    """Write a requirement so that `parse_form` reads the same. The audience must be one that the keys can say."""
    lines = [f"id: {form.id}", f"title: {_scalar(form.title)}"]
    if form.audience != EVERYBODY:
        lines += [f"audience: {_audience_text(form.audience)}"]
    lines += [f"course: {form.course}"]
    lines += [f"accept: {{from version: {form.accept_from}}}" if form.accept_from else "accept: any"]
    if form.due:
        before = f", before: {FIRST_UNSUPERVISED_SHIFT}" if form.due.before_first_shift else ""
        lines += [f"due: {{within: {form.due.within}{before}}}"]
    if form.renew:
        opens = form.renew.opens != OPENS
        lines += [
            f"renew: {{every: {form.renew.every}, opens: {form.renew.opens}}}"
            if opens
            else f"renew: {form.renew.every}"
        ]
    if form.effective:
        lines += [f"effective: {form.effective.isoformat(timespec='minutes')}"]
    if form.why:
        lines += [f"why: {_scalar(form.why)}"]
    return "\n".join(lines) + "\n"


def _audience_text(audience: Audience) -> str:
    parts = audience.parts if isinstance(audience, All) else (audience,)
    texts = []
    for part in parts:
        if not isinstance(part, Is):
            raise AudienceInvalid("The keys of a form cannot say this audience.")
        texts.append(f"{part.field}: [{', '.join(map(_scalar, sorted(part.values)))}]")
    return f"{{{', '.join(texts)}}}"


def _scalar(text: str) -> str:
    """A text on one line, in quotes where YAML would read something else."""
    plain = _PLAIN.match(text) and not text.endswith(" ") and "," not in text and text.lower() != "null"
    return text if plain else json.dumps(text, ensure_ascii=False)


@dataclass
class _Reader:
    problems: list[FormProblem] = field(default_factory=list)

    def wrong(self, line: int, key: str, message: str, mend: str) -> None:
        self.problems.append(FormProblem(line, key, message, mend))

    def form(self, text: str) -> RequirementForm | None:
        fields = self._fields(text)
        if fields is None:
            return None
        self._refuse_others(fields)
        form = RequirementForm(
            id=RequirementId(self._id(fields, "id", "patient-records-nurses")),
            title=self._required(fields, "title", "Patient records for nurses"),
            course=CourseId(self._id(fields, "course", "patient-records")),
            audience=self._audience(fields),
            accept_from=self._accept(fields),
            due=self._due(fields),
            renew=self._renew(fields),
            effective=self._effective(fields),
            why=self._text(fields, "why"),
        )
        if len(form.title) > 200 or len(form.why) > 1_000:
            key = "title" if len(form.title) > 200 else "why"
            self.wrong(fields[key].line, key, f"“{key}” is too long.", "Shorten it.")
        return form

    def _fields(self, text: str) -> "Mapping[str, _Value] | None":
        if len(text) > MOST_CHARACTERS or text.count("[") + text.count("{") > MOST_BRACKETS:
            self.wrong(1, "", "The form is longer or nested deeper than any requirement needs.", "Shorten it.")
            return None
        try:
            node = YAML(typ="safe", pure=True).compose(io.StringIO(text))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.wrong(
                mark.line + 1 if mark else 1,
                "",
                f"The YAML cannot be read: {error.problem or error.context}.",
                "Put a text that holds “: ” or begins with a sign in double quotes, and indent with spaces.",
            )
            return None
        except (YAMLError, ValueError, RecursionError):
            self.wrong(1, "", "The YAML cannot be read.", "Compare it with the example in the guide.")
            return None
        if not isinstance(node, MappingNode):
            self.wrong(1, "", "There are no keys here.", "Write lines such as “title: Patient records for nurses”.")
            return None
        return self._mapping(node, "")

    def _mapping(self, node: MappingNode, within: str) -> "dict[str, _Value]":
        found: dict[str, _Value] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = " ".join(str(key_node.value).split()) if isinstance(key_node, ScalarNode) else ""
            if not key:
                self.wrong(line, within, "The name of a key is a plain text.", "Write name: and the value.")
            elif key in found:
                self.wrong(line, key, f"“{key}” stands here and on line {found[key].line}.", "Keep one of the two.")
            elif key_node.anchor or value_node.anchor:
                self.wrong(
                    line, key, "Anchors and aliases (& and *) are no part of the form.", "Write the value itself."
                )
            else:
                found[key] = _Value(line, value_node)
        return found

    def _refuse_others(self, fields: "Mapping[str, _Value]", known: Sequence[str] = KEYS, within: str = "") -> None:
        for key, value in fields.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                where = f" in “{within}”" if within else ""
                mend = f"Did you mean “{near[0]}”?" if near else f"Keys are: {', '.join(known)}."
                self.wrong(value.line, key, f"There is no key “{key}”{where}.", mend)

    def _text(self, fields: "Mapping[str, _Value]", key: str) -> str:
        value = fields.get(key)
        if value is None:
            return ""
        if (text := value.text) is None:
            self.wrong(value.line, key, f"“{key}” is one text, not a list or a group.", f"Write {key}: and the text.")
            return ""
        return " ".join(text.split())

    def _required(self, fields: "Mapping[str, _Value]", key: str, example: str) -> str:
        text = self._text(fields, key)
        if not text and not any(problem.key == key for problem in self.problems):
            line = fields[key].line if key in fields else 1
            self.wrong(line, key, f"“{key}” is missing or empty.", f"Add a line such as “{key}: {example}”.")
        return text

    def _id(self, fields: "Mapping[str, _Value]", key: str, example: str) -> str:
        id = self._required(fields, key, example)
        if id and (not _ID.match(id) or len(id) > 64):
            mend = f"Use lower-case letters, digits and hyphens, at most 64: {example}."
            self.wrong(fields[key].line, key, f"“{id}” cannot be an id.", mend)
        return id

    def _audience(self, fields: "Mapping[str, _Value]") -> Audience:
        value = fields.get("audience")
        if value is None or value.text == _ANY:
            return EVERYBODY
        if not isinstance(value.node, MappingNode):
            mend = "Write audience: {job: [nurse], site: any}, or leave the line out for everybody."
            self.wrong(value.line, "audience", "“audience” is a group of keys, or any.", mend)
            return EVERYBODY
        group = self._mapping(value.node, "audience")
        self._refuse_others(group, FIELDS, "audience")
        parts = [part for name in FIELDS if name in group and (part := self._condition(name, group[name]))]
        return All(tuple(parts))

    def _condition(self, name: Field, value: "_Value") -> Is | None:
        if value.text == _ANY:
            return None
        texts = value.texts
        if not texts or not all(texts):
            mend = f"Write {name}: [first, second], or {name}: any."
            self.wrong(value.line, name, f"“{name}” names nobody.", mend)
            return None
        if name == "shift" and (odd := [text for text in texts if text not in SHIFTS]):
            self.wrong(value.line, name, f"“{odd[0]}” is no shift.", f"Shifts are: {', '.join(SHIFTS)}.")
        return Is(name, frozenset(texts))

    def _accept(self, fields: "Mapping[str, _Value]") -> int | None:
        value = fields.get("accept")
        if value is None or value.text == _ANY:
            return None
        group = self._mapping(value.node, "accept") if isinstance(value.node, MappingNode) else {}
        number = self._text(group, "from version")
        if (
            set(group) != {"from version"}
            or not number.isascii()
            or not number.isdigit()
            or not 0 < int(number) < 10**6
        ):
            mend = "Write accept: any, or accept: {from version: 2} for version 2 and later ones."
            self.wrong(value.line, "accept", "“accept” does not say which versions count.", mend)
            return None
        return int(number)

    def _due(self, fields: "Mapping[str, _Value]") -> Due | None:
        value = fields.get("due")
        if value is None:
            return None
        example = f"Write due: {{within: 7 days, before: {FIRST_UNSUPERVISED_SHIFT}}}, or due: 7 days."
        if value.text is not None:
            within = self._period("due", value, example)
            return Due(within) if within else None
        if not isinstance(value.node, MappingNode):
            self.wrong(value.line, "due", "“due” does not say by when.", example)
            return None
        group = self._mapping(value.node, "due")
        self._refuse_others(group, ("within", "before"), "due")
        before = self._text(group, "before")
        if before not in {"", FIRST_UNSUPERVISED_SHIFT}:
            mend = f"The one moment known is {FIRST_UNSUPERVISED_SHIFT}."
            self.wrong(group["before"].line, "before", f"“{before}” is no moment.", mend)
        if "within" not in group:
            mend = "Add it: who works alone already has no such shift ahead. For example, within: 7 days."
            self.wrong(value.line, "within", "“due” needs “within”.", mend)
            return None
        within = self._period("within", group["within"], example)
        return Due(within, bool(before)) if within else None

    def _renew(self, fields: "Mapping[str, _Value]") -> Renewal | None:
        value = fields.get("renew")
        if value is None:
            return None
        example = "Write renew: 12 months, or renew: {every: 12 months, opens: 30 days}."
        opens: Period | None = OPENS
        if isinstance(value.node, MappingNode):
            group = self._mapping(value.node, "renew")
            self._refuse_others(group, ("every", "opens"), "renew")
            every = self._period("every", group.get("every", value), example)
            opens = self._period("opens", group["opens"], example) if "opens" in group else OPENS
        else:
            every = self._period("renew", value, example)
        if every is None or opens is None:
            return None
        if opens.roughly >= every.roughly:
            mend = "Let it open later: {every: 12 months, opens: 30 days}."
            self.wrong(value.line, "renew", f"What counts for {every} cannot be renewed {opens} before.", mend)
        return Renewal(every, opens)

    def _period(self, key: str, value: "_Value", mend: str) -> Period | None:
        period = Period.parse(value.text or "")
        if period is None:
            text = f"“{value.text}” is no period" if value.text else f"“{key}” names no period"
            self.wrong(value.line, key, f"{text}: a number and hours, days, weeks, months or years.", mend)
        return period

    def _effective(self, fields: "Mapping[str, _Value]") -> datetime | None:
        text = self._text(fields, "effective")
        if not text:
            return None
        moment = _moment(text) if _LOCAL.match(text) else None
        if moment is None:
            mend = "Write the time on the clocks of each site: effective: 2026-11-23T06:00."
            self.wrong(fields["effective"].line, "effective", f"“{text}” is no day and time.", mend)
        return moment


@dataclass(frozen=True)
class _Value:
    line: int
    node: Node

    @property
    def text(self) -> str | None:
        if not isinstance(self.node, ScalarNode):
            return None
        return "" if str(self.node.tag).endswith(":null") else str(self.node.value)

    @property
    def texts(self) -> list[str]:
        """A text, or a list of texts; empty where it is neither."""
        nodes = self.node.value if isinstance(self.node, SequenceNode) else [self.node]
        texts = [_Value(self.line, node).text for node in nodes]
        return [" ".join(text.split()) for text in texts if text is not None] if None not in texts else []


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
