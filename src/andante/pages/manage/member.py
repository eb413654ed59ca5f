"""What a manager may know of one person: duties, qualifications, completed courses, reminders. No answer, no text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andante.content import queries as content
from andante.credentials import queries as credentials
from andante.engagement import queries as engagement
from andante.engagement.queries import NudgeView, Reminder
from andante.kernel.ids import PersonId
from andante.learning import queries as learning
from andante.obligations import queries as obligations
from andante.obligations.queries import Duty, Qualification
from andante.people import queries as people_queries
from andante.people.queries import PlacedPerson


@dataclass(frozen=True)
class Held:
    """Whether somebody is qualified for one thing now."""

    title: str
    answer: Qualification


@dataclass(frozen=True)
class Completed:
    """A course that somebody completed."""

    title: str
    version: int | None
    completed_at: datetime
    valid_until: datetime | None
    certified: bool
    """Whether the certificate has been issued: until then, nothing is known of its end."""
    valid: bool


@dataclass(frozen=True)
class Member:
    """Everything on the page."""

    at: datetime
    person: PlacedPerson
    duties: list[Duty]
    qualifications: list[Held]
    completed: list[Completed]
    nudges: list[NudgeView]
    reminder: Reminder | None


def member(person: PersonId, *, at: datetime) -> Member | None:
    """Return somebody's page; none where they were never placed."""
    placed = people_queries.placements(at=at, people=[person]).get(person)
    if placed is None:
        return None
    reminders = engagement.reminders(people=[person], at=at, to_decide=True)
    return Member(
        at=at,
        person=placed,
        duties=obligations.duties(people=[person], at=at),
        qualifications=_qualifications(person, at),
        completed=_completed(person, at),
        nudges=engagement.nudges(person=person),
        reminder=reminders[0] if reminders else None,
    )


def _qualifications(person: PersonId, at: datetime) -> list[Held]:
    """For all that is asked of the person now, and all else that they hold."""
    titles = {each.id: each.title for each in obligations.requirements()}
    answers = obligations.answers(requirements=list(titles), at=at, people=[person])
    return [Held(titles[each.requirement], each) for each in answers if each.demanded or each.qualified]


def _completed(person: PersonId, at: datetime) -> list[Completed]:
    done = learning.completions(people=[person], until=at)
    versions = content.versions(each.version for each in done)
    certificates = {each.completion: each for each in credentials.certificates(person)}
    found = []
    for each in reversed(done):
        published, certificate = versions.get(each.version), certificates.get(each.id)
        found.append(
            Completed(
                title=published.document.title if published else each.course,
                version=published.number if published else None,
                completed_at=each.completed_at,
                valid_until=certificate.expires_at if certificate else None,
                certified=certificate is not None,
                valid=certificate is None or certificate.is_valid(at),
            )
        )
    return found
