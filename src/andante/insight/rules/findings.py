"""What matters most in a course, the most urgent first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from andante.insight.rules.items import ItemFigures, Judgement
from andante.insight.rules.stops import ShiftFigures, StopFigures


class Kind(Enum):
    """What a finding is about, the most urgent first: what is believed wrongly, who cannot finish, then comfort."""

    PULLS = "pulls"
    SLOW_SHIFT = "slow-shift"
    STOPS = "stops"
    AMBIGUOUS = "ambiguous"
    HARD = "hard"
    MISSED = "missed"
    TOO_LONG = "too-long"
    EASY = "easy"
    TOO_QUICK = "too-quick"


_URGENCY = {kind: place for place, kind in enumerate(Kind)}
_OF_ITEMS = {
    Judgement.PULLS: Kind.PULLS,
    Judgement.MISSED: Kind.MISSED,
    Judgement.AMBIGUOUS: Kind.AMBIGUOUS,
    Judgement.HARD: Kind.HARD,
    Judgement.EASY: Kind.EASY,
}


@dataclass(frozen=True)
class Finding:
    """Something to do about one item, card or shift; `people` are those whom it concerns."""

    kind: Kind
    people: int
    item: ItemFigures | None = None
    stop: StopFigures | None = None
    shift: ShiftFigures | None = None


def findings(
    items: Iterable[ItemFigures], stops: Iterable[StopFigures], shifts: Iterable[ShiftFigures]
) -> tuple[Finding, ...]:
    """What is to be done about a course, the most urgent first; each item, card and shift at most once."""
    found = [finding for item in items if (finding := _of_item(item))]
    found += [finding for stop in stops if (finding := _of_stop(stop))]
    found += [Finding(Kind.SLOW_SHIFT, shift.people, shift=shift) for shift in shifts if shift.slow]
    return tuple(sorted(found, key=lambda each: (_URGENCY[each.kind], -each.people)))


def _of_item(item: ItemFigures) -> Finding | None:
    kind = _OF_ITEMS.get(item.worst)
    if kind is None or (kind is Kind.EASY and item.item.must_pass):
        return None  # what everybody must know may be easy
    concerned = item.pulling.chosen if item.pulling else item.answered - item.right
    return Finding(kind, concerned, item=item)


def _of_stop(stop: StopFigures) -> Finding | None:
    if not stop.shown:
        return None
    kinds: Sequence[tuple[bool, Kind, int]] = (
        (stop.stops_many, Kind.STOPS, stop.stopped),
        (stop.too_long, Kind.TOO_LONG, stop.done),
        (stop.too_quick, Kind.TOO_QUICK, stop.done),
    )
    return next((Finding(kind, people, stop=stop) for holds, kind, people in kinds if holds), None)
