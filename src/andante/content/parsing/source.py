"""
The files of a course, from a folder on disk or from a published version.

A folder comes from anybody: links are not followed, names are plain, sizes are limited, and nothing outside
the folder is ever opened.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from andante.content.document import Place
from andante.content.parsing.problems import FILE_UNSAFE, STRAY_FILE, UNREADABLE, Problems

MOST_FILES = 2000
MOST_DEPTH = 8
MOST_TEXT_BYTES = 1024 * 1024
MOST_MEDIA_BYTES = 20 * 1024 * 1024
MOST_COURSE_BYTES = 200 * 1024 * 1024

TEXT_FOLDERS = ("modules", "bank", "aids")
FOLDERS = (*TEXT_FOLDERS, "media", "i18n")
MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".svg": "image/svg+xml",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".vtt": "text/vtt; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".pdf": "application/pdf",
}
"""Content types of media, by the end of the name."""

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\Z")
_QUIET_NAMES = re.compile(r"(?i)(readme|licen[cs]e|notice|contributing|changelog|sources?|makefile)(\.\w+)?\Z")
_UNTOUCHED = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FileChanged(Exception):  # noqa: N818 - errors are facts
    """A file of the folder changed while it was being read."""


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file of the format. `data` holds the bytes of text files; media are only hashed."""

    path: str
    sha256: str
    size: int
    data: bytes | None = None


@dataclass(frozen=True)
class Source:
    """All files of a course by path, sorted by the bytes of the path."""

    files: Mapping[str, SourceFile]

    def in_folder(self, folder: str) -> Iterator[SourceFile]:
        return (file for path, file in self.files.items() if path.startswith(f"{folder}/"))


def is_text(path: str) -> bool:
    """Whether a file of the format is read as text, and not only passed on."""
    return path == "course.yaml" or path.split("/", 1)[0] in TEXT_FOLDERS


def read_folder(folder: Path, problems: Problems) -> Source:
    """
    Read the files of the format from a folder. What cannot be used is reported and left out.

    :raises NotADirectoryError: there is no such folder
    """
    if not folder.is_dir():
        raise NotADirectoryError(folder)
    files: dict[str, SourceFile] = {}
    total = 0
    for path in _paths(folder, problems):
        file = _read(folder, path, problems)
        if file is None:
            continue
        total += file.size
        if len(files) == MOST_FILES or total > MOST_COURSE_BYTES:
            problems.add(
                FILE_UNSAFE,
                Place(path),
                f"The course has more than {MOST_FILES} files or {MOST_COURSE_BYTES >> 20} MiB.",
                "Split it into several courses, or use smaller media.",
            )
            break
        files[path] = file
    return Source(files)


def media_bytes(folder: Path, file: SourceFile) -> bytes:
    """
    The bytes of a media file that was hashed before.

    :raises FileChanged: they are others now
    """
    problems = Problems()
    data = _bytes(folder, file.path, MOST_MEDIA_BYTES, problems)
    if data is None or hashlib.sha256(data).hexdigest() != file.sha256:
        raise FileChanged(file.path)
    return data


def _paths(folder: Path, problems: Problems) -> list[str]:
    """Paths of the format that stand in the folder, sorted by their bytes; stray ones are reported."""
    paths = []
    for entry in sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name)):
        name = _shown(entry.name)
        if entry.is_symlink():
            _refuse_link(name, problems)
        elif name == "course.yaml":
            paths.append(name)
        elif name in FOLDERS and entry.is_dir():
            paths += _paths_below(entry.path, name, problems, depth=1)
        elif not name.startswith(".") and not _QUIET_NAMES.match(name):
            problems.add(
                STRAY_FILE,
                Place(name),
                f"“{name}” is no part of a course, so it will not be published.",
                f"If it should be, move it into one of: {', '.join(f'{part}/' for part in FOLDERS)}.",
            )
    return sorted(paths, key=os.fsencode)


def _paths_below(folder: str, prefix: str, problems: Problems, *, depth: int) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name)):
        path = f"{prefix}/{_shown(entry.name)}"
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            _refuse_link(path, problems)
        elif not _PLAIN_NAME.match(entry.name):
            problems.add(
                FILE_UNSAFE,
                Place(path),
                f"The name “{_shown(entry.name)}” holds characters that not every computer can handle.",
                "Rename it with letters a–z, digits, hyphens and dots only.",  # noqa: RUF001
            )
        elif entry.is_dir():
            if prefix in TEXT_FOLDERS or depth >= MOST_DEPTH:
                problems.add(
                    FILE_UNSAFE,
                    Place(path),
                    f"“{path}” is a folder, where only files are expected.",
                    f"Move its files to {prefix}/.",
                )
            else:
                yield from _paths_below(entry.path, path, problems, depth=depth + 1)
        else:
            yield path


def _shown(name: str) -> str:
    """A file name that can be printed, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "backslashreplace").replace("\n", "\\n")


def _refuse_link(path: str, problems: Problems) -> None:
    problems.add(
        FILE_UNSAFE,
        Place(path),
        f"“{path}” is a link to another place, and links are not followed.",
        "Put a copy of the file there instead.",
    )


def _read(folder: Path, path: str, problems: Problems) -> SourceFile | None:
    text = is_text(path)
    ending = PurePosixPath(path).suffix.lower()
    if path.startswith("media/") and ending not in MEDIA_TYPES:
        problems.add(
            FILE_UNSAFE,
            Place(path),
            f"Media files cannot end in “{ending}”.",
            f"Use one of: {' '.join(MEDIA_TYPES)}.",
        )
        return None
    if text and path != "course.yaml" and ending != ".md":
        problems.add(
            STRAY_FILE,
            Place(path),
            f"“{path}” does not end in .md, so it will not be published.",
            "Rename it, or move it out of the folder.",
        )
        return None
    data = _bytes(folder, path, MOST_TEXT_BYTES if text else MOST_MEDIA_BYTES, problems)
    if data is None:
        return None
    sha256 = hashlib.sha256(data).hexdigest()
    return SourceFile(path=path, sha256=sha256, size=len(data), data=data if text else None)


def _bytes(folder: Path, path: str, most: int, problems: Problems) -> bytes | None:
    try:
        # A pipe must not hold us up and a link made a moment ago must not lead us out of the folder.
        descriptor = os.open(folder / path, _UNTOUCHED)
    except OSError as error:
        problems.add(UNREADABLE, Place(path), f"The file cannot be opened: {error.strerror}.", "Check its permissions.")
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            problems.add(FILE_UNSAFE, Place(path), f"“{path}” is no ordinary file.", "Put an ordinary file there.")
            return None
        data = file.read(most + 1)
    if len(data) > most:
        problems.add(
            FILE_UNSAFE,
            Place(path),
            f"The file is larger than {most >> 20} MiB.",
            "Split it, or use a smaller picture or video.",
        )
        return None
    return data
