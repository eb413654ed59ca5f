"""
"View as": an administrator sees what somebody else sees, to help. Recorded with a reason, and read-only.

While it lasts, `request.person`, the roles and the team are those of the person seen; who acts stays the
administrator. The policy refuses whatever could change something, and the administrator's own account pages.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from andante.kernel.ids import PersonId
from andante.people import operations, policy, queries, rules

_SESSION_KEY = "view-as"


def start(request: HttpRequest, *, person: PersonId, why: str, at: datetime) -> None:
    """
    See from now on what a person sees.

    :raises PermissionDenied: not an administrator, who sees as themselves
    :raises PeopleError: no reason is given, or there is no such person
    """
    if rules.Role.ADMINISTRATOR not in policy.roles(request) or policy.viewer(request):
        raise PermissionDenied
    operations.record_view_as_started(person=person, by=policy.principal(request), at=at, why=why)
    request.session[_SESSION_KEY] = str(person)


def end(request: HttpRequest, *, at: datetime) -> None:
    """See with one's own eyes again; nothing happens where that is so."""
    person = request.session.pop(_SESSION_KEY, None)
    if person is not None:
        operations.record_view_as_ended(person=PersonId(UUID(person)), by=policy.principal(request), at=at)


def apply_to(request: HttpRequest) -> None:
    """Put the person seen on the request, where an administrator sees as somebody else. Costs a query then."""
    person = request.session.get(_SESSION_KEY)
    # Whoever lost the role meanwhile sees with their own eyes.
    if person is None or rules.Role.ADMINISTRATOR not in policy.roles(request):
        return
    seen = queries.seen(PersonId(UUID(person)))
    if seen is not None:
        request.viewer = policy.person_view(request)  # type: ignore[attr-defined]
        request.person = seen.person  # type: ignore[attr-defined]
        request.roles = seen.roles  # type: ignore[attr-defined]
        request.leads = seen.leads  # type: ignore[attr-defined]
