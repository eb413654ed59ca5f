"""One card as the player shows it."""

from dataclasses import dataclass, replace

from andante.assessment import queries as assessment
from andante.assessment.queries import Try
from andante.content.document import Card, Check, Choice, Course, Decide, Module, Node, Option, Reflect, Walk, walk
from andante.content.queries import PublishedCourse
from andante.kernel.ids import AttemptId, CardId, CourseId, PersonId
from andante.learning import rules
from andante.learning.models import Reflection, ScenarioStep
from andante.learning.queries.attempts import newest_attempt
from andante.learning.refusals import CardLocked, CardUnknown


@dataclass(frozen=True)
class Decision:
    """One decision on a way through a scenario, and what else could have been chosen."""

    node: Node
    choice: Choice
    others: tuple[Choice, ...]


@dataclass(frozen=True)
class ScenarioView:
    """A scenario as far as this person has gone."""

    run: int
    """Which time through it is shown, from 1. The first is what the record shows."""
    way: Walk

    @property
    def number(self) -> int:
        """Which decision it waits for, from 1."""
        return len(self.way.steps) + 1

    @property
    def trail(self) -> tuple[Decision, ...]:
        """The decisions taken."""
        return tuple(
            Decision(step.node, step.choice, tuple(each for each in step.node.choices if each != step.choice))
            for step in self.way.steps
        )

    def once_more(self) -> "ScenarioView":
        """The same scenario from its start, as practice."""
        return ScenarioView(self.run + 1, walk(self.way.scenario))


@dataclass(frozen=True)
class CardView:
    """A card, where it stands on the path, and what the person has done with it."""

    published: PublishedCourse
    """The version that the person takes."""
    card: Card
    state: rules.State
    module: rules.ModuleProgress
    position: int
    """Which card of its module it is, from 1."""
    number: int
    """Which module of the course it is, from 1."""
    modules: int
    """How many there are."""
    just_done: Module | None
    """The module before this one, where this card is the first of the next, and is still to be done."""
    previous: Card | None
    next: Card | None
    """The card after it; None after the last one."""
    next_opens: bool
    """Whether the person may go on to what follows."""
    closed: bool
    """Whether the course is completed, so that nothing can be added."""
    taught_by: Card | None
    """The idea that a check or a scenario asks about."""
    tries: tuple[Try, ...] = ()
    asked: tuple[Option, ...] = ()
    """The options of a check in the order that its next try shows them."""
    scenario: ScenarioView | None = None
    reflection: str = ""

    @property
    def course(self) -> Course:
        return self.published.document

    @property
    def next_try(self) -> int:
        return len(self.tries) + 1

    @property
    def first(self) -> Try | None:
        """The answer that the record shows."""
        return self.tries[0] if self.tries else None

    @property
    def latest(self) -> Try | None:
        return self.tries[-1] if self.tries else None


def card(*, person: PersonId, course: CourseId, card: CardId) -> CardView:
    """
    A card of the version that the person takes.

    :raises NotBegun: the person has not begun the course
    :raises CardUnknown: this version has no such card
    :raises CardLocked: cards before it are not done
    """
    attempt = newest_attempt(person, course)
    progress = attempt.progress
    module, state = progress.module_of(card), progress.state_of(card)
    if module is None or state is None:
        raise CardUnknown
    if state not in {rules.State.DONE, rules.State.NOW}:
        raise CardLocked
    shown = attempt.course.cards[card]
    at = progress.modules.index(module)
    position = 1 + next(place for place, each in enumerate(module.module.cards) if each.id == card)
    begins = at > 0 and position == 1 and state is rules.State.NOW
    previous, following = progress.neighbours(card)
    view = CardView(
        published=attempt.published,
        card=shown,
        state=state,
        module=module,
        position=position,
        number=at + 1,
        modules=len(progress.modules),
        just_done=progress.modules[at - 1].module if begins else None,
        previous=previous,
        next=following,
        next_opens=state is rules.State.DONE,
        closed=attempt.completed_at is not None,
        taught_by=rules.taught_by(module.module, card),
    )
    return _with_what_was_done(view, attempt.id)


def _with_what_was_done(view: CardView, attempt: AttemptId) -> CardView:
    match view.card:
        case Check():
            tries = assessment.tries(attempt, view.card)
            asked = assessment.check_options(attempt, view.card, len(tries) + 1)
            return replace(view, tries=tries, asked=asked)
        case Decide():
            return replace(view, scenario=_scenario(view.card, attempt))
        case Reflect():
            text = Reflection.objects.filter(attempt=attempt, card=view.card.id).values_list("text", flat=True)
            return replace(view, reflection=text.first() or "")
    return view


def _scenario(scenario: Decide, attempt: AttemptId) -> ScenarioView:
    steps = ScenarioStep.objects.filter(attempt=attempt, card=scenario.id).order_by("run", "number")
    taken = list(steps.values_list("run", "choice"))
    run = taken[-1][0] if taken else 1
    return ScenarioView(run, walk(scenario, [choice for each, choice in taken if each == run]))
