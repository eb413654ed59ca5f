"""A5xx, reinforcement and transfer: learning goes on after the course, until work changes."""

from collections.abc import Iterator

from andante.content.document import Course, ObjectiveType
from andante.content.linting.inherited import modules_without
from andante.content.linting.rule import Context, Remark, error, warning


@error("A501", "A course has a reinforcement plan")
def no_reinforcement(course: Course, _: Context) -> Iterator[Remark]:
    return modules_without(
        course,
        "reinforcement",
        lambda module: module.reinforcement,
        message="Nothing says when questions on “{title}” come back.",
        mend="Add a line “reinforcement: [2, 9, 30, 90]”, in days after completion.",
    )


@warning("A502", "A manager has something to ask")
def no_manager_question(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        if not module.manager_question:
            yield Remark(
                module.place,
                "The module gives managers no question to ask their team.",
                "Add a line “manager asks:” to its front matter.",
            )


@error("A503", "What people will do is observed")
def doing_without_observation(course: Course, _: Context) -> Iterator[Remark]:
    return _without_observation(
        course,
        "do",
        message="The objective is something to do, but nobody watches it being done.",
        mend="Add a line “observation:” with what an observer will see, or make the type decide.",
    )


@error("A504", "What people do together has a live or observed part")
def live_without_observation(course: Course, _: Context) -> Iterator[Remark]:
    return _without_observation(
        course,
        "live",
        message="The objective needs other people, but no live or observed part is named.",
        mend="Add a line “observation:” with what is practised together and who sees it.",
    )


def _without_observation(course: Course, type: ObjectiveType, *, message: str, mend: str) -> Iterator[Remark]:
    for module in course.modules:
        if module.objective_type == type and not module.observation:
            yield Remark(module.fields.get("type", module.place), message, mend)
