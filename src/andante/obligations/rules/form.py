"""A requirement as somebody writes it, and as it is sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NewType

from andante.kernel.ids import CourseId
from andante.obligations.rules import audience as audiences
from andante.obligations.rules.audience import Audience
from andante.obligations.rules.periods import Period, instant, last_minute

RequirementId = NewType("RequirementId", str)
FIRST_UNSUPERVISED_SHIFT = "first-unsupervised-shift"
OPENS = Period(30, "days")
"""How long before the end of its validity a completion may be renewed, where the form does not say."""


class FormInvalid(ValueError):  # noqa: N818 - errors are facts
    """A stored form cannot be read. Whoever asks then must answer no."""


@dataclass(frozen=True)
class Due:
    """By when: within a period from the beginning of the duty, and before the first shift alone if that is earlier."""

    within: Period
    before_first_shift: bool = False

    def at(self, begins_at: datetime, *, zone: str, first_shift: datetime | None) -> datetime:
        """
        Return the last moment, UTC. A first shift that was over when the duty began says nothing about it.

        :param zone: of the site
        """
        last = last_minute(begins_at, self.within, zone)
        if self.before_first_shift and first_shift is not None and first_shift > begins_at:
            return min(last, first_shift)
        return last


@dataclass(frozen=True)
class Renewal:
    """
    How long a completion counts, and how long before its end it may be renewed.

    Counted on the calendar of UTC, so that everybody who checks finds the same moment, wherever somebody works now.
    """

    every: Period
    opens: Period = OPENS

    def valid_until(self, completed_at: datetime) -> datetime:
        """Return the moment from which it no longer counts."""
        return self.every.after(completed_at.astimezone(UTC))

    def opens_at(self, completed_at: datetime) -> datetime:
        """Return the moment from which it may be renewed."""
        return self.opens.before(self.valid_until(completed_at))


@dataclass(frozen=True)
class RequirementForm:
    """Who must hold what, by when, and for how long it counts."""

    id: RequirementId
    title: str
    course: CourseId
    audience: Audience = audiences.EVERYBODY
    accept_from: int | None = None
    """The number of the first version of the course that counts; None for any."""
    due: Due | None = None
    renew: Renewal | None = None
    effective: datetime | None = None
    """From when it holds, on the clocks of each site; None: from when it is applied."""
    why: str = ""

    @property
    def demand(self) -> tuple[CourseId, int | None]:
        """What one must do. Where it stays the same, a revised requirement begins no new duty."""
        return self.course, self.accept_from

    @property
    def terms(self) -> tuple[CourseId, int | None, Renewal | None]:
        """What one must do, and how long it counts."""
        return self.course, self.accept_from, self.renew

    def effect(self, applied_at: datetime, zone: str) -> datetime:
        """Return when it takes effect at a site; never before it was applied."""
        return applied_at if self.effective is None else max(instant(self.effective, zone), applied_at)


def to_data(form: RequirementForm) -> dict[str, Any]:
    """As it is sealed."""
    return {
        "id": form.id,
        "title": form.title,
        "audience": audiences.to_data(form.audience),
        "course": form.course,
        "accept": "any" if form.accept_from is None else {"from_version": form.accept_from},
        "due": None
        if form.due is None
        else {
            "within": str(form.due.within),
            "before": FIRST_UNSUPERVISED_SHIFT if form.due.before_first_shift else None,
        },
        "renew": None if form.renew is None else {"every": str(form.renew.every), "opens": str(form.renew.opens)},
        "effective": None if form.effective is None else form.effective.isoformat(timespec="minutes"),
        "why": form.why,
    }


def from_data(data: Mapping[str, Any]) -> RequirementForm:
    """
    Read what was sealed.

    :raises FormInvalid: it is of a form that this version does not know
    """
    try:
        accept, due, renew, effective = data["accept"], data["due"], data["renew"], data["effective"]
        return RequirementForm(
            id=RequirementId(data["id"]),
            title=data["title"],
            audience=audiences.from_data(data["audience"]),
            course=CourseId(data["course"]),
            accept_from=None if accept == "any" else int(accept["from_version"]),
            due=None if due is None else Due(_period(due["within"]), _is_first_shift(due["before"])),
            renew=None if renew is None else Renewal(_period(renew["every"]), _period(renew["opens"])),
            effective=None if effective is None else datetime.fromisoformat(effective),
            why=data["why"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FormInvalid(f"This is no requirement: {error!r}") from error


def from_stored(value: Any) -> RequirementForm:
    """
    Read what a database hands on: a mapping, or its text.

    :raises FormInvalid: it is of a form that this version does not know
    """
    try:
        data = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise FormInvalid(f"This is no requirement: {error!r}") from error
    return from_data(data)


def _period(text: str) -> Period:
    period = Period.parse(text)
    if period is None:
        raise ValueError(text)
    return period


def _is_first_shift(text: str | None) -> bool:
    if text not in {None, FIRST_UNSUPERVISED_SHIFT}:
        raise ValueError(text)
    return text is not None
