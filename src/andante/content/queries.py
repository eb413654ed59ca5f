"""Reading published courses: documents, the catalogue, rich text as HTML, media, and whether all is whole."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from andante.content import addresses, rendering
from andante.content.document import Course
from andante.content.models import Blob, CourseVersion, VersionFile
from andante.content.parsing import parse_source
from andante.content.parsing.source import MEDIA_TYPES, Source, SourceFile, is_text
from andante.content.versions import version_hash
from andante.kernel.ids import CourseId, VersionHash
from andante.ledger.prepared import prepared_cursor

DOCUMENTS_IN_MEMORY = 64
TEXTS_IN_MEMORY = 4096


class VersionUnknown(LookupError):  # noqa: N818 - errors are facts
    """No such version was published."""


class VersionDamaged(Exception):  # noqa: N818 - errors are facts
    """The stored files of a version are not those that were published."""


@dataclass(frozen=True, kw_only=True)
class PublishedCourse:
    """A version of a course as people see it. `published_at` is UTC."""

    course_id: CourseId
    version: VersionHash
    number: int
    published_at: datetime
    document: Course


@dataclass(frozen=True, kw_only=True)
class MediaBytes:
    """A media file, ready to be sent."""

    content_type: str
    data: bytes


_CATALOGUE = """
    SELECT v.course_id, v.hash, v.number, v.published_at
    FROM content_course c JOIN content_courseversion v ON v.hash = c.current_id
    ORDER BY v.title, v.course_id
"""


def course(course_id: CourseId, *, at: datetime | None = None) -> PublishedCourse | None:
    """
    The version of a course that new attempts take; None if there is no such course.

    :param at: as it was then, for what is recorded late; before the first version was published, that one
    """
    if at is None:
        row = CourseVersion.objects.filter(current_of=course_id).first()
    else:
        versions = CourseVersion.objects.filter(course=course_id)
        row = versions.filter(published_at__lte=at).order_by("-number").first() or versions.order_by("number").first()
    return _published(row) if row else None


@lru_cache(maxsize=DOCUMENTS_IN_MEMORY)
def version(hash: VersionHash) -> PublishedCourse:
    """
    One version. It never changes, so a process asks for it once.

    :raises VersionUnknown: it was never published
    """
    row = CourseVersion.objects.filter(hash=hash).first()
    if row is None:
        raise VersionUnknown(hash)
    return _published(row)


def versions(hashes: Iterable[VersionHash]) -> Mapping[VersionHash, PublishedCourse]:
    """Several versions in one query; those that were never published are left out."""
    rows = CourseVersion.objects.filter(hash__in=set(hashes))
    return {VersionHash(row.hash): _published(row) for row in rows}


def catalogue() -> list[PublishedCourse]:
    """Every course in its current version, by title."""
    with prepared_cursor() as cursor:
        cursor.execute(_CATALOGUE)
        rows = cursor.fetchall()
    return [_course(*row) for row in rows]


def html(text: str, *, published: PublishedCourse, at: datetime) -> SafeString:
    """
    A Markdown text of a course as HTML blocks.

    :param at: now; addresses of media are signed for its day
    """
    return _html(text, published.version, at.astimezone(UTC).date(), get_language() or "", inline=False)


def inline_html(text: str, *, published: PublishedCourse, at: datetime) -> SafeString:
    """A Markdown text of one paragraph as HTML without a block around it, for labels and buttons."""
    return _html(text, published.version, at.astimezone(UTC).date(), "", inline=True)


def media(*, day: str, signature: str, name: str, at: datetime) -> MediaBytes | None:
    """
    The media file of a signed address; None where the signature is not ours, or old, or the file is no media.

    :param name: the hash and the ending, as `media_address` writes them
    """
    sha256, _dot, ending = name.partition(".")
    content_type = MEDIA_TYPES.get(f".{ending}")
    if content_type is None or not addresses.is_signed(day=day, signature=signature, name=name, at=at):
        return None
    data = Blob.objects.filter(sha256=sha256, uses__path__startswith="media/").values_list("data", flat=True).first()
    return None if data is None else MediaBytes(content_type=content_type, data=bytes(data))


def damage() -> Iterator[str]:
    """
    Recompute the hash of every stored file and of every version; one sentence for each that differs.

    The bytes of files are explained by no fact: they are right if they have the hash that the fact names.
    """
    for blob in Blob.objects.order_by("sha256").iterator(chunk_size=1):
        if hashlib.sha256(blob.data).hexdigest() != blob.sha256 or len(blob.data) != blob.size:
            yield f"The stored file {blob.sha256} has other bytes than the ones it is named by."
    for row in CourseVersion.objects.order_by("course_id", "number"):
        if version_hash(_files(row.hash, with_text=False)) != row.hash:
            yield f"Version {row.number} of {row.course_id} ({row.hash}) does not have the files it was published with."


def _published(row: CourseVersion) -> PublishedCourse:
    return _course(row.course_id, row.hash, row.number, row.published_at)


def _course(id: str, hash: str, number: int, published_at: datetime) -> PublishedCourse:
    return PublishedCourse(
        course_id=CourseId(id),
        version=VersionHash(hash),
        number=number,
        published_at=published_at,
        document=_document(VersionHash(hash)),
    )


@lru_cache(maxsize=DOCUMENTS_IN_MEMORY)
def _document(hash: VersionHash) -> Course:
    """The parsed files of a version. A hash never means anything else, so it may be kept in memory for ever."""
    files = _files(hash, with_text=True)
    if version_hash(files) != hash or any(_is_damaged(file) for file in files):
        raise VersionDamaged(hash)
    document = parse_source(Source({file.path: file for file in files})).course
    if document is None:
        raise VersionDamaged(hash)
    return document


def _is_damaged(file: SourceFile) -> bool:
    return file.data is not None and hashlib.sha256(file.data).hexdigest() != file.sha256


def _files(hash: str, *, with_text: bool) -> list[SourceFile]:
    """The files of a version, with the bytes of its texts but never those of media."""
    rows = VersionFile.objects.filter(version=hash)
    sizes = {path: (sha256, size) for path, sha256, size in rows.values_list("path", "blob_id", "blob__size")}
    texts: dict[str, Any] = {}
    if with_text:
        of_text = rows.exclude(path__startswith="media/").exclude(path__startswith="i18n/")
        texts = dict(of_text.values_list("path", "blob__data"))
    return [
        SourceFile(
            path=path,
            sha256=sha256,
            size=size,
            data=bytes(texts[path]) if with_text and is_text(path) else None,
        )
        for path, (sha256, size) in sorted(sizes.items())
    ]


@lru_cache(maxsize=TEXTS_IN_MEMORY)
def _html(text: str, hash: VersionHash, day: date, language: str, *, inline: bool) -> SafeString:  # noqa: ARG001
    """
    Rendered texts, kept in memory: the same card is shown to many.

    The language is of the words that we add, and so part of the key.
    """
    document = _document(hash)
    address_of = partial(_address_of, document, datetime(day.year, day.month, day.day, tzinfo=UTC))
    if inline:
        made = rendering.render_inline(text, address_of=address_of)
    else:
        made = rendering.render(text, address_of=address_of, transcript=_("Transcript"), language=document.language)
    return mark_safe(made)  # noqa: S308 - rendering makes it safe, and its tests try to break it


def _address_of(document: Course, at: datetime, path: str) -> str | None:
    found = document.media.get(path)
    return addresses.media_address(found, at=at) if found else None
