"""How every form of the pages is written: label, help, field, error; a summary of errors on top."""

from __future__ import annotations

from dataclasses import dataclass

from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Field, FileInput, RadioSelect, Select
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext as _


class Renderer(TemplatesSetting):
    """Forms and fields by our templates; widgets by Django's own."""

    form_template_name = "design/forms/form.html"
    field_template_name = "design/forms/field.html"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field."""

    text: str
    names_the_field: bool
    """Whether the text says which field it is about, so that nothing else has to."""


def faults(field: BoundField) -> list[Fault]:
    """Return what is wrong with a field; of an empty one without words of its own, which it is and what to do."""
    found = []
    for error in field.errors.as_data():
        if error.code == "required" and error.message == Field.default_error_messages["required"]:
            found.append(Fault(_missing(field) % {"field": field.label}, names_the_field=True))
        else:
            found += [Fault(str(text), names_the_field=False) for text in error.messages]
    return found


def _missing(field: BoundField) -> str:
    match field.field.widget:
        case CheckboxInput():
            return _("“%(field)s” is not ticked. Tick it to go on.")
        case CheckboxSelectMultiple():
            return _("Nothing is ticked for “%(field)s”. Tick at least one.")
        case RadioSelect() | Select():
            return _("Nothing is chosen for “%(field)s”. Choose one.")
        case FileInput():
            return _("No file is chosen for “%(field)s”. Choose one.")
    return _("“%(field)s” is empty. Fill it in.")
