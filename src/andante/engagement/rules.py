"""When somebody may be reminded: pure functions."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

REST = timedelta(hours=24)
"""Nobody is reminded of the same duty twice within this time, whoever asks."""
SOON = timedelta(days=7)
"""How long before it is due a duty is worth a reminder."""
LATELY = timedelta(days=30)
"""For how long it is news that somebody finished."""
_NIGHT = time(22), time(7)
_DAY = time(8), time(20)


def quiet_hours(shift: str) -> tuple[time, time]:
    """Return when somebody wants to sleep, on their own clocks: by night, or by day who works by night."""
    return _DAY if shift == "night" else _NIGHT


def goes_at(at: datetime, *, zone: str, shift: str) -> datetime:
    """
    Return when a reminder goes that was asked for at a moment: at once, or when the quiet hours are over.

    :param zone: IANA name of the person's time zone
    :param shift: "early", "late", "night", "day", or nothing
    :return: UTC, never before `at`
    """
    local = at.astimezone(ZoneInfo(zone))
    begins, ends = quiet_hours(shift)
    clock = local.time()
    quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not quiet:
        return at
    day = local.date() if clock < ends else local.date() + timedelta(days=1)
    # Where clocks go back in that hour, the same wall time has passed once already.
    return max(at, datetime.combine(day, ends, ZoneInfo(zone)).astimezone(UTC))


def rests(reminded_at: datetime, at: datetime) -> bool:
    """Whether a reminder of that moment, which may be still to come, forbids another one."""
    return reminded_at > at - REST


def is_soon(due_at: datetime | None, at: datetime) -> bool:
    """Whether a duty is due within a week."""
    return due_at is not None and due_at <= at + SOON


class NotSent(StrEnum):
    """Why a reminder that was asked for was not sent."""

    REFUSED = "refused"
    """The mail server says that there is no such address, or that it does not take the mail."""
    UNREACHABLE = "unreachable"
    """The mail server could not be reached, or did not take the mail, as often as was tried."""
    NO_ADDRESS = "no-address"
    """There is no e-mail address any more."""
    DONE = "done"
    """It was done in the meantime, or is not theirs any more."""
    AWAY = "away"
    """The person is on leave, or has left."""
