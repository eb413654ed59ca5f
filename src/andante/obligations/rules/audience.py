"""
Whom a requirement is for: a condition over what is known of somebody's place of work.

Internally any tree of and, or and not; the form knows fields whose lists mean "any of" and which are joined by and.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

Field = Literal["job", "site", "department", "unit", "shift"]
FIELDS: tuple[Field, ...] = get_args(Field)


class AudienceInvalid(ValueError):  # noqa: N818 - errors are facts
    """A stored audience cannot be read. Whoever asks then must answer no."""


@dataclass(frozen=True)
class Place:
    """Where somebody works, and as what: all that an audience may ask for."""

    job: str
    shift: str
    unit: str
    """Path, such as "dublin/filling/line-4"."""
    site: str
    department: str
    """Paths of the site and of the department above the unit, or of the unit itself; empty where there is none."""


@dataclass(frozen=True)
class Is:
    """The field has one of these values. A path means the unit itself and all below it."""

    field: Field
    values: frozenset[str]

    def holds(self, place: Place) -> bool:
        """Whether it is so at this place."""
        if self.field == "job":
            return place.job in self.values
        if self.field == "shift":
            return place.shift in self.values
        if self.field == "department" and place.department.rpartition("/")[2] in self.values:
            return True
        return any(place.unit == path or place.unit.startswith(f"{path}/") for path in self.values)


@dataclass(frozen=True)
class All:
    """Every part holds; without parts, for everybody."""

    parts: tuple[Audience, ...] = ()

    def holds(self, place: Place) -> bool:
        """Whether it is so at this place."""
        return all(part.holds(place) for part in self.parts)


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Audience, ...]

    def holds(self, place: Place) -> bool:
        """Whether it is so at this place."""
        return any(part.holds(place) for part in self.parts)


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Audience

    def holds(self, place: Place) -> bool:
        """Whether it is so at this place."""
        return not self.part.holds(place)


Audience = Is | All | AnyOf | Not
EVERYBODY = All()


def conditions(audience: Audience) -> Iterator[Is]:
    """Every condition in it, negated ones too."""
    match audience:
        case Is():
            yield audience
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from conditions(part)
        case Not(part):
            yield from conditions(part)


def fields(audience: Audience) -> frozenset[Field]:
    """What the audience asks for at all."""
    return frozenset(condition.field for condition in conditions(audience))


def to_data(audience: Audience) -> dict[str, Any]:
    """As it is sealed: `{"all": [{"job": ["nurse"]}]}`."""
    match audience:
        case Is(field, values):
            return {field: sorted(values)}
        case All(parts):
            return {"all": [to_data(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [to_data(part) for part in parts]}
        case Not(part):
            return {"not": to_data(part)}


def from_data(data: Mapping[str, Any]) -> Audience:
    """
    Read what was sealed.

    :raises AudienceInvalid: it is of a form that this version does not know
    """
    match dict(data):
        case {"all": list(parts), **rest} if not rest:
            return All(_parts(parts))
        case {"any": list(parts), **rest} if not rest:
            return AnyOf(_parts(parts))
        case {"not": dict(part), **rest} if not rest:
            return Not(from_data(part))
    if len(data) == 1:
        ((name, values),) = data.items()
        if name in FIELDS and isinstance(values, list) and all(isinstance(value, str) for value in values):
            return Is(name, frozenset(values))
    raise AudienceInvalid(f"This is no audience: {data!r}")


def _parts(parts: Sequence[Any]) -> tuple[Audience, ...]:
    if not all(isinstance(part, Mapping) for part in parts):
        raise AudienceInvalid(f"This is no list of audiences: {parts!r}")
    return tuple(map(from_data, parts))
