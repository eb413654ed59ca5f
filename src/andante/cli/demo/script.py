"""What the demonstration's files say, with their days counted back from the day it is loaded."""

from __future__ import annotations

import csv
import zoneinfo
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from andante.cli.installation import carried_folder
from andante.kernel.principals import system_principal

BY = system_principal("demo")
DAYS = 365
"""So long is the history."""
DUBLIN = zoneinfo.ZoneInfo("Europe/Dublin")
NIGHT_BEGINS = time(22)
NIGHT = timedelta(hours=8)
CHANGE_TAKES_EFFECT = time(6)
DAYS_TO_PREPARE = 5
"""So long before the changed procedure takes effect its course is published."""

LINE_4 = "dublin/filling/line-4"
ON_LEAVE = "D-089"
AGENCY = "D-091"
TONIGHT = ("D-088", ON_LEAVE, "D-090", AGENCY)
NEEDED_TONIGHT = 4
"""*Tonight is short.* Two of the four are ready: one is on leave, one came from an agency and has no e-mail."""
NOT_YET_RETRAINED = frozenset({ON_LEAVE, AGENCY, "D-080"})
LEFT = {"D-031": 40, "C-044": 75, "S-019": 110}
"""Who left, so many days ago."""
MOVED = {"D-035": ("dublin/filling/line-2", 60), "C-034": ("chicago/wards/ward-1", 90)}
"""Who moved where, so many days ago."""


@dataclass(frozen=True)
class Member:
    """Somebody of the group, as `demo/people.csv` tells of them."""

    number: str
    name: str
    email: str
    login: str
    site: str
    site_time_zone: str
    department: str
    line: str
    job: str
    manager: str
    shift: str
    hired_days_ago: int
    unsupervised_days_after: int | None
    agency: bool

    @cached_property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Of the site."""
        return zoneinfo.ZoneInfo(self.site_time_zone)

    def hired_on(self, today: date) -> date:
        """First day of employment."""
        return today - timedelta(days=self.hired_days_ago)

    def first_shift_alone(self, today: date) -> datetime | None:
        """Local beginning of the first shift that they work alone."""
        if self.unsupervised_days_after is None:
            return None
        begins = {"early": time(6), "late": time(14), "night": time(22)}.get(self.shift, time(9))
        return datetime.combine(self.hired_on(today) + timedelta(days=self.unsupervised_days_after), begins)


def folder() -> Path:
    """Return the folder of the demonstration's files."""
    return carried_folder("demo")


def members() -> list[Member]:
    """Return everybody, in the order of the file."""
    with (folder() / "people.csv").open(newline="", encoding="utf-8") as file:
        return [_member(row) for row in csv.DictReader(file)]


def _member(row: dict[str, Any]) -> Member:
    row["hired_days_ago"] = int(row["hired_days_ago"])
    row["unsupervised_days_after"] = int(row["unsupervised_days_after"] or 0) or None
    row["agency"] = bool(row["agency"])
    return Member(**row)


def roles() -> list[tuple[str, str]]:
    """Return who holds which role: number and role."""
    with (folder() / "roles.csv").open(newline="", encoding="utf-8") as file:
        return [(row["number"], row["role"]) for row in csv.DictReader(file)]


def tonight(now: datetime) -> datetime:
    """Return when the next night shift in Dublin begins."""
    local = now.astimezone(DUBLIN)
    begins = datetime.combine(local.date(), NIGHT_BEGINS, DUBLIN)
    return begins if begins > local else datetime.combine(local.date() + timedelta(days=1), NIGHT_BEGINS, DUBLIN)


def change_takes_effect(now: datetime) -> datetime:
    """Return when the changed procedure took effect: on the last morning in Dublin, of which an auditor may ask."""
    local = now.astimezone(DUBLIN)
    this_morning = datetime.combine(local.date(), CHANGE_TAKES_EFFECT, DUBLIN)
    if this_morning <= local:
        return this_morning
    return datetime.combine(local.date() - timedelta(days=1), CHANGE_TAKES_EFFECT, DUBLIN)
