"""
Our own icons: one small SVG file each in `icons/`, drawn on a grid of 24 with strokes in the text's colour.

They are written into the page, so that they cost no request and take the theme's colours.
"""

import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).parent / "icons"
# Arrows point the way the language is read.
_DIRECTIONAL = frozenset({"arrow-left", "arrow-right", "sign-out"})


class IconMissing(LookupError):  # noqa: N818 - errors are facts
    """No file of this name stands in `icons/`."""


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.svg"))


@cache
def icon(name: str) -> SafeString:
    """
    The icon as markup that assistive technology skips: a word always stands beside it.

    :raises IconMissing: so that a typing mistake shows in the first test of the page, not as a hole in it
    """
    path = FOLDER / f"{name}.svg"
    if not re.fullmatch(r"[a-z-]+", name) or not path.is_file():
        raise IconMissing(f"There is no icon {name!r}. There are: {', '.join(names())}.")
    drawing = re.sub(r"</?svg[^>]*>", "", path.read_text(encoding="utf-8")).strip()
    classes = "icon is-directional" if name in _DIRECTIONAL else "icon"
    markup = f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{drawing}</svg>'
    return mark_safe(markup)  # noqa: S308  # the files are part of the program, like a template
