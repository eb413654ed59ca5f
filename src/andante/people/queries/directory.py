"""Finding people, and what is known of one of them over time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from andante.kernel.ids import AccountId, PersonId
from andante.ledger.queries import audit_events
from andante.people import statements
from andante.people.models import Account, Person, Placement
from andante.people.queries.accounts import PersonView, person_view, shown_name


@dataclass(frozen=True)
class Entry:
    """Somebody in the list of everybody; where they work is empty for who was never placed."""

    id: PersonId
    name: str
    number: str | None
    email: str | None
    status: str
    unit: str
    site: str
    job: str
    """Names."""


@dataclass(frozen=True)
class PlacementRow:
    """One recorded placement of a person."""

    record: UUID
    effective_on: date
    recorded_at: datetime
    status: str
    unit: str
    """Name, and path."""
    path: str
    job: str
    manager: str
    """Name; empty for none."""
    shift: str


@dataclass(frozen=True)
class Gaps:
    """How many work here, and what is missing of some of them."""

    here: int
    without_manager: int
    without_email: int


ALIKE = 100
"""So many people of one name, or part of it, are looked at for the one who is meant."""

# The newest placement that counts on the day at its site.
_NOW = """
    SELECT p.status, p.manager_id, u.name AS unit, u.path, coalesce(s.name, '') AS site, j.name AS job
    FROM people_placement p
    JOIN people_orgunit u ON u.id = p.unit_id
    LEFT JOIN people_orgunit s ON s.id = u.site_id
    JOIN people_job j ON j.id = p.job_id
    WHERE p.person_id = e.id AND p.effective_on <= (%(at)s AT TIME ZONE u.time_zone)::date
    ORDER BY p.effective_on DESC, p.recorded_at DESC, p.id DESC LIMIT 1
"""
_DIRECTORY = """
    SELECT e.id, e.name, e.number, e.email, coalesce(n.status, ''), coalesce(n.unit, ''), coalesce(n.site, ''),
        coalesce(n.job, '')
    FROM people_person e LEFT JOIN LATERAL ({now}) n ON true
    WHERE e.name <> '' {conditions}
    ORDER BY e.name, e.id LIMIT %(limit)s
"""
_GAPS = """
    SELECT count(*), count(*) FILTER (WHERE n.manager_id IS NULL),
        count(*) FILTER (WHERE coalesce(e.email, '') = '' AND NOT EXISTS (
            SELECT FROM people_account a WHERE a.person_id = e.id AND a.is_active AND coalesce(a.email, '') <> ''))
    FROM people_person e CROSS JOIN LATERAL ({now}) n WHERE n.status <> 'left'
"""
_MISSING = {
    "manager": "AND n.status <> 'left' AND n.manager_id IS NULL",
    "email": "AND n.status <> 'left' AND coalesce(e.email, '') = '' AND NOT EXISTS (SELECT FROM people_account a "
    "WHERE a.person_id = e.id AND a.is_active AND coalesce(a.email, '') <> '')",
}
"""What may be asked for as missing."""


def directory(
    *,
    at: datetime,
    text: str = "",
    unit: str = "",
    missing: str = "",
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> list[Entry]:
    """
    Everybody who is known, by name, with where they work now; not who was erased. One query.

    :param text: only whose name, number or job holds it
    :param unit: only who works in the unit of this path, or below it
    :param missing: "manager" or "email": only who works here and has none
    :param after: name and id of the last entry of the page before
    """
    values: dict[str, Any] = {"at": at, "limit": limit}
    conditions = _MISSING.get(missing, "")
    if text:
        conditions += " AND (e.name ILIKE %(text)s OR e.number ILIKE %(text)s OR n.job ILIKE %(text)s)"
        values["text"] = "%" + text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    if unit:
        conditions += " AND (n.path = %(unit)s OR starts_with(n.path, %(unit)s || '/'))"
        values["unit"] = unit
    if after:
        conditions += " AND (e.name, e.id) > (%(name)s, %(id)s)"
        values |= {"name": after[0], "id": after[1]}
    with connection.cursor() as cursor:
        cursor.execute(_DIRECTORY.format(now=_NOW, conditions=conditions), values)
        return [Entry(*row) for row in cursor.fetchall()]


def meant(text: str, *, at: datetime, limit: int = 6) -> list[Entry]:
    """
    Whom somebody means by what they typed: a name or number, whole or in part, or an id. One query or two.

    One entry where it is clear; none, or several up to the limit, where it is not.
    """
    try:
        row = Person.objects.filter(id=UUID(text)).first()
        found = directory(at=at, text=row.name, limit=ALIKE) if row else []
        return [entry for entry in found if row and entry.id == row.id]
    except ValueError:
        found = directory(at=at, text=text, limit=ALIKE)
    exact = [entry for entry in found if text.casefold() in {entry.name.casefold(), (entry.number or "").casefold()}]
    return exact if len(exact) == 1 else found[:limit]


def gaps(*, at: datetime) -> Gaps:
    """How many work here now, without whom to report to, and without an address. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_GAPS.format(now=_NOW), {"at": at})
        return Gaps(*cursor.fetchone())


def placement_history(person: PersonId) -> list[PlacementRow]:
    """Everything recorded about where a person works, the latest day first, corrections before what they correct."""
    rows = Placement.objects.filter(person=person).select_related("unit", "job", "manager")
    return [
        PlacementRow(
            record=row.id,
            effective_on=row.effective_on,
            recorded_at=row.recorded_at,
            status=row.status,
            unit=row.unit.name,
            path=row.unit.path,
            job=row.job.name,
            manager=shown_name(row.manager.name) if row.manager else "",
            shift=row.shift,
        )
        for row in rows.order_by("-effective_on", "-recorded_at", "-id")
    ]


def people_of_accounts(ids: Collection[AccountId]) -> dict[AccountId, PersonView]:
    """Whose accounts these are; one that is nobody's is left out. One query."""
    rows = Account.objects.filter(id__in=list(ids), person__isnull=False).select_related("person")
    return {AccountId(row.id): person_view(row.person) for row in rows if row.person}


def erased_records(person: PersonId) -> list[UUID]:
    """
    Records about somebody whose content was erased, because they said who that was; empty for everybody else, and where
    the record that names them was archived.
    """
    found = audit_events(subjects=[f"person:{person}"], actions=[statements.PERSON_ERASED])
    return [UUID(id) for event in found for id in event.fact.body["new"].get("records", ())]
