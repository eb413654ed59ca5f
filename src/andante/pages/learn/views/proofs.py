"""What is on record about a person, for that person alone: to read, and to take away with its proof."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from andante.evidence import operations, queries
from andante.evidence.queries import Place
from andante.kernel import clock
from andante.pages.design.downloads import download_proof
from andante.people import policy

ON_A_PAGE = 50


@policy.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: HttpRequest) -> HttpResponseBase:
    """List everything, the latest first; a POST hands it out as an extract."""
    person = policy.person(request)
    if request.method == "POST":
        return download_proof(
            request,
            lambda: operations.export_extract(person=person, by=policy.principal(request), at=clock.now()),
            back=reverse("held"),
        )
    before = _before(request)
    found = queries.concerning(person, before=before, limit=ON_A_PAGE + 1)
    shown, more = queries.one_page(found, ON_A_PAGE)
    page = {
        "records": shown,
        "more": more,
        "later": before is not None,
    }
    return render(request, "learn/held.html", page)


@policy.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_record(request: HttpRequest, record: UUID) -> HttpResponseBase:
    """
    Show one record about the person; a POST hands out its receipt. Somebody else's is not found.

    Until it is sealed, the page looks again by itself.
    """
    found = queries.record(record, concerning=policy.person(request))
    if found is None:
        raise Http404
    if getattr(request, "htmx", None):
        return HttpResponse(status=204) if found.seq is None else HttpResponseClientRefresh()
    if request.method == "POST":
        return download_proof(
            request,
            lambda: operations.export_receipt(record=record, by=policy.principal(request), at=clock.now()),
            back=reverse("own_record", args=[record]),
        )
    page = {"record": found, "seal": queries.seal(), "file": f"receipt-{found.seq}.json"}
    return render(request, "learn/own_record.html", page)


def _before(request: HttpRequest) -> Place | None:
    """The place in the list that the address names; not found where it names none."""
    text = request.GET.get("before", "")
    try:
        return Place.parse(text) if text else None
    except ValueError:
        raise Http404 from None
