"""
Reads: what people must do, who is qualified, which requirements there are, and what one would do. Nothing here writes.
"""

from andante.obligations.parsing import FormProblem, FormRefused, form_text, parse_form
from andante.obligations.queries.crews import Crew, CrewMember, StandIn, crews
from andante.obligations.queries.duties import (
    Duty,
    DutyCounts,
    Standing,
    Urgency,
    current_duties,
    duties,
    duty_counts,
    urgency,
)
from andante.obligations.queries.previewing import Affected, Preview, preview
from andante.obligations.queries.qualifying import Qualification, answers, qualification, qualifications
from andante.obligations.queries.requirements import (
    RequirementView,
    RevisionView,
    audience_values,
    people_counts,
    requirement,
    requirement_titles,
    requirements,
)
from andante.obligations.rules.form import Due, Renewal, RequirementForm, RequirementId
from andante.obligations.rules.periods import Period

__all__ = [
    "Affected",
    "Crew",
    "CrewMember",
    "Due",
    "Duty",
    "DutyCounts",
    "FormProblem",
    "FormRefused",
    "Period",
    "Preview",
    "Qualification",
    "Renewal",
    "RequirementForm",
    "RequirementId",
    "RequirementView",
    "RevisionView",
    "StandIn",
    "Standing",
    "Urgency",
    "answers",
    "audience_values",
    "crews",
    "current_duties",
    "duties",
    "duty_counts",
    "form_text",
    "parse_form",
    "people_counts",
    "preview",
    "qualification",
    "qualifications",
    "requirement",
    "requirement_titles",
    "requirements",
    "urgency",
]
