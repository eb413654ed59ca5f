"""
Addresses of media on the content host.

Named by the hash of the bytes, so that they can be cached for ever; signed, so that nobody without a page that shows
them can fetch them; the signature is the same for a whole day, or no cache would ever hit.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from andante.content.document import Media

DAYS_OPEN = 2
"""How many days after the day of its signature an address still works: a page may stay open over night."""
_SALT = "andante.content.media"
_DAY = "%Y%m%d"
_SIGNATURE_LENGTH = 32


def media_address(media: Media, *, at: datetime) -> str:
    """The address of a media file, signed for the day of `at` (UTC)."""
    name = f"{media.sha256}{PurePosixPath(media.path).suffix.lower()}"
    day = at.astimezone(UTC).strftime(_DAY)
    return f"{settings.ENVIRONMENT.content_url}/media/{day}/{_signature(day, name)}/{name}"


def is_signed(*, day: str, signature: str, name: str, at: datetime) -> bool:
    """Whether an address was made by us, and not too long ago."""
    return constant_time_compare(signature, _signature(day, name)) and _is_open(day, at)


def _is_open(day: str, at: datetime) -> bool:
    try:
        signed = date(int(day[:4]), int(day[4:6]), int(day[6:8]))
    except ValueError:
        return False
    return timedelta(0) <= at.astimezone(UTC).date() - signed <= timedelta(days=DAYS_OPEN)


def _signature(day: str, name: str) -> str:
    return salted_hmac(_SALT, f"{day}/{name}", algorithm="sha256").hexdigest()[:_SIGNATURE_LENGTH]
