"""Rules to begin with: to be changed before they are applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Starter:
    """A rule to begin with: what it is for, and values of the form."""

    slug: str
    title: str | Promise
    purpose: str | Promise
    values: Mapping[str, Any]


STARTERS = (
    Starter(
        "everybody-yearly",
        _("Everybody, every year"),
        _("For what all must know and refresh: within 14 days of the first day, renewed every 12 months."),
        {"id": "everybody-yearly", "due_within": "14 days", "renew_every": "12 months"},
    ),
    Starter(
        "before-working-alone",
        _("One job, before working alone"),
        _("For what somebody must know before nobody looks over their shoulder: within 7 days, and before that shift."),
        {"id": "before-working-alone", "due_within": "7 days", "before_first_shift": True, "renew_every": "12 months"},
    ),
    Starter(
        "changed-procedure",
        _("A procedure that changed"),
        _("For a new version that earlier completions do not cover: from version 2, within 3 days, on one line."),
        {"id": "changed-procedure", "accept_from": 2, "due_within": "3 days"},
    ),
)
