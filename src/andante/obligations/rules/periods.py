"""
Periods as people write them ("7 days", "12 months"), and moments on the clock of a place.

Calendar arithmetic is done on the wall clock: a day may have 23 or 25 hours, a month 28 to 31 days.
"""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Unit = Literal["hours", "days", "weeks", "months", "years"]
UNITS: tuple[Unit, ...] = get_args(Unit)
_PERIOD = re.compile(r"(?P<count>[1-9][0-9]{0,3})\s+(?P<unit>hour|day|week|month|year)s?\Z")
MOST_YEARS = 50


@dataclass(frozen=True)
class Period:
    """A length of time on the calendar."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Period | None":
        """Read "7 days" or "1 year"; None where it is nothing of the kind, or longer than 50 years."""
        match = _PERIOD.match(text.strip())
        if match is None:
            return None
        period = cls(int(match["count"]), f"{match['unit']}s")  # type: ignore[arg-type]
        return period if period.roughly <= timedelta(days=366 * MOST_YEARS) else None

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"

    @property
    def roughly(self) -> timedelta:
        """About how long it is; for comparing periods, not for counting."""
        days = {"hours": 1 / 24, "days": 1, "weeks": 7, "months": 30.44, "years": 365.25}
        return timedelta(days=self.count * days[self.unit])

    @property
    def exact(self) -> bool:
        """Whether it is counted in hours, so that it ends at a minute and not with a day."""
        return self.unit == "hours"

    @property
    def parts(self) -> tuple[int, int, int]:
        """Months, days and hours, as a database interval has them."""
        match self.unit:
            case "hours":
                return 0, 0, self.count
            case "days":
                return 0, self.count, 0
            case "weeks":
                return 0, self.count * 7, 0
            case "months":
                return self.count, 0, 0
            case "years":
                return self.count * 12, 0, 0

    def after(self, wall: datetime) -> datetime:
        """Return the wall clock's time so much later; the 31st becomes the last day of a shorter month."""
        return self._moved(wall, 1)

    def before(self, wall: datetime) -> datetime:
        """Return the wall clock's time so much earlier."""
        return self._moved(wall, -1)

    def _moved(self, wall: datetime, sign: int) -> datetime:
        months, days, hours = self.parts
        moved = _months_later(wall, sign * months) if months else wall
        return moved + sign * timedelta(days=days, hours=hours)


def _months_later(wall: datetime, months: int) -> datetime:
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    return wall.replace(year=year, month=month + 1, day=min(wall.day, _days_in(year, month + 1)))


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


@functools.lru_cache(maxsize=4096)
def instant(wall: datetime, zone: str) -> datetime:
    """
    Return the moment at which the clocks of a zone show this time, UTC.

    A time that they show twice means the first; one that they skip means as long after the skip as it is into it.
    """
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


@functools.lru_cache(maxsize=4096)
def first_moment(day: date, zone: str) -> datetime:
    """Return the moment at which a day begins in a zone, UTC."""
    return instant(datetime.combine(day, time()), zone)


def last_minute(begins_at: datetime, within: Period, zone: str) -> datetime:
    """
    Return the last moment of a period that begins at a moment, UTC.

    Counted in days or more, it ends with a day: 23:59 on the clocks of the zone. Seven days that begin with the first
    of May end with the seventh; seven days that begin on that day at noon end with the eighth.
    """
    if within.exact:
        return begins_at + timedelta(hours=within.count)
    wall = begins_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    day = (within.after(wall) - timedelta(microseconds=1)).date()
    return instant(datetime.combine(day, time(23, 59)), zone)
