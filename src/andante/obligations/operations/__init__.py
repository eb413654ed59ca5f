"""
Deciding who must hold what: applying and withdrawing requirements, computing duties, planning crews.
"""

from andante.obligations.checking import (
    CourseUnknown,
    NotRequired,
    PlaceUnknown,
    RequirementRefused,
    VersionUnknown,
)
from andante.obligations.operations.crews import CrewRefused, plan_crew
from andante.obligations.operations.evaluating import Evaluation, evaluate, evaluate_when_due, look_at
from andante.obligations.operations.requiring import apply_requirement, resolve_versions, withdraw_requirement

__all__ = [
    "CourseUnknown",
    "CrewRefused",
    "Evaluation",
    "NotRequired",
    "PlaceUnknown",
    "RequirementRefused",
    "VersionUnknown",
    "apply_requirement",
    "evaluate",
    "evaluate_when_due",
    "look_at",
    "plan_crew",
    "resolve_versions",
    "withdraw_requirement",
]
