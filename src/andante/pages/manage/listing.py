"""Everybody of a team, and how they stand: filtered, in pages or in full, as a table and as CSV."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from andante.kernel.ids import PersonId
from andante.kernel.records import record
from andante.obligations import queries as obligations
from andante.obligations.queries import Duty, DutyCounts, Standing
from andante.pages.manage import words
from andante.people import queries as people_queries
from andante.people.queries import PlacedPerson, UnitView

ON_ONE_PAGE = 50
SHIFTS = ("early", "late", "night", "day")
_ORDER = {Standing(name): place for place, (name, _word) in enumerate(words.states())}
_COUNTED = {
    Standing.DONE: "done",
    Standing.DUE: "due",
    Standing.OVERDUE: "overdue",
    Standing.RENEW: "renew",
    Standing.NOT_YET: "not_yet",
}


@dataclass(frozen=True)
class Filters:
    """What the reader wants to see. Empty: everything."""

    unit: str = ""
    """Path: the unit and what is below it."""
    shift: str = ""
    state: str = ""
    requirement: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Filters:
        """Read them from an address; what there is not, is nobody's."""
        return cls(**{name: query.get(name, "")[:200].replace("\x00", "") for name in cls.__dataclass_fields__})

    @property
    def standing(self) -> Standing | None:
        return next((standing for standing in Standing if standing.value == self.state), None)

    @property
    def any(self) -> bool:
        return bool(self.unit or self.shift or self.state or self.requirement)

    def query(self, **more: str | int) -> str:
        """Return the end of an address that asks for the same."""
        chosen = {name: getattr(self, name) for name in self.__dataclass_fields__ if getattr(self, name)}
        return urlencode(chosen | more)

    def allows_unit(self, unit: UnitView) -> bool:
        return not self.unit or unit.path == self.unit or unit.path.startswith(f"{self.unit}/")

    def allows_place(self, unit: UnitView, shift: str) -> bool:
        return self.allows_unit(unit) and self.shift in {"", shift}

    def allows_duty(self, duty: Duty) -> bool:
        return self.state in {"", duty.standing.value} and self.requirement in {"", duty.requirement}


@record
class Entry:
    """One person, with the duties that are shown."""

    person: PlacedPerson
    duties: list[Duty]


@dataclass(frozen=True)
class Choice:
    """Something to filter by."""

    value: str
    name: str


@dataclass(frozen=True)
class Listing:
    """A page of the table, or all of it."""

    at: datetime
    filters: Filters
    entries: list[Entry]
    total: int
    """How many people there are with these filters."""
    size: int
    """Of the team."""
    page: int
    """From 1; 0 where all are shown."""
    units: list[Choice]
    shifts: list[Choice]
    requirements: list[Choice]

    @property
    def states(self) -> list[Choice]:
        return [Choice(*each) for each in words.states()]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ON_ONE_PAGE))

    @property
    def first(self) -> int:
        """Number of the first person shown."""
        return (self.page - 1) * ON_ONE_PAGE + 1 if self.page else 1

    @property
    def last(self) -> int:
        return self.first + len(self.entries) - 1

    @property
    def previous(self) -> str:
        return self.filters.query(page=self.page - 1) if self.page > 1 else ""

    @property
    def next(self) -> str:
        return self.filters.query(page=self.page + 1) if 0 < self.page < self.pages else ""

    @property
    def everything(self) -> str:
        return self.filters.query(all=1)

    @property
    def table(self) -> str:
        """The end of the address of the same as CSV."""
        return self.filters.query()


def listing(*, team: Collection[PersonId], filters: Filters, page: int, at: datetime) -> Listing:
    """
    Read the table. The number of queries does not depend on the size of the team.

    :param page: from 1; 0 for everybody
    """
    units = people_queries.units()
    read = _page if page else _everybody
    found = read(team=team, filters=filters, page=page, units=units, at=at)
    return Listing(
        at=at,
        filters=filters,
        entries=_entries(found.people, filters, at),
        total=found.total,
        size=len(team),
        page=found.page,
        units=_units(found.units, units),
        shifts=[Choice(shift, words.shift_name(shift)) for shift in SHIFTS if shift in found.shifts],
        requirements=[Choice(id, title) for id, title in obligations.requirement_titles().items()],
    )


@dataclass(frozen=True)
class _Found:
    """Who is to be shown, and what there is to filter by."""

    people: Mapping[PersonId, PlacedPerson]
    total: int
    page: int
    units: Collection[UUID]
    shifts: Collection[str]


def _page(
    *, team: Collection[PersonId], filters: Filters, page: int, units: Mapping[UUID, UnitView], at: datetime
) -> _Found:
    """One page of it; the database finds who stands on it, unless it depends on duties."""
    roster = partial(
        people_queries.roster,
        at=at,
        people=team,
        units=[id for id, unit in units.items() if filters.allows_unit(unit)] if filters.unit else None,
        shift=filters.shift,
    )
    if filters.state or filters.requirement:
        found = roster()
        having = _with_duties(found.people, filters, at)
        total, page = len(having), _existing(page, len(having))
        shown: Sequence[PersonId] = having[(page - 1) * ON_ONE_PAGE : page * ON_ONE_PAGE]
    else:
        found = roster(skip=(page - 1) * ON_ONE_PAGE, most=ON_ONE_PAGE)
        total = found.total
        if page != _existing(page, total):
            page = _existing(page, total)
            found = roster(skip=(page - 1) * ON_ONE_PAGE, most=ON_ONE_PAGE)
        shown = found.people
    placed = people_queries.placements(at=at, people=shown, known_units=units)
    return _Found({id: placed[id] for id in shown}, total, page, found.units, found.shifts)


def _existing(page: int, people: int) -> int:
    """The page, or the last one."""
    return min(page, max(1, -(-people // ON_ONE_PAGE)))


def _everybody(
    *, team: Collection[PersonId], filters: Filters, page: int, units: Mapping[UUID, UnitView], at: datetime
) -> _Found:
    placed = people_queries.placements(at=at, people=team, known_units=units)
    shown = [id for id, each in placed.items() if filters.allows_place(each.unit, each.shift)]
    if filters.state or filters.requirement:
        shown = _with_duties(shown, filters, at)
    used, shifts = {each.unit.id for each in placed.values()}, {each.shift for each in placed.values()}
    return _Found({id: placed[id] for id in shown}, len(shown), page, used, shifts)


def _with_duties(people: Sequence[PersonId], filters: Filters, at: datetime) -> list[PersonId]:
    """Who has a duty that the filters allow. Without a requirement, the database counts."""
    if filters.requirement:
        having = {duty.person for duty in obligations.current_duties(people=people, at=at) if filters.allows_duty(duty)}
    else:
        counts = obligations.duty_counts(people=people, at=at)
        having = {id for id, count in counts.items() if _count(count, filters.standing)}
    return [id for id in people if id in having]


def _count(counts: DutyCounts, standing: Standing | None) -> int:
    return getattr(counts, _COUNTED[standing]) if standing else 0


def _entries(people: Mapping[PersonId, PlacedPerson], filters: Filters, at: datetime) -> list[Entry]:
    entries = {id: Entry(person, []) for id, person in people.items()}
    all_shown = not (filters.state or filters.requirement)
    for duty in obligations.current_duties(people=list(people), at=at, placed=people):
        if all_shown or filters.allows_duty(duty):
            entries[duty.person].duties.append(duty)
    for entry in entries.values():
        entry.duties.sort(key=_order)
    return list(entries.values())


def _order(duty: Duty) -> int:
    return _ORDER[duty.standing]


def _units(used: Collection[UUID], known: Mapping[UUID, UnitView]) -> list[Choice]:
    """The units of the team and those above them, by path; the deeper, the further in."""
    named: dict[str, UnitView] = {}
    for id in used:
        above: UnitView | None = known[id]
        while above is not None:
            named[above.path] = above
            above = known.get(above.parent) if above.parent else None
    return [Choice(path, "\u2003" * path.count("/") + named[path].name) for path in sorted(named)]


def rows(listing: Listing) -> list[list[str]]:
    """The table as cells of text, one row for each duty; a person without one has a row too."""
    head = [
        *(_("Name"), _("Number"), _("Unit"), _("Job"), _("Shift"), _("On leave")),
        *(_("Requirement"), _("State"), _("Due"), _("Completed"), _("Valid until"), _("Why")),
    ]
    states = {standing: words.state(standing).word for standing in Standing}
    shifts = {shift: words.shift_name(shift) for shift in ("", *SHIFTS)}
    return [head, *(row for entry in listing.entries for row in _rows(entry, states, shifts))]


def _rows(entry: Entry, states: Mapping[Standing, str], shifts: Mapping[str, str]) -> list[list[str]]:
    person = entry.person
    who = [
        *(person.name, person.number or "", person.unit.name, person.job_name, shifts.get(person.shift, "")),
        _("yes") if person.status == "leave" else "",
    ]
    if not entry.duties:
        return [[*who, *[""] * 6]]
    return [
        [
            *who,
            *(duty.title, states[duty.standing]),
            *(_iso(duty.due_at), _iso(duty.completed_at), _iso(duty.valid_until)),
            duty.reason,
        ]
        for duty in entry.duties
    ]


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="minutes")
