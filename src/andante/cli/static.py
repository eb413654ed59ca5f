"""Static files as they are served: under names with their hash, and compressed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

import andante

STAMP = "sources.sha256"
# What these packages bring for pages of their own, which we do not use: three megabytes of other htmx versions.
UNUSED = ("django_htmx", "account", "mfa")


def collect_static_files() -> bool:
    """
    Lay the static files of all packages out in STATIC_ROOT, unless they stand there already.

    :return: whether there was anything to do
    """
    stamp = Path(settings.STATIC_ROOT) / STAMP
    sources = _digest_of_sources()
    if stamp.is_file() and stamp.read_text() == sources:
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=list(UNUSED))
    stamp.write_text(sources)
    return True


def _digest_of_sources() -> str:
    """Over path, size and time of every source: reading them all would take longer than laying them out."""
    digest = hashlib.sha256(andante.__version__.encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list(list(UNUSED)), key=lambda found: str(found[0])):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
