"""Answering an inspector: the question, the answer, what proves it, and a person's file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from andante.content import queries as content
from andante.credentials import queries as credentials
from andante.evidence import operations, queries
from andante.evidence.operations import QuestionRefused
from andante.evidence.queries import Known, Place
from andante.kernel import clock
from andante.kernel.ids import PersonId
from andante.learning import queries as learning
from andante.obligations.queries import RequirementId
from andante.pages.audit.forms import QuestionForm
from andante.pages.design.downloads import download, too_many
from andante.people import policy
from andante.people import queries as people_queries

FACTS_ON_A_PAGE = 100
PEOPLE_ON_A_PAGE = 50
SHOWN = 2_000
"""People in an answer on a page; the table (CSV) always has all of them."""


@dataclass(frozen=True)
class Done:
    """A completed course in somebody's file."""

    title: str
    number: int | None
    done: learning.CompletedAttempt
    certificate: credentials.CertificateView | None


@policy.role("auditor", "administrator")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    initial = {name: request.GET[name] for name in ("requirement", "person", "unit") if name in request.GET}
    return _home(request, _form(request, initial=initial))


@policy.role("auditor", "administrator")
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    form = _form(request, request.POST)
    if not form.is_valid():
        return _home(request, form, status=422)
    values = form.cleaned_data
    try:
        record = operations.ask(
            requirement=RequirementId(values["requirement"]),
            moment=values["moment"],
            zone=values["zone"],
            person=values["person"],
            unit=values["unit"],
            known=Known(values["known"]),
            known_at=values.get("known_at"),
            by=policy.principal(request),
            at=clock.now(),
        )
    except QuestionRefused as refusal:
        field = {"moment": "day", "known_at": "known_day"}.get(refusal.key, refusal.key)
        form.add_error(field, str(refusal))
        return _home(request, form, status=422)
    return redirect("audit_answer", record)


@policy.role("auditor", "administrator")
@require_safe
def answer(request: HttpRequest, record: UUID) -> HttpResponse:
    asked = queries.asked(record)
    if asked is None:
        told = queries.record(record)
        if told and told.archived:
            return redirect("audit_record", record)
        raise Http404
    found = queries.answer(asked.question, at=clock.now())
    page = {
        "asked": asked,
        "answer": found,
        "rows": found.rows[:SHOWN],
        "hidden": max(0, len(found.rows) - SHOWN),
        "scope": queries.scope_sentence(found),
        "exclusions": queries.exclusions(found),
        "area": "audit",
    }
    return render(request, "audit/answer.html", page)


@policy.role("auditor", "administrator")
@require_POST
def table(request: HttpRequest, record: UUID) -> HttpResponse:
    try:
        data = operations.export_csv(question=record, by=policy.principal(request), at=clock.now())
    except operations.QuestionUnknown:
        raise Http404 from None
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=_download(f"answer-{record}.csv"))


@policy.role("auditor", "administrator")
@require_POST
def evidence(request: HttpRequest, record: UUID) -> HttpResponseBase:
    refused = too_many(request, "take_evidence")
    if refused is not None:
        return refused
    try:
        parcel = operations.export_evidence(question=record, by=policy.principal(request), at=clock.now())
    except operations.QuestionUnknown:
        raise Http404 from None
    return download(parcel, content_type="application/zip")


@policy.role("auditor", "administrator")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("text", "").replace("\x00", "").strip()[:200]
    after = _after(request)
    found = people_queries.directory(at=clock.now(), text=text, after=after, limit=PEOPLE_ON_A_PAGE + 1)
    entries = found[:PEOPLE_ON_A_PAGE]
    last = entries[-1] if len(found) > PEOPLE_ON_A_PAGE else None
    page = {"entries": entries, "text": text, "last": last, "paged": after is not None, "area": "audit"}
    return render(request, "audit/people.html", page)


@policy.role("auditor", "administrator")
@require_safe
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    id = PersonId(person)
    found = people_queries.person(id)
    if found is None:
        raise Http404
    before = _before(request)
    facts, more = queries.one_page(queries.concerning(id, before=before, limit=FACTS_ON_A_PAGE + 1), FACTS_ON_A_PAGE)
    page = {
        "person": found,
        "placed": people_queries.placements(at=clock.now(), people=[id]).get(id),
        "history": people_queries.placement_history(id),
        "done": _done(id),
        "facts": facts,
        "more": more,
        "later": before is not None,
        "now": clock.now(),
        "area": "audit",
    }
    return render(request, "audit/person.html", page)


def _form(request: HttpRequest, *given: Any, **more: Any) -> QuestionForm:
    return QuestionForm(*given, own_zone=policy.person_view(request).time_zone, now=clock.now(), **more)


def _home(request: HttpRequest, form: QuestionForm, *, status: int = 200) -> HttpResponse:
    before = _before(request)
    found = queries.handed(before=before, limit=21)
    page = {
        "form": form,
        "handed": found[:20],
        "more": Place(found[19].at, found[19].record) if len(found) > 20 else None,
        "later": before is not None,
        "area": "audit",
    }
    return render(request, "audit/home.html", page, status=status)


def _done(person: PersonId) -> list[Done]:
    completions = learning.completions(people=[person])
    versions = content.versions([each.version for each in completions])
    issued = {each.completion: each for each in credentials.certificates(person)}
    return [
        Done(
            title=versions[each.version].document.title if each.version in versions else each.course,
            number=versions[each.version].number if each.version in versions else None,
            done=each,
            certificate=issued.get(each.id),
        )
        for each in reversed(completions)
    ]


def _before(request: HttpRequest) -> Place | None:
    """The place in the list that the address names; not found where it names none."""
    text = request.GET.get("before", "")
    if not text:
        return None
    try:
        return Place.parse(text)
    except ValueError:
        raise Http404 from None


def _after(request: HttpRequest) -> tuple[str, UUID] | None:
    name, id = request.GET.get("name", ""), request.GET.get("after", "")
    if not id:
        return None
    try:
        return name.replace("\x00", "")[:200], UUID(id)
    except ValueError:
        raise Http404 from None


def _download(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
