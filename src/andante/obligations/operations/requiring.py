"""Applying a requirement, withdrawing it, and letting later versions of its course count."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from andante.kernel.ids import CourseId
from andante.kernel.principals import Principal
from andante.ledger.operations import transact
from andante.obligations import reading, statements
from andante.obligations.checking import NotRequired, check
from andante.obligations.models import AcceptedVersion, RequirementRevision
from andante.obligations.operations.evaluating import look_at
from andante.obligations.operations.keeping import keep, one_at_a_time
from andante.obligations.rules import form as forms
from andante.obligations.rules.form import RequirementForm, RequirementId


@transact
def apply_requirement(*, form: RequirementForm, by: Principal, at: datetime, why: str = "") -> RequirementId:
    """
    Let a requirement hold from now on, or from the moment that it names. The same form again changes nothing.

    Duties follow with the next evaluation.

    :raises CourseUnknown: no such course is published
    :raises VersionUnknown: the course has no version of that number
    :raises PlaceUnknown: the audience names a job or a unit that is not there
    """
    accepted = check(form)
    one_at_a_time(f"requirement/{form.id}")
    newest = _newest(form.id)
    before = forms.from_data(newest.form) if newest and newest.form else None
    if before == form:
        return form.id
    keep(
        [
            statements.requirement_applied(
                form=form,
                number=newest.number + 1 if newest else 1,
                accepted=accepted,
                before=before,
                by=by,
                at=at,
                why=why,
            )
        ]
    )
    look_at(None)
    return form.id


@transact
def withdraw_requirement(*, requirement: RequirementId, by: Principal, at: datetime, why: str) -> None:
    """
    Let a requirement hold no longer. Its duties are withdrawn with the next evaluation; what was on record stays.

    :raises NotRequired: there is no such requirement, or it was withdrawn before
    """
    one_at_a_time(f"requirement/{requirement}")
    newest = _newest(requirement)
    if newest is None or newest.form is None:
        raise NotRequired(_("There is no requirement “%(id)s” in use.") % {"id": requirement})
    keep(
        [
            statements.requirement_withdrawn(
                requirement=requirement,
                number=newest.number + 1,
                before=forms.from_data(newest.form),
                by=by,
                at=at,
                why=why,
            )
        ]
    )
    look_at(None)


@transact
def resolve_versions(*, course: CourseId, by: Principal, at: datetime) -> None:
    """Let the versions of a course count that were published since, wherever a requirement says "and later ones"."""
    one_at_a_time(f"course/{course}")
    rows = RequirementRevision.objects.filter(form__course=course, any_version=False).order_by("requirement", "number")
    counting = _accepted([row.id for row in rows])
    facts = []
    for row in rows:
        number = forms.from_data(row.form or {}).accept_from
        published = reading.versions_from(course, number) if number is not None else []
        if missing := [version for version in published if (row.id, version) not in counting]:
            facts.append(
                statements.requirement_resolved(
                    revision=row.id,
                    requirement=RequirementId(row.requirement_id),
                    number=row.number,
                    accepted=missing,
                    by=by,
                    at=at,
                )
            )
    if facts:
        keep(facts)
        look_at(None)


def _newest(requirement: RequirementId) -> RequirementRevision | None:
    return RequirementRevision.objects.filter(requirement=requirement).order_by("-number").first()


def _accepted(revisions: Collection[UUID]) -> set[tuple[UUID, str]]:
    rows = AcceptedVersion.objects.filter(revision__in=revisions)
    return set(rows.values_list("revision_id", "version"))
