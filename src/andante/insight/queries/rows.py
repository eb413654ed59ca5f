"""The SQL of insight: rows of learning, assessment and people, counted where they are. Nothing here writes."""

import operator
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from andante.insight.rules.items import ItemCounts
from andante.insight.rules.statistics import Sums
from andante.insight.rules.stops import Walk
from andante.kernel.ids import CourseId, ItemId, VersionHash


@dataclass(frozen=True)
class VersionRow:
    """One published version of a course."""

    version: VersionHash
    number: int
    published_at: datetime


_VERSIONS = """
    SELECT course_id, hash, number, published_at FROM content_courseversion
    WHERE course_id = ANY(%s) ORDER BY course_id, number DESC
"""

_ENROLLED = "SELECT course_id, count(*) FROM learning_enrolment WHERE course_id = ANY(%s) GROUP BY course_id"

# Cards are done in the order of their version, so the times alone say which is which: an array without an order costs
# PostgreSQL a quarter of one with. The shift is that of the placement that counted at its site when the attempt began.
_WALKS = """
    SELECT e.course_id, e.person_id, a.version_id, coalesce(placed.shift, ''),
        date_part('epoch', a.started_at),
        coalesce(date_part('epoch', greatest(c.completed_at, sittings.last_at) - a.started_at), 0),
        date_part('epoch', c.completed_at - a.started_at), c.score::float,
        ARRAY(
            SELECT date_part('epoch', d.done_at - a.started_at)::integer FROM learning_carddone d
            WHERE d.attempt_id = a.id
        )
    FROM learning_attempt a
    JOIN learning_enrolment e ON e.id = a.enrolment_id
    LEFT JOIN learning_completion c ON c.attempt_id = a.id
    LEFT JOIN (
        SELECT attempt, max(coalesce(closed_at, drawn_at)) AS last_at FROM assessment_sitting
        WHERE version = ANY(%(versions)s) GROUP BY attempt
    ) sittings ON sittings.attempt = a.id
    LEFT JOIN LATERAL (
        SELECT p.shift FROM people_placement p JOIN people_orgunit u ON u.id = p.unit_id
        WHERE p.person_id = e.person_id AND p.effective_on <= (a.started_at AT TIME ZONE u.time_zone)::date
        ORDER BY p.effective_on DESC, p.recorded_at DESC LIMIT 1
    ) placed ON true
    WHERE a.version_id = ANY(%(versions)s)
"""

# Of each person the first answer to an item; what it is compared with is the share of the sitting's other items that
# were right, where the sitting was finished.
_ANSWERS = """
    WITH wanted AS (
        SELECT * FROM unnest(%(courses)s::text[], %(versions)s::text[], %(items)s::text[]) AS w(course, version, item)
    ), first_answers AS (
        SELECT DISTINCT ON (r.person_id, w.course, w.item) w.course, w.item, r.chosen, r.correct::integer AS x,
            (s.correct - r.correct::integer)::float / nullif(cardinality(s.items) - 1, 0) AS y
        FROM wanted w
        JOIN assessment_response r ON r.version = w.version AND r.question = w.item
        JOIN assessment_sitting s ON s.id = r.sitting_id
        ORDER BY r.person_id, w.course, w.item, r.answered_at
    )
    SELECT course, item, string_to_array(chosen, '[,]'), count(*), sum(x),
        count(y), coalesce(sum(x) FILTER (WHERE y IS NOT NULL), 0), coalesce(sum(y), 0), coalesce(sum(y * y), 0),
        coalesce(sum(x * y), 0)
    FROM first_answers GROUP BY course, item, chosen
"""


def versions(courses: Collection[CourseId]) -> dict[CourseId, list[VersionRow]]:
    """All versions of each course, the newest first."""
    found: dict[CourseId, list[VersionRow]] = {}
    for course, version, number, published_at in _rows(_VERSIONS, [list(courses)]):
        found.setdefault(course, []).append(VersionRow(version, number, published_at))
    return found


def enrolled(courses: Collection[CourseId]) -> dict[CourseId, int]:
    """How many people are enrolled in each course; a course without any is left out."""
    return dict(_rows(_ENROLLED, [list(courses)]))


def walks(versions: Iterable[VersionHash]) -> dict[CourseId, list[Walk]]:
    """The attempts at versions, by course."""
    found: dict[CourseId, list[Walk]] = {}
    for course, person, version, shift, began, lasted, completed, score, times in _rows(
        _WALKS, {"versions": list(versions)}
    ):
        times.sort()
        spells = tuple(map(operator.sub, times, (0, *times)))
        walk = Walk(person, version, shift, began, max([lasted, *times[-1:]]), completed, score, spells)
        found.setdefault(course, []).append(walk)
    return found


def answers(wanted: Collection[tuple[CourseId, VersionHash, ItemId]]) -> dict[tuple[CourseId, ItemId], ItemCounts]:
    """
    First answers to items, as they stood in the versions that are named. An item that nobody answered is left out.
    """
    courses, versions, items = (list(column) for column in zip(*wanted, strict=True)) if wanted else ([], [], [])
    found: dict[tuple[CourseId, ItemId], ItemCounts] = {}
    for course, item, chosen, n, right, *sums in _rows(
        _ANSWERS, {"courses": courses, "versions": versions, "items": items}
    ):
        before = found.get((course, item), ItemCounts())
        found[course, item] = ItemCounts(
            chosen={**before.chosen, tuple(chosen): n}, right=before.right + right, sums=before.sums + Sums(*sums)
        )
    return found


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
