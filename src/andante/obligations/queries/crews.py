"""Who is planned to work together, and whether they are ready."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from andante.kernel.arrays import people_rows, uuid_array
from andante.kernel.ids import PersonId
from andante.ledger.prepared import prepared_cursor
from andante.obligations import models, sentences
from andante.obligations.queries.qualifying import Qualification, answers
from andante.obligations.queries.requirements import requirement_titles
from andante.obligations.rules.form import RequirementId
from andante.people import queries as people_queries
from andante.people.queries import PlacedPerson, UnitView

AHEAD = timedelta(hours=48)


@dataclass(frozen=True)
class CrewMember:
    """Somebody who is planned for a crew."""

    person: PersonId
    name: str
    ready: bool
    """At work then, and qualified for everything that the crew must hold."""
    because: str
    """Such as "on leave until 1 December 2026", "not yet trained on version 2; no e-mail", "qualified until …"."""


@dataclass(frozen=True)
class StandIn:
    """Somebody who is not planned then, neither here nor elsewhere, and would be ready."""

    person: PersonId
    name: str
    unit: str
    """Name of the unit in which they work."""
    job: str
    shift: str
    because: str
    """As of a member who is ready."""


@dataclass(frozen=True)
class Crew:
    """A crew for one shift."""

    id: UUID
    name: str
    unit: UnitView
    starts_at: datetime
    ends_at: datetime
    needed: int
    requirements: tuple[RequirementId, ...]
    titles: tuple[str, ...]
    """Of the requirements, in their order: what everybody in it must hold."""
    members: tuple[CrewMember, ...]
    department: str
    """Name of the part of the organisation in which others were looked for: the unit's department, or the unit."""
    others: tuple[StandIn, ...]
    """Who of the people asked about could fill a gap, those of the unit first; nobody is looked for where none is."""

    @property
    def ready(self) -> int:
        return sum(member.ready for member in self.members)

    @property
    def missing(self) -> int:
        """How many more must be ready."""
        return max(0, self.needed - self.ready)


_SOON = "SELECT id FROM obligations_crew WHERE ends_at > %(at)s AND starts_at <= %(until)s"
# Whose line it is, is asked in the database: a large team would be read for nothing but its units.
_CONCERNED = """
    WITH asked AS MATERIALIZED (
        {asked}
    ), soon AS (
        SELECT c.id, c.unit_id, (%(at)s AT TIME ZONE u.time_zone)::date AS today
        FROM obligations_crew c JOIN people_orgunit u ON u.id = c.unit_id
        WHERE c.id = ANY(%(soon)s::uuid[])
    ), concerned AS (
        SELECT s.id, m.person_id FROM soon s JOIN obligations_crewmember m ON m.crew_id = s.id
        UNION ALL
        SELECT s.id, p.person_id FROM soon s JOIN people_placement p ON p.unit_id = s.unit_id
        WHERE p.status <> 'left' AND p.effective_on <= s.today AND (p.ends_on IS NULL OR p.ends_on > s.today)
    )
    SELECT DISTINCT c.id FROM concerned c JOIN asked USING (person_id)
"""


def crews(*, people: Collection[PersonId], at: datetime) -> list[Crew]:
    """
    Return the crews at work now or within 48 hours that concern these people: they are in it, or it is of their line.

    Whether a member is ready is asked for the moment at which the crew starts. Where no crew is planned, nothing more
    is asked.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_SOON, {"at": at, "until": at + AHEAD})
        soon = [id for (id,) in cursor.fetchall()]
    if not soon:
        return []
    with prepared_cursor() as cursor:
        cursor.execute(
            _CONCERNED.replace("{asked}", people_rows(people)),
            {"people": uuid_array(people), "at": at, "soon": uuid_array(soon)},
        )
        ids = [id for (id,) in cursor.fetchall()]
    rows = models.Crew.objects.filter(id__in=ids).prefetch_related("members").order_by("starts_at", "name", "id")
    units = people_queries.units() if ids else {}
    titles = requirement_titles(withdrawn=True) if ids else {}
    return [_crew(row, units, titles, people, at) for row in rows]


def _crew(
    row: models.Crew,
    units: Mapping[UUID, UnitView],
    titles: Mapping[RequirementId, str],
    people: Collection[PersonId],
    at: datetime,
) -> Crew:
    unit = units[row.unit_id]
    ids = [PersonId(each.person_id) for each in sorted(row.members.all(), key=lambda each: each.place)]
    starts_at = max(row.starts_at, at)
    placed = people_queries.placements(at=starts_at, people=ids)
    names = people_queries.people_named(ids)
    held = _held(row.requirements, ids, starts_at)
    away = [id for id in ids if id in placed and placed[id].status == "leave"]
    back = _back_on(away, starts_at)
    members = tuple(
        CrewMember(id, names[id].name, *_ready(placed.get(id), held.get(id, []), back.get(id))) for id in ids
    )
    department = units[unit.parent] if unit.kind == "line" and unit.parent else unit
    short = sum(member.ready for member in members) < row.needed
    return Crew(
        id=row.id,
        name=row.name,
        unit=unit,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        needed=row.needed,
        requirements=tuple(RequirementId(id) for id in row.requirements),
        titles=tuple(titles.get(RequirementId(id), id) for id in row.requirements),
        members=members,
        department=department.name,
        others=_others(row, unit=unit, department=department, units=units, people=people, at=starts_at)
        if short
        else (),
    )


def _others(
    row: models.Crew,
    *,
    unit: UnitView,
    department: UnitView,
    units: Mapping[UUID, UnitView],
    people: Collection[PersonId],
    at: datetime,
) -> tuple[StandIn, ...]:
    """Who of these people could step in at a moment: they work in the department, and are not planned meanwhile."""
    within = [each.id for each in units.values() if f"{each.path}/".startswith(f"{department.path}/")]
    planned = set(
        models.CrewMember.objects.filter(crew__starts_at__lt=row.ends_at, crew__ends_at__gt=at).values_list(
            "person_id", flat=True
        )
    )
    here = people_queries.roster(at=at, people=people, units=within).people
    free = [id for id in here if id not in planned]
    if not free:
        return ()
    placed = people_queries.placements(at=at, people=free, known_units=units)
    held = _held(row.requirements, free, at)
    found = []
    for id in free:
        ready, because = _ready(placed.get(id), held.get(id, []), None)
        if ready:
            each = placed[id]
            found.append(StandIn(id, each.name, each.unit.name, each.job_name, each.shift, because))
    return tuple(sorted(found, key=lambda each: (each.unit != unit.name, each.name)))


def _held(
    requirements: Sequence[str], people: Sequence[PersonId], at: datetime
) -> Mapping[PersonId, list[Qualification]]:
    held: dict[PersonId, list[Qualification]] = {}
    for each in answers(requirements=[RequirementId(id) for id in requirements], at=at, people=people):
        held.setdefault(each.person, []).append(each)
    return held


def _ready(placed: PlacedPerson | None, held: Sequence[Qualification], back: str | None) -> tuple[bool, str]:
    """Whether somebody is ready, and why, or why not."""
    if placed is None or placed.status == "left":
        return False, _("does not work here then")
    lacking = list(dict.fromkeys(each.because for each in held if not each.qualified))
    reasons = []
    if placed.status == "leave":
        reasons.append(_("on leave until %(day)s") % {"day": back} if back else _("on leave"))
    reasons += lacking
    if lacking and not placed.email:
        reasons.append(_("no e-mail"))
    if reasons:
        return False, "; ".join(reasons)
    first = min((each for each in held if each.valid_until), key=lambda each: str(each.valid_until), default=None)
    return True, first.because if first else held[0].because if held else _("nothing is asked for")


def _back_on(people: Sequence[PersonId], at: datetime) -> dict[PersonId, str]:
    """The days on which these people are to be back from leave, as far as that is on record."""
    if not people:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.person_id, min(p.effective_on) FROM people_placement p "
            "JOIN people_orgunit u ON u.id = p.unit_id "
            "WHERE p.person_id = ANY(%s) AND p.status = 'active' "
            "AND p.effective_on > (%s AT TIME ZONE u.time_zone)::date GROUP BY p.person_id",
            [list(people), at],
        )
        return {PersonId(person): sentences.day(day) for person, day in cursor.fetchall()}
