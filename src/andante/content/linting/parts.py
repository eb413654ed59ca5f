"""Parts of a course that several groups of rules look at."""

from collections.abc import Iterator

from andante.content.document import Check, Course, Decide, Item, Module, Question


def questions(course: Course) -> Iterator[Question]:
    """All questions: the checks of the modules, then the bank."""
    for module in course.modules:
        for card in module.cards:
            if isinstance(card, Check):
                yield card
    yield from course.bank


def scenarios(course: Course) -> Iterator[Decide]:
    """All scenarios, in the order in which they are played."""
    for module in course.modules:
        for card in module.cards:
            if isinstance(card, Decide):
                yield card


def items_by_module(course: Course) -> Iterator[tuple[Module, list[Item]]]:
    """Each module with the questions of the bank that serve its objective."""
    for module in course.modules:
        yield module, [item for item in course.bank if item.objective == module.id]
