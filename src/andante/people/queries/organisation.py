"""Who works where, at any moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from andante.kernel.arrays import IdSet, people_rows, uuid_array
from andante.kernel.ids import PersonId
from andante.kernel.records import record
from andante.ledger.prepared import prepared_cursor
from andante.people.models import Job, OrgUnit
from andante.people.queries.accounts import shown_name


@dataclass(frozen=True)
class UnitView:
    """A part of the organisation."""

    id: UUID
    path: str
    """Its address from the top, such as "dublin/filling/line-4"."""
    name: str
    kind: str
    parent: UUID | None
    time_zone: str
    """Name in the IANA database; its own, or the nearest above."""


@dataclass(frozen=True)
class Roster:
    """A part of some people in the order of their names, and where all of them work."""

    people: Sequence[PersonId]
    total: int
    """How many work in the units and the shift that were asked for."""
    units: frozenset[UUID]
    """Of all of them, whatever was asked for."""
    shifts: frozenset[str]


@record
class PlacedPerson:
    """Somebody, and where they work at the moment that was asked for."""

    id: PersonId
    name: str
    number: str | None
    email: str | None
    time_zone: str
    language: str
    hired_on: date | None
    first_unsupervised_at: datetime | None
    status: str
    """"active", "leave" or "left"."""
    unit: UnitView
    site: UnitView
    """The site that the unit is a part of; the unit itself where it is in none."""
    job: str
    job_name: str
    manager: PersonId | None
    shift: str
    """"early", "late", "night", "day", or nothing."""
    since: date
    """First day of the placement that counts."""
    duty_since: date
    """First day from which they have been in this job and unit without a break; leave is none."""


# As the database knew it at some time: of several placements for one day the one recorded last, the newest of these.
# What it knows now stands in the rows themselves: `ends_on` and `duty_since`.
_TIMELINE = """
    timeline AS (
        SELECT DISTINCT ON (p.person_id, p.effective_on) p.*
        FROM people_placement p
        JOIN people_orgunit u ON u.id = p.unit_id
        {known}
        WHERE p.effective_on <= (%(at)s AT TIME ZONE u.time_zone)::date {some}
        ORDER BY p.person_id, p.effective_on, p.recorded_at DESC, p.id DESC
    )
"""
_KNOWN = "JOIN ledger_statement_key k ON k.id = p.id AND k.stored <= %(known_at)s"

_COLUMNS = """
    e.id, e.name, e.number, e.email, e.time_zone, e.language, e.hired_on, e.first_unsupervised_at,
    c.status, c.unit_id, c.job_id, j.name, c.manager_id, c.shift, c.effective_on, c.duty_since, u.site_id
"""
_THEN = f"""
    WITH {{timeline}}, marked AS (
        SELECT *,
            row_number() OVER (PARTITION BY person_id ORDER BY effective_on DESC) AS nth,
            status = 'left' OR coalesce(lag(status) OVER w, 'left') = 'left'
                OR (unit_id, job_id) IS DISTINCT FROM (lag(unit_id) OVER w, lag(job_id) OVER w) AS begins
        FROM timeline
        WINDOW w AS (PARTITION BY person_id ORDER BY effective_on)
    ), counting AS (
        SELECT id, person_id, status, unit_id, job_id, manager_id, shift, effective_on, nth,
            max(effective_on) FILTER (WHERE begins) OVER (PARTITION BY person_id) AS duty_since
        FROM marked
    )
    SELECT {_COLUMNS}
    FROM counting c
    JOIN people_person e ON e.id = c.person_id
    JOIN people_orgunit u ON u.id = c.unit_id
    JOIN people_job j ON j.id = c.job_id
    WHERE c.nth = 1
    ORDER BY e.name, e.id
"""  # noqa: S608 - constants of this module
_COUNTS = """
    c.effective_on <= (%(at)s AT TIME ZONE u.time_zone)::date
    AND (c.ends_on IS NULL OR c.ends_on > (%(at)s AT TIME ZONE u.time_zone)::date)
"""
_NOW = f"""
    SELECT {_COLUMNS}
    FROM people_placement c
    JOIN people_person e ON e.id = c.person_id
    JOIN people_orgunit u ON u.id = c.unit_id
    JOIN people_job j ON j.id = c.job_id
    WHERE {_COUNTS}
    ORDER BY e.name, e.id
"""  # noqa: S608 - constants of this module
# What day it is where each unit is, is computed once for all who work there.
_DAYS = """
    day AS MATERIALIZED (
        SELECT id AS unit_id, (%(at)s AT TIME ZONE time_zone)::date AS today FROM people_orgunit
    )
"""
_COUNTS_TODAY = "c.effective_on <= d.today AND (c.ends_on IS NULL OR c.ends_on > d.today)"
_NOW_OF_SOME = f"""
    WITH {_DAYS}, asked AS MATERIALIZED (
        {{asked}}
    )
    SELECT {_COLUMNS}
    FROM asked a
    JOIN people_placement c ON c.person_id = a.person_id
    JOIN day d ON d.unit_id = c.unit_id
    JOIN people_person e ON e.id = c.person_id
    JOIN people_orgunit u ON u.id = c.unit_id
    JOIN people_job j ON j.id = c.job_id
    WHERE {_COUNTS_TODAY}
    ORDER BY e.name, e.id
"""  # noqa: S608 - constants of this module
_ROSTER = f"""
    WITH {_DAYS}, asked AS MATERIALIZED (
        {{asked}}
    ), here AS MATERIALIZED (
        SELECT c.person_id, c.unit_id, c.shift, e.name,
            (%(units)s::uuid[] IS NULL OR c.unit_id = ANY(%(units)s::uuid[])) AND %(shift)s::text IN ('', c.shift)
                AS meant
        FROM asked a
        JOIN people_placement c ON c.person_id = a.person_id
        JOIN day d ON d.unit_id = c.unit_id
        JOIN people_person e ON e.id = c.person_id
        WHERE {_COUNTS_TODAY}
    )
    SELECT
        ARRAY(
            SELECT person_id FROM here WHERE meant ORDER BY name, person_id
            LIMIT %(most)s::bigint OFFSET %(skip)s::bigint
        ),
        (SELECT count(*) FROM here WHERE meant),
        ARRAY(SELECT DISTINCT unit_id FROM here),
        ARRAY(SELECT DISTINCT shift FROM here)
"""  # noqa: S608 - constants of this module
_TEAM = f"""
    WITH RECURSIVE {_DAYS}, team AS (
        SELECT c.person_id FROM people_placement c JOIN day d USING (unit_id)
        WHERE c.manager_id = %(manager)s AND c.status <> 'left' AND {_COUNTS_TODAY}
        UNION
        SELECT c.person_id FROM team t JOIN people_placement c ON c.manager_id = t.person_id
        JOIN day d USING (unit_id)
        WHERE c.status <> 'left' AND {_COUNTS_TODAY}
    )
    SELECT coalesce(array_agg(person_id), '{{}}')::text, count(*) FROM team WHERE person_id <> %(manager)s
"""  # noqa: S608 - constants of this module
_UNITS = "SELECT id, path, name, kind, parent_id, time_zone FROM people_orgunit ORDER BY path"


def placements(
    *,
    at: datetime,
    known_at: datetime | None = None,
    people: Collection[PersonId] | None = None,
    known_units: Mapping[UUID, UnitView] | None = None,
) -> dict[PersonId, PlacedPerson]:
    """
    Who works where at a moment, by name; everybody who was ever placed, whatever the status. Two queries.

    :param known_at: as the database knew it then: only what it had stored; none for what it knows now
    :param people: only these
    :param known_units: all parts of the organisation, where the caller has asked for them; then it is one query
    """
    if people is not None and not people:
        return {}
    values: dict[str, Any] = {"at": at}
    if known_at is not None:
        some = "" if people is None else "AND p.person_id = ANY(%(people)s::uuid[])"
        query = _THEN.format(timeline=_TIMELINE.format(known=_KNOWN, some=some))
        values |= {"known_at": known_at, "people": uuid_array(people or ())}
    elif people is None:
        query = _NOW
    else:
        query = _NOW_OF_SOME.replace("{asked}", people_rows(people))
        values |= {"people": uuid_array(people)}
    with connection.cursor() if known_at or people is None else prepared_cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
    known = known_units if known_units is not None else units() if rows else {}
    return {PersonId(row[0]): _placed(row, known) for row in rows}


def _placed(row: Sequence[Any], known: Mapping[UUID, UnitView]) -> PlacedPerson:
    id, name, *person, unit_id, job, job_name, manager, shift, since, duty_since, site_id = row
    place = known[unit_id], known[site_id or unit_id], job, job_name, manager, shift, since, duty_since
    return PlacedPerson(id, shown_name(name), *(*person, *place))


def roster(
    *,
    at: datetime,
    people: Collection[PersonId],
    units: Collection[UUID] | None = None,
    shift: str = "",
    skip: int = 0,
    most: int | None = None,
) -> Roster:
    """
    Return a part of these people, by name, as they work now, and nothing else of them. One query.

    :param units: only who works in these, and not below them; none for all
    :param shift: only who works it; empty for all
    :param skip: how many of them come before that part
    :param most: how many it has; none for all that are left
    """
    if not people:
        return Roster((), 0, frozenset(), frozenset())
    values: dict[str, Any] = {"at": at, "people": uuid_array(people), "shift": shift, "skip": skip, "most": most}
    values["units"] = None if units is None else uuid_array(units)
    with prepared_cursor() as cursor:
        cursor.execute(_ROSTER.replace("{asked}", people_rows(people)), values)
        found, total, used, shifts = cursor.fetchone()
    return Roster(found, total, frozenset(used), frozenset(shifts))


def units() -> dict[UUID, UnitView]:
    """Return all parts of the organisation, by path."""
    with prepared_cursor() as cursor:
        cursor.execute(_UNITS)
        return {row[0]: UnitView(*row) for row in cursor.fetchall()}


def unit(path: str) -> UnitView | None:
    """Return the unit with this path, or none."""
    row = OrgUnit.objects.filter(path=path).first()
    return None if row is None else UnitView(row.id, row.path, row.name, row.kind, row.parent_id, row.time_zone)


def jobs() -> dict[str, str]:
    """Return the names of all jobs by their ids, by name."""
    return dict(Job.objects.order_by("name", "id").values_list("id", "name"))


def team(manager: PersonId, *, at: datetime) -> IdSet[PersonId]:
    """Return who reports to a manager at a moment, directly or not; never who left, and never the manager."""
    with prepared_cursor() as cursor:
        cursor.execute(_TEAM, {"at": at, "manager": manager})
        return IdSet(*cursor.fetchone())
