"""
What is true about people whatever the database says: logins, addresses, zones, roles, and when a sign-in
ends.
"""

from __future__ import annotations

import functools
import re
import unicodedata
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

LOGIN = re.compile(r"[^\W_](?:[\w.@+-]{0,148}[\w+])?")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

RECORDED_FAILURES = 5
FAILURE_WINDOW = timedelta(hours=1)
"""So many failed sign-ins of one account are recorded in such a window; see `records_failure`."""


class Role(StrEnum):
    """What a person may do beyond learning."""

    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    AUTHOR = "author"


class Status(StrEnum):
    """Whether somebody works here. Who is on leave keeps the job; who left keeps the record."""

    ACTIVE = "active"
    LEAVE = "leave"
    LEFT = "left"


class UnitKind(StrEnum):
    """What a part of the organisation is, from the top down."""

    ORGANISATION = "organisation"
    SITE = "site"
    DEPARTMENT = "department"
    LINE = "line"
    TEAM = "team"


class Shift(StrEnum):
    """When somebody works, for who works in shifts."""

    EARLY = "early"
    LATE = "late"
    NIGHT = "night"
    DAY = "day"


class PeopleError(Exception):
    """Something that a person asked for and that the rules refuse; the text is for people."""


class LoginInvalid(PeopleError):  # noqa: N818 - errors are facts
    """The login name has characters that a login cannot have."""


class NameInvalid(PeopleError):  # noqa: N818
    """The name is empty or too long."""


class TimeZoneUnknown(PeopleError):  # noqa: N818
    """The time zone is not in the IANA database."""


class LanguageInvalid(PeopleError):  # noqa: N818
    """The language is not a BCP 47 tag."""


class RoleUnknown(PeopleError):  # noqa: N818
    """There is no such role."""


class OrganisationRefused(PeopleError):  # noqa: N818
    """A unit, a job or a placement says something that cannot be; the text says what."""


def login_name(text: str) -> str:
    """
    Return the one form in which a login is stored and compared: NFKC, lower case.

    NFKC first, so that two spellings which look the same on every screen are one login.

    :raises LoginInvalid: other than letters, digits and . _ - @ +, or longer than 150 characters
    """
    login = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.strip()).lower())
    if not LOGIN.fullmatch(login):
        raise LoginInvalid(f"“{text}” cannot be a login name: use letters, digits and . _ - @ +")
    return login


ERASED_LOGIN = "erased:"
"""How the login of an erased account begins. No login that somebody can have holds a colon."""


def is_erased(name: str) -> bool:
    """Whether who a person was is erased: nobody else has an empty name."""
    return not name


def typed_name(text: str) -> str:
    """Return the form in which what somebody types to sign in, a login or an address, is compared."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def email_address(text: str | None) -> str | None:
    """Return the form in which an address is stored and compared; none for an empty one."""
    return text.strip().lower() or None if text else None


def person_name(text: str) -> str:
    """
    Return the name without white space around or doubled within.

    :raises NameInvalid: nothing is left, or more than 200 characters
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 0 < len(name) <= 200:
        raise NameInvalid("A name has between 1 and 200 characters.")
    return name


def person_number(text: str | None) -> str | None:
    """
    Return the organisation's number of a person without white space around; none for an empty one.

    :raises NameInvalid: more than 64 characters
    """
    number = (text or "").strip()
    if len(number) > 64:
        raise NameInvalid("A number has at most 64 characters.")
    return number or None


def time_zone_name(text: str) -> str:
    """
    Return the zone's name, which must be in the IANA database.

    :raises TimeZoneUnknown: it is not
    """
    if text not in _time_zones():
        raise TimeZoneUnknown(f"“{text}” is not a time zone: give a name such as Europe/Dublin.")
    return text


@functools.cache
def _time_zones() -> frozenset[str]:
    """All names of the database; reading them walks a thousand files."""
    return frozenset(zoneinfo.available_timezones())


def language_tag(text: str) -> str:
    """
    Return the tag, which must look like one of BCP 47.

    :raises LanguageInvalid: it does not
    """
    if len(text) > 16 or not LANGUAGE.fullmatch(text):
        raise LanguageInvalid(f"“{text}” is not a language: give a tag such as en or pt-BR.")
    return text


def role(text: str) -> Role:
    """
    Return the role of this name.

    :raises RoleUnknown: there is none
    """
    try:
        return Role(text)
    except ValueError:
        known = ", ".join(Role)
        raise RoleUnknown(f"“{text}” is not a role: give one of {known}.") from None


UNIT_PATH = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*){0,5}")


def unit_path(text: str) -> str:
    """
    Return the path of a unit.

    :raises OrganisationRefused: other than small letters, digits and hyphens between slashes
    """
    if len(text) > 200 or not UNIT_PATH.fullmatch(text):
        raise OrganisationRefused(f"“{text}” is not a unit's path: write it as dublin/filling/line-4.")
    return text


def code(text: str) -> str:
    """Return a name as a part of a path or an id: "Line 4" becomes "line-4"; empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def status(text: str) -> Status:
    """
    Return the employment status of this name.

    :raises OrganisationRefused: there is none
    """
    try:
        return Status(text)
    except ValueError:
        raise OrganisationRefused(f"“{text}” is not a status: give one of {', '.join(Status)}.") from None


def shift(text: str) -> str:
    """
    Return the shift of this name; empty for who works in none.

    :raises OrganisationRefused: there is none
    """
    if text and text not in set(Shift):
        raise OrganisationRefused(f"“{text}” is not a shift: give one of {', '.join(Shift)}, or nothing.")
    return text


def unit_kind(text: str) -> UnitKind:
    """
    Return the kind of unit of this name.

    :raises OrganisationRefused: there is none
    """
    try:
        return UnitKind(text)
    except ValueError:
        raise OrganisationRefused(f"“{text}” is not a kind of unit: give one of {', '.join(UnitKind)}.") from None


@dataclass(frozen=True)
class Failures:
    """The failed sign-ins of one account that are on record, in the current window."""

    since: datetime | None
    count: int

    def after(self, at: datetime) -> Failures:
        """Return the same with one more at this time."""
        if self.since is None or at >= self.since + FAILURE_WINDOW:
            return Failures(at, 1)
        return Failures(self.since, self.count + 1)


def records_failure(failures: Failures, at: datetime) -> bool:
    """
    Decide whether one more failed sign-in of this account is put on record.

    The ledger keeps everything for ever, so nobody outside may make it grow at will. Attempts on names that
    are no account are never recorded; of one account, `RECORDED_FAILURES` in a `FAILURE_WINDOW` are: enough
    to show an auditor that somebody tried, and 120 a day at most.
    """
    return failures.after(at).count <= RECORDED_FAILURES


class Ended(StrEnum):
    """Why a sign-in ended without the person ending it."""

    IDLE = "idle"
    TOO_LONG = "too long"


def ended(*, started: datetime, seen: datetime, now: datetime, idle: timedelta, longest: timedelta) -> Ended | None:
    """
    Decide whether a sign-in has ended by itself. A clock that went backwards ends nothing.

    :param idle: how long it lasts without a request
    :param longest: how long it lasts in any case
    """
    if now - seen > idle:
        return Ended.IDLE
    if now - started > longest:
        return Ended.TOO_LONG
    return None


# In this order: Edge and Opera also say Chrome, and Chrome also says Safari.
_BROWSERS: Mapping[str, str] = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS: Mapping[str, str] = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def device(user_agent: str) -> str:
    """
    Say in three words what a browser claims to be, such as "Firefox on Android"; empty when it says nothing
    known.

    Only so much is kept: enough to recognise one's own devices, too little to follow anybody.
    """
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    return f"{browser} on {system}" if browser and system else browser or system


@dataclass(frozen=True)
class Stretch:
    """A placement on a person's timeline: the first day on which it counts, and what makes it a duty's beginning."""

    effective_on: date
    unit: str
    job: str
    left: bool


@dataclass(frozen=True)
class Drawn:
    """What follows for a placement from those beside it."""

    ends_on: date | None
    duty_since: date


def draw(stretches: Sequence[Stretch]) -> list[Drawn]:
    """
    Say of each placement until when it counts, and since when the person is in this job and unit without a break.

    :param stretches: by day, and of one day by the time of recording; of one day only the last counts
    """
    drawn: list[Drawn] = []
    before: Stretch | None = None
    since: date | None = None
    for place, stretch in enumerate(stretches):
        later = stretches[place + 1] if place + 1 < len(stretches) else None
        unbroken = (
            before is not None
            and not before.left
            and not stretch.left
            and (before.unit, before.job) == (stretch.unit, stretch.job)
        )
        begins = since if unbroken and since is not None else stretch.effective_on
        drawn.append(Drawn(later.effective_on if later else None, begins))
        if later is None or later.effective_on > stretch.effective_on:
            before, since = stretch, begins
    return drawn
