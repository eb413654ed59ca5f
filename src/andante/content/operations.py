"""Publishing: a folder becomes an immutable version."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection

from andante.content import statements
from andante.content.apply import apply
from andante.content.document import Course
from andante.content.findings import CourseInvalid, Finding, has_errors
from andante.content.linting import judge
from andante.content.models import Blob, CourseVersion
from andante.content.parsing import read_course
from andante.content.parsing.source import FileChanged, Source, media_bytes
from andante.content.versions import version_hash
from andante.kernel.ids import CourseId, VersionHash
from andante.kernel.principals import Principal
from andante.ledger.operations import append, transact

__all__ = ["CourseInvalid", "FileChanged", "PublishedVersion", "publish_course"]


@dataclass(frozen=True, kw_only=True)
class PublishedVersion:
    """
    A version of a course.

    `new` is false where this very text had been published before; then nothing has changed. `findings` are the
    warnings and notes that publishing does not wait for.
    """

    course_id: CourseId
    version: VersionHash
    number: int
    title: str
    new: bool
    findings: tuple[Finding, ...]


def publish_course(*, folder: Path, by: Principal, at: datetime) -> PublishedVersion:
    """
    Publish the course in a folder as a new immutable version, which new attempts take from now on.

    Publishing a text that was published before is a no-op, also when other versions came after it.

    :param at: when it is published, UTC; its day is the one on which review dates count as passed
    :raises NotADirectoryError: there is no such folder
    :raises CourseInvalid: the course has errors; nothing is imported
    :raises FileChanged: a file changed while it was being read; nothing is imported
    """
    reading = read_course(folder)
    findings = judge(reading, today=at.date())
    if reading.course is None or has_errors(findings):
        raise CourseInvalid(findings)
    return _publish(folder, reading.source, reading.course, findings, by=by, at=at)


@transact
def _publish(
    folder: Path, source: Source, course: Course, findings: tuple[Finding, ...], *, by: Principal, at: datetime
) -> PublishedVersion:
    _one_at_a_time(course.id)
    version = version_hash(source.files.values())
    known = CourseVersion.objects.filter(hash=version).values_list("number", flat=True).first()
    number = known
    if number is None:
        _keep_files(folder, source)
        newest = CourseVersion.objects.filter(course=course.id).order_by("-number").first()
        number = newest.number + 1 if newest else 1
        fact = statements.course_version_published(
            course=course.id,
            version=version,
            number=number,
            title=course.title,
            files=source.files.values(),
            before=VersionHash(newest.hash) if newest else None,
            by=by,
            at=at,
        )
        if fact.id in append([fact]):
            apply(fact)
    return PublishedVersion(
        course_id=course.id,
        version=version,
        number=number,
        title=course.title,
        new=known is None,
        findings=findings,
    )


def _one_at_a_time(course: CourseId) -> None:
    """Let nobody else publish this course until the transaction ends, or two versions would get one number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"content/publish/{course}"])


def _keep_files(folder: Path, source: Source) -> None:
    """Keep the bytes of all files that are not kept yet."""
    hashes = {file.sha256 for file in source.files.values()}
    kept = set(Blob.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
    for file in source.files.values():
        if file.sha256 not in kept:
            data = media_bytes(folder, file) if file.data is None else file.data
            Blob.objects.bulk_create([Blob(sha256=file.sha256, size=file.size, data=data)], ignore_conflicts=True)
            kept.add(file.sha256)
