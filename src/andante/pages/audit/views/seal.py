"""
How the records are kept honest: for everybody whose records these are, as a page and as JSON.

Nothing here is about anybody, so that whoever is signed in may read it: a quality manager, and who took a receipt.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from andante.evidence import queries
from andante.people import policy


@policy.signed_in
@require_safe
def seal(request: HttpRequest) -> HttpResponse:
    return render(request, "audit/seal.html", {"seal": queries.seal()})


@policy.signed_in
@require_safe
def seal_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return JsonResponse(queries.seal().data(), headers={"Cache-Control": "no-store"})


@policy.signed_in
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The newest checkpoint as it is signed, to be kept where nobody here can change it."""
    newest = queries.seal().checkpoint
    if newest is None:
        raise Http404
    headers = {
        "Content-Disposition": f'attachment; filename="checkpoint-{newest.size}.txt"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(newest.note, content_type="text/plain; charset=utf-8", headers=headers)


@policy.signed_in
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The program that checks bundles, extracts and receipts."""
    path = queries.verifier()
    headers = {"Content-Disposition": f'attachment; filename="{path.name}"'}
    return HttpResponse(path.read_bytes(), content_type="text/x-python; charset=utf-8", headers=headers)
