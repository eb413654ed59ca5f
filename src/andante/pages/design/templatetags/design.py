"""`{% load design %}`: icons, steps and the chosen theme."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.template import Context
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from andante.kernel.zones import clocks
from andante.pages.design import icons, theme
from andante.pages.design.forms import faults
from andante.pages.design.segments import Segment

register = template.Library()


@register.simple_tag
@cache
def asset(path: str) -> str:
    """Address of a built file, with the hash of its content; those of a running program never change."""
    return static(path)


@register.simple_tag
def icon(name: str) -> SafeString:
    return icons.icon(name)


@register.inclusion_tag("design/components/segments.html")
def segments(steps: Iterable[Segment], label: str = "") -> Mapping[str, Any]:
    """`label` names the list; without one it is called "Steps"."""
    return {"steps": steps, "label": label}


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> SafeString:
    """` data-theme="dark"` where the reader chose so; nothing where the page follows the device."""
    return theme.attribute(context.get("request"))


@register.simple_tag(takes_context=True)
def locked_while_viewing(context: Context) -> SafeString:
    """
    For a button that changes something: out of reach while an administrator looks at the page as somebody else.

    The reason stands beside it: `design/components/only_looking.html`, once a page.
    """
    viewing = getattr(context.get("request"), "viewer", None) is not None
    return SafeString(' disabled aria-describedby="only-looking"' if viewing else "")


@register.filter(expects_localtime=True)
def on_clocks(moment: datetime | None, form: str) -> str:
    """A moment, written as `date` would, and on which clocks: "5 July 2026, 14:05 (Dublin, UTC+1)"."""
    return f"{date_format(moment, form)} {clocks(moment)}" if moment else ""


register.filter("faults", faults)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """One box to tick: its label stands behind it, not above."""
    return isinstance(field.field.widget, CheckboxInput)
