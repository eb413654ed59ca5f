"""
How the people of the demonstration learn: when they sit down, how long a card takes them, and what they answer.

Chance decides, but the same person in the same course always does the same, whenever the demonstration is loaded.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from andante.cli.demo.script import Member
from andante.content.document import Check, Item

SHIFT_BEGINS = {"early": time(6), "late": time(14), "night": time(22), "day": time(9)}
RIGHT = {"data-integrity": 0.97}
"""How often an answer in a test is right."""
OTHERS_RIGHT = 0.9
LATE_ENTRY, TEMPTING = "late-entry", "b"
MEETING, TEMPTED = 46, 19
"""*Passed, still wrong*: so many meet the item on late entries in their first test, and so many choose this option."""
LONG_CARD = "long-clean-up"
"""*Nights don't finish*: on nights people stop before this card, for a fortnight or for good."""


@dataclass(frozen=True)
class Habit:
    """What one person does about one course."""

    starts_after: float
    """Days from the duty's beginning to the first sitting."""
    sessions: int
    """Sittings in which they get through."""
    waits: float
    """Days that they stop before the long card."""
    gives_up_before: str | None
    """The card that they never go on to; "" for who never begins."""


def habit(member: Member, course: str, place: int) -> Habit:
    """
    Decide what somebody does about a course.

    :param place: their place among those who take it, by which shares come out as the story tells them
    """
    chance = random.Random(f"habit/{member.number}/{course}")  # noqa: S311 - a story, not a secret
    stops = None
    if course == "data-integrity":
        # 96 of 100 complete it.
        stops = "" if _is_among(place, 0.04) else None
    elif course == "patient-records":
        stops = "" if _is_among(place, 0.07) else None
    waits = 0.0
    nights = course == "spills-first-response" and member.shift == "night"
    if nights:
        waits = chance.gauss(16.5, 2.5)
        stops = LONG_CARD if _is_among(place, 0.24) else None
    return Habit(
        starts_after=chance.uniform(0.4, 5.0) if course == "patient-records" else chance.uniform(1.0, 9.0),
        sessions=chance.choice([2, 2, 3, 3, 4]),
        waits=max(waits, 0.0),
        gives_up_before=stops,
    )


def _is_among(place: int, share: float) -> bool:
    """Spread a share evenly over places: of any hundred in a row, so many are among it."""
    return int((place + 1) * share) > int(place * share)


@dataclass
class Clock:
    """The moments at which somebody acts: within their shifts, one sitting after the other."""

    member: Member
    now: datetime
    chance: random.Random

    def sit_down(self, after_days: float) -> None:
        """Go on to a sitting: so many days later, some time into the shift."""
        local = (self.now + timedelta(days=after_days)).astimezone(self.member.zone)
        begins = SHIFT_BEGINS.get(self.member.shift, time(9))
        into = timedelta(minutes=self.chance.uniform(40, 400))
        moment = datetime.combine(local.date(), begins, self.member.zone) + into
        self.now = max(moment, self.now + timedelta(minutes=5))

    def spend(self, seconds: float) -> datetime:
        """Let a card take its time, for this person, and return when it was done."""
        self.now += timedelta(seconds=max(4.0, seconds * self.chance.lognormvariate(-0.1, 0.35)))
        return self.now


def breaks(cards: int, sessions: int, chance: random.Random) -> frozenset[int]:
    """Say before which cards a new sitting begins."""
    return frozenset(round(cards * number / sessions + chance.uniform(-2, 2)) for number in range(1, sessions)) - {0}


def answer_to(question: Check | Item, share_right: float, chance: random.Random) -> list[str]:
    """Choose options: the right ones, or else one or all but one of them wrong."""
    right = [option.key for option in question.options if option.correct]
    wrong = [option.key for option in question.options if not option.correct]
    if not wrong or chance.random() < share_right:
        return right
    if not question.multiple:
        return [chance.choice(wrong)]
    return sorted({*right[:-1], chance.choice(wrong)})


def late_entry(place: int, of: int) -> bool | None:
    """
    Decide for one of those whose tests make up the story: do they meet the item on late entries, and fall for it?

    :return: none for who does not meet it
    """
    met = (place + 1) * MEETING // of
    if met == place * MEETING // of:
        return None
    return met * TEMPTED // MEETING > (met - 1) * TEMPTED // MEETING
