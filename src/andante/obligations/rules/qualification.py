"""
"May this person do this work at this moment?" From facts alone, never from duties; in doubt, no.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from andante.obligations.rules.audience import Place
from andante.obligations.rules.histories import Done, Revision, in_force


class Because(Enum):
    """Why somebody is qualified, or is not."""

    QUALIFIED = "qualified"
    NOT_IN_FORCE = "not in force"
    """No revision of the requirement held at the person's site then."""
    NOT_PLACED = "not placed"
    LEFT = "left"
    NEVER = "never"
    """Nothing that counts, of any version, was completed by then."""
    OTHER_VERSION = "other version"
    """What was completed is of a version that does not count."""
    EXPIRED = "expired"
    NO_RULE = "no rule"
    """There was no such requirement, as far as was known."""
    UNREADABLE = "unreadable"
    """What is on record cannot be understood by this program."""


@dataclass(frozen=True)
class Verdict:
    """The answer, and what it rests on."""

    because: Because
    demanded: bool = False
    """Whether the requirement was theirs then."""
    done: Done | None = None
    """The completion that counts, or the last one that does not."""
    valid_until: datetime | None = None
    revision: Revision | None = None

    @property
    def qualified(self) -> bool:
        return self.because is Because.QUALIFIED


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody worked at the moment, as far as an audience may ask."""

    zone: str
    """Of the site."""
    employed: bool
    hired_at: datetime | None
    place: Place


def judge(
    revisions: Sequence[Revision], whereabouts: Whereabouts | None, done: Sequence[Done], at: datetime
) -> Verdict:
    """
    Answer for one person and one requirement at one moment.

    :param revisions: as far as they are known; those that are unknown may not be guessed
    :param done: what the person completed, by its time
    """
    if whereabouts is None:
        return Verdict(Because.NOT_PLACED)
    revision = in_force([each for each in revisions if each.applied_at <= at], whereabouts.zone, at)
    if revision is None or revision.form is None:
        return Verdict(Because.NOT_IN_FORCE, revision=revision)
    if not whereabouts.employed:
        return Verdict(Because.LEFT, revision=revision)
    hired = whereabouts.hired_at is None or whereabouts.hired_at <= at
    demanded = hired and revision.is_for(whereabouts.place)
    by_then = [each for each in done if each.course == revision.form.course and each.completed_at <= at]
    counting = [each for each in by_then if revision.counts(each)]
    if not counting:
        because = Because.OTHER_VERSION if by_then else Because.NEVER
        return Verdict(because, demanded, by_then[-1] if by_then else None, revision=revision)
    newest = counting[-1]
    valid_until = revision.form.renew.valid_until(newest.completed_at) if revision.form.renew else None
    expired = valid_until is not None and valid_until <= at
    return Verdict(Because.EXPIRED if expired else Because.QUALIFIED, demanded, newest, valid_until, revision)
