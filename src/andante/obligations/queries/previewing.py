"""What applying a requirement would do, and to whom, before it is applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from andante.kernel.ids import CourseId, PersonId
from andante.obligations import reading, sentences
from andante.obligations.checking import check
from andante.obligations.rules.demands import Demand, Rule, demands
from andante.obligations.rules.form import RequirementForm
from andante.obligations.rules.histories import Done, History, Revision
from andante.obligations.sentences import Asked
from andante.people import queries as people_queries
from andante.people.queries import PlacedPerson


@dataclass(frozen=True)
class Affected:
    """Somebody whom it concerns."""

    person: PersonId
    name: str
    time_zone: str
    """Of the person's site, for showing when it is due."""
    due_before: datetime | None
    due_at: datetime | None
    begins_at: datetime | None
    done: bool
    """Whether they hold already what is asked, so that there is nothing to do."""
    why: str
    """Such as "nurse in Chicago since 1 May 2026"."""


@dataclass(frozen=True)
class Preview:
    """What applying a form would do, by names."""

    gains: tuple[Affected, ...]
    """Who has a duty then and has none now, or must do it again."""
    loses: tuple[Affected, ...]
    changed: tuple[Affected, ...]
    """Whose duty stays and is due at another time."""
    unchanged: tuple[Affected, ...]

    @property
    def size(self) -> int:
        return len(self.gains) + len(self.loses) + len(self.changed)


def preview(form: RequirementForm, *, at: datetime) -> Preview:
    """
    Return what applying the form at this moment would do once it takes effect. Writes nothing.

    :raises RequirementRefused: it could not be applied
    """
    accepted = check(form)
    before = reading.rules(only=[form.id]).get(form.id, Rule(form.id, ()))
    after = _with(before, form, frozenset(accepted) if accepted is not None else None, at)
    histories = reading.histories()
    done = reading.done(people=None, courses=_courses(after), until=at)
    placed = people_queries.placements(at=at)
    found: dict[str, list[Affected]] = {"gains": [], "loses": [], "changed": [], "unchanged": []}
    for person, history in histories.items():
        now, then = _last(before, history, at), _last(after, history, at)
        if (now or then) and (who := placed.get(person)):
            kind = _kind(now, then)
            rule = before if then is None else after
            found[kind].append(_affected(who, now, then, rule=rule, done=done.get(person, ()), at=at))
    return Preview(
        **{kind: tuple(sorted(each, key=lambda who: (who.name, who.person))) for kind, each in found.items()}
    )


def _with(rule: Rule, form: RequirementForm, accepted: frozenset[str] | None, at: datetime) -> Rule:
    newest = rule.revisions[-1] if rule.revisions else None
    if newest is not None and newest.form == form:
        return rule
    number = newest.number + 1 if newest else 1
    return Rule(rule.id, (*rule.revisions, Revision(number, form, at, accepted)))


def _courses(rule: Rule) -> set[CourseId]:
    return {each.form.course for each in rule.revisions if each.form is not None}


def _last(rule: Rule, history: History, at: datetime) -> Demand | None:
    """The first duty that the last revision demands; renewals follow from what is completed, not from the rule."""
    newest = rule.revisions[-1] if rule.revisions else None
    if newest is None or newest.form is None:
        return None
    stretch = history.at(at)
    if stretch is None or not newest.is_for(stretch.place):
        return None
    own = [each for each in demands(rule, history, (), at) if each.renews is None]
    return max(own, key=lambda each: each.begins_at, default=None)


def _kind(now: Demand | None, then: Demand | None) -> str:
    if now is None or then is None:
        return "gains" if now is None else "loses"
    if now.begins_at != then.begins_at:
        return "gains"
    return "unchanged" if now.due_at == then.due_at else "changed"


def _affected(
    who: PlacedPerson, now: Demand | None, then: Demand | None, *, rule: Rule, done: Sequence[Done], at: datetime
) -> Affected:
    revision = rule.revisions[-1]
    assert revision.form is not None  # noqa: S101 - one of the two demands something
    counting = [each for each in done if revision.counts(each)]
    valid = bool(counting) and (
        revision.form.renew is None or revision.form.renew.valid_until(counting[-1].completed_at) > at
    )
    return Affected(
        person=who.id,
        name=who.name,
        time_zone=who.site.time_zone,
        due_before=now.due_at if now else None,
        due_at=then.due_at if then else None,
        begins_at=then.begins_at if then else None,
        done=valid,
        why=sentences.why_theirs(Asked.by(revision.form.audience), who),
    )
