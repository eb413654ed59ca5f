"""What the record says about courses: for all of them in short, for one in full."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from andante.content import queries as content
from andante.content.document import Course, minutes
from andante.content.queries import PublishedCourse
from andante.insight.queries import rows
from andante.insight.queries.rows import VersionRow
from andante.insight.rules.findings import Finding, findings
from andante.insight.rules.groups import FEWEST
from andante.insight.rules.items import ItemCounts, ItemFigures, figures, wording
from andante.insight.rules.stops import Order, ShiftFigures, StopFigures, Walk, by_shift, funnel
from andante.kernel.ids import CardId, CourseId, ItemId, VersionHash


@dataclass(frozen=True)
class Overview:
    """People, each counted once."""

    enrolled: int | None
    """None where the question is about one version: people are enrolled in the course."""
    begun: int
    completed: int
    stuck: int
    """Began, did not complete, and did nothing for more than a week."""
    mean_score: float | None
    """Of completions, from 0 to 1; None where they are too few, or the course has no test."""

    @property
    def shown(self) -> bool:
        """Whether there are enough people for figures."""
        return self.begun >= FEWEST

    @property
    def of(self) -> int:
        """What the completed are a share of."""
        return self.begun if self.enrolled is None else max(self.enrolled, self.begun)

    @property
    def share_completed(self) -> float:
        return self.completed / self.of if self.of else 0.0


@dataclass(frozen=True)
class CourseInShort:
    """A course in the author's list."""

    published: PublishedCourse
    overview: Overview
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class CourseInsight:
    """A course, or one version of it, in full."""

    published: PublishedCourse
    """The newest version that was asked for: its words and its order are shown."""
    versions: tuple[VersionRow, ...]
    """All there are, the newest first."""
    chosen: VersionRow | None
    """None where all are counted together."""
    overview: Overview
    items: tuple[ItemFigures, ...]
    """In the order of the bank."""
    reworded: frozenset[ItemId]
    """Items whose earlier answers are left out, since people read other words then."""
    stops: tuple[StopFigures, ...]
    shifts: tuple[ShiftFigures, ...]
    findings: tuple[Finding, ...]


def courses(*, at: datetime) -> list[CourseInShort]:
    """
    Every course, by title, with what matters most in it. The number of queries is the same for any number of courses.

    :param at: now: who did nothing for a week before it is stuck
    """
    catalogue = {each.course_id: each for each in content.catalogue()}
    versions = rows.versions(catalogue)
    documents = content.versions(each.version for course in versions.values() for each in course)
    scopes = {course: _Scope(catalogue[course], versions[course], documents) for course in catalogue}
    enrolled = rows.enrolled(catalogue)
    walks = rows.walks(documents)
    answers = rows.answers([each for scope in scopes.values() for each in scope.wanted])
    return [
        CourseInShort(
            scope.published,
            _overview(walks.get(course, []), enrolled.get(course, 0), at),
            findings(
                scope.items(answers), scope.stops(walks.get(course, []), at), scope.shifts(walks.get(course, []), at)
            ),
        )
        for course, scope in scopes.items()
    ]


def course(course: CourseId, *, version: int | None = None, at: datetime) -> CourseInsight | None:
    """
    A course in full; None if there is no such course, or no such version.

    :param version: its number; all versions together where it is None
    :param at: now
    """
    published = rows.versions([course]).get(course, [])
    counted = [each for each in published if version in {None, each.number}]
    if not counted:
        return None
    documents = content.versions(each.version for each in counted)
    scope = _Scope(documents[counted[0].version], counted, documents)
    walks = rows.walks(documents).get(course, [])
    enrolled = rows.enrolled([course]).get(course, 0) if version is None else None
    items = scope.items(rows.answers(scope.wanted))
    stops, shifts = scope.stops(walks, at), scope.shifts(walks, at)
    return CourseInsight(
        published=scope.published,
        versions=tuple(published),
        chosen=counted[0] if version is not None else None,
        overview=_overview(walks, enrolled, at),
        items=items,
        reworded=scope.reworded,
        stops=stops,
        shifts=shifts,
        findings=findings(items, stops, shifts),
    )


def planned_seconds(course: Course, card: CardId | None) -> float:
    """How long a card is planned to take; one sitting of the test for None."""
    if card is None:
        return minutes.test_seconds(course.bank, drawn=course.test_length)
    return minutes.card_seconds(course.cards[card])


class _Scope:
    """The versions of a course that are counted together, the newest first."""

    def __init__(
        self,
        published: PublishedCourse,
        counted: Sequence[VersionRow],
        documents: Mapping[VersionHash, PublishedCourse],
    ) -> None:
        self.published = published
        self._documents = {each.version: documents[each.version].document for each in counted}
        self.order: Order = {version: tuple(document.cards) for version, document in self._documents.items()}

    @property
    def _course(self) -> Course:
        return self.published.document

    @property
    def wanted(self) -> list[tuple[CourseId, VersionHash, ItemId]]:
        """Each item in the versions in which people read the same words as in the newest."""
        return [
            (self.published.course_id, version, item.id)
            for item in self._course.bank
            for version, document in self._documents.items()
            if item.id in document.items and wording(document.items[item.id]) == wording(item)
        ]

    @property
    def reworded(self) -> frozenset[ItemId]:
        return frozenset(
            item.id
            for item in self._course.bank
            for document in self._documents.values()
            if item.id in document.items and wording(document.items[item.id]) != wording(item)
        )

    def items(self, answers: Mapping[tuple[CourseId, ItemId], ItemCounts]) -> tuple[ItemFigures, ...]:
        none = ItemCounts()
        return tuple(
            figures(item, answers.get((self.published.course_id, item.id), none)) for item in self._course.bank
        )

    def stops(self, walks: Sequence[Walk], at: datetime) -> tuple[StopFigures, ...]:
        cards: list[CardId | None] = [*self._course.cards]
        if self._course.test_length:
            cards.append(None)
        planned = {card: planned_seconds(self._course, card) for card in cards}
        return funnel(walks, self.order, planned, now=at)

    def shifts(self, walks: Sequence[Walk], at: datetime) -> tuple[ShiftFigures, ...]:
        return by_shift(walks, self.order, now=at)


def _overview(walks: Collection[Walk], enrolled: int | None, at: datetime) -> Overview:
    scores = [walk.score for walk in walks if walk.score is not None]
    return Overview(
        enrolled=enrolled,
        begun=len({walk.person for walk in walks}),
        completed=len({walk.person for walk in walks if walk.completed is not None}),
        stuck=len({walk.person for walk in walks if walk.has_stopped(at)}),
        mean_score=sum(scores) / len(scores) if len(scores) >= FEWEST else None,
    )
