"""From fact to rows: the only writer of courses, versions and their lists of files."""

from django.db import models

from andante.content.models import Course, CourseVersion, VersionFile
from andante.content.statements import COURSE_VERSION_PUBLISHED, file_id
from andante.ledger.statements import Fact, Kind

EXPLAINED: tuple[type[models.Model], ...] = (Course, CourseVersion, VersionFile)
UNEXPLAINED = {
    "content_blob": "A file's bytes prove themselves: their key is their SHA-256, and queries.damage recomputes it.",
}


def apply(fact: Fact) -> None:
    """Write the rows that a fact of this package explains; other facts are none of its business."""
    if fact.kind is Kind.AUDIT and fact.verb == COURSE_VERSION_PUBLISHED:
        _version_published(fact)


def _version_published(fact: Fact) -> None:
    new = fact.body["new"]
    course, _ = Course.objects.get_or_create(id=new["course"])
    version = CourseVersion.objects.create(
        hash=new["version"],
        course=course,
        number=new["number"],
        title=new["title"],
        published_at=fact.timestamp,
        published_by=fact.body["by"],
    )
    VersionFile.objects.bulk_create(
        VersionFile(
            id=file_id(new["version"], file["path"]), version=version, path=file["path"], blob_id=file["sha256"]
        )
        for file in new["files"]
    )
    Course.objects.filter(id=course.id).update(current=version)
