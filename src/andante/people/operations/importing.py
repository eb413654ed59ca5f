"""Making what a CSV file says so."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import transaction

from andante.kernel.counting import counted
from andante.kernel.ids import PersonId
from andante.kernel.principals import Principal
from andante.people import queries, rules
from andante.people.imports import PersonRow, RowError, at_site
from andante.people.models import Person
from andante.people.operations.accounts import create_account
from andante.people.operations.organising import change_person, create_job, create_person, create_unit, place_person
from andante.people.rules import PeopleError

Progress = Callable[[int, int], None]
"""Told how many rows of how many are done."""


class ImportRefused(PeopleError):  # noqa: N818 - errors are facts
    """Rows have faults, so nothing was changed; `errors` are the faults."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        """Keep the faults."""
        super().__init__(f"{counted(len(errors), 'fault')}; nothing was changed.")
        self.errors = errors


@dataclass
class ImportedRow:
    """What a row did, or would do."""

    line: int
    number: str
    name: str
    unit: str
    """Name of the unit that the row names."""
    job: str
    new: bool = False
    login: str = ""
    """A new one."""
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Old and new of every value that is different, by its name in facts; units and managers by name."""
    effective_on: date | None = None
    """From which day on they work elsewhere, or as something else."""


@dataclass
class Imported:
    """What an import did, or would do."""

    created: list[str] = field(default_factory=list)
    """Numbers of people who were not known."""
    changed: list[str] = field(default_factory=list)
    """Numbers of people of whom something else is known now."""
    placed: list[str] = field(default_factory=list)
    """Numbers of people who are known and work somewhere else now, or as something else."""
    unchanged: int = 0
    units: list[str] = field(default_factory=list)
    """Paths of new units."""
    jobs: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    """New logins."""
    rows: list[ImportedRow] = field(default_factory=list)
    """What each row does, of those that do something, in the order of the file."""


def import_people(
    *,
    rows: Sequence[PersonRow],
    by: Principal,
    at: datetime,
    dry_run: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> Imported:
    """
    Make known whom the rows tell of, with where they work. All or nothing; the same rows again change nothing.

    Nobody is removed: who left has a row that says so.

    :param dry_run: do everything, and take it back
    :raises ImportRefused: rows have faults; nothing was changed
    """
    with transaction.atomic():
        report = _Import(by, at).run(rows, progress)
        if dry_run:
            transaction.set_rollback(True)
    return report


class _Import:
    def __init__(self, by: Principal, at: datetime) -> None:
        self._by = by
        self._at = at
        self._done = Imported()
        self._errors: list[RowError] = []
        self._units = {unit.path: unit for unit in queries.units().values()}
        self._jobs = queries.jobs()
        self._people = {row.number: PersonId(row.id) for row in Person.objects.exclude(number=None)}
        self._new: set[str] = set()
        self._rows: dict[str, ImportedRow] = {}

    def run(self, rows: Sequence[PersonRow], progress: Progress) -> Imported:
        # Everybody first: a manager may stand below those who report to them.
        touched = {row.number for row in rows if self._attempt(row, "the whole line", self._know)}
        for done, row in enumerate(rows, 1):
            if row.number in touched:
                self._attempt(row, "login", self._give_account)
                self._attempt(row, "manager", self._place)
            progress(done, len(rows))
        if self._errors:
            raise ImportRefused(sorted(self._errors, key=lambda error: error.line))
        named = {*self._done.created, *self._done.changed, *self._done.placed}
        self._done.unchanged = len(rows) - len(named & {row.number for row in rows})
        self._done.rows = sorted(self._rows.values(), key=lambda row: row.line)
        return self._done

    def _attempt(self, row: PersonRow, column: str, step: Callable[[PersonRow], None]) -> bool:
        try:
            with transaction.atomic():
                step(row)
        except PeopleError as error:
            self._errors.append(RowError(row.line, column, str(error)))
            return False
        return True

    def _know(self, row: PersonRow) -> None:
        self._add_places(row)
        zone = self._units[row.unit].time_zone
        first = row.first_unsupervised_shift
        values: dict[str, Any] = {
            "name": row.name,
            "time_zone": row.time_zone or zone,
            "language": row.language,
            "email": row.email,
            "hired_on": row.hired_on,
            "first_unsupervised_at": at_site(first, zone) if first else None,
        }
        known = self._people.get(row.number)
        if known is None:
            person = create_person(number=row.number, by=self._by, at=self._at, **values)
            self._people[row.number] = person
            self._done.created.append(row.number)
            self._new.add(row.number)
            self._row(row).new = True
        elif changes := change_person(person=known, by=self._by, at=self._at, **values):
            self._done.changed.append(row.number)
            self._row(row).changes.update(changes)

    def _give_account(self, row: PersonRow) -> None:
        if row.login is None:
            return
        person = self._people[row.number]
        account = queries.account_of_login(row.login)
        if account is None:
            create_account(person=person, login=row.login, email=row.email, password=None, by=self._by, at=self._at)
            self._done.accounts.append(row.login)
            self._row(row).login = row.login
        elif account.person != person:
            raise PeopleError(f"The login “{row.login}” is somebody else's, or was.")

    def _add_places(self, row: PersonRow) -> None:
        for path, name, kind in row.places:
            if path in self._units:
                continue
            zone = row.site_time_zone if kind == rules.UnitKind.SITE else None
            create_unit(path=path, name=name, kind=kind, time_zone=zone, by=self._by, at=self._at)
            made = queries.unit(path)
            assert made  # noqa: S101 - it was made just now
            self._units[path] = made
            self._done.units.append(path)
        job = rules.code(row.job)
        if job not in self._jobs:
            create_job(id=job, name=row.job, by=self._by, at=self._at)
            self._jobs[job] = row.job
            self._done.jobs.append(job)

    def _place(self, row: PersonRow) -> None:
        manager = None
        if row.manager is not None:
            manager = self._people.get(row.manager)
            if manager is None:
                raise PeopleError(f"Nobody has the number {row.manager}.")
        today = self._at.astimezone(zoneinfo.ZoneInfo(self._units[row.unit].time_zone)).date()
        new = row.number in self._new
        day = row.since or (new and row.hired_on) or today
        moved = place_person(
            person=self._people[row.number],
            unit=row.unit,
            job=rules.code(row.job),
            manager=manager,
            shift=row.shift,
            status=row.status,
            effective_on=day,
            by=self._by,
            at=self._at,
        )
        if moved and not new:
            self._done.placed.append(row.number)
            told = self._row(row)
            told.effective_on = day
            told.changes.update({name: self._named(name, *each) for name, each in moved.items()})

    def _row(self, row: PersonRow) -> ImportedRow:
        """What is told of a row; a number that stands in several lines is told of once."""
        return self._rows.setdefault(
            row.number, ImportedRow(row.line, row.number, row.name, row.places[-1][1], row.job)
        )

    def _named(self, name: str, *values: Any) -> tuple[Any, Any]:
        """Old and new of a placement as a reader knows them: units, jobs and managers by name."""
        names: Mapping[Any, str] = {}
        match name:
            case "unit":
                names = self._unit_names
            case "manager":
                names = self._manager_names
            case "job":
                names = self._jobs
        old, new = (names.get(value, value) for value in values)
        return old, new

    @cached_property
    def _manager_names(self) -> dict[str, str]:
        return {str(id): name for id, name in Person.objects.values_list("id", "name")}

    @cached_property
    def _unit_names(self) -> dict[str, str]:
        return {str(unit.id): unit.name for unit in self._units.values()}
