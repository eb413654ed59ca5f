"""What the rules compute on, read at once for many people. Nothing here writes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from andante.kernel.arrays import uuid_array
from andante.kernel.ids import CourseId, PersonId
from andante.learning import queries as learning
from andante.obligations.instants import micros, moment, moment_or_none
from andante.obligations.rules import form as forms
from andante.obligations.rules.audience import Place
from andante.obligations.rules.demands import Rule
from andante.obligations.rules.differences import Standing
from andante.obligations.rules.form import RequirementId
from andante.obligations.rules.histories import Done, History, Revision, Stretch
from andante.people import queries as people_queries
from andante.people.queries import UnitView

_REVISIONS = """
    SELECT r.requirement_id, r.number, r.form, r.any_version, r.applied_at,
        ARRAY(SELECT v.version::text FROM obligations_acceptedversion v {known_version} WHERE v.revision_id = r.id)
    FROM obligations_requirementrevision r {known_revision}
    {some}
    ORDER BY r.requirement_id, r.number
"""
_KNOWN = "JOIN ledger_statement_key {key} ON {key}.id = {id} AND {key}.stored <= %(known_at)s"


def rules(
    *, only: Collection[RequirementId] | None = None, known_at: datetime | None = None
) -> dict[RequirementId, Rule]:
    """
    Every requirement with its revisions, by id. One query.

    :param known_at: as the database knew them then
    :raises FormInvalid: one is of a form that this version does not know
    """
    query = _REVISIONS.format(
        known_version=_KNOWN.format(key="kv", id="v.fact") if known_at else "",
        known_revision=_KNOWN.format(key="kr", id="r.id") if known_at else "",
        some="" if only is None else "WHERE r.requirement_id = ANY(%(only)s)",
    )
    found: defaultdict[RequirementId, list[Revision]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(query, {"only": list(only or ()), "known_at": known_at})
        for requirement, number, form, any_version, applied_at, accepted in cursor.fetchall():
            counting = None if any_version else frozenset(accepted)
            found[requirement].append(Revision(number, _form(form), applied_at, counting))
    return {id: Rule(id, tuple(revisions)) for id, revisions in found.items()}


def _form(stored: Any) -> forms.RequirementForm | None:
    return None if stored is None else forms.from_stored(stored)


class Places:
    """Units as audiences see them: each with its site and its department."""

    def __init__(self, units: Mapping[UUID, UnitView]) -> None:
        self.units = units
        self._above: dict[UUID, tuple[UnitView, str]] = {}

    def place(self, *, unit: UUID, job: str, shift: str) -> Place:
        site, department = self.above(unit)
        return Place(job, shift, self.units[unit].path, site.path, department)

    def above(self, unit: UUID) -> tuple[UnitView, str]:
        """The site of a unit, or the unit itself, and the path of its department, if any."""
        found = self._above.get(unit)
        if found is None:
            chain = [self.units[unit]]
            while (parent := chain[-1].parent) is not None:
                chain.append(self.units[parent])
            site = next((each for each in chain if each.kind == "site"), chain[0])
            department = next((each.path for each in chain if each.kind == "department"), "")
            found = self._above[unit] = (site, department)
        return found


_PLACEMENTS = """
    SELECT DISTINCT ON (p.person_id, p.effective_on)
        p.person_id, p.effective_on, p.status, p.unit_id, p.job_id, p.shift, e.hired_on, e.first_unsupervised_at
    FROM people_placement p
    JOIN people_person e ON e.id = p.person_id
    {some}
    ORDER BY p.person_id, p.effective_on, p.recorded_at DESC, p.id DESC
"""


def histories(*, people: Collection[PersonId] | None = None) -> dict[PersonId, History]:
    """Where people work, worked and are to work, as known now; who was never placed is left out. Two queries."""
    with connection.cursor() as cursor:
        some = "" if people is None else "WHERE p.person_id = ANY(%(people)s::uuid[])"
        cursor.execute(_PLACEMENTS.format(some=some), {"people": uuid_array(people or ())})
        rows = cursor.fetchall()
    if not rows:
        return {}
    places = Places(people_queries.units())
    made: dict[tuple[Any, ...], Stretch] = {}
    stretches: defaultdict[PersonId, list[Stretch]] = defaultdict(list)
    known = {}
    for person, *of_placement, hired_on, first_shift in rows:
        key = tuple(of_placement)
        stretch = made.get(key)
        if stretch is None:
            stretch = made[key] = _stretch(places, key)
        stretches[person].append(stretch)
        known[person] = (hired_on, first_shift)
    return {person: History(person, *known[person], tuple(each)) for person, each in stretches.items()}


def _stretch(places: Places, placement: tuple[Any, ...]) -> Stretch:
    effective_on, status, unit, job, shift = placement
    return Stretch(
        effective_on=effective_on,
        unit_zone=places.units[unit].time_zone,
        site_zone=places.above(unit)[0].time_zone,
        place=places.place(unit=unit, job=job, shift=shift),
        employed=status != "left",
    )


def done(
    *,
    people: Collection[PersonId] | None,
    courses: Collection[CourseId] | None = None,
    until: datetime,
    known_at: datetime | None = None,
) -> Mapping[PersonId, Sequence[Done]]:
    """What people completed, by its time. One query."""
    found: defaultdict[PersonId, list[Done]] = defaultdict(list)
    for each in learning.completions(people=people, courses=courses, until=until, known_at=known_at):
        found[each.person].append(Done(each.id, each.course, each.version, each.completed_at))
    return found


_STANDS = f"""
    SELECT person_id, requirement_id, revision, {micros("begins_at")}, {micros("due_at")}, renews
    FROM obligations_assignment
    WHERE withdrawn_at IS NULL AND (%(people)s::uuid[] IS NULL OR person_id = ANY(%(people)s::uuid[]))
"""  # noqa: S608 - constants of this module


def stands(*, people: Collection[PersonId] | None) -> list[Standing]:
    """The duties that stand on record. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, {"people": None if people is None else uuid_array(people)})
        return [
            Standing(person, requirement, revision, moment(begins_at), moment_or_none(due_at), renews)
            for person, requirement, revision, begins_at, due_at, renews in cursor.fetchall()
        ]


def versions_from(course: CourseId, number: int) -> list[str]:
    """Hashes of the published versions of a course with this number or a later one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hash FROM content_courseversion WHERE course_id = %s AND number >= %s ORDER BY number",
            [course, number],
        )
        return [hash for (hash,) in cursor.fetchall()]
