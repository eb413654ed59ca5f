"""
Ids of courses, modules, cards, questions and aids: given once, by `fmt`, and never changed.

Statements, statistics and translations hang on them, so they carry no meaning that could become wrong.
"""

import re
import secrets
from collections.abc import Collection

ID = re.compile(r"[a-z0-9][a-z0-9-]{1,63}\Z")
_FIRST = "abcdefghjkmnpqrstuvwxyz"
_REST = _FIRST + "23456789"
"""Without l, o, 0, 1 and i, which people confuse when they read an id aloud."""


def random_id(taken: Collection[str]) -> str:
    """A short id that is not taken; it grows longer only in a very large course."""
    for length in range(4, 33):
        for _ in range(20):
            candidate = secrets.choice(_FIRST) + "".join(secrets.choice(_REST) for _ in range(length - 1))
            if candidate not in taken:
                return candidate
    raise RuntimeError("no free id was found; is every id taken?")


def slug_id(name: str, taken: Collection[str]) -> str:
    """An id from the name of a file or folder, or a random one if the name gives none or it is taken."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-")
    return slug if ID.match(slug) and slug not in taken else random_id(taken)
