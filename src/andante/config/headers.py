"""Headers of every answer: those that neither Django nor django-csp sets, and django-csp's at less cost."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

# What no page of ours uses, no script that slips in shall have.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)

_PLACE = "the-place-of-the-nonce"


class HeadersMiddleware:
    """Adds Permissions-Policy, and keeps pages of signed-in people out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers that the view did not set itself."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if getattr(request, "person", None) is not None:
            # On a shared device, "back" after signing out must not show the page again.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class PolicyOfContentMiddleware(CSPMiddleware):  # type: ignore[misc]  # django-csp has no types
    """
    Sets Content-Security-Policy. django-csp puts the policy together anew for every answer; it is the same for all of
    ours but for the nonce.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Put the policy of the settings together once."""
        super().__init__(get_response)
        self._plain = build_policy()
        self._parts = build_policy(nonce=_PLACE).split(_PLACE)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set it, unless the view set one itself; a view's own changes are left to django-csp."""
        if HEADER in response or any(name.startswith("_csp_") for name in vars(response)):
            answer: HttpResponseBase = super().process_response(request, response)
            return answer
        nonce = getattr(request, "_csp_nonce", None)
        response[HEADER] = nonce.join(self._parts) if nonce else self._plain
        if not nonce:
            # As django-csp does: a nonce made after the header would be one that no browser accepts.
            request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response
