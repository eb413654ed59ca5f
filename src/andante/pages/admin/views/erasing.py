"""Erasing who somebody was, where the law asks for it: what goes and what stays is shown first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from andante.kernel import clock
from andante.kernel.ids import PersonId
from andante.people import operations, policy, queries
from andante.people.operations import PeopleError, PersonErased


class ErasureForm(forms.Form):
    """The law and the reason, which stay on record, and the name, typed by hand: nothing else stops a wrong click."""

    law = forms.CharField(
        label=gettext_lazy("Which law demands it"),
        help_text=gettext_lazy("Such as: GDPR Art. 17(1)(a). It stays on record."),
        error_messages={"required": gettext_lazy("Name the law: it goes on record.")},
        max_length=200,
    )
    reason = forms.CharField(
        label=gettext_lazy("Your reason, for the record"),
        help_text=gettext_lazy("It stays: name nobody in it. Such as: request of 14 November."),
        error_messages={"required": gettext_lazy("Say why: the reason goes on record.")},
        max_length=1_000,
    )
    name = forms.CharField(
        label=gettext_lazy("Type the name"),
        error_messages={"required": gettext_lazy("Type the name, so that it is not done by a wrong click.")},
        max_length=200,
    )

    def __init__(self, *args: Any, name: str, **named: Any) -> None:
        """Take the name that is to be typed."""
        super().__init__(*args, **named)
        self._name = name
        self.fields["name"].help_text = _("Exactly as it stands above: %(name)s") % {"name": name}
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean_name(self) -> str:
        """Compare it."""
        typed: str = self.cleaned_data["name"]
        if typed != self._name:
            raise forms.ValidationError(_("That is not the name. Nothing was erased."))
        return typed


@policy.role("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show what would go; by POST, erase it for good. Asks first whether it is still the administrator."""
    if queries.person(PersonId(person)) is None:
        raise Http404
    answer: HttpResponse = _erase(request, PersonId(person))
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def _erase(request: HttpRequest, person: PersonId) -> HttpResponse:
    try:
        preview = operations.erasure_of(person, at=clock.now())
    except PersonErased as refusal:
        messages.info(request, str(refusal))
        return redirect("admin_person", person)
    form = ErasureForm(request.POST or None, name=preview.name)
    own = person == policy.person(request)
    if request.method == "POST" and form.is_valid() and not own:
        law, why = form.cleaned_data["law"], form.cleaned_data["reason"]
        try:
            count = operations.erase_person(
                person=person, law=law, why=why, by=policy.principal(request), at=clock.now()
            )
        except PeopleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said(count))
            if preview.archived:
                months = ", ".join(preview.archived)
                messages.warning(request, _("Archives still say who it was: %(months)s.") % {"months": months})
            return redirect("admin_person", person)
    page = {
        "found": preview,
        "form": form,
        "own": own,
        "area": "admin",
    }
    return render(request, "admin/erase.html", page, status=422 if form.errors else 200)


def _said(count: int) -> str:
    said = ngettext(
        "Erased: %(count)s record says no more who this was.",
        "Erased: %(count)s records say no more who this was.",
        count,
    )
    copies = _("Copies in backups, files that were handed out and mails stay until you remove them.")
    return f"{said % {'count': count}} {copies}"
