"""A1xx, structure: the outcome comes first, and a module has its five parts in order."""

import re
from collections.abc import Iterator

from andante.content.document import (
    TAGS,
    Card,
    Check,
    Course,
    Decide,
    Example,
    Idea,
    Module,
    Place,
    Reflect,
)
from andante.content.linting.rule import Context, Remark, error, warning

MINUTES_TO_WARN = 10
MINUTES_TO_BLOCK = 15
NOT_OBSERVABLE = re.compile(
    r"(?i)\b(understand|know|learn|appreciate|grasp|realise|realize|be (?:more )?(?:aware|familiar|conscious)|"
    r"become (?:aware|familiar)|have (?:an? )?(?:understanding|awareness|knowledge)|gain (?:an? )?\w+|comprehend)\b"
)
_OBSERVABLE = (
    "act|ask|assess|avoid|build|call|check|choose|classify|clean|close|compare|complete|contain|control|decide|describe|"
    "detect|discard|dispose|document|draw|escalate|evacuate|explain|file|find|fill|give|handle|hand|identify|inform|"
    "inspect|isolate|label|list|lock|log|measure|name|open|operate|order|perform|pick|place|plan|prepare|prevent|protect|"
    "read|recognise|recognize|record|refuse|release|remove|repair|report|respond|return|say|secure|select|share|shred|"
    "sign|sort|spot|state|stop|store|tell|test|use|verify|wash|wear|weigh|write"
)
_SECOND_VERB = re.compile(rf"(?i)(?:,\s*|\s)(?:and|then|also|as well as)\s+(?:then\s+)?({_OBSERVABLE})\b")
_SENTENCE_END = re.compile(r"[.!?](?=\s+\S)|;")
_BRIEF = {
    "do": "what people will be able to do",
    "decide": "which decisions they will make differently",
    "errors": "which errors must fall",
    "measure": "the measure that will show it",
}


def _objective_place(module: Module) -> Place:
    return module.fields.get("objective", module.place)


@error("A101", "A course has an outcome brief")
def course_without_brief(course: Course, _: Context) -> Iterator[Remark]:
    for name, meaning in _BRIEF.items():
        if not getattr(course.brief, name):
            yield Remark(
                course.field_place("brief"),
                f"The outcome brief does not say {meaning}.",
                f"Add a line “{name}: …” below “brief:”.",
            )


@error("A102", "A course has all its tags")
def course_without_tags(course: Course, _: Context) -> Iterator[Remark]:
    for name in TAGS:
        if not course.tags[name]:
            otherwise = " Write “regulation: none” if no regulation asks for it." if name == "regulation" else ""
            yield Remark(
                course.field_place("tags"),
                f"The course has no tag “{name}”.",
                f"Add “{name}:” below “tags:”.{otherwise}",
            )


@error("A103", "A module has an objective")
def module_without_objective(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        if not module.objective:
            yield Remark(
                _objective_place(module),
                "The module has no objective.",
                "Add a line “objective:” with what a person can do afterwards.",
            )


def _without(course: Course, kinds: tuple[type[Card], ...]) -> Iterator[Module]:
    return (module for module in course.modules if not any(isinstance(card, kinds) for card in module.cards))


@error("A104", "A module explains an idea")
def module_without_idea(course: Course, _: Context) -> Iterator[Remark]:
    for module in _without(course, (Idea,)):
        yield Remark(module.place, "The module explains no idea.", "Add a card “## Idea: …”.")


@error("A105", "A module shows an example")
def module_without_example(course: Course, _: Context) -> Iterator[Remark]:
    for module in _without(course, (Example,)):
        yield Remark(module.place, "The module shows no example.", "Add a card “## Example: …” from the job.")


@error("A106", "A module checks what it explains")
def module_without_check(course: Course, _: Context) -> Iterator[Remark]:
    for module in _without(course, (Check, Decide)):
        yield Remark(module.place, "The module checks nothing.", "Add a card “## Check: …” or “## Decide: …”.")


@error("A107", "A module ends in reflection or comes back later")
def module_without_reflection(course: Course, _: Context) -> Iterator[Remark]:
    for module in _without(course, (Reflect,)):
        if not module.reinforcement:
            yield Remark(
                module.place,
                "The module has neither a reflection nor a plan by which its questions come back.",
                "Add a card “## Reflect: …”, or a line “reinforcement: [2, 9, 30, 90]” in course.yaml.",
            )


@error("A108", "An idea comes before its application")
def application_before_idea(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        for card in module.cards:
            if isinstance(card, Idea):
                break
            if isinstance(card, Check | Decide):
                yield Remark(
                    card.place,
                    "The person has to apply what no idea has explained yet.",
                    "Move an idea above this card.",
                )


@warning("A109", "A module has one objective")
def several_objectives(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        text = module.objective.rstrip(".!")
        if _SENTENCE_END.search(text) or _SECOND_VERB.search(text):
            yield Remark(
                _objective_place(module),
                "The objective seems to hold two objectives.",
                "Keep the one that matters and move the other to a module of its own.",
            )


@warning("A110", "A module takes ten minutes at most")
def module_over_ten_minutes(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        if MINUTES_TO_WARN * 60 < module.seconds <= MINUTES_TO_BLOCK * 60:
            yield Remark(
                module.place,
                f"The module takes about {module.minutes} minutes.",
                f"Aim for {MINUTES_TO_WARN} or less: shorten it or split it.",
            )


@error("A111", "A module takes fifteen minutes at most")
def module_over_fifteen_minutes(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        if module.seconds > MINUTES_TO_BLOCK * 60:
            yield Remark(
                module.place,
                f"The module takes about {module.minutes} minutes, more than {MINUTES_TO_BLOCK}.",
                "Split it into modules with an objective each.",
            )


@error("A112", "An objective can be observed")
def objective_not_observable(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        match = NOT_OBSERVABLE.match(re.sub(r"(?i)^(to|people|you|learners?|will|can|to)\s+", "", module.objective))
        if match:
            yield Remark(
                _objective_place(module),
                f"Nobody can see whether a person does “{match[0].lower()}”.",
                "Begin with a verb that a colleague could watch: decide, tell, choose, record, stop.",
            )
