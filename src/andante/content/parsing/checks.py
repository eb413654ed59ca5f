"""A check: text, options with their reasons, and a reason for the question as a whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from andante.content.document import Option, Place
from andante.content.findings import counted
from andante.content.parsing.paragraphs import Paragraph, unquoted
from andante.content.parsing.problems import CHECK_WRONG, Problems
from andante.content.parsing.text import Line

MOST_OPTIONS = 10
KEYS = "abcdefghij"
OPTION = re.compile(r"[-*]\s+\[(?P<mark>[ xX])\]\s+(?P<text>\S.*)\Z")
_NEARLY_OPTION = re.compile(r"\s*[-*+]\s*\[[^\]]{0,3}\](?![(\[])")
_OPTION_MEND = "Write “- [x] text” for a right answer and “- [ ] text” for a wrong one, at the margin."


@dataclass
class _OptionLines:
    line: Line
    correct: bool
    text: Paragraph
    reason: Paragraph = field(default_factory=Paragraph)


@dataclass(frozen=True)
class CheckParts:
    """What a check's lines say."""

    body: str
    body_place: Place
    options: tuple[Option, ...]
    reason: str
    reason_place: Place

    @property
    def several_right(self) -> bool:
        return sum(option.correct for option in self.options) > 1


def parse_check(heading: Line, lines: Sequence[Line], problems: Problems) -> CheckParts:
    """Read the lines of a check; what does not fit is reported."""
    reader = _Reader(problems)
    for line in lines:
        reader.read(line)
    options = tuple(
        Option(
            key=KEYS[index],
            text=option.text.text,
            correct=option.correct,
            reason=option.reason.text,
            place=option.line.place(),
            reason_place=option.reason.place or option.line.place(),
        )
        for index, option in enumerate(reader.options[:MOST_OPTIONS])
    )
    _judge(heading, options, len(reader.options), problems)
    return CheckParts(
        reader.body.text,
        reader.body.place or heading.place(),
        options,
        reader.reason.text,
        reader.reason.place or heading.place(),
    )


def _judge(heading: Line, options: Sequence[Option], count: int, problems: Problems) -> None:
    if count < 2:
        problems.add(
            CHECK_WRONG,
            heading.place(),
            f"The check has {counted(count, 'option', 'options')}.",
            _OPTION_MEND,
        )
    elif count > MOST_OPTIONS:
        problems.add(
            CHECK_WRONG,
            heading.place(),
            f"The check has {count} options; {MOST_OPTIONS} are the most.",
            "Leave out those that nobody would choose.",
        )
    elif not any(option.correct for option in options):
        problems.add(
            CHECK_WRONG,
            heading.place(),
            "No option of the check is right.",
            "Mark the right one with “- [x]”.",
        )


class _Reader:
    """Goes down the lines: first the question's text, then the options, then the reason of the whole."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.body = Paragraph()
        self.options: list[_OptionLines] = []
        self.reason = Paragraph()

    def read(self, line: Line) -> None:
        option = None if line.code else OPTION.match(line.text)
        if option:
            self.begin_option(line, option)
        elif not line.code and _NEARLY_OPTION.match(line.text):
            self.wrong(line, "This looks like an option, but is not written as one.", _OPTION_MEND)
        elif not self.options:
            self.body.add(line, line.text)
        elif line.blank:
            self.last_paragraph().add(line, "")
        elif line.text.startswith(">") and not line.code:
            self.reason.add(line, unquoted(line.text))
        elif line.indented and not self.reason:
            self.go_on_with_option(line)
        elif line.code and not self.reason:
            self.last_paragraph().add(line, line.text)
        else:
            self.wrong(
                line,
                "This text stands after the options.",
                "Move it above them, indent it to go on with an option, or begin it with “>” to explain.",
            )

    def begin_option(self, line: Line, match: re.Match[str]) -> None:
        if self.reason:
            self.wrong(line, "This option stands after the question's reason.", "Move it up to the other options.")
        text = Paragraph()
        text.add(line, match["text"].strip())
        self.options.append(_OptionLines(line, match["mark"] != " ", text))

    def go_on_with_option(self, line: Line) -> None:
        option = self.options[-1]
        inner = line.text[1:] if line.text.startswith("\t") else line.text.removeprefix(" ").removeprefix(" ")
        if line.code:
            self.last_paragraph().add(line, inner)
        elif inner.lstrip().startswith(">"):
            option.reason.add(line, unquoted(inner.lstrip()))
        elif option.reason and not option.reason.open:
            self.wrong(line, "This text stands after the option's reason.", "Begin it with “>”, or move it up.")
        else:
            # A line without > goes on with the quotation above it, as everywhere in Markdown.
            (option.reason or option.text).add(line, inner.strip())

    def last_paragraph(self) -> Paragraph:
        if self.reason:
            return self.reason
        option = self.options[-1]
        return option.reason or option.text

    def wrong(self, line: Line, message: str, mend: str) -> None:
        self.problems.add(CHECK_WRONG, line.place(), message, mend)
