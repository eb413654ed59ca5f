"""
Which duties follow, at a moment, from the rules, from where somebody works, and from what they completed.

Everything here is a function of its arguments: whoever asks twice, or late, or after a crash, gets the same answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from andante.obligations.rules.form import Renewal, RequirementForm, RequirementId
from andante.obligations.rules.histories import (
    Done,
    History,
    Revision,
    Stretch,
    in_force,
    in_force_before,
    pending,
    terms_of,
)


@dataclass(frozen=True)
class Rule:
    """A requirement with all its revisions, in their order."""

    id: RequirementId
    revisions: tuple[Revision, ...]

    def until(self, at: datetime) -> tuple[Revision, ...]:
        """Return what was applied by then."""
        if all(each.applied_at <= at for each in self.revisions):
            return self.revisions
        return tuple(each for each in self.revisions if each.applied_at <= at)


@dataclass(frozen=True)
class Demand:
    """
    One duty that follows.

    It is the same duty as long as it begins at the same moment, or renews the same completion.
    """

    requirement: RequirementId
    revision: int
    """The first revision with these terms."""
    begins_at: datetime
    due_at: datetime | None
    renews: UUID | None = None


@dataclass(frozen=True)
class _Case:
    """One person and one requirement at one moment."""

    requirement: RequirementId
    revisions: Sequence[Revision]
    history: History
    stretch: Stretch
    done: Sequence[Done]
    at: datetime

    def latest(self, revision: Revision, stretch: Stretch) -> datetime:
        """Return when the last of these came: the rule's effect, the placement, the hire."""
        latest = max(revision.effect(stretch.site_zone), stretch.begins_at)
        hired = self.history.hired_at(stretch.site_zone)
        return latest if hired is None else max(latest, hired)


def demands(rule: Rule, history: History, done: Sequence[Done], at: datetime) -> list[Demand]:
    """
    Return the duties of one person that follow from one requirement.

    A revision that is to take effect demands already what it will demand then, so that people can learn in time.
    Each revision that holds, or will, demands one first duty, and one more for each completion that came, or comes,
    near the end of its validity without another one.

    :param done: what the person completed, by its time
    """
    stretch = history.at(at)
    if stretch is None or not stretch.employed:
        return []
    hired = history.hired_at(stretch.site_zone)
    if hired is not None and hired > at:
        return []
    case = _Case(rule.id, rule.until(at), history, stretch, done, at)
    found: dict[object, Demand] = {}
    for revision in _concerning(case):
        if revision.form is not None and revision.is_for(stretch.place):
            for demand in _demanded(case, revision, revision.form):
                # Of two revisions that ask for the same, the one that holds says by when.
                found.setdefault(demand.renews or demand.begins_at, demand)
    return list(found.values())


def _concerning(case: _Case) -> list[Revision]:
    zone = case.stretch.site_zone
    holds = in_force(case.revisions, zone, case.at)
    return [*([holds] if holds else []), *pending(case.revisions, zone, case.at)]


def _beginning(case: _Case, revision: Revision, form: RequirementForm) -> datetime:
    """
    Return since when the same was demanded of the person without a break.

    Goes back from placement to placement and from revision to revision, as long as what came just before demanded
    the same.
    """
    begins_at = case.latest(revision, case.stretch)
    while True:
        earlier = case.stretch if begins_at > case.at else case.history.before(begins_at)
        if earlier is None or not earlier.employed:
            return begins_at
        before = in_force_before(case.revisions, earlier.site_zone, begins_at)
        if before is None or before.form is None or before.form.demand != form.demand:
            return begins_at
        since = case.latest(before, earlier)
        if since >= begins_at or not before.is_for(earlier.place):
            return begins_at
        begins_at = since


def _demanded(case: _Case, revision: Revision, form: RequirementForm) -> Iterator[Demand]:
    terms = terms_of(case.revisions, revision)
    begins_at = _beginning(case, revision, form)
    first_shift = case.history.first_shift
    due_at = form.due.at(begins_at, zone=case.stretch.site_zone, first_shift=first_shift) if form.due else None
    yield Demand(case.requirement, terms, begins_at, due_at)
    if form.renew is None:
        return
    for renewed, opened_at in _renewals(form.renew, [each for each in case.done if revision.counts(each)], begins_at):
        if opened_at <= case.at:
            valid_until = form.renew.valid_until(renewed.completed_at)
            yield Demand(case.requirement, terms, begins_at, valid_until, renewed.id)


def _renewals(renew: Renewal, counting: Sequence[Done], begins_at: datetime) -> Iterator[tuple[Done, datetime]]:
    """Return each completion that is to be renewed, and from when; not one after which another came in time."""
    for each, following in zip_longest(counting, counting[1:]):
        if renew.valid_until(each.completed_at) <= begins_at:
            continue
        opened_at = max(renew.opens_at(each.completed_at), begins_at)
        if following is None or following.completed_at > opened_at:
            yield each, opened_at


def next_change(rule: Rule, history: History, done: Sequence[Done], at: datetime) -> datetime | None:
    """
    Return the next moment at which time alone may change what `demands` says; None where it never does.

    It may be too early, never too late.
    """
    moments = [each.begins_at for each in history.stretches]
    zones = {each.site_zone for each in history.stretches}
    moments += [hired for zone in zones if (hired := history.hired_at(zone))]
    for revision in rule.revisions:
        if revision.form is not None and revision.form.effective is not None:
            moments += [revision.effect(zone) for zone in zones]
        if revision.form is not None and revision.form.renew is not None:
            moments += [revision.form.renew.opens_at(each.completed_at) for each in done if revision.counts(each)]
        moments.append(revision.applied_at)
    return min((moment for moment in moments if moment > at), default=None)
