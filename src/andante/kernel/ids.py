"""Identities: fresh ones that sort by time, and derived ones that make repeating an act harmless."""

import secrets
import time
import uuid
from typing import NewType
from uuid import UUID

PersonId = NewType("PersonId", UUID)
AccountId = NewType("AccountId", UUID)
AttemptId = NewType("AttemptId", UUID)
RegistrationId = NewType("RegistrationId", UUID)

CourseId = NewType("CourseId", str)
ModuleId = NewType("ModuleId", str)
CardId = NewType("CardId", str)
ItemId = NewType("ItemId", str)
VersionHash = NewType("VersionHash", str)
"""SHA-256 of a course version, 64 hexadecimal digits."""


def new_id() -> UUID:
    """
    A fresh UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, the rest random.

    Made here, not by the database: PostgreSQL 15 has no uuidv7().
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def derived_id(namespace: UUID, *parts: str) -> UUID:
    """
    The UUID (version 5, RFC 9562) that the same namespace and parts always give.

    An act that is repeated (a resubmitted form, a reaction that runs again) finds its own id taken, and is a
    no-op.
    """
    return uuid.uuid5(namespace, "/".join(parts))
