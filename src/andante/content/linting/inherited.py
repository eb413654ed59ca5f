"""Fields that a module takes from course.yaml where it says nothing of its own."""

from collections.abc import Callable, Iterator

from andante.content.document import Course, Module
from andante.content.linting.rule import Remark


def modules_without(
    course: Course, field: str, value: Callable[[Module], object], *, message: str, mend: str
) -> Iterator[Remark]:
    """
    Each module for which neither it nor the course fills in a field; the place is where the course would.

    :param field: its name in course.yaml
    :param value: what a module has of it, inherited or its own
    :param message: with `{title}` for the module's title
    """
    for module in course.modules:
        if not value(module):
            yield Remark(course.field_place(field), message.format(title=module.title), mend)
