"""Whether a certificate is genuine: open to everybody who was given its code."""

from functools import wraps

from allauth.core.internal.ratelimit import consume_or_429
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from andante.content import queries as content
from andante.credentials import queries
from andante.kernel import clock
from andante.pages.learn.views.refusals import View
from andante.people import policy
from andante.people import queries as people

LONGEST = 80
"""Signs of what somebody typed that are looked at."""


def told_to_nobody_else(view: View) -> View:
    """Keep the answer out of caches and search engines."""

    @wraps(view)
    def answered(request: HttpRequest, **rest: str) -> HttpResponse:
        response = view(request, **rest)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answered


@policy.public
@require_safe
@told_to_nobody_else
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a code; what was typed leads to the certificate's address."""
    code = request.GET.get("code", "").strip()
    if code:
        return redirect("verify_code", code.replace("/", "-")[:LONGEST])
    return render(request, "learn/verify.html")


@policy.public
@require_safe
@told_to_nobody_else
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether there is a certificate of this code and whether it is valid; nothing else about anybody."""
    # As many for an address as a gate through which a shift comes may need; sign-in counts in the same way.
    too_many: HttpResponse | None = consume_or_429(
        request, app="allauth.account", action="verify_certificate", limit_get=True
    )
    if too_many is not None:
        return too_many
    view = queries.by_code(code)
    if view is None:
        return render(request, "learn/verify.html", {"unknown": True}, status=404)
    holder = people.person(view.person)
    context = {
        "view": view,
        "name": holder.name if holder else "",
        "published": content.version(view.version),
        "valid": view.is_valid(clock.now()),
    }
    return render(request, "learn/verify.html", context)
