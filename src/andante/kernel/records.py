"""Dataclasses that a page reads thousands of."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Record = TypeVar("Record")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Record]) -> type[Record]:
    """
    Like `dataclass(frozen=True)`, kept by the type checker alone.

    Python makes a frozen one field by field through `object.__setattr__`, which takes six times as long: for three
    thousand duties, longer than to find them.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
