"""States, days and hours in words. All moments are said in the reader's zone, unless a zone is named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from andante.engagement.queries import Hindrance, NotSent, NudgeView, Reminder
from andante.obligations.queries import Crew, Duty, StandIn, Standing
from andante.people.queries import PlacedPerson

EVENING = 18
"""Hour from which on a shift of today begins "tonight"."""


@dataclass(frozen=True)
class State:
    """How a standing looks: a word, and the tone that repeats it."""

    word: str
    tone: str
    icon: str


def state(standing: Standing) -> State:
    match standing:
        case Standing.DONE:
            return State(_("Done"), "good", "check")
        case Standing.OVERDUE:
            return State(_("Overdue"), "bad", "warning")
        case Standing.DUE:
            return State(_("Due"), "info", "calendar")
        case Standing.RENEW:
            return State(_("To renew"), "warn", "repeat")
    return State(_("Starts later"), "plain", "clock")


def states() -> list[tuple[str, str]]:
    """All of them by their names in addresses, the most urgent first."""
    order = (Standing.OVERDUE, Standing.DUE, Standing.RENEW, Standing.NOT_YET, Standing.DONE)
    return [(standing.value, state(standing).word) for standing in order]


def shift_name(shift: str) -> str:
    match shift:
        case "early":
            return _("early shift")
        case "late":
            return _("late shift")
        case "night":
            return _("night shift")
        case "day":
            return _("day shift")
    return ""


def where(person: PlacedPerson) -> str:
    """Unit, job and shift: "Line 4 · Operator · night shift"."""
    return place_of_work(person.unit.name, person.job_name, person.shift, person.status)


def place_of_work(unit: str, job: str, shift: str, status: str) -> str:
    away = _("on leave") if status == "leave" else ""
    return " · ".join(part for part in (unit, job, shift_name(shift), away) if part)


def when(duty: Duty) -> str:
    """By when, or since when."""
    return teller()(duty)


def teller() -> Callable[[Duty], str]:
    """Return `when` for many duties: language and zone are asked for once, and each day is said once."""
    zone, language = timezone.get_current_timezone(), get_language() or ""

    @cache
    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    @cache
    def said(standing: Standing, first: date | None, second: date | None) -> str:
        return _when(standing, first, second, language)

    def tell(duty: Duty) -> str:
        standing, second = duty.standing, None
        if standing is Standing.DONE:
            first, second = duty.completed_at, duty.valid_until
        elif standing is Standing.NOT_YET:
            first = duty.begins_at
        else:
            first = duty.due_at
        return said(standing, first and day(first), second and day(second))

    return tell


@lru_cache(maxsize=4096)
def _when(standing: Standing, day: date | None, until: date | None, language: str) -> str:
    if day is None:
        return _("no date")
    first = _day(day, language)
    match standing:
        case Standing.DONE if until:
            return _("on %(day)s, valid until %(until)s") % {"day": first, "until": _day(until, language)}
        case Standing.DONE:
            return _("on %(day)s") % {"day": first}
        case Standing.OVERDUE:
            return _("since %(day)s") % {"day": first}
        case Standing.NOT_YET:
            return _("begins on %(day)s") % {"day": first}
    return _("by %(day)s") % {"day": first}


def days_over(duty: Duty, at: datetime) -> str:
    """For how long it has been overdue."""
    days = (timezone.localtime(at).date() - timezone.localtime(duty.due_at or at).date()).days
    if days < 1:
        return _("today")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def day_of(moment: datetime | None) -> str:
    """The day of a moment where the reader is."""
    return (
        "" if moment is None else _day(moment.astimezone(timezone.get_current_timezone()).date(), get_language() or "")
    )


@lru_cache(maxsize=4096)
def _day(day: date, language: str) -> str:  # noqa: ARG001 - part of the key
    return date_format(day, "j F Y")


def moment(then: datetime, *, at: datetime, there: str = "") -> str:
    """
    Day and hour, as one says it: "today, 14:05".

    :param at: now
    :param there: a zone whose hour is added, where it is another one
    """
    local = timezone.localtime(then)
    said = _("%(day)s, %(time)s") % {
        "day": near_day(local.date(), timezone.localtime(at).date()),
        "time": time_format(local.time(), "H:i"),
    }
    if there:
        other = then.astimezone(ZoneInfo(there))
        if other.utcoffset() != local.utcoffset():
            said = _("%(moment)s (%(time)s where they are)") % {
                "moment": said,
                "time": time_format(other.time(), "H:i"),
            }
    return said


def near_day(day: date, today: date) -> str:
    names = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    return names.get((day - today).days) or _day(day, get_language() or "")


def on_day(then: datetime, *, at: datetime) -> str:
    """The day, as one says it: "yesterday", "on 18 November 2026"."""
    day, today = timezone.localtime(then).date(), timezone.localtime(at).date()
    said = near_day(day, today)
    return said if abs((day - today).days) <= 1 else _("on %(day)s") % {"day": said}


def crew_hours(crew: Crew, at: datetime) -> str:
    """When a crew works, on the clocks of its site: "tonight 22:00 to 06:00"; with its zone, where that is another."""
    zone = ZoneInfo(crew.unit.time_zone)
    starts, ends, today = crew.starts_at.astimezone(zone), crew.ends_at.astimezone(zone), at.astimezone(zone).date()
    tonight = starts.date() == today and starts.hour >= EVENING
    said = _("%(day)s %(starts)s\N{EN DASH}%(ends)s") % {
        "day": _("tonight") if tonight else near_day(starts.date(), today),
        "starts": time_format(starts.time(), "H:i"),
        "ends": time_format(ends.time(), "H:i"),
    }
    if ends - starts > timedelta(hours=24):
        said = _("%(beginning)s (%(day)s)") % {"beginning": said, "day": near_day(ends.date(), today)}
    reader = timezone.get_current_timezone_name()
    return said if crew.unit.time_zone == reader else f"{said} ({crew.unit.time_zone})"


def crew_need(crew: Crew) -> str:
    """How many it needs ready for what, and how many are: "needs 4 ready for “Line clearance”, has 2"."""
    values = {"needed": crew.needed, "ready": crew.ready}
    if not crew.titles:
        return _("needs %(needed)s ready, has %(ready)s") % values
    titles = ", ".join(_("“%(title)s”") % {"title": title} for title in crew.titles)
    return _("needs %(needed)s ready for %(titles)s, has %(ready)s") % {**values, "titles": titles}


def stand_in(each: StandIn) -> str:
    """Where somebody works who could fill a gap, and why they may: "Line 4 · Operator; qualified since …"."""
    return _("%(place)s; %(because)s") % {
        "place": place_of_work(each.unit, each.job, each.shift, ""),
        "because": each.because,
    }


def hindrance(reminder: Reminder, *, at: datetime) -> str:
    """Why no mail goes to somebody, and what to do instead."""
    match reminder.hindrance:
        case Hindrance.NO_EMAIL:
            return _("No e-mail: tell them at the start of their shift.")
        case Hindrance.ON_LEAVE:
            return _("On leave: they see it when they are back.")
        case Hindrance.REMINDED if reminder.reminded_at:
            if reminder.reminded_at > at:
                said = _("A reminder goes %(moment)s.")
            else:
                said = _("Reminded %(moment)s; not again within 24 hours.")
            return said % {"moment": moment(reminder.reminded_at, at=at, there=reminder.person.time_zone)}
        case Hindrance.NOTHING_OPEN:
            return _("Nothing is overdue or due within a week.")
    return ""


def goes(reminder: Reminder, *, at: datetime) -> str:
    """When a mail would go."""
    if reminder.goes_at <= at:
        return _("goes at once")
    then = moment(reminder.goes_at, at=at, there=reminder.person.time_zone)
    if reminder.person.shift == "night":
        return _("sleeps by day: goes %(moment)s") % {"moment": then}
    return _("night there: goes %(moment)s") % {"moment": then}


def outcome(nudge: NudgeView, *, at: datetime) -> State:
    """What became of a reminder."""
    if nudge.sent_at:
        return State(_("sent %(moment)s") % {"moment": moment(nudge.sent_at, at=at)}, "good", "check")
    if nudge.not_sent_because:
        return _not_sent()[nudge.not_sent_because]
    if nudge.goes_at > at:
        return State(_("goes %(moment)s") % {"moment": moment(nudge.goes_at, at=at)}, "info", "clock")
    return State(_("on its way"), "info", "clock")


def _not_sent() -> dict[NotSent, State]:
    return {
        NotSent.REFUSED: State(_("not sent: the mail server refused the address; have it put right"), "bad", "warning"),
        NotSent.UNREACHABLE: State(_("not sent: the mail server could not be reached; ask again"), "bad", "warning"),
        NotSent.NO_ADDRESS: State(_("not sent: there was no e-mail address any more"), "bad", "warning"),
        NotSent.DONE: State(_("not sent: it was done, or not theirs any more, by then"), "info", "check"),
        NotSent.AWAY: State(_("not sent: they were on leave, or had left"), "info", "info"),
    }


def asked(reminders: Sequence[Reminder], *, at: datetime) -> str:
    """What came of asking: how many reminders go now, and when the others go."""
    now = sum(reminder.goes_at <= at for reminder in reminders)
    later = [reminder for reminder in reminders if reminder.goes_at > at]
    said = []
    if now:
        said.append(ngettext("%(n)s reminder goes now.", "%(n)s reminders go now.", now) % {"n": now})
    if later:
        first = min(reminder.goes_at for reminder in later)
        text = ngettext(
            "%(n)s reminder goes %(moment)s, when their quiet hours are over.",
            "%(n)s reminders wait until quiet hours are over; the first goes %(moment)s.",
            len(later),
        )
        said.append(text % {"n": len(later), "moment": moment(first, at=at)})
    return " ".join(said) or _("Nobody was reminded: everybody was asked within the last 24 hours.")


def lead(*, people: int, actions: int) -> str:
    """The first sentence of the page."""
    if not people and not actions:
        return _("Nobody needs you today.")
    found = ngettext("%(n)s person", "%(n)s people", people) % {"n": people}
    todo = ngettext("%(n)s action", "%(n)s actions", actions) % {"n": actions}
    return _("%(people)s, %(actions)s.") % {"people": found, "actions": todo}
