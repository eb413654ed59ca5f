"""What a witness may answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Because(StrEnum):
    """Why our log is not an extension of what a witness has seen. The values stand in sealed records."""

    CUT_OFF = "cut-off"
    """It has seen more records than there are."""
    REWRITTEN = "rewritten"
    """Records that it has seen are not those of today."""
    ANOTHER_LOG = "another-log"
    """What it has seen was not signed with a key of this log."""
    INCOMPLETE = "incomplete"
    """The tables lack a leaf or a tile that the proof needs."""


@dataclass(frozen=True)
class Agreement:
    """
    The witness has seen our newest checkpoint, and it extends what the witness had seen before.

    :ivar size: records that the checkpoint covers
    :ivar found: records that the checkpoint before it covered, as the witness says; 0 for none
    :ivar line: the cosignature, without its line feed; empty for a witness that signs nothing
    :ivar made: the witness' own time, where it signs
    """

    size: int
    found: int
    line: str = ""
    made: datetime | None = None


class NotAnExtension(Exception):  # noqa: N818 - errors are facts
    """The log was rewritten or cut off, or the witness has seen another one."""

    def __init__(self, because: Because, *, seen: int) -> None:
        """
        Say why.

        :param seen: records of the checkpoint that the witness has seen
        """
        super().__init__(because)
        self.because = because
        self.seen = seen


class NoAnswer(Exception):  # noqa: N818
    """The witness could not be asked, or what it said could not be understood. The message is a sentence."""


class Witness(Protocol):
    """Somebody who keeps our checkpoints."""

    @property
    def name(self) -> str:
        """What it is called, for ever: what it agreed with is remembered under this."""

    def show(self, *, known: int) -> Agreement | None:
        """
        Show it our newest checkpoint.

        :param known: records of the checkpoint that it agreed with last, 0 where it never did
        :return: None where there is no checkpoint yet
        :raises NotAnExtension: it has seen something that the log of today does not extend
        :raises NoAnswer: it could not be asked
        """
