"""One-click sign-in as somebody of the demonstration, on this machine only."""

from __future__ import annotations

import ipaddress
import logging
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from andante.kernel import clock
from andante.kernel.ids import AccountId
from andante.people import policy, queries

log = logging.getLogger(__name__)

HISTORY_PROGRESS = "demo-history"
"""Key of the shared value in which the worker says how far it is."""

# Where a proxy stands in front, every visitor comes from this machine: whoever it forwards is not offered the
# demo.
FORWARDED = frozenset(
    {"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip"}
)


def is_offered(request: HttpRequest) -> bool:
    """
    Decide whether one-click sign-ins are for this request: ANDANTE_DEMO=1, and all of it on this machine.
    """
    environment = settings.ENVIRONMENT
    return (
        environment.demo
        and _is_this_machine(environment.base_host)
        and _is_this_machine(request.META.get("REMOTE_ADDR", ""))
        and not any(name in FORWARDED or name.startswith("X-Forwarded-") for name in map(str.title, request.headers))
    )


@dataclass(frozen=True)
class Visitor:
    """Somebody to be with one click, and where they work."""

    account: AccountId
    name: str
    roles: tuple[str, ...]
    leads: bool
    job: str
    place: str


def visitors() -> list[Visitor]:
    """Return whom one can be: learners, who leads a team, then who holds a role."""
    accounts = queries.demo_accounts()
    placed = queries.placements(at=clock.now(), people=[account.person for account in accounts])
    found = []
    for account in accounts:
        place = placed.get(account.person)
        where = [place.unit.name, place.site.name] if place else []
        job = place.job_name if place else ""
        found.append(
            Visitor(
                account=account.account,
                name=account.name,
                roles=account.roles,
                leads=account.leads,
                job=job,
                place=", ".join(name for name in dict.fromkeys(where) if name != job),
            )
        )
    return sorted(found, key=lambda visitor: (bool(visitor.roles), visitor.leads, visitor.name))


def history_progress() -> int | None:
    """Return how much of the demonstration's history is loaded, in per cent; none when nothing is under way."""
    progress: int | None = cache.get(HISTORY_PROGRESS)
    return progress


@policy.public
@never_cache
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """
    Sign in as the chosen account of the demonstration.

    :raises PermissionDenied: the demonstration is not offered here, or the account is not one of its own
    """
    if not is_offered(request):
        log.warning("refused: demo sign-in", extra={"path": request.path})
        raise PermissionDenied
    try:
        chosen = UUID(request.POST.get("account", ""))
    except ValueError:
        raise PermissionDenied from None
    if chosen not in {account.account for account in queries.demo_accounts()}:
        raise PermissionDenied
    request.demo_sign_in = True  # type: ignore[attr-defined]  # the record says so
    account = get_user_model().objects.get(pk=chosen)
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponseRedirect(resolve_url(settings.LOGIN_REDIRECT_URL))


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
