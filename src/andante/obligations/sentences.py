"""Plain, translated sentences: why a duty is somebody's, and why somebody is qualified or not."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from andante.obligations.rules import audience as audiences
from andante.obligations.rules.audience import Audience
from andante.obligations.rules.qualification import Because, Verdict
from andante.people.queries import PlacedPerson

DAY = "j F Y"
_VOWELS = "aeiou"


@dataclass(frozen=True)
class Asked:
    """What of somebody's place of work a rule asks for, and so what its reason names."""

    job: bool
    shift: bool
    unit: bool

    @classmethod
    def by(cls, audience: Audience) -> "Asked":
        asked = audiences.fields(audience)
        return cls(job="job" in asked, shift="shift" in asked, unit=bool(asked & {"unit", "department"}))


def why_yours(asked: Asked, placed: PlacedPerson) -> str:
    """Say to somebody why a requirement is theirs: "because you are a nurse in Chicago since 1 May 2026"."""
    match asked.job, asked.shift:
        case True, True:
            text = _("because you are %(job)s in %(place)s, %(shift)s, since %(day)s")
        case True, False:
            text = _("because you are %(job)s in %(place)s since %(day)s")
        case False, True:
            text = _("because you work in %(place)s, %(shift)s, since %(day)s")
        case _:
            text = _("because you work in %(place)s since %(day)s")
    return text % _values(asked, placed, _with_article)


def why_theirs(asked: Asked, placed: PlacedPerson) -> str:
    """Say the same about somebody else: "nurse in Chicago since 1 May 2026"."""
    match asked.job, asked.shift:
        case True, True:
            text = _("%(job)s in %(place)s, %(shift)s, since %(day)s")
        case True, False:
            text = _("%(job)s in %(place)s since %(day)s")
        case False, True:
            text = _("works in %(place)s, %(shift)s, since %(day)s")
        case _:
            text = _("works in %(place)s since %(day)s")
    return text % _values(asked, placed, _uncapitalised)


def _values(asked: Asked, placed: PlacedPerson, called: Callable[[str], str]) -> Mapping[str, str]:
    return {
        "job": called(placed.job_name) if asked.job else "",
        "shift": shift_name(placed.shift) if asked.shift else "",
        "place": _unit_and_site(placed) if asked.unit else placed.site.name,
        "day": day(placed.duty_since),
    }


def _unit_and_site(placed: PlacedPerson) -> str:
    if placed.unit.id == placed.site.id:
        return placed.site.name
    return _("%(unit)s, %(site)s") % {"unit": placed.unit.name, "site": placed.site.name}


def _uncapitalised(name: str) -> str:
    """A job's name within a sentence; one that is an abbreviation stays as it is."""
    return name[:1].lower() + name[1:] if name[1:2].islower() or " " in name[:2] else name


def _with_article(name: str) -> str:
    """In English with its article; other languages take the name as it is."""
    if (get_language() or "en").partition("-")[0] != "en":
        return name
    plain = _uncapitalised(name)
    return f"{'an' if plain[:1].lower() in _VOWELS else 'a'} {plain}"


def shift_name(shift: str) -> str:
    """Return how a shift is called within a sentence."""
    return {
        "early": _("early shift"),
        "late": _("late shift"),
        "night": _("night shift"),
        "day": _("day shift"),
    }.get(shift, _("without shifts"))


def day(when: date) -> str:
    """Return a day in the reader's language."""
    return _day(when, get_language() or "")


@functools.lru_cache(maxsize=2048)
def _day(when: date, language: str) -> str:  # noqa: ARG001 - part of the key
    return date_format(when, DAY)


def day_at(moment: datetime, zone: str) -> str:
    """Return the day of a moment on the clocks of a place."""
    return day(moment.astimezone(ZoneInfo(zone)).date())


def minute_at(moment: datetime, zone: str) -> str:
    """Return day and time of a moment on the clocks of a place, with the zone's name."""
    local = moment.astimezone(ZoneInfo(zone))
    return _("%(day)s, %(time)s (%(zone)s)") % {
        "day": day(local.date()),
        "time": time_format(local.time(), "H:i"),
        "zone": zone,
    }


def because(verdict: Verdict, *, zone: str, numbers: Mapping[str, int]) -> str:
    """
    Say why somebody is qualified, or is not.

    :param zone: of the person's site
    :param numbers: of course versions, by their hashes
    """
    match verdict.because:
        case Because.QUALIFIED:
            return _qualified(verdict, zone)
        case Because.EXPIRED if verdict.valid_until:
            return _("expired on %(day)s") % {"day": day_at(verdict.valid_until, zone)}
        case Because.NEVER | Because.OTHER_VERSION:
            return _needed(verdict, numbers)
    plain = {
        Because.NOT_IN_FORCE: _("the requirement did not hold at this site then"),
        Because.NO_RULE: _("there was no such requirement then"),
        Because.NOT_PLACED: _("no place of work is on record for then"),
        Because.LEFT: _("does not work here any more"),
    }
    return plain.get(verdict.because, _("what is on record cannot be read"))


def _qualified(verdict: Verdict, zone: str) -> str:
    if verdict.valid_until:
        return _("qualified until %(day)s") % {"day": day_at(verdict.valid_until, zone)}
    if verdict.done:
        return _("qualified since %(day)s") % {"day": day_at(verdict.done.completed_at, zone)}
    return _("qualified")


def _needed(verdict: Verdict, numbers: Mapping[str, int]) -> str:
    """Say what is missing, and which version it must be where that matters."""
    form = verdict.revision.form if verdict.revision else None
    if form is None or form.accept_from is None:
        return _("not yet trained")
    had = numbers.get(verdict.done.version) if verdict.done else None
    if had is None:
        return _("not yet trained on version %(number)s") % {"number": form.accept_from}
    return _("trained on version %(had)s, not yet on version %(number)s") % {"had": had, "number": form.accept_from}
