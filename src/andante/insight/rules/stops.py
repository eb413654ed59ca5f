"""
Where people stop on the way through a course, how long each card takes them, and how that differs by shift.

People are counted, not attempts: who took the course twice is one of those who reached a card, and one of those who
completed. So no figure is larger than the whole that it is a part of.
"""

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from andante.insight.rules.groups import FEWEST, apart
from andante.insight.rules.items import JUDGED_FROM
from andante.insight.rules.statistics import Quartiles, quartiles, wilson
from andante.kernel.ids import CardId, VersionHash

DAY = 24 * 60 * 60
IDLE = 7 * DAY
"""Seconds. Who did nothing for longer has stopped; who went on after longer had put it away."""
LONGEST_SPELL = 30 * 60
"""Seconds. A longer time between two cards was spent on something else, and is not counted."""
SHIFTS = ("early", "late", "night", "day", "")
"""As placements name them; "" is no shift."""
STOPS_MATTER = 0.05
"""A card stops people where, with 95 % confidence, more than this share of those who reach it do not go on."""
TOO_LONG, TOO_QUICK = 1.5, 1 / 3
"""Times the planned time that half of the people take."""
LEAST_OVERRUN = 60
"""Seconds over plan that are worth a word."""
SLOWER = 2
"""Times the days of the others from which on a shift is called slow."""

Order = Mapping[VersionHash, Sequence[CardId]]
"""The cards of each version, as they are walked: each is done before the next one opens."""


@dataclass(frozen=True, slots=True)
class Walk:
    """An attempt, as far as it went."""

    person: UUID
    version: VersionHash
    shift: str
    """Of the person when the attempt began."""
    began: float
    """Seconds since 1970, as all times here: with a hundred thousand of them, datetimes would be the slow part."""
    lasted: float
    """Seconds from the beginning until something was last done in it."""
    completed: float | None
    """Seconds from the beginning to the completion; None before that."""
    score: float | None
    spells: Sequence[int] = ()
    """Seconds from one card to the next, one for each card that is done; the first counted from the start."""

    @property
    def done(self) -> int:
        """How many cards."""
        return len(self.spells)

    def has_stopped(self, now: datetime) -> bool:
        return self.completed is None and now.timestamp() - self.began - self.lasted > IDLE


@dataclass(frozen=True)
class Troubles:
    """Who did not go past a card, or not for a while. The card None is the test."""

    stopped: Mapping[CardId | None, AbstractSet[UUID]]
    """Idle for more than IDLE, with this as what comes next."""
    put_away: Mapping[CardId | None, AbstractSet[UUID]]
    """Went on after more than IDLE."""

    def at(self, card: CardId | None) -> int:
        """How many people, each once."""
        return len(self.stopped.get(card, frozenset()) | self.put_away.get(card, frozenset()))

    @cached_property
    def worst(self) -> CardId | None:
        """Where most had trouble; the first of several."""
        cards = [*self.stopped, *self.put_away]
        return max(dict.fromkeys(cards), key=self.at, default=None)

    @property
    def worst_count(self) -> int:
        return self.at(self.worst)

    @property
    def any(self) -> bool:
        return bool(self.stopped or self.put_away)


@dataclass(frozen=True)
class StopFigures:
    """A card on the way, or the test where `card` is None."""

    card: CardId | None
    planned: float
    """Seconds."""
    reached: int
    done: int
    stopped: int
    put_away: int
    taken: Quartiles | None
    """Active seconds; None where nobody's time is known, and for the test."""

    @property
    def shown(self) -> bool:
        return self.reached >= FEWEST

    @property
    def stops_many(self) -> bool:
        """Whether people stop here more than by chance: several of them, and a share that is worth a word."""
        return self.stopped >= FEWEST and wilson(self.stopped, self.reached).low > STOPS_MATTER

    @property
    def too_long(self) -> bool:
        taken = self._judged
        return taken is not None and taken > max(TOO_LONG * self.planned, self.planned + LEAST_OVERRUN)

    @property
    def too_quick(self) -> bool:
        taken = self._judged
        return taken is not None and taken < TOO_QUICK * self.planned

    @property
    def _judged(self) -> float | None:
        return self.taken.median if self.taken and self.taken.n >= JUDGED_FROM else None


@dataclass(frozen=True)
class ShiftFigures:
    """One shift, or several that are shown together."""

    shifts: tuple[str, ...]
    people: int
    """Who began."""
    completed: int
    days: Quartiles | None
    """From the beginning to the first completion of each; None where fewer than FEWEST completed."""
    troubles: Troubles
    slow: bool = False
    """Takes clearly longer than the others."""
    others: float | None = None
    """Median days of all the others."""

    @property
    def shown(self) -> bool:
        return self.people >= FEWEST


def troubles(walks: Iterable[Walk], order: Order, *, now: datetime) -> Troubles:
    """Who stopped where, and who put it away where for more than IDLE before they went on."""
    stopped: defaultdict[CardId | None, set[UUID]] = defaultdict(set)
    put_away: defaultdict[CardId | None, set[UUID]] = defaultdict(set)
    for walk in walks:
        cards = order[walk.version]
        if walk.has_stopped(now):
            stopped[_next(walk, cards)].add(walk.person)
        if walk.lasted <= IDLE:
            continue  # most: nothing can have lain idle
        for card, spell in zip(cards, walk.spells, strict=False):
            if spell > IDLE:
                put_away[card].add(walk.person)
        if walk.completed is not None and walk.completed - sum(walk.spells) > IDLE:
            put_away[None].add(walk.person)
    return Troubles(dict(stopped), dict(put_away))


def funnel(
    walks: Sequence[Walk], order: Order, planned: Mapping[CardId | None, float], *, now: datetime
) -> tuple[StopFigures, ...]:
    """
    How many people reach and do each card.

    :param planned: seconds for each card to be listed, in order; and for the test under None
    """
    found = troubles(walks, order, now=now)
    reached: Counter[CardId | None] = Counter()
    done: Counter[CardId | None] = Counter({None: _completed(walks)})
    for ways, many in _ways(walks).items():
        done.update(dict.fromkeys({card for version, depth in ways for card in order[version][:depth]}, many))
        reached.update(dict.fromkeys({card for way in ways for card in _reached(way, order)}, many))
    taken = _taken(walks, order)
    return tuple(
        StopFigures(
            card=card,
            planned=seconds,
            reached=reached[card],
            done=done[card],
            stopped=len(found.stopped.get(card, ())),
            put_away=len(found.put_away.get(card, ())),
            taken=quartiles(taken.get(card, ())) if card is not None else None,
        )
        for card, seconds in planned.items()
    )


def by_shift(walks: Sequence[Walk], order: Order, *, now: datetime) -> tuple[ShiftFigures, ...]:
    """
    The same people by their shift when they first began; small shifts together. Nothing where all have the same.

    Everybody is in one group, with all their attempts, so that the groups add up to the whole.
    """
    members: dict[str, set[UUID]] = {shift: set() for shift in SHIFTS}
    shift_of = {person: first.shift for person, first in _firsts(walks).items()}
    for person, shift in shift_of.items():
        members.setdefault(shift, set()).add(person)
    groups = apart(members)
    if len(set(shift_of.values())) < 2:
        return ()
    found = []
    for group in groups:
        own = [walk for walk in walks if walk.person in group.people]
        days, others = _days(own), _days([walk for walk in walks if walk.person not in group.people])
        found.append(
            ShiftFigures(
                shifts=group.names,
                people=len(group.people),
                completed=_completed(own),
                days=days,
                troubles=troubles(own, order, now=now),
                slow=_is_slow(days, others),
                others=others.median if others else None,
            )
        )
    return tuple(found)


def _is_slow(days: Quartiles | None, others: Quartiles | None) -> bool:
    """Half take twice as long as half of the others, a day at least, and even the quick ones longer than those."""
    if days is None or others is None:
        return False
    return days.median > max(SLOWER * others.median, others.median + 1) and days.lower > others.median


def _days(walks: Iterable[Walk]) -> Quartiles | None:
    firsts = _firsts(walk for walk in walks if walk.completed is not None).values()
    found = [walk.completed / DAY for walk in firsts if walk.completed is not None]
    return quartiles(found) if len(found) >= FEWEST else None


def _completed(walks: Iterable[Walk]) -> int:
    """How many people."""
    return len({walk.person for walk in walks if walk.completed is not None})


def _firsts(walks: Iterable[Walk]) -> dict[UUID, Walk]:
    """Of everybody the attempt that began first."""
    firsts: dict[UUID, Walk] = {}
    for walk in walks:
        first = firsts.setdefault(walk.person, walk)
        if walk.began < first.began:
            firsts[walk.person] = walk
    return firsts


def _ways(walks: Iterable[Walk]) -> Counter[frozenset[tuple[VersionHash, int]]]:
    """How many people went how far in which versions: few different ways, however many people there are."""
    ways: dict[UUID, frozenset[tuple[VersionHash, int]]] = {}
    for walk in walks:
        way = frozenset({(walk.version, walk.done)})
        ways[walk.person] = ways[walk.person] | way if walk.person in ways else way
    return Counter(ways.values())


def _reached(way: tuple[VersionHash, int], order: Order) -> Sequence[CardId | None]:
    """The cards that were done, and what comes next."""
    version, depth = way
    cards = order[version]
    return cards[: depth + 1] if depth < len(cards) else [*cards, None]


def _next(walk: Walk, cards: Sequence[CardId]) -> CardId | None:
    return cards[walk.done] if walk.done < len(cards) else None


def _taken(walks: Iterable[Walk], order: Order) -> dict[CardId, list[int]]:
    """
    The active seconds of each card, of everybody the first time they did it. Column by column: there may be a hundred
    thousand.
    """
    walks = list(walks)
    firsts = _firsts(walks)
    again = sorted((walk for walk in walks if walk is not firsts[walk.person]), key=lambda walk: walk.began)
    by_version: dict[VersionHash, list[Sequence[int]]] = {}
    for walk in firsts.values():
        by_version.setdefault(walk.version, []).append(walk.spells)
    taken: dict[CardId, list[int]] = {}
    for version, rows in by_version.items():
        columns = itertools.zip_longest(*rows, fillvalue=-1)
        for card, column in zip(order[version], columns, strict=False):
            ordered = sorted(column)
            taken.setdefault(card, []).extend(ordered[bisect_left(ordered, 0) : bisect_right(ordered, LONGEST_SPELL)])
    known = {person: set(order[first.version][: first.done]) for person, first in firsts.items()} if again else {}
    for walk in again:
        for card, spell in zip(order[walk.version], walk.spells, strict=False):
            if card not in known[walk.person] and spell <= LONGEST_SPELL:
                taken.setdefault(card, []).append(spell)
        known[walk.person].update(order[walk.version][: walk.done])
    return taken
