"""Who was qualified for what, at any moment, as known then or as known now. Never read from duties; in doubt, no."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from andante.kernel.ids import PersonId, VersionHash
from andante.obligations import reading, sentences
from andante.obligations.rules.demands import Rule
from andante.obligations.rules.form import FormInvalid, RequirementId
from andante.obligations.rules.histories import Done
from andante.obligations.rules.periods import first_moment
from andante.obligations.rules.qualification import Because, Verdict, Whereabouts, judge
from andante.people import queries as people_queries
from andante.people.queries import PlacedPerson


@dataclass(frozen=True)
class Qualification:
    """The answer to "was this person qualified for this requirement at this moment?"."""

    person: PersonId
    requirement: RequirementId
    qualified: bool
    demanded: bool
    """Whether the requirement was theirs at that moment."""
    because: str
    """One plain, translated sentence without a capital and a full stop."""
    completion: UUID | None
    """Id of the statement that the answer rests on: the completion that counts, or the last one that does not."""
    version: VersionHash | None
    valid_from: datetime | None
    valid_until: datetime | None
    """From then on it does not count; None for ever. Only where a completion counts, or counted."""
    revision: int | None
    """Number of the revision that was in force for the person."""


def qualification(
    *, person: PersonId, requirement: RequirementId, at: datetime, known_at: datetime | None = None
) -> Qualification:
    """
    Answer for one person.

    :param known_at: as the database knew it then: only from facts that it had stored; None for what it knows now
    """
    (answer,) = qualifications(requirement=requirement, at=at, known_at=known_at, people=[person])
    return answer


def qualifications(
    *,
    requirement: RequirementId,
    at: datetime,
    known_at: datetime | None = None,
    people: Collection[PersonId] | None = None,
) -> list[Qualification]:
    """
    Answer for everybody whose requirement it was at that moment, by name; or for these people, in their order.

    A constant number of queries.
    """
    return answers(requirements=[requirement], at=at, known_at=known_at, people=people)


def answers(
    *,
    requirements: Sequence[RequirementId],
    at: datetime,
    known_at: datetime | None = None,
    people: Collection[PersonId] | None = None,
) -> list[Qualification]:
    """The same for several requirements: all people for the first one, then for the next."""
    rules = _rules(requirements, known_at)
    placed = people_queries.placements(at=at, known_at=known_at, people=people)
    places = reading.Places(people_queries.units() if placed else {})
    courses = {each.form.course for rule in rules.values() if rule for each in rule.revisions if each.form is not None}
    done = reading.done(people=people, courses=courses, until=at, known_at=known_at) if courses else {}
    whereabouts = {id: whereabouts_of(each, places) for id, each in placed.items()}
    numbers = _numbers(done)
    found = [
        _answer(person, requirement, verdict, whereabouts.get(person), numbers)
        for requirement in requirements
        for person in (placed if people is None else people)
        if (verdict := _verdict(rules[requirement], whereabouts.get(person), done.get(person, ()), at))
    ]
    return [each for each in found if people is not None or each.demanded]


def whereabouts_of(placed: PlacedPerson, places: reading.Places) -> Whereabouts:
    """Return what the rules ask for of somebody's place of work."""
    return Whereabouts(
        zone=placed.site.time_zone,
        employed=placed.status != "left",
        hired_at=first_moment(placed.hired_on, placed.site.time_zone) if placed.hired_on else None,
        place=places.place(unit=placed.unit.id, job=placed.job, shift=placed.shift),
    )


def _rules(requirements: Sequence[RequirementId], known_at: datetime | None) -> Mapping[RequirementId, Rule | None]:
    """The rules by id; None for one that cannot be read."""
    found: dict[RequirementId, Rule | None] = {id: Rule(id, ()) for id in requirements}
    for id in found:
        try:
            found |= reading.rules(only=[id], known_at=known_at)
        except FormInvalid:
            found[id] = None
    return found


def _verdict(rule: Rule | None, whereabouts: Whereabouts | None, done: Sequence[Done], at: datetime) -> Verdict:
    if rule is None:
        # Whoever may be concerned is listed, and is not qualified.
        return Verdict(Because.UNREADABLE, demanded=whereabouts is not None and whereabouts.employed)
    if not rule.revisions:
        return Verdict(Because.NO_RULE)
    return judge(rule.revisions, whereabouts, done, at)


def _answer(
    person: PersonId,
    requirement: RequirementId,
    verdict: Verdict,
    whereabouts: Whereabouts | None,
    numbers: Mapping[str, int],
) -> Qualification:
    return Qualification(
        person=person,
        requirement=requirement,
        qualified=verdict.qualified,
        demanded=verdict.demanded,
        because=sentences.because(verdict, zone=whereabouts.zone if whereabouts else "UTC", numbers=numbers),
        completion=verdict.done.id if verdict.done else None,
        version=VersionHash(verdict.done.version) if verdict.done else None,
        valid_from=verdict.done.completed_at if verdict.done else None,
        valid_until=verdict.valid_until,
        revision=verdict.revision.number if verdict.revision else None,
    )


def _numbers(done: Mapping[PersonId, Sequence[Done]]) -> dict[str, int]:
    """Numbers of the versions that somebody completed."""
    versions = {each.version for own in done.values() for each in own}
    if not versions:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash, number FROM content_courseversion WHERE hash = ANY(%s)", [list(versions)])
        return dict(cursor.fetchall())
