"""Who works where and what is asked of them: the year's hires, moves, departures and requirements, in their order."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby

from django.db import transaction

from andante.cli.demo import script
from andante.cli.demo.script import BY, Member
from andante.content.operations import publish_course
from andante.kernel import clock
from andante.kernel.ids import PersonId
from andante.obligations import operations as obligations
from andante.obligations import queries as duties
from andante.people import operations as people
from andante.people import queries

REQUIRED_AFTER = {"data-integrity": 6, "patient-records": 12, "spills": 18}
"""So many days after the history's beginning each requirement was applied."""
COLUMNS = (
    *("number", "name", "email", "login", "site", "site_time_zone", "department", "line", "job", "manager", "shift"),
    *("hired_on", "first_unsupervised_shift"),
)
Event = tuple[datetime, Callable[[datetime], list[PersonId] | None]]
"""When something happens, and what: told that time, it says whose duties it may change; None for everybody's."""


def load_demo(*, at: datetime | None = None) -> None:
    """Lay out the organisation, and plan its next night; what is there already stays, so it can be repeated."""
    at = at or clock.now()
    lay_out(now=at)
    plan_tonight(now=at)


def lay_out(*, now: datetime) -> None:
    """
    Bring the organisation to where it is today. One transaction: it is there or not, and never laid out twice.
    """
    if len(queries.people()) >= len(script.members()):
        return
    begins = now - timedelta(days=script.DAYS)
    with transaction.atomic():
        for course in sorted(path.parent for path in script.folder().glob("courses/*/course.yaml")):
            publish_course(folder=course, by=BY, at=begins)
        events = _hires(now, begins) + _changes(now)
        events += [(begins + timedelta(days=days), partial(_require, name)) for name, days in REQUIRED_AFTER.items()]
        changed_at = script.change_takes_effect(now) - timedelta(days=script.DAYS_TO_PREPARE)
        events.append((changed_at, partial(_change_procedure, now)))
        for at, happens in sorted(events, key=lambda event: event[0]):
            obligations.evaluate(people=happens(at), at=at)
        obligations.evaluate(at=now)
        for number, role in script.roles():
            people.grant_role(person=person_of(number), role=role, by=BY, at=begins)


def _change_procedure(now: datetime, at: datetime) -> list[PersonId] | None:
    """*Tonight is short*: Line 4 must hold the changed course from the last morning on."""
    publish_course(folder=script.folder() / "courses-next" / "spills-first-response", by=BY, at=at)
    return _require("line-4-spills", at, effective=script.change_takes_effect(now))


def _require(name: str, at: datetime, *, effective: datetime | None = None) -> list[PersonId] | None:
    """Apply the requirement of a file in `demo/requirements`."""
    form = duties.parse_form((script.folder() / "requirements" / f"{name}.yaml").read_text(encoding="utf-8"))
    if effective is not None:
        form = replace(form, effective=effective.replace(tzinfo=None))
    obligations.apply_requirement(form=form, by=BY, at=at, why="For the demonstration.")
    return None


def plan_tonight(*, now: datetime) -> None:
    """Plan Line 4's next night shift."""
    begins = script.tonight(now)
    obligations.plan_crew(
        unit=script.LINE_4,
        name="Line 4, night shift",
        starts_at=begins,
        ends_at=begins + script.NIGHT,
        needed=script.NEEDED_TONIGHT,
        requirements=[duties.RequirementId("line-4-spills")],
        members=[person_of(number) for number in script.TONIGHT],
        by=BY,
        at=now,
    )


def person_of(number: str) -> PersonId:
    """Return the person whom the organisation knows by a number; the demonstration has made them known."""
    found = queries.person_of_number(number)
    assert found is not None, number  # noqa: S101 - a fault of the demonstration's files
    return found.id


def _hires(now: datetime, begins: datetime) -> list[Event]:
    """Who was there at the beginning, and then everybody on the day of their hire."""
    today = now.date()

    def known_at(member: Member) -> datetime:
        return max(begins, datetime.combine(member.hired_on(today), time(7), member.zone))

    ordered = sorted(script.members(), key=known_at)
    return [(at, partial(_import, tuple(group), today)) for at, group in groupby(ordered, key=known_at)]


def _import(members: Sequence[Member], today: date, at: datetime) -> list[PersonId]:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for member in members:
        first = member.first_shift_alone(today)
        writer.writerow(
            {name: getattr(member, name) for name in COLUMNS if name in Member.__dataclass_fields__}
            | {
                "hired_on": member.hired_on(today).isoformat(),
                "first_unsupervised_shift": first.isoformat(" ", "minutes") if first else "",
            }
        )
    rows, faults = people.read_people(text.getvalue().encode())
    assert not faults, faults  # noqa: S101 - a fault of the demonstration's files
    people.import_people(rows=rows, by=BY, at=at)
    return [person_of(member.number) for member in members]


def _changes(now: datetime) -> list[Event]:
    """Moves, departures, and leave from a week ago on."""
    members = {member.number: member for member in script.members()}

    def change(number: str, unit: str | None, status: str, why: str, at: datetime) -> list[PersonId]:
        person = person_of(number)
        place = queries.placements(at=at, people=[person])[person]
        people.place_person(
            person=person,
            unit=unit or place.unit.path,
            job=place.job,
            manager=place.manager,
            shift=place.shift,
            status=status,
            effective_on=at.astimezone(members[number].zone).date(),
            by=BY,
            at=at,
            why=why,
        )
        return [person]

    def ago(days: int, number: str, why: str, *, unit: str | None = None, status: str = "active") -> Event:
        return now - timedelta(days=days), partial(change, number, unit, status, why)

    moves = [ago(days, number, "Moved to another line.", unit=unit) for number, (unit, days) in script.MOVED.items()]
    departures = [ago(days, number, "Left the company.", status="left") for number, days in script.LEFT.items()]
    leave = ago(7, script.ON_LEAVE, "On leave until further notice.", status="leave")
    return [*moves, *departures, leave]
