"""Every rich text of a course, with the place of its first line."""

from collections.abc import Iterator
from dataclasses import dataclass

from andante.content.document import Card, Check, Course, Decide, Place, Question


@dataclass(frozen=True)
class RichText:
    """A Markdown text, and where its first line stands."""

    place: Place
    text: str

    def line(self, offset: int) -> Place:
        """The place of one of its lines, counted from 0."""
        return Place(self.place.file, self.place.line + offset, self.place.column if offset == 0 else 1)


def course_texts(course: Course) -> Iterator[RichText]:
    """All texts, in the order of the files."""
    for module in course.modules:
        for card in module.cards:
            yield from card_texts(card)
    for item in course.bank:
        yield from question_texts(item)
    for sheet in course.aids.values():
        yield RichText(sheet.body_place, sheet.body)


def course_lines(course: Course) -> Iterator[tuple[Place, str]]:
    """Each line of all texts, with its place."""
    for text in course_texts(course):
        for offset, line in enumerate(text.text.split("\n")):
            yield text.line(offset), line


def card_texts(card: Card) -> Iterator[RichText]:
    """The texts of one card."""
    if isinstance(card, Check):
        yield from question_texts(card)
        return
    yield RichText(card.body_place, card.body)
    if isinstance(card, Decide):
        yield from _scenario_texts(card)


def question_texts(question: Question) -> Iterator[RichText]:
    """The texts of a question: its body, options and reasons."""
    yield RichText(question.body_place, question.body)
    for option in question.options:
        yield RichText(option.place, option.text)
        yield RichText(option.reason_place, option.reason)
    yield RichText(question.reason_place, question.reason)


def _scenario_texts(scenario: Decide) -> Iterator[RichText]:
    for node in scenario.nodes.values():
        yield RichText(node.place, node.consequence)
        yield RichText(node.situation_place, node.situation)
        for choice in node.choices:
            yield RichText(choice.place, choice.text)
            yield RichText(choice.reason_place, choice.reason)
        yield RichText(node.verdict_place, node.verdict)
