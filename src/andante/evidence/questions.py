"""What an auditor asks: who was qualified for a requirement at a moment, as known when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from andante.kernel.ids import PersonId
from andante.ledger.statements import instant
from andante.obligations.queries import RequirementId


class Known(Enum):
    """By whose knowledge a question is to be answered."""

    NOW = "now"
    """By what was on record when it was asked."""
    THEN = "then"
    """By what was on record at the moment that it asks about."""
    AT = "at"
    """By what was on record at some other moment."""


@dataclass(frozen=True)
class Question:
    """A question as it is recorded. The same question has the same answer for ever."""

    requirement: RequirementId
    at: datetime
    """The moment that it asks about."""
    zone: str
    """In which the moment was given, and in which times are shown; name in the IANA database."""
    known: Known
    known_at: datetime
    """Only what the database had stored by then counts."""
    person: PersonId | None = None
    unit: str = ""
    """Path: only who worked in it, or below it."""

    def data(self) -> dict[str, Any]:
        """Return it as facts hold it."""
        return {
            "requirement": self.requirement,
            "at": instant(self.at),
            "zone": self.zone,
            "known": self.known.value,
            "known_at": instant(self.known_at),
            "person": str(self.person) if self.person else None,
            "unit": self.unit or None,
        }

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Question:
        """Read what a fact holds."""
        return cls(
            requirement=RequirementId(data["requirement"]),
            at=datetime.fromisoformat(data["at"]),
            zone=data["zone"],
            known=Known(data["known"]),
            known_at=datetime.fromisoformat(data["known_at"]),
            person=PersonId(UUID(data["person"])) if data["person"] else None,
            unit=data["unit"] or "",
        )
