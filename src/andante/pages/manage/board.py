"""What the manager's home shows: who needs them today, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from andante.engagement import queries as engagement
from andante.engagement.queries import Finished, Hindrance, Reminder
from andante.kernel.ids import PersonId
from andante.obligations import queries as obligations
from andante.obligations.queries import Crew
from andante.pages.manage import words

MOST = 12
"""People whom the page names, the most urgent: what one can talk about today. All of them are on the other page."""


@dataclass(frozen=True)
class Board:
    """Everything on the page."""

    at: datetime
    size: int
    """Of the team."""
    done: int
    """Who has nothing open."""
    reminders: tuple[Reminder, ...]
    more: int
    """How many people more need something, and are not named."""
    crews: tuple[Crew, ...]
    finished: tuple[Finished, ...]
    """Who completed something last; only where nobody is overdue."""

    @property
    def open(self) -> int:
        """How many people have something open."""
        return self.size - self.done

    @property
    def overdue(self) -> list[Reminder]:
        return [each for each in self.reminders if each.overdue and each.hindrance is not Hindrance.ON_LEAVE]

    @property
    def soon(self) -> list[Reminder]:
        return [each for each in self.reminders if not each.overdue and each.hindrance is not Hindrance.ON_LEAVE]

    @property
    def away(self) -> list[Reminder]:
        return [each for each in self.reminders if each.hindrance is Hindrance.ON_LEAVE]

    @property
    def to_remind(self) -> list[Reminder]:
        return [each for each in self.reminders if each.can_be_sent]

    @property
    def to_tell(self) -> list[Reminder]:
        return [each for each in self.reminders if each.hindrance is Hindrance.NO_EMAIL]

    @property
    def short(self) -> list[Crew]:
        """Crews that have fewer ready than they need."""
        return [crew for crew in self.crews if crew.missing]

    @property
    def lead(self) -> str:
        people = len(self.overdue) + len(self.soon) + self.more
        return words.lead(people=people, actions=bool(self.to_remind) + bool(self.to_tell) + len(self.short))


def board(*, team: Collection[PersonId], at: datetime) -> Board:
    """Read the page for a team. The number of queries does not depend on its size."""
    attention = engagement.attention(people=team, at=at, most=MOST)
    return Board(
        at=at,
        size=len(team),
        done=attention.done,
        reminders=tuple(engagement.reminders(people=attention.people, at=at)),
        more=attention.overdue + attention.soon - len(attention.people),
        crews=tuple(obligations.crews(people=team, at=at)),
        finished=() if attention.overdue else tuple(engagement.last_finished(people=team, at=at)),
    )
