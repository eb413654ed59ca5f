"""
The same answers computed in another way: by walking through every moment at which anything can change.

Slow and simple. Nothing of `rules.demands` and `rules.qualification` is used here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from andante.ledger.queries import StoredFact
from andante.ledger.statements import Kind
from andante.ledger.vocabulary import COMPLETED, EXT_VERSION
from andante.obligations.rules import form as forms
from andante.obligations.rules.audience import Place
from andante.obligations.rules.form import RequirementForm
from andante.obligations.rules.histories import Done, History, Revision, Stretch
from andante.obligations.rules.periods import first_moment

Duty = tuple[datetime, datetime | None, UUID | None]
"""When it begins, by when it is due, what it renews."""


def where(history: History, at: datetime, *, known_until: datetime) -> Stretch | None:
    found = None
    for stretch in history.stretches:
        if first_moment(stretch.effective_on, stretch.unit_zone) <= min(at, known_until):
            found = stretch
    return found


def holds(revisions: list[Revision], zone: str, at: datetime) -> Revision | None:
    found = None
    for revision in revisions:
        effect = revision.form.effect(revision.applied_at, zone) if revision.form else revision.applied_at
        if effect <= at:
            found = revision
    return found


def asked(
    revisions: list[Revision], history: History, at: datetime, *, known_until: datetime
) -> RequirementForm | None:
    """What the requirement asks of the person at a moment, as far as placements until another moment say."""
    stretch = where(history, at, known_until=known_until)
    if stretch is None or not stretch.employed:
        return None
    if history.hired_on is not None and first_moment(history.hired_on, stretch.site_zone) > at:
        return None
    revision = holds(revisions, stretch.site_zone, at)
    if revision is None or revision.form is None or not revision.form.audience.holds(stretch.place):
        return None
    return revision.form


def grid(revisions: list[Revision], history: History) -> list[datetime]:
    """Every moment at which anything but completions can change."""
    zones = {stretch.site_zone for stretch in history.stretches}
    moments = {first_moment(stretch.effective_on, stretch.unit_zone) for stretch in history.stretches}
    moments |= {first_moment(history.hired_on, zone) for zone in zones if history.hired_on}
    for revision in revisions:
        moments.add(revision.applied_at)
        moments |= {revision.form.effect(revision.applied_at, zone) for zone in zones if revision.form}
    return sorted(moments)


def duties(rule, history: History, done: list[Done], at: datetime) -> set[Duty]:
    revisions = [revision for revision in rule.revisions if revision.applied_at <= at]
    stretch = where(history, at, known_until=at)
    if stretch is None or not stretch.employed:
        return set()
    if history.hired_on is not None and first_moment(history.hired_on, stretch.site_zone) > at:
        return set()
    changes = grid(revisions, history)
    ahead = [moment for moment in changes if moment > at]
    found: dict[object, Duty] = {}
    for moment in [at, *ahead]:
        # From now on the person stays where they are.
        form = asked(revisions, history, moment, known_until=at)
        revision = holds(revisions, stretch.site_zone, moment)
        if form is None or revision is None:
            continue
        begins_at = _unbroken(revisions, history, changes, form=form, moment=moment, at=at)
        due_at = None
        if form.due:
            due_at = form.due.at(begins_at, zone=stretch.site_zone, first_shift=history.first_shift)
        found.setdefault(begins_at, (begins_at, due_at, None))
        for renewed, until in _renewals(form, revision, done, begins_at, at):
            found.setdefault(renewed, (begins_at, until, renewed))
    return set(found.values())


def _unbroken(revisions, history, changes, *, form, moment, at) -> datetime:
    begins_at = None
    for earlier in reversed([each for each in changes if each <= moment]):
        then = asked(revisions, history, earlier, known_until=at)
        if then is None or (then.course, then.accept_from) != (form.course, form.accept_from):
            break
        begins_at = earlier
    assert begins_at is not None
    return begins_at


def _renewals(form, revision, done, begins_at, at):
    if form.renew is None:
        return
    counting = [
        each
        for each in done
        if each.course == form.course and (revision.accepted is None or each.version in revision.accepted)
    ]
    for each in counting:
        until = form.renew.valid_until(each.completed_at)
        opens = max(form.renew.opens_at(each.completed_at), begins_at)
        if until <= begins_at or opens > at:
            continue
        if [other for other in counting if other.completed_at <= opens][-1] == each:
            yield each.id, until


@dataclass(frozen=True)
class Answer:
    qualified: bool
    demanded: bool
    completion: UUID | None


def qualified(
    facts: Sequence[StoredFact], *, person: UUID, requirement: str, at: datetime, known_at: datetime
) -> Answer:
    """Whether somebody was qualified, from the facts of the ledger that were stored by then, read one by one."""
    told = [stored.fact for stored in facts if stored.stored <= known_at]
    zone, place = _whereabouts(told, person, at)
    revision = _sealed_rule(told, requirement, zone, at) if zone else None
    if place is None or zone is None or revision is None or revision["form"] is None:
        return Answer(qualified=False, demanded=False, completion=None)
    form = forms.from_data(revision["form"])
    newest = None
    for fact in told:
        is_course = fact.kind is Kind.STATEMENT and fact.path == f"course/{form.course}"
        if is_course and fact.verb == COMPLETED.iri and fact.actor == person and fact.timestamp <= at:
            counts = revision["accepted"] is None or fact.extensions[EXT_VERSION] in revision["accepted"]
            if counts and (newest is None or (fact.timestamp, fact.id) > (newest.timestamp, newest.id)):
                newest = fact
    valid = newest is not None and (form.renew is None or at < form.renew.valid_until(newest.timestamp))
    demanded = form.audience.holds(place) and _hired_at(told, person, zone) <= at
    return Answer(valid, demanded, newest.id if newest else None)


def _hired_at(told, person, zone) -> datetime:
    """In these tests, everybody has a day of hire."""
    created = next(fact for fact in told if fact.verb == "person-created" and fact.object == f"person:{person}")
    return first_moment(date.fromisoformat(created.body["new"]["hired_on"]), zone)


def _whereabouts(told, person, at):
    """The zone of the site, and the place of somebody who works there; as the newest placement says."""
    units = {UUID(fact.object.removeprefix("unit:")): fact.body["new"] for fact in told if fact.verb == "unit-created"}
    found = None
    for fact in told:
        if fact.verb != "placed" or fact.object != f"person:{person}":
            continue
        new = fact.body["new"]
        begins = first_moment(date.fromisoformat(new["effective_on"]), _zone(units, units[UUID(new["unit"])]["path"]))
        if begins <= at and (found is None or new["effective_on"] >= found["effective_on"]):
            found = new
    if found is None:
        return None, None
    path = units[UUID(found["unit"])]["path"]
    site, zone = path.partition("/")[0], _zone(units, path)
    if found["status"] == "left":
        return zone, None
    department = "/".join(path.split("/")[:2]) if "/" in path else ""
    return zone, Place(found["job"], found["shift"], path, site, department)


def _zone(units, path):
    """In these tests, the first part of a path is a site, and only sites have a zone of their own."""
    return next(unit["time_zone"] for unit in units.values() if unit["path"] == path.partition("/")[0])


def _sealed_rule(told, requirement, zone, at):
    found = None
    accepted: dict[int, set[str] | None] = {}
    for fact in told:
        if fact.object != f"requirement:{requirement}":
            continue
        new = fact.body["new"]
        if fact.verb == "requirement-resolved":
            accepted[new["revision"]] |= set(new["accepted"])
            continue
        form = new.get("form")
        accepted[new["revision"]] = None if new.get("accepted") is None else set(new["accepted"])
        effect = forms.from_data(form).effect(fact.timestamp, zone) if form else fact.timestamp
        if effect <= at and fact.timestamp <= at:
            found = {"form": form, "number": new["revision"]}
    return found and {**found, "accepted": accepted[found["number"]]}
