"""Planning who works together."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from andante.kernel.ids import PersonId
from andante.kernel.principals import Principal
from andante.ledger.operations import transact
from andante.ledger.statements import instant
from andante.obligations import statements
from andante.obligations.models import Crew, Requirement
from andante.obligations.operations.keeping import keep, one_at_a_time
from andante.obligations.rules.form import RequirementId
from andante.people import queries as people


class CrewRefused(Exception):  # noqa: N818 - errors are facts
    """The crew cannot be planned so; the text is for people."""


@transact
def plan_crew(
    *,
    unit: str,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    needed: int,
    requirements: Sequence[RequirementId],
    members: Sequence[PersonId],
    by: Principal,
    at: datetime,
) -> UUID:
    """
    Plan who works together in a unit for one shift. Planned again under the same name and start, the list is replaced.

    :param unit: its path
    :param needed: how many must be ready
    :param requirements: what each of them must hold
    :raises CrewRefused: an unknown unit, requirement or person, nobody needed, or an end before the start
    """
    found = people.unit(unit)
    if found is None:
        raise CrewRefused(_("There is no unit “%(unit)s”.") % {"unit": unit})
    members, requirements = list(dict.fromkeys(members)), list(dict.fromkeys(requirements))
    _check(name, starts_at, ends_at, needed=needed, requirements=requirements, members=members)
    crew = statements.crew_id(unit, name, starts_at)
    values = {
        "name": name,
        "starts_at": instant(starts_at),
        "ends_at": instant(ends_at),
        "needed": needed,
        "requirements": requirements,
    }
    one_at_a_time(f"crew/{crew}")
    before = Crew.objects.filter(id=crew).first()
    if before and _says(before) == (ends_at, needed, requirements, members):
        return crew
    keep(
        [
            statements.crew_planned(
                crew=crew,
                step=before.step + 1 if before else 1,
                unit=found.id,
                values=values,
                members=members,
                by=by,
                at=at,
            )
        ]
    )
    return crew


def _check(
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    needed: int,
    requirements: Sequence[RequirementId],
    members: Sequence[PersonId],
) -> None:
    if not 0 < len(name.strip()) <= 100:
        raise CrewRefused(_("A crew has a name of at most 100 characters."))
    if ends_at <= starts_at:
        raise CrewRefused(_("A crew ends after it starts."))
    if not 0 < needed < 1_000:
        raise CrewRefused(_("Say how many must be ready: one or more."))
    known = set(Requirement.objects.filter(id__in=requirements, withdrawn=False).values_list("id", flat=True))
    for requirement in requirements:
        if requirement not in known:
            raise CrewRefused(_("There is no requirement “%(id)s” in use.") % {"id": requirement})
    if missing := set(members) - set(people.people_named(members)):
        raise CrewRefused(_("Nobody is known as “%(id)s”.") % {"id": min(map(str, missing))})


def _says(crew: Crew) -> tuple[datetime, int, list[str], list[UUID]]:
    members = crew.members.order_by("place").values_list("person_id", flat=True)
    return crew.ends_at, crew.needed, crew.requirements, list(members)
