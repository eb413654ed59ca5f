"""Requests as Django reads them, but for what a sender says of their encoding."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """
    A request in UTF-8, whatever it claims.

    Django takes the charset of any request, also for the query: a codec that does not decode text, or an odd one, is an
    error before any middleware could answer. Browsers send forms in the encoding of their page, and ours are UTF-8.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # a parameter in an encoding that nobody knows (RFC 2231)
            self.content_type, self.content_params = "", {}


class Handler(WSGIHandler):
    """Django's, with our requests."""

    request_class = Request
