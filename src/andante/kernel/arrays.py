"""Long lists of ids on their way into a statement, and out of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import NewType, TypeVar, cast
from uuid import UUID

Id = TypeVar("Id", bound=UUID)
Array = NewType("Array", str)
"""The text of a PostgreSQL array of ids."""
MOST_FEW = 60
"""Up to so many are few: for more, reading a whole table is cheaper than looking each of them up."""


class IdSet(AbstractSet[Id]):
    """
    Ids as the database wrote them. Most of a thousand are only handed on to the next statement, and never read.

    :param array: the text of an array in which no id is twice
    :param size: how many they are
    """

    def __init__(self, array: str, size: int) -> None:
        """Keep the text."""
        self.array = Array(array)
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __contains__(self, id: object) -> bool:
        return isinstance(id, UUID) and str(id) in self.array

    def __iter__(self) -> Iterator[Id]:
        return (cast("Id", UUID(text)) for text in self.array.strip("{}").split(",") if text)

    def issuperset(self, ids: Iterable[Id]) -> bool:
        """Return whether all of these are in it."""
        return all(id in self for id in ids)

    @classmethod
    def _from_iterable(cls, ids: Iterable[Id]) -> frozenset[Id]:  # type: ignore[override]
        return frozenset(ids)


def uuid_array(ids: Iterable[UUID]) -> Array:
    """
    Write ids as the text of a PostgreSQL array, for a place that says `::uuid[]`.

    The driver asks for each element how to write it, which for a thousand takes longer than the query.
    """
    if isinstance(ids, IdSet):
        return ids.array
    return Array(f"{{{','.join([id.hex for id in ids])}}}")


def people_rows(people: Collection[UUID]) -> str:
    """
    Write a subquery whose rows, `person_id`, are the ids in the value `people`: for a statement whose plan is kept.

    Such a plan must fit their number, which the planner guesses: ten from an array, a thousand from a text. With the
    first guess for many, it would look up each of thousands of rows by itself.
    """
    if len(people) <= MOST_FEW:
        return "SELECT unnest(%(people)s::uuid[]) AS person_id"
    return "SELECT id::uuid AS person_id FROM string_to_table(btrim(%(people)s, '{}'), ',') AS id"
