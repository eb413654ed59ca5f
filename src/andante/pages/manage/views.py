"""The manager's pages. Every one shows the team of who is signed in, and nobody else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from andante.engagement import operations
from andante.engagement import queries as engagement
from andante.kernel import clock
from andante.kernel.ids import PersonId
from andante.pages.manage import markup, tables, words
from andante.pages.manage.board import MOST, board
from andante.pages.manage.listing import Filters, listing, rows
from andante.pages.manage.member import member
from andante.people import policy

LONGEST_NUMBER = 6


@policy.manager
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    found = board(team=policy.team(request), at=clock.now())
    return render(request, "manage/home.html", {"board": found, "at": found.at, "team": policy.team(request)})


@policy.manager
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    page = 0 if "all" in request.GET else max(1, _number(request.GET.get("page", "1")))
    found = listing(team=policy.team(request), filters=Filters.of(request.GET), page=page, at=clock.now())
    return render(request, "manage/people.html", {"list": found, "rows": markup.entries(found.entries)})


@policy.manager
@require_safe
def people_csv(request: HttpRequest) -> HttpResponse:
    found = listing(team=policy.team(request), filters=Filters.of(request.GET), page=0, at=clock.now())
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    response = HttpResponse(f"\ufeff{tables.as_csv(rows(found))}", content_type="text/csv; charset=utf-8")
    day = timezone.localtime(found.at).date().isoformat()
    response["Content-Disposition"] = f'attachment; filename="team-{day}.csv"'
    return response


@policy.manager
@require_safe
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    (of,) = _of_team(request, [PersonId(person)])
    found = member(of, at=clock.now())
    if found is None:
        raise Http404
    return render(request, "manage/person.html", {"found": found, "at": found.at, "rows": markup.duties(found.duties)})


@policy.manager
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest) -> HttpResponse:
    """Show what would be sent, to whom and when; by POST, let it be sent."""
    at = clock.now()
    if request.method == "POST":
        return _send(request, at)
    chosen = _of_team(request, _people(request.GET.getlist("person")))
    if not chosen:
        chosen = list(engagement.attention(people=policy.team(request), at=at, most=MOST).people)
    reminders = engagement.reminders(people=chosen, at=at)
    ready = [each for each in reminders if each.can_be_sent]
    context = {
        "at": at,
        "ready": ready,
        "others": [each for each in reminders if not each.can_be_sent],
        "draft": engagement.draft(ready[0], manager=policy.person_view(request).name) if ready else None,
        "longest_note": operations.LONGEST_NOTE,
    }
    return render(request, "manage/remind.html", context)


def _send(request: HttpRequest, at: datetime) -> HttpResponse:
    chosen = _of_team(request, _people(request.POST.getlist("person")))
    if not chosen:
        messages.warning(request, _("Choose at least one person."))
        return redirect("team_remind")
    try:
        nudged = operations.nudge(
            manager=policy.person(request),
            people=chosen,
            by=policy.principal(request),
            at=at,
            note=request.POST.get("note", ""),
        )
    except operations.NotInTeam:
        raise Http404 from None
    except operations.NoteTooLong:
        messages.warning(request, _("Your line is longer than 300 characters. Nothing was sent."))
        return redirect("team_remind")
    say = messages.success if nudged.asked else messages.info
    say(request, words.asked(nudged.asked, at=at))
    return redirect("team")


def _of_team(request: HttpRequest, people: list[PersonId]) -> list[PersonId]:
    """
    Return these people.

    :raises Http404: one of them is not in the team, or does not exist: the same answer, which tells nothing
    """
    if not policy.team(request).issuperset(people):
        raise Http404
    return people


def _people(texts: list[str]) -> list[PersonId]:
    """
    Read ids from a form or an address.

    :raises Http404: one of them is none
    """
    try:
        return [PersonId(UUID(text)) for text in dict.fromkeys(texts)]
    except ValueError:
        raise Http404 from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else 1
