"""
What every request of a signed-in person goes through: has the sign-in ended, who is it, in which zone and
language.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext

from andante.kernel import clock
from andante.people import policy, queries, rules, viewing
from andante.people.models import Account
from andante.people.sessions import SEEN, STARTED

WRITE_EVERY = timedelta(minutes=1)
"""`seen` is written at most so often: a page that is only read should not write."""


class PersonMiddleware:
    """
    Puts `person` (a PersonView, or none), `roles` and `leads` (whether somebody reports to them) on the request, in at
    most two queries: session, and account with person. And `viewer`, where an administrator sees as somebody else.

    A sign-in ends after ANDANTE_IDLE_MINUTES without a request, and after `rules.ABSOLUTE_LIFETIME` in any
    case.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's time zone and language."""
        request.person = request.viewer = None  # type: ignore[attr-defined]
        request.roles, request.leads = frozenset(), False  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            _end_what_is_over(request)
        user = request.user
        if not isinstance(user, Account) or user.person is None:
            return self.get_response(request)
        request.person = queries.person_view(user.person)  # type: ignore[attr-defined]
        request.roles, request.leads = frozenset(user.roles), user.leads  # type: ignore[attr-defined]
        viewing.apply_to(request)
        person = policy.person_view(request)
        zone = zoneinfo.ZoneInfo(person.time_zone)
        with timezone.override(zone), translation.override(person.language):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            return self.get_response(request)


def _end_what_is_over(request: HttpRequest) -> None:
    session, now = request.session, clock.now()
    started, seen = _instant(session.get(STARTED)), _instant(session.get(SEEN))
    idle = timedelta(minutes=settings.ANDANTE_IDLE_MINUTES)
    longest = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    over = rules.ended(started=started, seen=seen, now=now, idle=idle, longest=longest)
    if over:
        request.sign_out_reason = over  # type: ignore[attr-defined]  # for the record, see receivers
        logout(request)
        messages.info(request, gettext("You were signed out to keep your record safe. Sign in to go on."))
    elif abs(now - seen) >= WRITE_EVERY:
        session[SEEN] = int(now.timestamp())


def _instant(seconds: int | None) -> datetime:
    """Return the moment; one without a stamp was not made by a sign-in of ours, and is over."""
    return datetime.fromtimestamp(seconds or 0, UTC)
