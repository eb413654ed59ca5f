"""
Two hosts, never mixed: the application on one, course files and uploads on the other.

What an author or a package puts into a course then never runs where somebody is signed in. The content host
knows the addresses of `content_urls` only, is shown no cookie and sets none.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class HostMiddleware:
    """Sends a request to the addresses of its host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """
        Answer for the host that was asked.

        :raises DisallowedHost: it is neither of the two
        """
        if _without_port(request.get_host()) != settings.ENVIRONMENT.content_host:
            return self.get_response(request)
        request.urlconf = settings.CONTENT_URLCONF
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        response.cookies.clear()
        return response


def _without_port(host: str) -> str:
    """
    Return the name in "name:port", as urlsplit gives it: an IPv6 address without its brackets.

    Without a dot at its end too: the same name in the language of DNS, and Django lets it in.
    """
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).strip("[]").lower().removesuffix(".")
