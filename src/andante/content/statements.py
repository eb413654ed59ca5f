"""How this package's facts look in the ledger: audit events about courses."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from andante.content.parsing.source import SourceFile
from andante.kernel.ids import CourseId, VersionHash, derived_id
from andante.kernel.principals import Principal
from andante.ledger.statements import Fact, audit

COURSE_VERSION_PUBLISHED = "course-version-published"
NAMESPACE = UUID("3f0b7f3e-5d0b-5c66-9d6e-0f4a2c7f1e11")
"""Of the ids that are derived from a version's hash."""


def course_version_published(
    *,
    course: CourseId,
    version: VersionHash,
    number: int,
    title: str,
    files: Iterable[SourceFile],
    before: VersionHash | None,
    by: Principal,
    at: datetime,
) -> Fact:
    """
    A version is published. The id follows from the hash, so the same version cannot be published twice.

    :param before: the version that was current until now
    """
    return audit(
        id=derived_id(NAMESPACE, COURSE_VERSION_PUBLISHED, version),
        by=by,
        action=COURSE_VERSION_PUBLISHED,
        subject=f"course:{course}",
        at=at,
        old={"version": before} if before else None,
        new={
            "course": course,
            "version": version,
            "number": number,
            "title": title,
            "files": [{"path": file.path, "sha256": file.sha256, "size": file.size} for file in files],
        },
    )


def file_id(version: str, path: str) -> UUID:
    """The id of a version's file."""
    return derived_id(NAMESPACE, version, path)
