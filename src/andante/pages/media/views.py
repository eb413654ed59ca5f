"""Course media, on the content host: under the hash of their bytes, for ever the same, and never able to act."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from andante.content import queries
from andante.kernel import clock
from andante.pages.media.ranges import RangeUnsatisfiable, asked_range
from andante.people import policy

# A drawing opened by itself must run no script and send no form, whatever its author put into it.
POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; frame-ancestors 'none'"
)
FOR_EVER = "private, max-age=31536000, immutable"


@policy.public
@require_safe
def media(request: HttpRequest, day: str, signature: str, name: str) -> HttpResponse:
    """A media file. The signature in its address is the permission: only pages that show it can know it."""
    found = queries.media(day=day, signature=signature, name=name, at=clock.now())
    if found is None:
        raise Http404
    response = _answer(request, found)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = FOR_EVER
    response["Content-Security-Policy"] = POLICY
    response["Access-Control-Allow-Origin"] = _origin(settings.ENVIRONMENT.base_url)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _answer(request: HttpRequest, found: queries.MediaBytes) -> HttpResponse:
    size = len(found.data)
    try:
        part = asked_range(request.headers.get("Range", ""), size)
    except RangeUnsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if part is None:
        return HttpResponse(found.data, content_type=found.content_type)
    data = found.data[part.first : part.last + 1]
    headers = {"Content-Range": f"bytes {part.first}-{part.last}/{size}"}
    return HttpResponse(data, status=206, content_type=found.content_type, headers=headers)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
