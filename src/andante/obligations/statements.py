"""
How the facts of this package look: audit events about requirements, duties and crews.

A requirement is sealed with everything that a checker needs: the form, the hashes of the versions that count, and for
how long a completion does. So whoever holds the records can say who was qualified, without our rules.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from andante.kernel.ids import PersonId, derived_id
from andante.kernel.principals import Principal
from andante.ledger.statements import Fact, audit, instant
from andante.obligations.rules import form as forms
from andante.obligations.rules.differences import Standing
from andante.obligations.rules.form import RequirementForm, RequirementId

REQUIREMENT_APPLIED = "requirement-applied"
REQUIREMENT_RESOLVED = "requirement-resolved"
REQUIREMENT_WITHDRAWN = "requirement-withdrawn"
DUTY_ASSIGNED = "duty-assigned"
DUTY_WITHDRAWN = "duty-withdrawn"
DUTY_REDATED = "duty-redated"
CREW_PLANNED = "crew-planned"
NAMESPACE = UUID("b0c95f0e-8d0a-5d3c-9a56-3f6f3c0e7d42")
"""Of the ids that are derived from what a fact is about."""


def revision_id(requirement: RequirementId, number: int) -> UUID:
    """Id of the fact that a revision was applied, or withdrew the requirement."""
    return derived_id(NAMESPACE, "requirement", requirement, str(number))


def accepted_id(revision: UUID, version: str) -> UUID:
    """Id of the row that a version counts for a revision."""
    return derived_id(revision, "accepts", version)


def crew_id(unit: str, name: str, starts_at: datetime) -> UUID:
    """Id of a crew: planned once more, it is the same."""
    return derived_id(NAMESPACE, "crew", unit, name, instant(starts_at))


def requirement_applied(
    *,
    form: RequirementForm,
    number: int,
    accepted: Collection[str] | None,
    before: RequirementForm | None,
    by: Principal,
    at: datetime,
    why: str,
) -> Fact:
    """
    A rule holds from now on, or from the moment that it names.

    :param accepted: hashes of the versions of the course that count; None for any
    :param before: what it said until now
    """
    return audit(
        id=revision_id(form.id, number),
        by=by,
        action=REQUIREMENT_APPLIED,
        subject=f"requirement:{form.id}",
        at=at,
        old={"form": forms.to_data(before)} if before else None,
        new={
            "requirement": form.id,
            "revision": number,
            "form": forms.to_data(form),
            "accepted": None if accepted is None else sorted(accepted),
            "validity": validity(form),
        },
        why=why,
    )


def validity(form: RequirementForm) -> dict[str, int] | None:
    """For how long a completion counts, on the calendar of UTC: months, then days, then hours. None for ever."""
    if form.renew is None:
        return None
    months, days, hours = form.renew.every.parts
    return {"months": months, "days": days, "hours": hours}


def requirement_resolved(
    *, revision: UUID, requirement: RequirementId, number: int, accepted: Sequence[str], by: Principal, at: datetime
) -> Fact:
    """A version of the course was published that counts as well."""
    return audit(
        id=derived_id(revision, "resolved", *sorted(accepted)),
        by=by,
        action=REQUIREMENT_RESOLVED,
        subject=f"requirement:{requirement}",
        at=at,
        new={"requirement": requirement, "revision": number, "accepted": sorted(accepted)},
    )


def requirement_withdrawn(
    *, requirement: RequirementId, number: int, before: RequirementForm, by: Principal, at: datetime, why: str
) -> Fact:
    """A rule holds no longer."""
    return audit(
        id=revision_id(requirement, number),
        by=by,
        action=REQUIREMENT_WITHDRAWN,
        subject=f"requirement:{requirement}",
        at=at,
        old={"form": forms.to_data(before)},
        new={"requirement": requirement, "revision": number},
        why=why,
    )


def duty_fact(*, action: str, duty: Standing, step: int, by: Principal, at: datetime, why: str = "") -> Fact:
    """
    A duty is somebody's from now on, is no longer, or is to be done by another time.

    :param step: how many facts about this duty there are with this one
    """
    assignment = duty.id
    return audit(
        id=derived_id(assignment, str(step)),
        by=by,
        action=action,
        subject=f"person:{duty.person}",
        at=at,
        new={"assignment": str(assignment), "step": step, **_values(duty)},
        why=why,
    )


def _values(duty: Standing) -> dict[str, Any]:
    return {
        "requirement": duty.requirement,
        "revision": duty.revision,
        "begins_at": instant(duty.begins_at),
        "due_at": instant(duty.due_at) if duty.due_at else None,
        "renews": str(duty.renews) if duty.renews else None,
    }


def crew_planned(
    *,
    crew: UUID,
    step: int,
    unit: UUID,
    values: Mapping[str, Any],
    members: Sequence[PersonId],
    by: Principal,
    at: datetime,
) -> Fact:
    """It was planned who is to work together."""
    return audit(
        id=derived_id(crew, str(step)),
        by=by,
        action=CREW_PLANNED,
        subject=f"unit:{unit}",
        at=at,
        new={"crew": str(crew), "step": step, **values, "members": [str(member) for member in members]},
    )
