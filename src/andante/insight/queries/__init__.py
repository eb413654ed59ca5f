"""Reads: what the record says about courses. Nothing here writes, and nothing names a person."""

from andante.insight.queries.courses import CourseInShort, CourseInsight, Overview, course, courses, planned_seconds
from andante.insight.queries.rows import VersionRow
from andante.insight.rules.findings import Finding, Kind
from andante.insight.rules.groups import FEWEST
from andante.insight.rules.items import JUDGED_FROM, ItemFigures, Judgement, OptionFigures
from andante.insight.rules.statistics import Quartiles
from andante.insight.rules.stops import ShiftFigures, StopFigures

__all__ = [
    "FEWEST",
    "JUDGED_FROM",
    "CourseInShort",
    "CourseInsight",
    "Finding",
    "ItemFigures",
    "Judgement",
    "Kind",
    "OptionFigures",
    "Overview",
    "Quartiles",
    "ShiftFigures",
    "StopFigures",
    "VersionRow",
    "course",
    "courses",
    "planned_seconds",
]
