"""What is to be assigned, withdrawn and dated anew, so that what stands is what is demanded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from andante.kernel.ids import PersonId, derived_id
from andante.obligations.rules.demands import Demand
from andante.obligations.rules.form import RequirementId

Key = tuple[PersonId, RequirementId, UUID | datetime]
"""What makes two duties one: the person, the requirement, and the beginning or what is renewed."""


@dataclass(frozen=True)
class Standing:
    """A duty as it stands on record, or is to stand."""

    person: PersonId
    requirement: RequirementId
    revision: int
    begins_at: datetime
    due_at: datetime | None
    renews: UUID | None

    @property
    def key(self) -> Key:
        return self.person, self.requirement, self.renews or self.begins_at

    @property
    def id(self) -> UUID:
        """Id of the assignment: the same whenever, and however often, the duty is found to follow."""
        mark = f"renews/{self.renews}" if self.renews else f"begins/{self.begins_at.timestamp():.6f}"
        return derived_id(self.person, "duty", self.requirement, mark)


@dataclass(frozen=True)
class Difference:
    """What is to be done."""

    opened: Sequence[Standing]
    withdrawn: Sequence[Standing]
    redated: Sequence[Standing]
    """As they are to stand."""

    @property
    def size(self) -> int:
        return len(self.opened) + len(self.withdrawn) + len(self.redated)

    def first(self, most: int) -> "Difference":
        """Return a part of it: first what is withdrawn."""
        withdrawn = self.withdrawn[:most]
        redated = self.redated[: most - len(withdrawn)]
        opened = self.opened[: most - len(withdrawn) - len(redated)]
        return Difference(opened=opened, withdrawn=withdrawn, redated=redated)


def standing(person: PersonId, demand: Demand) -> Standing:
    """Return how a duty that follows is to stand."""
    return Standing(person, demand.requirement, demand.revision, demand.begins_at, demand.due_at, demand.renews)


def difference(*, demanded: Iterable[Standing], stands: Iterable[Standing]) -> Difference:
    """Return what makes the one out of the other."""
    before = {each.key: each for each in stands}
    opened, redated = [], []
    for each in demanded:
        stood = before.pop(each.key, None)
        if stood is None:
            opened.append(each)
        elif stood != each:
            redated.append(each)
    return Difference(opened=opened, withdrawn=list(before.values()), redated=redated)
