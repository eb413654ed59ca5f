"""Who works where: people, units, jobs and placements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from andante.kernel.ids import PersonId, derived_id, new_id
from andante.kernel.principals import Principal
from andante.ledger.operations import append, transact
from andante.ledger.queries import current_log
from andante.ledger.statements import Fact
from andante.people import rules, statements
from andante.people.apply import apply
from andante.people.models import Job, OrgUnit, Person, Placement
from andante.people.rules import OrganisationRefused, PeopleError


class PersonUnknown(PeopleError):  # noqa: N818 - errors are facts
    """There is no such person."""


class PersonErased(PeopleError):  # noqa: N818
    """Who the person was is erased."""


class NumberTaken(PeopleError):  # noqa: N818
    """Somebody has this number."""


class EmailInvalid(PeopleError):  # noqa: N818
    """This is not an e-mail address."""


@dataclass(frozen=True)
class PersonValues:
    """What is known of a person."""

    name: str
    time_zone: str
    language: str
    number: str | None = None
    email: str | None = None
    hired_on: date | None = None
    first_unsupervised_at: datetime | None = None

    def texts(self) -> dict[str, str | None]:
        """Return them as facts hold them: ISO 8601, moments in UTC."""
        first = self.first_unsupervised_at
        return {
            "name": self.name,
            "time_zone": self.time_zone,
            "language": self.language,
            "number": self.number,
            "email": self.email,
            "hired_on": self.hired_on.isoformat() if self.hired_on else None,
            "first_unsupervised_at": first.astimezone(UTC).isoformat() if first else None,
        }


@transact
def create_person(
    *,
    name: str,
    time_zone: str,
    language: str,
    by: Principal,
    at: datetime,
    id: UUID | None = None,
    number: str | None = None,
    email: str | None = None,
    hired_on: date | None = None,
    first_unsupervised_at: datetime | None = None,
) -> PersonId:
    """
    Make somebody known.

    :param time_zone: name in the IANA database, such as "Europe/Dublin"
    :param language: BCP 47 tag, such as "en"
    :param id: the person's id where another system or a script has fixed it
    :param number: the organisation's own number of the person
    :param email: where reminders go
    :param first_unsupervised_at: when the first shift begins that the person works alone
    :raises NameInvalid: the name is empty or too long
    :raises TimeZoneUnknown: the zone is not in the database
    :raises LanguageInvalid: the language is not a tag
    :raises NumberTaken: somebody has the number
    :raises EmailInvalid: it is not an address
    """
    person = PersonId(id or new_id())
    values = _checked(PersonValues(name, time_zone, language, number, email, hired_on, first_unsupervised_at))
    _refuse_taken_number(values.number, person)
    known = {key: text for key, text in values.texts().items() if text is not None}
    keep(statements.person_created(person=person, values=known, by=by, at=at))
    return person


Changes = Mapping[str, tuple[Any, Any]]
"""Old and new of every value that is different, as facts hold them; empty, where nothing is."""


@transact
def change_person(*, person: PersonId, by: Principal, at: datetime, why: str = "", **changed: Any) -> Changes:
    """
    Record that something known of a person is different: any of the values of `create_person`.

    :return: what was different
    :raises PersonUnknown: there is no such person
    :raises PersonErased: who they were is erased
    :raises PeopleError: as `create_person`
    """
    row = Person.objects.select_for_update(no_key=True).filter(id=person).first()
    if row is None:
        raise PersonUnknown("There is no such person.")
    if rules.is_erased(row.name):
        raise PersonErased("Who this person was is erased.")
    now = _values_of(row)
    then = _checked(replace(now, **changed))
    _refuse_taken_number(then.number, person)
    old, new = now.texts(), then.texts()
    names = [name for name in new if new[name] != old[name]]
    if not names:
        return {}
    keep(
        statements.person_changed(
            person=person,
            old={name: old[name] for name in names},
            new={name: new[name] for name in names},
            by=by,
            at=at,
            why=why,
        )
    )
    return {name: (old[name], new[name]) for name in names}


@transact
def create_unit(*, path: str, name: str, kind: str, time_zone: str | None, by: Principal, at: datetime) -> UUID:
    """
    Add a part of the organisation below the one that its path names; one that exists is left as it is.

    :param time_zone: its own; none for that of the unit above
    :raises OrganisationRefused: the path or the kind is none, the unit above is missing, or a site has no zone
    :raises TimeZoneUnknown: the zone is not in the database
    """
    path, kind = rules.unit_path(path), rules.unit_kind(kind)
    known = OrgUnit.objects.filter(path=path).first()
    if known is not None:
        return known.id
    above = path.rpartition("/")[0]
    if above and not OrgUnit.objects.filter(path=above).exists():
        raise OrganisationRefused(f"There is no unit “{above}” to put “{path}” into: add that one first.")
    if kind is rules.UnitKind.SITE and not time_zone:
        raise OrganisationRefused(f"The site “{path}” needs a time zone, such as Europe/Dublin.")
    if time_zone:
        time_zone = rules.time_zone_name(time_zone)
    unit = derived_id(current_log().id, "unit", path)
    keep(
        statements.unit_created(
            unit=unit, path=path, name=rules.person_name(name), kind=kind, time_zone=time_zone, by=by, at=at
        )
    )
    return unit


@transact
def create_job(*, id: str, name: str, by: Principal, at: datetime) -> None:
    """
    Add a job; one that exists is left as it is.

    :raises OrganisationRefused: the id has other than small letters, digits and hyphens
    """
    if not id or rules.code(id) != id:
        raise OrganisationRefused(f"“{id}” is not a job's id: write it as line-lead.")
    if not Job.objects.filter(id=id).exists():
        keep(statements.job_created(job=id, name=rules.person_name(name), by=by, at=at))


@transact
def place_person(
    *,
    person: PersonId,
    unit: str,
    job: str,
    manager: PersonId | None,
    effective_on: date,
    by: Principal,
    at: datetime,
    shift: str = "",
    status: str = "active",
    why: str = "",
) -> Changes:
    """
    Record where somebody works from a day on, or that they are on leave or have left.

    :param unit: path
    :param effective_on: a day at the unit's site; it begins there at midnight
    :return: what was different on that day
    :raises PersonUnknown: there is no such person
    :raises PersonErased: who they were is erased
    :raises OrganisationRefused: unit, job, shift or status is unknown, or the manager is the person or below them
    """
    row = Person.objects.select_for_update(no_key=True).filter(id=person).first()
    if row is None:
        raise PersonUnknown("There is no such person.")
    if rules.is_erased(row.name):
        raise PersonErased("Who this person was is erased.")
    place = OrgUnit.objects.filter(path=unit).first()
    if place is None:
        raise OrganisationRefused(f"There is no unit “{unit}”.")
    if not Job.objects.filter(id=job).exists():
        raise OrganisationRefused(f"There is no job “{job}”.")
    _refuse_circle(person, manager)
    new = {
        "status": str(rules.status(status)),
        "unit": str(place.id),
        "job": job,
        "manager": None if manager is None else str(manager),
        "shift": rules.shift(shift),
    }
    old = _counting(person, effective_on)
    if old == new:
        return {}
    changes = {name: (old.get(name), value) for name, value in new.items() if old.get(name) != value}
    new["effective_on"] = effective_on.isoformat()
    keep(statements.placed(person=person, old=old, new=new, by=by, at=at, why=why))
    return changes


def keep(fact: Fact) -> None:
    """Append a fact and write its rows."""
    if fact.id in append([fact]):
        apply(fact)


def email_address(text: str | None) -> str | None:
    """
    Return the form in which an address is stored; none for an empty one.

    :raises EmailInvalid: it is not an address
    """
    email = rules.email_address(text)
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise EmailInvalid(f"“{text}” is not an e-mail address.") from None
    return email


def _checked(given: PersonValues) -> PersonValues:
    """Return the values in the form in which they are stored; refuse what cannot be."""
    return replace(
        given,
        name=rules.person_name(given.name),
        time_zone=rules.time_zone_name(given.time_zone),
        language=rules.language_tag(given.language),
        number=rules.person_number(given.number),
        email=email_address(given.email),
    )


def _values_of(row: Person) -> PersonValues:
    return PersonValues(**{name: getattr(row, name) for name in PersonValues.__dataclass_fields__})


def _refuse_taken_number(number: str | None, person: PersonId) -> None:
    if number and Person.objects.filter(number=number).exclude(id=person).exists():
        raise NumberTaken(f"Somebody else has the number {number}.")


def _counting(person: PersonId, day: date) -> Mapping[str, str | None]:
    """Return the placement that counts on a day, in the words of facts; empty where there is none."""
    rows = Placement.objects.filter(person=person, effective_on__lte=day)
    row = rows.order_by("-effective_on", "-recorded_at", "-id").first()
    if row is None:
        return {}
    return {
        "status": row.status,
        "unit": str(row.unit_id),
        "job": row.job_id,
        "manager": None if row.manager_id is None else str(row.manager_id),
        "shift": row.shift,
    }


def _refuse_circle(person: PersonId, manager: PersonId | None) -> None:
    """Nobody may be their own manager, nor that of somebody above them."""
    seen: set[UUID] = set()
    above: UUID | None = manager
    while above is not None and above not in seen:
        if above == person:
            raise OrganisationRefused("A person cannot report to themselves, nor to somebody who reports to them.")
        seen.add(above)
        rows = Placement.objects.filter(person=above).order_by("-effective_on", "-recorded_at", "-id")
        above = rows.values_list("manager", flat=True).first()
    if manager is not None and not Person.objects.filter(id=manager).exists():
        raise PersonUnknown("There is no such manager.")
