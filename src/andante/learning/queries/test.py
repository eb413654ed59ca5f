"""The test: its page, its items one by one, and what came of it."""

from dataclasses import dataclass

from andante.assessment import queries as assessment
from andante.assessment.queries import SittingView, TestResult, Verdict
from andante.content.document import Card, Course, Item, Module, Option
from andante.content.queries import PublishedCourse
from andante.kernel.ids import CourseId, PersonId
from andante.learning import rules
from andante.learning.queries.attempts import newest_attempt
from andante.learning.refusals import CardLocked


@dataclass(frozen=True)
class ObjectiveScore:
    """How one module's objective came out of a test, and where to read it again."""

    module: Module
    idea: Card | None
    correct: int
    total: int

    @property
    def all_right(self) -> bool:
        return self.correct == self.total


@dataclass(frozen=True)
class ItemView:
    """One item of a sitting."""

    published: PublishedCourse
    sitting: int
    position: int
    total: int
    item: Item
    options: tuple[Option, ...]
    """In the order in which this sitting shows them."""
    verdict: Verdict | None
    """None while the item waits for an answer."""
    taught_by: Card | None
    states: tuple[rules.State, ...]
    """Of each item of the sitting, in order."""

    @property
    def course(self) -> Course:
        return self.published.document

    @property
    def before(self) -> int:
        return self.position - 1

    @property
    def after(self) -> int:
        return self.position + 1

    @property
    def last(self) -> bool:
        return self.position == self.total


@dataclass(frozen=True)
class TestView:
    """The test of a course for one person: what it asks, where it stands, and the newest result."""

    __test__ = False  # the name is the domain's; pytest need not collect it

    published: PublishedCourse
    stage: rules.Stage
    length: int
    sittings_left: int
    next_position: int | None
    """The item that waits for an answer in an open sitting."""
    result: TestResult | None
    """What came of the newest sitting that is closed."""
    objectives: tuple[ObjectiveScore, ...]
    items: tuple[ItemView, ...]
    """The items of that sitting, with their verdicts."""

    @property
    def course(self) -> Course:
        return self.published.document

    @property
    def needed(self) -> int:
        """How many right items pass."""
        return self.course.test_needed

    @property
    def weak(self) -> tuple[ObjectiveScore, ...]:
        """The objectives with a wrong answer, the weakest first."""
        missed = [score for score in self.objectives if not score.all_right]
        return tuple(sorted(missed, key=lambda score: score.correct / score.total))


def test_page(*, person: PersonId, course: CourseId) -> TestView:
    """
    The test's page.

    :raises NotBegun: the person has not begun the course
    :raises CardLocked: modules before the test are not done, or the course has no test
    """
    attempt = newest_attempt(person, course)
    progress = attempt.progress
    document = attempt.course
    if progress.next_card is not None or not document.test_length:
        raise CardLocked
    sittings = assessment.sittings(attempt.id, document)
    allowed = rules.sittings_allowed(document)
    closed = next((sitting for sitting in reversed(sittings) if sitting.result), None)
    result = closed.result if closed else None
    return TestView(
        published=attempt.published,
        stage=rules.stage(progress, [sitting.passed for sitting in sittings], attempts=allowed),
        length=document.test_length,
        sittings_left=max(0, allowed - len(sittings)),
        next_position=sittings[-1].next_position if sittings else None,
        result=result,
        objectives=_by_objective(document, result) if result else (),
        items=tuple(_item(attempt.published, closed, at) for at in range(1, len(closed.items) + 1)) if closed else (),
    )


test_page.__test__ = False  # type: ignore[attr-defined]  # no test of pytest's


def test_item(*, person: PersonId, course: CourseId, position: int) -> ItemView | None:
    """
    One item of the newest sitting; None where that item is not open yet, or there is no sitting.

    :param position: place in the sitting, from 1
    :raises NotBegun: the person has not begun the course
    """
    attempt = newest_attempt(person, course)
    sittings = assessment.sittings(attempt.id, attempt.course)
    if not sittings:
        return None
    sitting = sittings[-1]
    open_until = sitting.next_position or len(sitting.items)
    if not 1 <= position <= open_until:
        return None
    return _item(attempt.published, sitting, position)


test_item.__test__ = False  # type: ignore[attr-defined]  # no test of pytest's


def _item(published: PublishedCourse, sitting: SittingView, position: int) -> ItemView:
    course = published.document
    item = course.items[sitting.items[position - 1]]
    return ItemView(
        published=published,
        sitting=sitting.number,
        position=position,
        total=len(sitting.items),
        item=item,
        options=sitting.options(item),
        verdict=sitting.verdict(position, item),
        taught_by=rules.first_idea(course.modules_by_id[item.objective]),
        states=tuple(_state(sitting, at, shown=position) for at in range(1, len(sitting.items) + 1)),
    )


def _state(sitting: SittingView, position: int, *, shown: int) -> rules.State:
    if position == shown:
        return rules.State.NOW
    return rules.State.DONE if position in sitting.answers else rules.State.TODO


def _by_objective(course: Course, result: TestResult) -> tuple[ObjectiveScore, ...]:
    scores = {score.objective: score for score in result.by_objective}
    return tuple(
        ObjectiveScore(module, rules.first_idea(module), scores[module.id].correct, scores[module.id].total)
        for module in course.modules
        if module.id in scores
    )
