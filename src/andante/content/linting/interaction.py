"""A2xx, interaction: a course is something to do, and its test asks for more than memory."""

from collections.abc import Iterator

from andante.content.document import Card, Check, Course, Decide, Example, Idea, Module, Reflect
from andante.content.linting.parts import items_by_module
from andante.content.linting.rule import Context, Remark, error, warning
from andante.content.markdown import plain_words, references

MOST_PASSIVE_CARDS = 3
MOST_RECALL = 0.4
FEWEST_WORDS = 15


@error("A201", "No more than three cards pass without something to do")
def passive_stretch(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        for job in _jobs(module):
            passive = 0
            for card in _seen_by(job, module):
                passive = 0 if isinstance(card, Check | Decide | Reflect) else passive + 1
                if passive == MOST_PASSIVE_CARDS + 1:
                    whom = f" for {job}" if job else ""
                    yield Remark(
                        card.place,
                        f"This is card {passive} in a row{whom} with nothing to do but read.",
                        "Put a check, a scenario or a reflection before it.",
                    )


def _jobs(module: Module) -> tuple[str, ...]:
    """The jobs that examples are written for; nobody in particular where there are none."""
    jobs = {job for card in module.cards if isinstance(card, Example) for job in card.audience}
    return tuple(sorted(jobs)) or ("",)


def _seen_by(job: str, module: Module) -> Iterator[Card]:
    for card in module.cards:
        if not (isinstance(card, Example) and card.audience and job not in card.audience):
            yield card


@error("A202", "An idea is followed by a check")
def idea_without_check(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        waiting: list[Card] = []
        for card in module.cards:
            if isinstance(card, Idea):
                waiting.append(card)
            elif isinstance(card, Check | Decide) and waiting:
                waiting.pop(0)
        for idea in waiting:
            yield Remark(
                idea.place,
                "No check belongs to this idea: the module has fewer checks after its ideas than ideas.",
                "Add a check or a scenario after it.",
            )


@warning("A203", "A card is more than a picture or a video")
def media_only(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        for card in module.cards:
            if isinstance(card, Idea | Example) and _is_media_only(card):
                yield Remark(
                    card.place,
                    "The card is a picture or a video and hardly a word.",
                    "Say in a sentence or two what to look for.",
                )


def _is_media_only(card: Card) -> bool:
    shows = any(reference.kind == "media" for reference in references(card.body))
    return shows and len(plain_words(card.body).split()) < FEWEST_WORDS


@warning("A204", "At most 40 % of the test is recall")
def too_much_recall(course: Course, _: Context) -> Iterator[Remark]:
    drawn = recall = 0.0
    for _module, items in items_by_module(course):
        count = min(course.test.draw_per_objective, len(items))
        drawn += count
        recall += count * sum(item.level == "recall" for item in items) / len(items) if items else 0.0
    if drawn and recall / drawn > MOST_RECALL:
        yield Remark(
            course.field_place("test.draw"),
            f"On average {100 * recall / drawn:.0f} % of a test asks for recall only.",
            f"Replace questions of level recall by apply or decide, until at most {MOST_RECALL * 100:.0f} % remain.",
        )


@error("A205", "Each objective is tested by applying or deciding")
def objective_only_recalled(course: Course, _: Context) -> Iterator[Remark]:
    for module, items in items_by_module(course):
        if items and all(item.level == "recall" for item in items):
            yield Remark(
                module.place,
                f"The bank only asks for recall on the objective “{module.id}”.",
                "Write a question of level apply or decide for it.",
            )
