"""What follows from facts of others: whose identity is erased, keeps nothing that they wrote for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from andante.kernel.ids import PersonId
from andante.learning import operations
from andante.ledger.queries import StoredFact
from andante.people.statements import PERSON_ERASED


def react(facts: Sequence[StoredFact]) -> None:
    """Remove the reflections of each person who was erased. Doing so again changes nothing."""
    for stored in facts:
        if stored.fact.verb == PERSON_ERASED:
            operations.remove_reflections(person=PersonId(UUID(stored.fact.object.removeprefix("person:"))))
