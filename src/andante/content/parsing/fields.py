"""
Fields of course.yaml and of front matter: YAML read as a tree of texts, each with its place.

Nothing is constructed by the YAML library: a value is text, and the field that asks for it converts it. So
`yes`, `1.10` and dates keep their meaning, every problem has a line, and no tag or alias can do anything.
"""

import difflib
import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from andante.content.document import Place
from andante.content.ids import ID
from andante.content.parsing.problems import FIELD_WRONG, ID_WRONG, YAML_BROKEN, Problems

_QUOTE_MEND = "If a text holds “: ” or begins with a sign such as * & { [ > | @ %, put the whole text in double quotes."
_TAB_MEND = "Begin the line with spaces: YAML takes no tabs there."
MOST_YAML_CHARACTERS = 64 * 1024
MOST_YAML_BRACKETS = 200
"""The library's time grows with the square of the open brackets."""
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
}
"""What a plain text, list or mapping gets by itself."""
_WHOLE_NUMBER = re.compile(r"[0-9]{1,4}\Z")


@dataclass(frozen=True)
class Value:
    """A text, a list or a mapping, and where it stands."""

    place: Place
    text: str | None = None
    items: tuple["Value", ...] | None = None
    fields: Mapping[str, tuple[Place, "Value"]] | None = None


@dataclass
class Fields:
    """
    The fields of one mapping: each is asked for by name, and `refuse_others` reports what nobody asked for.
    """

    place: Place
    values: Mapping[str, tuple[Place, Value]]
    problems: Problems
    within: str = ""
    asked: set[str] = field(default_factory=set)

    def place_of(self, name: str) -> Place:
        return self.values[name][0] if name in self.values else self.place

    def places(self) -> dict[str, Place]:
        """Where each field stands."""
        return {name: place for name, (place, _) in self.values.items()}

    def value(self, name: str) -> Value | None:
        self.asked.add(name)
        return self.values[name][1] if name in self.values else None

    def wrong(self, name: str, message: str, mend: str) -> None:
        self.problems.add(FIELD_WRONG, self.place_of(name), message, mend)

    def text(self, name: str, *, required: str = "") -> str:
        """
        A single text, on one line; empty where it is missing.

        :param required: an example; if given, a missing field is a problem
        """
        value = self.value(name)
        if value is not None and value.text is None:
            self.wrong(
                name,
                f"“{name}” is one text, not a list or a group of fields.",
                f"Write {name}: and the text.",
            )
            return ""
        text = " ".join((value.text or "").split()) if value is not None else ""
        if not text and required:
            self.wrong(name, f"The field “{name}” is missing or empty.", f"Add a line such as “{name}: {required}”.")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """One text or a list of texts."""
        value = self.value(name)
        if value is None:
            return ()
        parts = value.items if value.items is not None else (value,)
        if any(part.text is None for part in parts):
            self.wrong(name, f"“{name}” is a text or a list of texts.", f"Write {name}: [first, second].")
            return ()
        return tuple(text for part in parts if (text := " ".join((part.text or "").split())))

    def id(self, whose: str) -> str:
        """
        The id of what the fields describe; one that is missing or malformed is a problem.

        :param whose: of what, as a sentence begins: "The module"
        """
        id = self.text("id")
        if not id:
            message, mend = f"{whose} has no id.", "Run `andante fmt`, which gives one."
        elif not ID.match(id):
            message = f"“{id}” cannot be an id."
            mend = "Use lower-case letters, digits and hyphens, or delete the line and run `andante fmt`."
        else:
            return id
        self.problems.add(ID_WRONG, self.place_of("id"), message, mend)
        return id

    def integer(self, name: str, *, required: str = "") -> int | None:
        text = self.text(name, required=required)
        if not text:
            return None
        if not _WHOLE_NUMBER.match(text):
            self.wrong(name, f"“{name}: {text}” is not a whole number.", f"Write {name}: {required or 3}.")
            return None
        return int(text)

    def integers(self, name: str) -> tuple[int, ...] | None:
        """A list of whole numbers; None where it is missing."""
        texts = self.texts(name)
        if not all(_WHOLE_NUMBER.match(text) for text in texts):
            self.wrong(name, f"“{name}” is a list of whole numbers.", f"Write {name}: [2, 9, 30, 90].")
            return None
        return tuple(map(int, texts)) if name in self.values else None

    def date(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong(name, f"“{text}” is not a date.", f"Write {name}: with year, month and day: 2027-03-01.")
            return None

    def yes(self, name: str) -> bool:
        text = self.text(name).lower()
        if text not in {"", "yes", "true", "no", "false"}:
            self.wrong(name, f"“{name}: {text}” is neither yes nor no.", f"Write {name}: yes, or leave the line out.")
        return text in {"yes", "true"}

    def one_of(self, name: str, choices: Collection[str], *, required: bool) -> str:
        """One word of a closed list; empty, and a problem, where it is none of them."""
        listed = ", ".join(choices)
        text = self.text(name, required=next(iter(choices)) if required else "")
        if text and text not in choices:
            self.wrong(name, f"“{name}: {text}” is not one of: {listed}.", "Choose one of them.")
            return ""
        return text

    def group(self, name: str) -> "Fields":
        """A nested mapping; without fields where it is missing."""
        value = self.value(name)
        if value is None or value.text == "":
            return Fields(self.place_of(name), {}, self.problems, within=name)
        if value.fields is None:
            self.wrong(name, f"“{name}” is a group of fields.", f"Indent its fields below “{name}:”.")
            return Fields(self.place_of(name), {}, self.problems, within=name)
        return Fields(self.place_of(name), value.fields, self.problems, within=name)

    def refuse_others(self) -> None:
        """
        Report fields that nobody asked for: mostly a slip of the pen that would otherwise be lost in silence.
        """
        for name, (place, _) in self.values.items():
            if name in self.asked:
                continue
            near = difflib.get_close_matches(name, self.asked, n=1)
            where = f" in “{self.within}”" if self.within else ""
            self.problems.add(
                FIELD_WRONG,
                place,
                f"There is no field “{name}”{where}.",
                f"Did you mean “{near[0]}”?" if near else f"Fields here are: {', '.join(sorted(self.asked))}.",
            )


def read_fields(file: str, yaml: str, problems: Problems, *, first_line: int = 1) -> Fields | None:
    """
    Read a mapping.

    :param first_line: the line of the file on which the YAML begins
    :returns: None, and a problem, if it cannot be read
    """
    start = Place(file, first_line)
    if len(yaml) > MOST_YAML_CHARACTERS or yaml.count("[") + yaml.count("{") > MOST_YAML_BRACKETS:
        problems.add(
            YAML_BROKEN, start, "The fields are longer or nested deeper than any course needs.", "Shorten them."
        )
        return None
    reader = _Reader(file, first_line, problems)
    node = reader.composed(yaml)
    if node is None:
        if not reader.failed:
            problems.add(FIELD_WRONG, start, "There are no fields here.", "Write fields such as “title: …”.")
        return None
    value = reader.value(node)
    if reader.failed:
        return None
    if value.fields is None:
        problems.add(
            YAML_BROKEN,
            start,
            "There is a text or a list where fields are expected.",
            "Write “name: text” on each line.",
        )
        return None
    return Fields(start, value.fields, problems)


class _Reader:
    def __init__(self, file: str, first_line: int, problems: Problems) -> None:
        self.file = file
        self.first_line = first_line
        self.problems = problems
        self.failed = False

    def composed(self, yaml: str) -> Node | None:
        try:
            node: Node | None = YAML(typ="safe", pure=True).compose(io.StringIO(yaml))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line, mark.column) if mark else (0, 0)
            mend = _TAB_MEND if "'\\t'" in str(error.problem) else _QUOTE_MEND
            self.broken(self.at(line, column), _sentence(error), mend)
        except (YAMLError, ValueError, RecursionError):
            self.broken(Place(self.file, self.first_line), "The YAML cannot be read.", _QUOTE_MEND)
        else:
            return node
        return None

    def at(self, line: int, column: int) -> Place:
        return Place(self.file, self.first_line + line, column + 1)

    def broken(self, place: Place, message: str, mend: str) -> None:
        self.failed = True
        self.problems.add(YAML_BROKEN, place, message, mend)

    def value(self, node: Node) -> Value:
        place = self.at(node.start_mark.line, node.start_mark.column)
        if node.anchor is not None:
            # An alias is the same node again: by refusing its anchor, we never follow one.
            self.broken(place, "Anchors and aliases (& and *) are no part of the format.", _QUOTE_MEND)
            return Value(place, text="")
        if str(node.tag) not in _PLAIN_TAGS:
            self.broken(place, f"Tags such as “{node.tag}” are no part of the format.", _QUOTE_MEND)
            return Value(place, text="")
        if isinstance(node, ScalarNode):
            return Value(place, text="" if _is_null(node) else node.value)
        if isinstance(node, SequenceNode):
            return Value(place, items=tuple(self.value(item) for item in node.value))
        return self.mapping(place, node) if isinstance(node, MappingNode) else Value(place, text="")

    def mapping(self, place: Place, node: MappingNode) -> Value:
        fields: dict[str, tuple[Place, Value]] = {}
        for key_node, value_node in node.value:
            key = self.value(key_node)
            name = " ".join((key.text or "").split())
            if key.text is None:
                self.broken(key.place, "The name of a field is a plain text.", _QUOTE_MEND)
            elif name in fields:
                first = fields[name][0].line
                self.broken(key.place, f"“{name}” stands here and on line {first}.", "Keep one of the two.")
            else:
                fields[name] = (key.place, self.value(value_node))
        return Value(place, fields=fields)


def _is_null(node: ScalarNode) -> bool:
    return str(node.tag) == "tag:yaml.org,2002:null"


def _sentence(error: MarkedYAMLError) -> str:
    """The library's words for what is wrong, and what it was reading."""
    parts = [part for part in (error.context, error.problem) if part]
    return f"The YAML cannot be read: {', '.join(parts)}."
