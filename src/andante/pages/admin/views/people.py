"""People: finding them, what is held of one, roles, logins, and seeing as somebody."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from andante.evidence import queries as evidence
from andante.evidence.queries import ChangeFilter
from andante.kernel import clock
from andante.kernel.ids import AccountId, PersonId
from andante.obligations import queries as obligations
from andante.people import operations, policy, queries, viewing
from andante.people.operations import PeopleError

ON_A_PAGE = 50
ROLES = {
    "administrator": gettext_lazy("Administrator: rules, people, everything on record"),
    "auditor": gettext_lazy("Auditor: who was qualified, and everything on record"),
    "author": gettext_lazy("Author: how courses do"),
}
MISSING = {"manager": gettext_lazy("nobody to report to"), "email": gettext_lazy("no e-mail address")}


@policy.role("administrator")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("text", "").replace("\x00", "").strip()[:200]
    unit = request.GET.get("unit", "").replace("\x00", "")[:200]
    missing = request.GET.get("missing", "")
    after = _after(request)
    found = queries.directory(
        at=clock.now(),
        text=text,
        unit=unit,
        missing=missing if missing in MISSING else "",
        after=after,
        limit=ON_A_PAGE + 1,
    )
    units = queries.units().values()
    page = {
        "entries": found[:ON_A_PAGE],
        "last": found[ON_A_PAGE - 1] if len(found) > ON_A_PAGE else None,
        "text": text,
        "unit": unit,
        "missing": missing if missing in MISSING else "",
        "lacking": MISSING.get(missing, ""),
        "units": [(each.path, "\u2003" * each.path.count("/") + each.name) for each in units],
        "paged": after is not None,
        "area": "admin",
    }
    return render(request, "admin/people.html", page)


@policy.role("administrator")
@require_safe
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    return _page(request, PersonId(person))


@policy.role("administrator")
@require_POST
def roles(request: HttpRequest, person: UUID) -> HttpResponse:
    """Give or take one role, with a reason."""
    id, role, why = PersonId(person), request.POST.get("role", ""), _reason(request)
    if not why:
        return _page(request, id, refused={f"role-{role}": _("Say why: the reason goes on record.")})
    try:
        if request.POST.get("what") == "give":
            operations.grant_role(person=id, role=role, why=why, by=policy.principal(request), at=clock.now())
            messages.success(request, _("The role “%(role)s” is given.") % {"role": role})
        else:
            operations.revoke_role(person=id, role=role, why=why, by=policy.principal(request), at=clock.now())
            messages.success(request, _("The role “%(role)s” is taken back.") % {"role": role})
    except PeopleError as refusal:
        messages.error(request, str(refusal))
    return redirect("admin_person", person)


@policy.role("administrator")
@require_POST
def close_login(request: HttpRequest, person: UUID) -> HttpResponse:
    """End one of somebody's logins for good, with a reason."""
    why = _reason(request)
    account = next(
        (each for each in queries.accounts_of(PersonId(person)) if str(each.id) == request.POST.get("account")), None
    )
    if account is None:
        raise Http404
    if not why:
        said = {f"account-{account.id}": _("Say why: the reason goes on record.")}
        return _page(request, PersonId(person), refused=said)
    if account.id == policy.account(request):
        messages.error(request, _("This is the login that you are signed in with. Somebody else must close it."))
        return redirect("admin_person", person)
    try:
        operations.deactivate_account(
            account=AccountId(account.id), by=policy.principal(request), at=clock.now(), why=why
        )
        messages.success(request, _("The login “%(login)s” is closed.") % {"login": account.login})
    except PeopleError as refusal:
        messages.error(request, str(refusal))
    return redirect("admin_person", person)


@policy.role("administrator")
@require_POST
def view_as(request: HttpRequest, person: UUID) -> HttpResponse:
    """See from now on what somebody sees; the reason is compulsory."""
    try:
        viewing.start(request, person=PersonId(person), why=_reason(request), at=clock.now())
    except operations.ReasonMissing:
        return _page(request, PersonId(person), refused={"view-as": _("Say why: the reason goes on record.")})
    except PeopleError:
        raise Http404 from None
    return redirect("home")


@policy.while_viewing
@policy.signed_in
@require_POST
def view_as_end(request: HttpRequest) -> HttpResponse:
    """See with one's own eyes again."""
    seen = policy.person_view(request) if policy.viewer(request) else None
    viewing.end(request, at=clock.now())
    return redirect("admin_person", seen.id) if seen else redirect("home")


def _page(request: HttpRequest, id: PersonId, *, refused: dict[str, str] | None = None) -> HttpResponse:
    found = queries.person(id)
    if found is None:
        raise Http404
    now = clock.now()
    held = queries.roles(id)
    refused = refused or {}
    page = {
        "person": found,
        "placed": queries.placements(at=now, people=[id]).get(id),
        "history": queries.placement_history(id),
        "duties": obligations.duties(people=[id], at=now),
        "roles": [(name, label, name in held, refused.get(f"role-{name}")) for name, label in ROLES.items()],
        "accounts": [(each, refused.get(f"account-{each.id}")) for each in queries.accounts_of(id)],
        "view_as_refused": refused.get("view-as"),
        "changes": evidence.changes(ChangeFilter(person=id), limit=20),
        "own": id == policy.person(request),
        "erased": queries.is_erased(id),
        "area": "admin",
    }
    return render(request, "admin/person.html", page, status=422 if refused else 200)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\x00", "").strip()[:1_000]


def _after(request: HttpRequest) -> tuple[str, UUID] | None:
    name, id = request.GET.get("name", ""), request.GET.get("after", "")
    if not id:
        return None
    try:
        return name.replace("\x00", "")[:200], UUID(id)
    except ValueError:
        raise Http404 from None
