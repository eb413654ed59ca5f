"""What a golden bundle is: its files, and what the verifier must say of it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One bundle, and what the verifier must say of it."""

    name: str
    status: int
    about: str
    names: tuple[str, ...] = ()
    """ids of records that the findings must name"""
    members: dict[str, bytes] | None = None
    lost: int = 0
    """bytes that the end of the file lost"""
    own: bytes | None = None
    """the auditor's earlier checkpoint, given along"""
    witness: str | None = None
    """the key of the auditor's witness, given along"""
    archives: tuple[bytes, ...] = ()
    """files of archived months, given along"""
    answer: dict[str, Any] | None = None
    """an answer about who was qualified, given along"""

    @property
    def kind(self) -> str:
        """The folder that it stands in."""
        return {0: "good", 1: "tampered", 2: "incomplete"}[self.status]
