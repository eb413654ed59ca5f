"""The policy of every answer is the one that django-csp makes of the settings."""

from __future__ import annotations

import pytest
from csp.constants import HEADER
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.http import HttpResponse
from django.test import RequestFactory

from andante.config.headers import PolicyOfContentMiddleware

NONCE = "bm9uY2Utb2YtYS10ZXN0"


def policy(middleware: type[CSPMiddleware], *, nonce: str = "", response: HttpResponse | None = None) -> dict[str, str]:
    """The directives that a middleware sets, in whatever order."""
    request = RequestFactory().get("/")
    if nonce:
        request._csp_nonce = nonce
    answer = middleware(lambda _: HttpResponse() if response is None else response)(request)
    return dict(part.strip().partition(" ")[::2] for part in answer[HEADER].split(";"))


class TestPolicyOfContent:
    @pytest.mark.parametrize("nonce", ["", NONCE])
    def test_is_that_of_django_csp(self, nonce):
        found = policy(PolicyOfContentMiddleware, nonce=nonce)
        assert found == policy(CSPMiddleware, nonce=nonce)
        assert (f"'nonce-{NONCE}'" in found["script-src"]) == bool(nonce)

    def test_refuses_a_nonce_that_comes_after_the_header(self):
        request = RequestFactory().get("/")
        PolicyOfContentMiddleware(lambda _: HttpResponse())(request)
        with pytest.raises(CSPNonceError):
            str(request.csp_nonce)

    def test_leaves_alone_what_a_view_set(self):
        own = HttpResponse(headers={HEADER: "default-src 'none'"})
        assert policy(PolicyOfContentMiddleware, response=own) == {"default-src": "'none'"}

    def test_follows_a_view_that_asks_django_csp_for_something_else(self):
        answers = [HttpResponse(), HttpResponse()]
        for answer in answers:
            answer._csp_update = {"img-src": ["https://example.org"]}
        ours, theirs = answers
        found = policy(PolicyOfContentMiddleware, response=ours)
        assert found == policy(CSPMiddleware, response=theirs)
        assert "https://example.org" in found["img-src"]
