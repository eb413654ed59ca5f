"""The words of a reminder, in the language and on the clocks of who reads it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from andante.obligations.queries import Duty, Standing
from andante.people.queries import PlacedPerson


@dataclass(frozen=True)
class Item:
    """One duty, as the mail names it."""

    title: str
    why: str
    due_at: datetime | None
    overdue: bool
    address: str


@dataclass(frozen=True)
class Letter:
    """A mail, as plain text and as HTML."""

    subject: str
    text: str
    html: str


def letter(*, person: PlacedPerson, manager: str, duties: Sequence[Duty], note: str) -> Letter:
    """
    Write the mail that reminds somebody of these duties.

    :param manager: the name of who asks
    :param note: what they add; may be empty
    """
    context = {
        "name": person.name,
        "manager": manager,
        "zone": person.time_zone,
        "items": [_item(duty) for duty in duties],
        "note": note,
        "base_url": settings.ENVIRONMENT.base_url,
    }
    with timezone.override(zoneinfo.ZoneInfo(person.time_zone)), translation.override(person.language):
        subject, text, html = (
            render_to_string(f"engagement/{name}", context)
            for name in ("reminder_subject.txt", "reminder.txt", "reminder.html")
        )
    return Letter(" ".join(subject.split()), text.strip() + "\n", html)


def _item(duty: Duty) -> Item:
    path = reverse("course", args=[duty.course])
    return Item(
        title=duty.title,
        why=duty.why,
        due_at=duty.due_at,
        overdue=duty.standing is Standing.OVERDUE,
        address=f"{settings.ENVIRONMENT.base_url}{path}",
    )
