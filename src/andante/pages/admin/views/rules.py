"""Requirements: the list, writing one, what it would do, applying and withdrawing it."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from andante.evidence.queries import plain, principal_names
from andante.kernel import clock
from andante.obligations import operations, queries
from andante.obligations.operations import NotRequired, RequirementRefused
from andante.obligations.queries import Affected, FormRefused, Preview, RequirementForm, RequirementId
from andante.pages.admin import words
from andante.pages.admin.forms import RuleForm, TextForm, initial_of
from andante.pages.admin.starters import STARTERS
from andante.people import policy

SHOWN = 50
KINDS = ("gains", "loses", "changed")
_SALT = "andante.admin.simulated"


@policy.role("administrator")
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    page = {"rules": words.rules(), "starters": STARTERS, "area": "admin"}
    return render(request, "admin/rules.html", page)


@policy.role("administrator")
@require_safe
def new(request: HttpRequest) -> HttpResponse:
    starter = next((each for each in STARTERS if each.slug == request.GET.get("starter")), None)
    return _edit(request, RuleForm(initial=dict(starter.values) if starter else {}), TextForm())


@policy.role("administrator")
@require_safe
def rule(request: HttpRequest, rule: str) -> HttpResponse:
    found = _found(rule)
    said = words.Words()
    names = principal_names(each.by for each in found.history)
    page = {
        "rule": said.rule(found, people=queries.people_counts().get(found.id, 0), by=names[found.by]),
        "history": [
            (each, names[each.by], said.rule(found, people=0, by="") if each.form is None else _said(said, each.form))
            for each in found.history
        ],
        "text": _text(found.form),
        "area": "admin",
    }
    return render(request, "admin/rule.html", page)


@policy.role("administrator")
@require_safe
def change(request: HttpRequest, rule: str) -> HttpResponse:
    found = _found(rule)
    initial = initial_of(found.form)
    form = RuleForm(initial=initial, fixed=found.id) if initial else None
    return _edit(request, form, TextForm(initial={"text": _text(found.form)}), fixed=found.id)


@policy.role("administrator")
@require_POST
def simulate(request: HttpRequest) -> HttpResponse:
    """What the rule would do, as fields or as text; writes nothing."""
    fixed = request.POST.get("fixed", "")
    if request.POST.get("as") == "text":
        text = TextForm(request.POST)
        fields = RuleForm(fixed=fixed)
        chosen: RuleForm | TextForm = text
        form = text.requirement()
    else:
        chosen = fields = RuleForm(request.POST, fixed=fixed)
        form = fields.requirement()
        text = TextForm(initial={"text": fields.text()} if fields.is_valid() else {})
    if form is not None:
        try:
            return _previewed(request, form, queries.preview(form, at=clock.now()))
        except RequirementRefused as refusal:
            chosen.refuse(refusal.key, str(refusal))
    return _edit(request, fields, text, fixed=fixed, status=422)


@policy.role("administrator")
@require_POST
def affected_csv(request: HttpRequest) -> HttpResponse:
    """Everybody whom the rule would concern. A form, because the rule is not applied yet and its text is long."""
    form, found = _again(request)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["what", "person", "name", "why", "begins_at", "due_before", "due_at", "done"])
    for kind in (*KINDS, "unchanged"):
        for who in getattr(found, kind):
            moments = [each.isoformat() if each else "" for each in (who.begins_at, who.due_before, who.due_at)]
            done = "yes" if who.done else "no"
            writer.writerow([kind, who.person, plain(who.name), plain(who.why), *moments, done])
    return HttpResponse(
        "\ufeff" + file.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{form.id}-simulated.csv"', "Cache-Control": "no-store"},
    )


@policy.role("administrator")
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Apply exactly what was simulated; where it would do something else by now, simulate once more."""
    form, found = _again(request)
    try:
        simulated = signing.loads(request.POST.get("token", ""), salt=_SALT)
    except signing.BadSignature:
        simulated = {}
    if simulated.get("form") != _digest(form):
        return _previewed(request, form, found, note="form")
    if simulated.get("counts") != _counts(found):
        return _previewed(request, form, found, note="counts")
    why = request.POST.get("reason", "").strip()[:1_000]
    if not why:
        return _previewed(request, form, found, note="reason")
    operations.apply_requirement(form=form, by=policy.principal(request), at=clock.now(), why=why)
    messages.success(request, _("“%(title)s” is applied. Duties follow within seconds.") % {"title": form.title})
    return redirect("admin_rule", form.id)


@policy.role("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, rule: str) -> HttpResponse:
    found = _found(rule)
    if found.withdrawn:
        return redirect("admin_rule", rule)
    why = request.POST.get("reason", "").strip()[:1_000]
    if request.method == "POST" and why:
        try:
            operations.withdraw_requirement(requirement=found.id, by=policy.principal(request), at=clock.now(), why=why)
        except NotRequired as refusal:
            messages.error(request, str(refusal))
            return redirect("admin_rules")
        messages.success(request, _("“%(title)s” is withdrawn.") % {"title": found.title})
        return redirect("admin_rules")
    page = {
        "rule": words.Words().rule(found, people=queries.people_counts().get(found.id, 0), by=""),
        "missing": request.method == "POST",
        "area": "admin",
    }
    return render(request, "admin/withdraw.html", page, status=422 if request.method == "POST" else 200)


def _said(said: words.Words, form: RequirementForm) -> words.RuleInWords:
    """A revision in words."""
    parts = said.who(form), said.what(form), said.due(form), said.renewal(form), said.effective(form)
    return words.RuleInWords(None, *parts, 0, "")  # type: ignore[arg-type]


def _found(rule: str) -> queries.RequirementView:
    found = queries.requirement(RequirementId(rule))
    if found is None:
        raise Http404
    return found


def _text(form: RequirementForm) -> str:
    try:
        return queries.form_text(form)
    except ValueError:
        return ""


def _edit(
    request: HttpRequest, form: RuleForm | None, text: TextForm, *, fixed: str = "", status: int = 200
) -> HttpResponse:
    page = {"form": form, "text": text, "fixed": fixed, "open": text.is_bound or form is None, "area": "admin"}
    return render(request, "admin/rule_form.html", page, status=status)


def _again(request: HttpRequest) -> tuple[RequirementForm, Preview]:
    """The rule that was simulated, from its text; not found where somebody changed it into something else."""
    try:
        form = queries.parse_form(request.POST.get("text", ""))
        return form, queries.preview(form, at=clock.now())
    except (FormRefused, RequirementRefused):
        raise Http404 from None


def _previewed(request: HttpRequest, form: RequirementForm, found: Preview, *, note: str = "") -> HttpResponse:
    before = queries.requirement(form.id)
    token = signing.dumps({"form": _digest(form), "counts": _counts(found)}, salt=_SALT)
    page: dict[str, Any] = {
        "form": form,
        "said": _said(words.Words(), form),
        "preview": found,
        "groups": [(kind, getattr(found, kind)[:SHOWN], len(getattr(found, kind))) for kind in KINDS],
        "done": sum(who.done for who in found.gains),
        "shown": SHOWN,
        "before": before if before and not before.withdrawn else None,
        "same": before is not None and not before.withdrawn and before.form == form,
        "text": _text(form),
        "token": token,
        "note": note,
        "reason": request.POST.get("reason", ""),
        "area": "admin",
    }
    return render(request, "admin/simulated.html", page, status=422 if note else 200)


def _digest(form: RequirementForm) -> str:
    return hashlib.sha256(_text(form).encode()).hexdigest()


def _counts(found: Preview) -> list[int]:
    groups: list[tuple[Affected, ...]] = [found.gains, found.loses, found.changed]
    return [len(group) for group in groups]
