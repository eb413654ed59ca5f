"""What changed, when, by whom and why: audit events in plain words. For administrators and auditors."""

from __future__ import annotations

import csv
import io
import zoneinfo
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from andante.evidence import queries
from andante.evidence.queries import ACTIONS, Change, ChangeFilter, Place, plain
from andante.kernel import clock
from andante.kernel.ids import PersonId
from andante.people import policy
from andante.people import queries as people

ON_A_PAGE = 50
IN_A_PIECE = 1_000
FILTERS = ("person", "actor", "action", "from", "to", "zone")


class Asked:
    """What the address asks for: as it was typed, as a filter, and what could not be understood."""

    def __init__(self, request: HttpRequest) -> None:
        """Read it; two queries where people are named."""
        given = {name: request.GET.get(name, "").replace("\x00", "").strip()[:200] for name in FILTERS}
        self.own_zone = policy.person_view(request).time_zone
        self.zones = _zones(self.own_zone)
        self.given = given | {"zone": given["zone"] if given["zone"] in self.zones else self.own_zone}
        self.unclear: list[str] = []
        zone = zoneinfo.ZoneInfo(self.given["zone"])
        self.filter = ChangeFilter(
            person=self._person("person"),
            actor=self._person("actor"),
            action=given["action"],
            since=self._day("from", zone),
            until=self._day("to", zone, after=1),
        )

    @property
    def query(self) -> str:
        """The filters as a part of an address."""
        return urlencode({name: value for name, value in self.given.items() if value})

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return any(self.given[name] for name in FILTERS if name != "zone")

    def _person(self, name: str) -> PersonId | None:
        text = self.given[name]
        if not text:
            return None
        found = people.meant(text, at=clock.now())
        if len(found) != 1:
            self.unclear.append(name)
            return None
        return found[0].id

    def _day(self, name: str, zone: zoneinfo.ZoneInfo, *, after: int = 0) -> datetime | None:
        text = self.given[name]
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
            if not 1970 <= day.year <= 2200:
                raise ValueError(text)
        except ValueError:
            self.unclear.append(name)
            return None
        return datetime.combine(day + timedelta(days=after), time(), zone)


@policy.role("administrator", "auditor")
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    asked = Asked(request)
    before = _before(request)
    found = [] if asked.unclear else queries.changes(asked.filter, before=before, limit=ON_A_PAGE + 1)
    shown, more = queries.one_page(found, ON_A_PAGE)
    page = {
        "asked": asked,
        "changes": shown,
        "more": more,
        "later": before is not None,
        "actions": sorted(((name, str(label)) for name, label in ACTIONS.items()), key=lambda each: each[1]),
        "area": "admin" if "administrator" in policy.roles(request) else "audit",
    }
    return render(request, "admin/changes.html", page)


@policy.role("administrator", "auditor")
@require_safe
def changes_csv(request: HttpRequest) -> HttpResponseBase:
    asked = Asked(request)
    if asked.unclear:
        raise Http404
    zone = zoneinfo.ZoneInfo(asked.given["zone"])
    headers = {"Content-Disposition": 'attachment; filename="changes.csv"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(_lines(asked.filter, zone), content_type="text/csv; charset=utf-8", headers=headers)


@policy.role("administrator", "auditor")
@require_safe
def change(request: HttpRequest, record: UUID) -> HttpResponse:
    found = queries.change(record)
    if found is None:
        raise Http404
    area = "admin" if "administrator" in policy.roles(request) else "audit"
    return render(request, "admin/change.html", {"change": found, "area": area})


def _lines(asked: ChangeFilter, zone: zoneinfo.ZoneInfo) -> Iterator[str]:
    yield "\ufeff" + _line("when", "recorded", "who", "action", "about", "what", "why", "record", "number")
    before: Place | None = None
    while found := queries.changes(asked, before=before, limit=IN_A_PIECE):
        yield "".join(_cells(each, zone) for each in found)
        before = found[-1].place


def _cells(each: Change, zone: zoneinfo.ZoneInfo) -> str:
    at, stored = (moment.astimezone(zone).isoformat(timespec="seconds") for moment in (each.at, each.stored))
    number = "" if each.seq is None else str(each.seq)
    return _line(at, stored, each.by, each.action, each.about, each.sentence, each.why, str(each.id), number)


def _line(*cells: str) -> str:
    file = io.StringIO()
    csv.writer(file).writerow([plain(cell) for cell in cells])
    return file.getvalue()


def _zones(own: str) -> dict[str, str]:
    zones = {own: own, "UTC": "UTC"}
    zones |= {unit.time_zone: unit.time_zone for unit in people.units().values() if unit.kind == "site"}
    return zones


def _before(request: HttpRequest) -> Place | None:
    text = request.GET.get("before", "")
    if not text:
        return None
    try:
        return Place.parse(text)
    except ValueError:
        raise Http404 from None
