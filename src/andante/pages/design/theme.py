"""
Light or dark, if the reader chose one. The choice is made in the browser and kept in a cookie, see
`theme.ts`.
"""

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

COOKIE = "andante-theme"
THEMES = ("light", "dark")


def attribute(request: HttpRequest | None) -> SafeString:
    """
    The attribute for `<html>`. A cookie is the reader's text: only the two words we know are written back.
    """
    chosen = request.COOKIES.get(COOKIE) if request else None
    return format_html(' data-theme="{}"', chosen) if chosen in THEMES else SafeString("")
