"""Nobody is to be found in a statistic: small groups are not shown apart."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass

FEWEST = 5
"""A group of fewer people is not shown apart."""


@dataclass(frozen=True)
class Group:
    """Groups that are shown as one. `names` are in the order in which they were given."""

    names: tuple[str, ...]
    people: frozenset[Hashable]

    @property
    def shown(self) -> bool:
        """Whether it is large enough for figures."""
        return len(self.people) >= FEWEST


def apart(members: Mapping[str, Collection[Hashable]]) -> tuple[Group, ...]:
    """
    Which groups may be shown, and which only together.

    Small groups are put together. Where they are still too few, the smallest of the others joins them: with the total
    on the same page, a single group that is hidden could be worked out from those that are not. Empty groups are left
    out.
    """
    groups = {name: frozenset(people) for name, people in members.items() if people}
    small = [name for name, people in groups.items() if len(people) < FEWEST]
    large = sorted((name for name in groups if name not in small), key=lambda name: len(groups[name]))
    while small and large and len(_all(groups, small)) < FEWEST:
        small.append(large.pop(0))
    together = tuple(name for name in groups if name in small)
    found = [Group((name,), people) for name, people in groups.items() if name not in small]
    return (*found, Group(together, _all(groups, together))) if together else tuple(found)


def _all(groups: Mapping[str, frozenset[Hashable]], names: Collection[str]) -> frozenset[Hashable]:
    return frozenset().union(*(groups[name] for name in names))
