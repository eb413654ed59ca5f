"""What follows from facts of others: whose duties to compute anew, and which versions of a course count as well."""

from collections.abc import Sequence
from uuid import UUID

from andante.content.statements import COURSE_VERSION_PUBLISHED
from andante.kernel.ids import CourseId, PersonId
from andante.kernel.principals import system_principal
from andante.ledger.queries import StoredFact
from andante.ledger.statements import Fact, Kind
from andante.ledger.vocabulary import COMPLETED
from andante.obligations import operations
from andante.people import statements as people

FOLLOWER = "obligations"
"""Under this name the ledger keeps how far facts were followed."""
_ABOUT_A_PERSON = {people.PERSON_CREATED, people.PERSON_CHANGED, people.PLACED}
_ABOUT_ALL = {people.UNIT_CREATED}
_BY = system_principal("obligations")


def react(facts: Sequence[StoredFact]) -> None:
    """Let the evaluator look at whom these facts are about. Doing it again is harmless."""
    persons: set[PersonId] = set()
    for stored in facts:
        fact = stored.fact
        if fact.kind is Kind.STATEMENT:
            if fact.verb == COMPLETED.iri and fact.actor and fact.path.count("/") == 1:
                persons.add(fact.actor)
        elif fact.verb in _ABOUT_A_PERSON:
            persons.add(PersonId(UUID(fact.object.removeprefix("person:"))))
        elif fact.verb == COURSE_VERSION_PUBLISHED:
            _published(fact)
        elif fact.verb in _ABOUT_ALL:
            operations.look_at(None)
    operations.look_at(sorted(persons))


def _published(fact: Fact) -> None:
    course = CourseId(fact.object.removeprefix("course:"))
    operations.resolve_versions(course=course, by=_BY, at=fact.timestamp)
