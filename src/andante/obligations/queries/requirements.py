"""Requirements as they stand, and as they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Count

from andante.ledger.prepared import prepared_cursor
from andante.obligations.models import Assignment, RequirementRevision
from andante.obligations.rules import form as forms
from andante.obligations.rules.audience import FIELDS, All, Is
from andante.obligations.rules.form import RequirementForm, RequirementId


@dataclass(frozen=True)
class RevisionView:
    """A requirement as it was applied once; without a form, it was withdrawn."""

    number: int
    form: RequirementForm | None
    applied_at: datetime
    by: str
    """The principal."""
    why: str


@dataclass(frozen=True)
class RequirementView:
    """A requirement in its newest revision."""

    id: RequirementId
    title: str
    form: RequirementForm
    """For one that was withdrawn, the last one that held."""
    revision: int
    applied_at: datetime
    by: str
    why: str
    withdrawn: bool
    history: tuple[RevisionView, ...]
    """All revisions, the newest first."""


def requirements(*, withdrawn: bool = False) -> list[RequirementView]:
    """
    Return all requirements by title. One query.

    :param withdrawn: also those that hold no longer
    """
    rows = list(RequirementRevision.objects.order_by("requirement_id", "-number"))
    views = [_view(list(revisions)) for _, revisions in groupby(rows, key=lambda row: row.requirement_id)]
    return sorted((view for view in views if withdrawn or not view.withdrawn), key=lambda view: (view.title, view.id))


# A withdrawal is a revision without a form: left out before the newest is chosen, it hides nothing.
_TITLES = """
    SELECT requirement_id, form ->> 'title' FROM (
        SELECT DISTINCT ON (requirement_id) requirement_id, form FROM obligations_requirementrevision
        WHERE form IS NOT NULL OR NOT %(withdrawn)s::boolean
        ORDER BY requirement_id, number DESC
    ) newest WHERE form IS NOT NULL
    ORDER BY (form ->> 'title') COLLATE "C", requirement_id COLLATE "C"
"""


def requirement_titles(*, withdrawn: bool = False) -> dict[RequirementId, str]:
    """Return the titles of all requirements that hold, and those of withdrawn ones where asked for. One query."""
    with prepared_cursor() as cursor:
        cursor.execute(_TITLES, {"withdrawn": withdrawn})
        return dict(cursor.fetchall())


def requirement(id: RequirementId) -> RequirementView | None:
    """Return the requirement with this id, also one that was withdrawn; or none."""
    rows = list(RequirementRevision.objects.filter(requirement=id).order_by("-number"))
    return _view(rows) if rows else None


def audience_values(form: RequirementForm) -> dict[str, list[str]]:
    """
    Return whom a requirement is for as the keys of its text have it: values by key, empty for any.

    :raises ValueError: the keys cannot say it
    """
    parts = form.audience.parts if isinstance(form.audience, All) else (form.audience,)
    found: dict[str, list[str]] = {name: [] for name in FIELDS}
    for part in parts:
        if not isinstance(part, Is) or found[part.field]:
            raise ValueError("The keys of a form cannot say this audience.")
        found[part.field] = sorted(part.values)
    return found


def people_counts() -> dict[RequirementId, int]:
    """Return of how many people each requirement is asked, as duties stand on record. One query."""
    rows = Assignment.objects.filter(withdrawn_at__isnull=True).values("requirement_id")
    counts = rows.annotate(people=Count("person", distinct=True)).values_list("requirement_id", "people")
    return {RequirementId(id): count for id, count in counts}


def _view(rows: Sequence[RequirementRevision]) -> RequirementView:
    history = tuple(_revision(row) for row in rows)
    newest = history[0]
    form = next(each.form for each in history if each.form is not None)
    return RequirementView(
        id=form.id,
        title=form.title,
        form=form,
        revision=newest.number,
        applied_at=newest.applied_at,
        by=newest.by,
        why=newest.why,
        withdrawn=newest.form is None,
        history=history,
    )


def _revision(row: RequirementRevision) -> RevisionView:
    form = None if row.form is None else forms.from_data(row.form)
    return RevisionView(row.number, form, row.applied_at, row.applied_by, row.why)
