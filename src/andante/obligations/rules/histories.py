"""Where somebody worked when, and which revision of a requirement was in force when."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from andante.kernel.ids import CourseId, PersonId
from andante.obligations.rules.audience import Place
from andante.obligations.rules.form import RequirementForm
from andante.obligations.rules.periods import first_moment


@dataclass(frozen=True)
class Stretch:
    """A placement that counts from a day until the next one does."""

    effective_on: date
    unit_zone: str
    site_zone: str
    place: Place
    employed: bool
    """Whether the person works here then; leave does not count as leaving."""

    @functools.cached_property
    def begins_at(self) -> datetime:
        return first_moment(self.effective_on, self.unit_zone)


@dataclass(frozen=True)
class History:
    """Everything that duties follow from about one person, but for what they completed."""

    person: PersonId
    hired_on: date | None
    first_shift: datetime | None
    """When the first shift begins that they work alone."""
    stretches: tuple[Stretch, ...]
    """In the order of their days; one for a day."""

    def at(self, moment: datetime) -> Stretch | None:
        """Return the placement that counts at a moment."""
        return next((each for each in reversed(self.stretches) if each.begins_at <= moment), None)

    def before(self, moment: datetime) -> Stretch | None:
        """Return the placement that counted until a moment."""
        return next((each for each in reversed(self.stretches) if each.begins_at < moment), None)

    def hired_at(self, zone: str) -> datetime | None:
        """Return when the day of hire begins at a site."""
        return None if self.hired_on is None else first_moment(self.hired_on, zone)


@dataclass(frozen=True)
class Done:
    """A completed attempt at a course."""

    id: UUID
    course: CourseId
    version: str
    completed_at: datetime


@dataclass(frozen=True)
class Revision:
    """A requirement as it was applied; without a form, it was withdrawn."""

    number: int
    form: RequirementForm | None
    applied_at: datetime
    accepted: frozenset[str] | None = None
    """Hashes of the course versions that count; None for any."""
    _effects: dict[str, datetime] = field(default_factory=dict, repr=False, compare=False, hash=False)
    _holds: dict[Place, bool] = field(default_factory=dict, repr=False, compare=False, hash=False)

    def effect(self, zone: str) -> datetime:
        """Return when it takes effect at a site."""
        found = self._effects.get(zone)
        if found is None:
            found = self._effects[zone] = self.form.effect(self.applied_at, zone) if self.form else self.applied_at
        return found

    def is_for(self, place: Place) -> bool:
        """Whether who works there is in the audience."""
        found = self._holds.get(place)
        if found is None:
            found = self._holds[place] = self.form is not None and self.form.audience.holds(place)
        return found

    def counts(self, done: Done) -> bool:
        """Whether this completion is of the course, and of a version that counts."""
        return (
            self.form is not None
            and done.course == self.form.course
            and (self.accepted is None or done.version in self.accepted)
        )


def in_force(revisions: Sequence[Revision], zone: str, at: datetime) -> Revision | None:
    """Return the revision that holds at a site at a moment: the last one that has taken effect."""
    return next((each for each in reversed(revisions) if each.effect(zone) <= at), None)


def in_force_before(revisions: Sequence[Revision], zone: str, moment: datetime) -> Revision | None:
    """Return the revision that held at a site until a moment."""
    return next((each for each in reversed(revisions) if each.effect(zone) < moment), None)


def pending(revisions: Sequence[Revision], zone: str, at: datetime) -> list[Revision]:
    """Return the revisions that are to take effect at a site, in order; what a later one overtakes never will."""
    found: list[Revision] = []
    for each in reversed(revisions):
        effect = each.effect(zone)
        if effect > at and (not found or effect < found[-1].effect(zone)):
            found.append(each)
        elif effect <= at:
            break
    return found[::-1]


def terms_of(revisions: Sequence[Revision], revision: Revision) -> int:
    """Return the number of the first revision since which the same is asked for, and counts as long."""
    form = revision.form
    number = revision.number
    for each in reversed(revisions):
        if each.number >= number:
            continue
        if form is None or each.form is None or each.form.terms != form.terms:
            break
        number = each.number
    return number
