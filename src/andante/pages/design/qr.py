"""The square that a phone's camera reads, drawn on the server as one path."""

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4
"""Modules left white on each side, as the standard wants it."""


def qr_code(text: str, *, name: str) -> SafeString:
    """
    Return the QR code of a text as an SVG element that scales; black on white in either theme, for the camera.

    :param name: what it is, for those who do not see it
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg class="qr" width="208" height="208" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" role="img" '
        'aria-label="{name}"><rect width="{size}" height="{size}" fill="#fff"/><path d="{path}" fill="#000"/></svg>',
        size=len(rows),
        name=name,
        path=path,
    )
