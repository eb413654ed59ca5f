"""Any record with its proof, and everything about a person with the proofs: for who is to verify alone."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from andante.evidence import operations, queries
from andante.kernel import clock
from andante.kernel.ids import PersonId
from andante.pages.audit.forms import SinceForm
from andante.pages.design.downloads import download_proof
from andante.people import policy
from andante.people import queries as people


@policy.role("auditor", "administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, record: UUID) -> HttpResponseBase:
    """Show a record; a POST hands out its receipt. Until it is sealed, the page looks again by itself."""
    found = queries.record(record)
    if found is None:
        raise Http404
    if getattr(request, "htmx", None):
        return HttpResponse(status=204) if found.seq is None else HttpResponseClientRefresh()
    form = SinceForm(request.POST, request.FILES) if request.method == "POST" else SinceForm()
    if request.method == "POST" and form.is_valid():
        return download_proof(
            request,
            lambda: operations.export_receipt(
                record=record, since=form.since, by=policy.principal(request), at=clock.now()
            ),
            back=reverse("audit_record", args=[record]),
        )
    file = f"receipt-{found.seq}.json"
    page = {"record": found, "form": form, "seal": queries.seal(), "file": file, "area": "audit"}
    return render(request, "audit/proof.html", page, status=422 if form.errors else 200)


@policy.role("auditor", "administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def extract(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """Say what an extract is; a POST hands out everything that is sealed about a person."""
    found = people.person(PersonId(person))
    if found is None:
        raise Http404
    form = SinceForm(request.POST, request.FILES) if request.method == "POST" else SinceForm()
    if request.method == "POST" and form.is_valid():
        return download_proof(
            request,
            lambda: operations.export_extract(
                person=found.id, since=form.since, by=policy.principal(request), at=clock.now()
            ),
            back=reverse("audit_extract", args=[person]),
        )
    file = operations.extract_name(found.id)
    page = {"person": found, "form": form, "seal": queries.seal(), "file": file, "area": "audit"}
    return render(request, "audit/extract.html", page, status=422 if form.errors else 200)
