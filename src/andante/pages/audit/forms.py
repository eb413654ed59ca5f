"""The question that an auditor asks."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from andante.evidence import operations
from andante.evidence.queries import Known
from andante.kernel.ids import PersonId
from andante.obligations import queries as obligations
from andante.people import queries as people

MOST_NAMED = 5
FIRST_YEAR, LAST_YEAR = 1970, 2200
YEARS = {"first": FIRST_YEAR, "last": LAST_YEAR}
LONGEST_NOTE = 4 * 1024
"""Bytes of a checkpoint."""
DAY = {"type": "date"}
TIME = {"type": "time"}


class QuestionForm(forms.Form):
    """Who was qualified for what, when, where, and as known when."""

    requirement = forms.ChoiceField(label=gettext_lazy("Requirement"))
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    time = forms.TimeField(label=gettext_lazy("Time"), widget=forms.TimeInput(attrs=TIME, format="%H:%M"))
    zone = forms.ChoiceField(label=gettext_lazy("On the clocks of"))
    unit = forms.ChoiceField(label=gettext_lazy("Only who worked in"), required=False)
    person = forms.CharField(
        label=gettext_lazy("Only this person"),
        help_text=gettext_lazy("Name or number. Leave it empty for everybody."),
        required=False,
        max_length=200,
    )
    known = forms.ChoiceField(
        label=gettext_lazy("As known"),
        choices=[
            (Known.NOW.value, gettext_lazy("now, with everything that is on record")),
            (Known.THEN.value, gettext_lazy("then: only what was on record at that moment")),
            (Known.AT.value, gettext_lazy("at another moment, on the same clocks:")),
        ],
        widget=forms.RadioSelect,
        initial=Known.NOW.value,
    )
    known_day = forms.DateField(
        label=gettext_lazy("Known on"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )
    known_time = forms.TimeField(
        label=gettext_lazy("at"), required=False, widget=forms.TimeInput(attrs=TIME, format="%H:%M")
    )

    def __init__(self, *args: Any, own_zone: str, now: datetime, **kwargs: Any) -> None:
        """Offer the requirements, sites and units there are; three queries."""
        super().__init__(*args, **kwargs)
        self._now = now
        units = people.units()
        sites = [(unit.time_zone, f"{unit.name} ({unit.time_zone})") for unit in units.values() if unit.kind == "site"]
        zones = {own_zone: _("my own zone (%(zone)s)") % {"zone": own_zone}, "UTC": "UTC"}
        names: dict[str, str] = {}
        for zone, name in sites:
            names[zone] = f"{names[zone].rpartition(' (')[0]}, {name}" if zone in names else name
        choices: dict[str, Any] = {
            "requirement": [
                (each.id, _("%(title)s (withdrawn)") % {"title": each.title} if each.withdrawn else each.title)
                for each in obligations.requirements(withdrawn=True)
            ],
            "zone": list({**names, **{zone: name for zone, name in zones.items() if zone not in names}}.items()),
            "unit": [("", _("everywhere")), *((unit.path, _indented(unit)) for unit in units.values())],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        here = now.astimezone(zoneinfo.ZoneInfo(own_zone))
        self.fields["day"].initial, self.fields["time"].initial = here.date(), here.time().replace(second=0)
        self.fields["zone"].initial = own_zone

    @property
    def can_be_asked(self) -> bool:
        """Whether there is anything to ask about."""
        return bool(self.fields["requirement"].choices)  # type: ignore[attr-defined]

    def clean_person(self) -> PersonId | None:
        """Find whom the name, number or id means."""
        text = self.cleaned_data["person"].strip()
        if not text:
            return None
        found = people.meant(text, at=self._now, limit=MOST_NAMED + 1)
        if not found:
            raise forms.ValidationError(_("Nobody is known by this name or number."))
        if len(found) > 1:
            names = ", ".join(f"{entry.name} ({entry.number or entry.id})" for entry in found[:MOST_NAMED])
            more = ", …" if len(found) > MOST_NAMED else ""
            raise forms.ValidationError(
                _("Several people are meant: %(names)s. Write one's number.") % {"names": names + more}
            )
        return found[0].id

    def clean(self) -> dict[str, Any]:
        """Put day, time and zone together."""
        values: dict[str, Any] = super().clean() or {}
        zone = zoneinfo.ZoneInfo(values.get("zone") or "UTC")
        for name in ("day", "known_day"):
            if values.get(name) and not FIRST_YEAR <= values[name].year <= LAST_YEAR:
                self.add_error(name, _("Write a year between %(first)s and %(last)s.") % YEARS)
        if values.get("day") and values.get("time"):
            values["moment"] = datetime.combine(values["day"], values["time"], zone)
        if values.get("known") == Known.AT.value:
            if values.get("known_day") and values.get("known_time") is not None:
                values["known_at"] = datetime.combine(values["known_day"], values["known_time"], zone)
            else:
                self.add_error("known_day", _("Say as known when: a day and a time."))
        return values


class SinceForm(forms.Form):
    """An auditor's earlier checkpoint, which a file is to agree with: as it was kept, or its size alone."""

    checkpoint = forms.FileField(
        label=gettext_lazy("Your earlier checkpoint"),
        help_text=gettext_lazy(
            "The file of four lines that you kept last time. Then the file proves, too, that nothing "
            "before it was rewritten."
        ),
        required=False,
    )
    size = forms.CharField(
        label=gettext_lazy("or the number of records in it"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    @property
    def since(self) -> int | None:
        """The size that was given, of a valid form; none where none was."""
        found: int | None = self.cleaned_data["checkpoint"] or self.cleaned_data["size"]
        return found

    def clean_checkpoint(self) -> int | None:
        """Read the size that the file names."""
        file = self.cleaned_data["checkpoint"]
        if not file:
            return None
        if file.size > LONGEST_NOTE:
            raise forms.ValidationError(_("This is no checkpoint: it has more than four lines."))
        return _size(file.read().decode("utf-8", "replace"))

    def clean_size(self) -> int | None:
        """Read the size that was typed."""
        text = self.cleaned_data["size"].strip()
        return _size(text) if text else None


def _size(text: str) -> int:
    try:
        return operations.earlier_checkpoint(text)
    except operations.CheckpointUnfit as refusal:
        raise forms.ValidationError(str(refusal)) from None


def _indented(unit: people.UnitView) -> str:
    return "\u2003" * unit.path.count("/") + unit.name
