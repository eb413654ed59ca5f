"""The form of a requirement. It is written out as its YAML text, so that one reader finds every mistake."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from andante.content import queries as content
from andante.obligations import queries as obligations
from andante.obligations.queries import FormRefused, RequirementForm
from andante.pages.admin.words import values_of
from andante.people import queries as people

SHIFTS = [
    ("early", gettext_lazy("early")),
    ("late", gettext_lazy("late")),
    ("night", gettext_lazy("night")),
    ("day", gettext_lazy("day")),
]
AUDIENCE = ("job", "site", "department", "unit", "shift")
FIELD_OF = {
    "accept": "accept_from",
    "due": "due_within",
    "within": "due_within",
    "before": "before_first_shift",
    "renew": "renew_every",
    "every": "renew_every",
    "opens": "renew_opens",
    "audience": "job",
}
"""Fields of the browser's form by keys of the text, where they are called differently."""
PERIODS = {"due", "within", "renew", "every", "opens"}
"""Keys whose mend in the text would puzzle somebody who fills in a form."""


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes, one below the other."""


def _ticks(label: Any, help: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, help_text=help, required=False, widget=Ticks)


class RuleForm(forms.Form):
    """Who must hold what, by when, and for how long it counts."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    id = forms.CharField(
        label=gettext_lazy("Id"),
        help_text=gettext_lazy("Small letters, digits and hyphens. It stays the same when the rule is changed."),
        max_length=64,
    )
    course = forms.ChoiceField(label=gettext_lazy("Course"))
    accept_from = forms.IntegerField(
        label=gettext_lazy("First version that counts"),
        help_text=gettext_lazy("Empty: any version."),
        required=False,
        min_value=1,
        max_value=999_999,
    )
    job = _ticks(gettext_lazy("Jobs"), gettext_lazy("None ticked: any job. So below."))
    site = _ticks(gettext_lazy("Sites"))
    department = _ticks(gettext_lazy("Departments"))
    unit = _ticks(gettext_lazy("Lines, wards and teams"))
    shift = _ticks(gettext_lazy("Shifts"))
    due_within = forms.CharField(
        label=gettext_lazy("Due within"),
        help_text=gettext_lazy(
            "Such as 7 days, 12 hours or 2 weeks; counted from the latest of hire, place of work and when the rule "
            "takes effect. Empty: at no set time."
        ),
        required=False,
        max_length=20,
    )
    before_first_shift = forms.BooleanField(
        label=gettext_lazy("and before the first shift alone, if that is earlier"), required=False
    )
    renew_every = forms.CharField(
        label=gettext_lazy("Renewed every"),
        help_text=gettext_lazy("Such as 12 months. Empty: never."),
        required=False,
        max_length=20,
    )
    renew_opens = forms.CharField(
        label=gettext_lazy("May be renewed from"),
        help_text=gettext_lazy("before it runs out. Empty: 30 days."),
        required=False,
        max_length=20,
    )
    effective = forms.CharField(
        label=gettext_lazy("In effect from"),
        help_text=gettext_lazy("On the clocks of each site. Empty: as soon as it is applied."),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "datetime-local"}),
    )
    why = forms.CharField(
        label=gettext_lazy("Why it is asked"),
        help_text=gettext_lazy("Everybody whom it concerns reads this."),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, fixed: str = "", **kwargs: Any) -> None:
        """
        Offer the courses, jobs and units there are.

        :param fixed: the id of the rule that is changed
        """
        super().__init__(*args, **kwargs)
        units = people.units().values()
        places = [(unit.kind, unit.path, unit.name) for unit in units]
        offered: dict[str, list[tuple[str, Any]]] = {
            "course": [(each.course_id, each.document.title) for each in content.catalogue()],
            "job": list(people.jobs().items()),
            "site": [(path, name) for kind, path, name in places if kind == "site"],
            "department": [(path, f"{name} ({path})") for kind, path, name in places if kind == "department"],
            "unit": [(path, f"{name} ({path})") for kind, path, name in places if kind in {"line", "team"}],
            "shift": list(SHIFTS),
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self._fixed = fixed
        if fixed:
            self.fields["id"].widget = forms.HiddenInput()

    def clean_effective(self) -> str:
        """Return the time as the text has it: each site's own, so in no zone."""
        return "T".join(self.cleaned_data["effective"].split())[:16]

    def text(self) -> str:
        """Return what was filled in as the form's text."""
        values = self.cleaned_data
        lines = [f"id: {json.dumps(self._fixed or values['id'])}", f"title: {_quoted(values['title'])}"]
        parts = [f"{name}: [{', '.join(map(json.dumps, values[name]))}]" for name in AUDIENCE if values[name]]
        lines += [f"audience: {{{', '.join(parts)}}}"] if parts else []
        lines += [f"course: {json.dumps(values['course'])}"]
        if values["accept_from"]:
            lines += [f"accept: {{from version: {values['accept_from']}}}"]
        if values["due_within"] or values["before_first_shift"]:
            within = [f"within: {_quoted(values['due_within'])}"] if values["due_within"] else []
            before = ["before: first-unsupervised-shift"] if values["before_first_shift"] else []
            lines += [f"due: {{{', '.join(within + before)}}}"]
        if values["renew_every"] or values["renew_opens"]:
            opens = f", opens: {_quoted(values['renew_opens'])}" if values["renew_opens"] else ""
            lines += [f"renew: {{every: {_quoted(values['renew_every'])}{opens}}}"]
        lines += [f"effective: {_quoted(values['effective'])}"] if values["effective"] else []
        lines += [f"why: {_quoted(values['why'])}"] if values["why"] else []
        return "\n".join(lines) + "\n"

    def requirement(self) -> RequirementForm | None:
        """Read what was filled in; where there are mistakes, put each beside its field and return none."""
        if not self.is_valid():
            return None
        try:
            return obligations.parse_form(self.text())
        except FormRefused as refusal:
            for problem in refusal.problems:
                mend = _("Write it as 7 days, 12 hours or 2 weeks.") if problem.key in PERIODS else problem.mend
                self.refuse(problem.key, f"{problem.message} {mend}")
        return None

    def refuse(self, key: str, message: str) -> None:
        """Put a mistake beside the field of a key of the text."""
        name = FIELD_OF.get(key, key)
        self.add_error(name if name in self.fields else None, message)


class TextForm(forms.Form):
    """The same as text."""

    text = forms.CharField(
        label=gettext_lazy("The rule as text (YAML)"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        strip=False,
    )

    def requirement(self) -> RequirementForm | None:
        """Read the text; where there are mistakes, name each with its line and return none."""
        if not self.is_valid():
            return None
        try:
            return obligations.parse_form(self.cleaned_data["text"])
        except FormRefused as refusal:
            for problem in refusal.problems:
                values = {"line": problem.line, "message": problem.message, "mend": problem.mend}
                self.add_error("text", _("Line %(line)s: %(message)s %(mend)s") % values)
        return None

    def refuse(self, _key: str, message: str) -> None:
        """Say a mistake."""
        self.add_error("text", message)


def initial_of(form: RequirementForm) -> dict[str, Any] | None:
    """Return the values of the browser's form for a requirement; none where it cannot say its audience."""
    audience = values_of(form)
    if audience is None:
        return None
    return {
        "id": form.id,
        "title": form.title,
        "course": form.course,
        "accept_from": form.accept_from,
        "due_within": str(form.due.within) if form.due else "",
        "before_first_shift": bool(form.due and form.due.before_first_shift),
        "renew_every": str(form.renew.every) if form.renew else "",
        "renew_opens": str(form.renew.opens) if form.renew else "",
        "effective": form.effective.isoformat(timespec="minutes") if form.effective else "",
        "why": form.why,
        **audience,
    }


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
