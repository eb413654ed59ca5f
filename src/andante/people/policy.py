"""
Who may open what: denied unless declared.

Every view says who it is for with one of `public`, `signed_in`, `own_account`, `manager` and `role`, on a
function or on a class:

    @policy.role("administrator")
    def everybody(request): ...

`PolicyMiddleware` refuses a view that says nothing. A class says it for itself: a subclass does not inherit
it, so that nobody opens a page without noticing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from andante.kernel import clock
from andante.kernel.arrays import IdSet
from andante.kernel.ids import AccountId, PersonId
from andante.kernel.principals import Principal, account_principal
from andante.people import queries, rules
from andante.people.queries import PersonView

log = logging.getLogger(__name__)

ATTRIBUTE = "andante_policy"
WHILE_VIEWING = "andante_while_viewing"
SAFE = {"GET", "HEAD", "OPTIONS"}
NOBODY: IdSet[PersonId] = IdSet("{}", 0)
View = TypeVar("View", bound=Callable[..., Any])


class Audience(Enum):
    """Who a view is for."""

    PUBLIC = "everybody"
    SIGNED_IN = "who is signed in"
    OWN_ACCOUNT = "who is signed in, for themselves"
    MANAGER = "who has a team"
    ROLE = "who holds a role"


@dataclass(frozen=True)
class Policy:
    """What a view declares."""

    audience: Audience
    roles: frozenset[str] = frozenset()

    def allows(self, request: HttpRequest) -> bool:
        """Decide whether the request's account may open the view."""
        if self.audience is Audience.PUBLIC:
            return True
        if not request.user.is_authenticated:
            return False
        match self.audience:
            case Audience.SIGNED_IN:
                return True
            case Audience.OWN_ACCOUNT:
                return viewer(request) is None
            case Audience.MANAGER:
                return bool(team(request))
        return bool(self.roles & roles(request))


def public(view: View) -> View:
    """Declare that everybody may open the view, signed in or not."""
    return _declare(view, Policy(Audience.PUBLIC))


def signed_in(view: View) -> View:
    """Declare that everybody who is signed in may open the view."""
    return _declare(view, Policy(Audience.SIGNED_IN))


def own_account(view: View) -> View:
    """Declare that the view is about the account that is signed in: open to it, and closed while viewing as another."""
    return _declare(view, Policy(Audience.OWN_ACCOUNT))


def manager(view: View) -> View:
    """Declare that who has a team may open the view; it must show that team only, see `team`."""
    return _declare(view, Policy(Audience.MANAGER))


def while_viewing(view: View) -> View:
    """Declare that the view may also be posted to while viewing as another: the one that ends it."""
    setattr(view, WHILE_VIEWING, True)
    return view


def role(*names: str) -> Callable[[View], View]:
    """
    Declare that who holds one of these roles may open the view.

    :raises RoleUnknown: there is no such role
    """
    policy = Policy(Audience.ROLE, frozenset(rules.role(name) for name in names))
    return lambda view: _declare(view, policy)


def declared(view: Callable[..., Any]) -> Policy | None:
    """Return what the view declares; none when it, or its class itself, says nothing."""
    found = getattr(view, ATTRIBUTE, None)
    if found is None and (cls := getattr(view, "view_class", None)):
        found = vars(cls).get(ATTRIBUTE)
    return found if isinstance(found, Policy) else None


def account(request: HttpRequest) -> AccountId:
    """
    Return the account that is signed in.

    :raises PermissionDenied: none is
    """
    if not request.user.is_authenticated:
        raise PermissionDenied
    return AccountId(request.user.pk)


def principal(request: HttpRequest) -> Principal:
    """
    Return who acts, as operations want it.

    :raises PermissionDenied: nobody is signed in
    """
    return account_principal(account(request))


def person(request: HttpRequest) -> PersonId:
    """
    Return the person who is signed in, or whom an administrator sees as.

    :raises PermissionDenied: nobody is, or the account is nobody's (one for another system)
    """
    return person_view(request).id


def person_view(request: HttpRequest) -> PersonView:
    """
    Return the person who is signed in, with name, time zone and language.

    :raises PermissionDenied: nobody is, or the account is nobody's
    """
    found = getattr(request, "person", None)
    if not isinstance(found, PersonView):
        raise PermissionDenied
    return found


def roles(request: HttpRequest) -> frozenset[str]:
    """Return the roles of the person who is signed in, or seen; none when nobody is."""
    found: frozenset[str] = getattr(request, "roles", frozenset())
    return found


def viewer(request: HttpRequest) -> PersonView | None:
    """Return the administrator who sees as somebody else; none where everybody sees with their own eyes."""
    return getattr(request, "viewer", None)


def team(request: HttpRequest) -> IdSet[PersonId]:
    """Return who reports, today, to the person who is signed in, or seen. Asked once a request."""
    found: IdSet[PersonId] | None = getattr(request, "team", None)
    if found is None:
        leads = getattr(request, "leads", False)
        found = queries.team(person(request), at=clock.now()) if leads else NOBODY
        request.team = found  # type: ignore[attr-defined]
    return found


class PolicyMiddleware:
    """
    Refuses what no policy allows: to nobody the sign-in page, to others "not allowed"; each refusal is
    logged.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on: the decision is made when the view is known."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: tuple[Any, ...],  # noqa: ARG002 - Django's signature
        kwargs: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponse | None:
        """Let the view run, or answer instead of it."""
        policy = declared(view)
        if policy is None:
            log.error("refused: no policy is declared", extra=_context(request))
            raise PermissionDenied
        if viewer(request) and request.method not in SAFE and not getattr(view, WHILE_VIEWING, False):
            log.warning("refused: viewing as somebody else", extra=_context(request))
            raise PermissionDenied(_("You are looking at this as somebody else: nothing can be changed."))
        if policy.allows(request):
            return None
        if request.user.is_authenticated:
            log.warning("refused: not allowed", extra=_context(request))
            raise PermissionDenied
        log.info("refused: not signed in", extra=_context(request))
        return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer with the sign-in page, from which the person comes back to where they were."""
    response = redirect_to_login(_way_back(request))
    if getattr(request, "htmx", None):
        # A fragment would show the sign-in page within the page.
        return HttpResponseClientRedirect(response.url)
    return response


def _way_back(request: HttpRequest) -> str:
    """Return the address to open after signing in: this one, or for a form the page that it stood on."""
    if request.method in {"GET", "HEAD"} and not getattr(request, "htmx", None):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(page)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _declare(view: View, policy: Policy) -> View:
    setattr(view, ATTRIBUTE, policy)
    return view


def _context(request: HttpRequest) -> dict[str, Any]:
    """Return what the log says of a refusal: never the query, which may hold something secret."""
    user = request.user
    who = account_principal(user.pk) if user.is_authenticated else "nobody"
    return {"method": request.method, "path": request.path, "by": who}
