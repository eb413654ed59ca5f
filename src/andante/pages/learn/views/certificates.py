"""What a person can show: their record, and each certificate."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from andante.content import queries as content
from andante.credentials import queries
from andante.kernel import clock
from andante.pages.design.qr import qr_code
from andante.people import policy


@policy.signed_in
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """List the person's certificates, the newest first."""
    now = clock.now()
    certificates = [
        (view, content.version(view.version), view.is_valid(now))
        for view in queries.certificates(policy.person(request))
    ]
    return render(request, "learn/record.html", {"certificates": certificates})


@policy.signed_in
@require_safe
def certificate(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Show one certificate; until it is issued, a page that looks again by itself. Somebody else's is not found."""
    person = policy.person(request)
    view = queries.certificate(certificate, person=person)
    asks_again = bool(getattr(request, "htmx", None))
    if view is None:
        if not queries.is_being_prepared(certificate, person=person):
            raise Http404
        return HttpResponse(status=204) if asks_again else render(request, "learn/certificate/prepared.html")
    if asks_again:
        return HttpResponseClientRefresh()
    address = settings.ENVIRONMENT.base_url + reverse("verify_code", args=[view.grouped_code])
    published = content.version(view.version)
    context = {
        "view": view,
        "published": published,
        "course": published.document,
        "valid": view.is_valid(clock.now()),
        "address": address,
        "qr": qr_code(address, name=_("QR code of the address where this certificate is checked")),
    }
    return render(request, "learn/certificate.html", context)
