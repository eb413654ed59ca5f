"""On which clocks a moment is written. Short names say it badly: IST is the time of Ireland, of India and of Israel."""

from datetime import UTC, datetime, timedelta

_HOUR = timedelta(hours=1)


def clocks(at: datetime) -> str:
    """Return what is put behind a moment, such as "UTC" or "(Dublin, UTC+1)"; the offset is that of the moment."""
    offset = at.utcoffset() or timedelta()
    name = getattr(at.tzinfo, "key", "") or ""
    place = name.rpartition("/")[2].replace("_", " ")
    if at.tzinfo is UTC or place == "UTC":
        return "UTC"
    told = f"UTC{_written(offset)}"
    return f"({place}, {told})" if "/" in name else f"({told})"


def _written(offset: timedelta) -> str:
    """Whole hours without minutes: +1, -3:30, +0."""
    hours, rest = divmod(abs(offset), _HOUR)
    minutes = rest // timedelta(minutes=1)
    return f"{'-' if offset < timedelta() else '+'}{hours}{f':{minutes:02}' if minutes else ''}"
