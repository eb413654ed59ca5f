"""What is to be assigned, withdrawn and dated anew, so that what stands is what is demanded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from andante.kernel.ids import PersonId, derived_id
from andante.obligations.rules.demands import Demand
from andante.obligations.rules.form import RequirementId


def assignment_id(person: PersonId, demand: Demand) -> UUID:
    """Return the id of the duty: the same whenever, and however often, it is found to follow."""
    mark = f"renews/{demand.renews}" if demand.renews else f"begins/{demand.begins_at.timestamp():.6f}"
    return derived_id(person, "duty", demand.requirement, mark)


@dataclass(frozen=True)
class Standing:
    """A duty as it stands on record."""

    person: PersonId
    requirement: RequirementId
    revision: int
    begins_at: datetime
    due_at: datetime | None
    renews: UUID | None


@dataclass(frozen=True)
class Difference:
    """What is to be done. Keys are ids of assignments."""

    opened: Mapping[UUID, Standing]
    withdrawn: Mapping[UUID, Standing]
    redated: Mapping[UUID, Standing]
    """As they are to stand."""

    @property
    def size(self) -> int:
        return len(self.opened) + len(self.withdrawn) + len(self.redated)


def standing(person: PersonId, demand: Demand) -> Standing:
    """Return how a duty that follows is to stand."""
    return Standing(person, demand.requirement, demand.revision, demand.begins_at, demand.due_at, demand.renews)


def difference(*, demanded: Mapping[UUID, Standing], stands: Mapping[UUID, Standing]) -> Difference:
    """Return what makes the one out of the other."""
    return Difference(
        opened={id: each for id, each in demanded.items() if id not in stands},
        withdrawn={id: each for id, each in stands.items() if id not in demanded},
        redated={id: each for id, each in demanded.items() if id in stands and stands[id] != each},
    )
