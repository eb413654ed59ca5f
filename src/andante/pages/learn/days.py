"""Days as people say them, in the reader's own zone: what is near by its distance, and always the exact date."""

from datetime import datetime, time

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WEEK = 7
NEAR = 60
"""Days that are counted; what is further away has its date only."""
END_OF_DAY = time(23, 59)
"""What is due with a day needs no time."""


def spoken(moment: datetime, *, now: datetime) -> str:
    """Return when something is or was: "tomorrow, Monday 23 November", "in 16 days, Tuesday 8 December"."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    parts = [_distance((local.date() - today).days), _date(local, with_year=local.year != today.year)]
    if local.time().replace(second=0, microsecond=0) != END_OF_DAY:
        parts.append(date_format(local, "H:i"))
    return ", ".join(part for part in parts if part)


def _distance(days: int) -> str:
    """Return how far a day is from today; nothing within the week, where its weekday says it."""
    if days in {-1, 0, 1}:
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[days]
    if WEEK <= days < NEAR:
        return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    if -NEAR < days < 0:
        return ngettext("%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}
    return ""


def _date(local: datetime, *, with_year: bool) -> str:
    return date_format(local, "l j F Y" if with_year else "l j F")
