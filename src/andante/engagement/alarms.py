"""
Telling administrators by mail that the records are in doubt. A part of this package's operations.

At any hour, and to each of them: this is no reminder. The mail names no person; what it is about stands on record.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from andante.kernel.ids import PersonId
from andante.people import queries as people

log = structlog.get_logger("andante.engagement")


@dataclass(frozen=True)
class Alarm:
    """
    What is wrong.

    :ivar name: of the templates that say it: `database_differs` or `witness_refused`
    :ivar id: of the record that tells of it; the same alarm is the same mail
    :ivar values: what the templates are told; plain values, none of them personal
    """

    name: str
    id: str
    values: dict[str, Any] = field(default_factory=dict)


def warn_administrators(alarm: Alarm) -> int:
    """
    Let the worker tell every administrator who can be told, in the caller's transaction.

    :return: how many
    """
    from andante.engagement import tasks

    told = [person for person in people.administrators() if people.address(person.id)]
    for person in told:
        tasks.warn.defer(person=str(person.id), alarm=asdict(alarm))
    if not told:
        log.error("nobody-to-warn", alarm=alarm.name, mend="Give an administrator an e-mail address.")
    return len(told)


def send(*, person: PersonId, alarm: Alarm, last_try: bool) -> None:
    """
    Hand one mail to the server.

    :param last_try: where the server does not take it, log that instead of trying again
    :raises OSError: it may be taken later
    """
    somebody, address = people.person(person), people.address(person)
    if somebody is None or address is None:
        return
    context = {**alarm.values, "name": somebody.name, "base_url": settings.ENVIRONMENT.base_url}
    with timezone.override(zoneinfo.ZoneInfo(somebody.time_zone)), translation.override(somebody.language):
        subject, text = (
            render_to_string(f"engagement/{alarm.name}{part}.txt", context).strip() for part in ("_subject", "")
        )
    mail = EmailMessage(subject, f"{text}\n", to=[address], headers={"Message-ID": _message_id(alarm, person)})
    try:
        mail.send()
    except OSError as error:  # smtplib's errors are too
        if not last_try:
            raise
        # Without the trace: what a mail server says may name the address.
        log.error("warning-not-sent", alarm=alarm.name, error=type(error).__name__)  # noqa: TRY400


def _message_id(alarm: Alarm, person: PersonId) -> str:
    """The same, however often it is sent: mail programs tell by it that it is the same mail."""
    return f"<{alarm.id}.{person}.alarm@{settings.ENVIRONMENT.base_host}>"
