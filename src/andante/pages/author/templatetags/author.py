"""`{% load author %}`: shares, days and minutes in words, and as bars beside their table."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from andante.insight.queries import Quartiles
from andante.pages.author import words

register = template.Library()

register.filter("percent", words.percent)
register.filter("duration", words.duration)
register.filter("days", words.days)
register.filter("days_long", words.days_long)


@register.simple_tag
def bar(share: float, tone: str = "") -> SafeString:
    """
    A share from 0 to 1 as a bar. The same number stands beside it.

    :param tone: "good", "bad", or nothing
    """
    return format_html(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect{} width="{}" height="10"/></svg>',
        format_html(' class="is-{}"', tone) if tone else "",
        f"{100 * share:.1f}",
    )


@register.simple_tag
def spread(found: Quartiles, longest: float, tone: str = "") -> SafeString:
    """
    The middle half of the values as a bar, with a mark at the median.

    :param longest: where the scale ends
    """
    scale = 100 / longest if longest else 0.0
    left, middle, right = (scale * value for value in (found.lower, found.median, found.upper))
    return format_html(
        '<svg class="bar is-spread" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"'
        ' focusable="false"><rect{} x="{}" width="{}" height="10"/><rect class="bar-mark" x="{}" width="1.5"'
        ' height="10"/></svg>',
        format_html(' class="is-{}"', tone) if tone else "",
        f"{left:.1f}",
        f"{max(right - left, 1):.1f}",
        f"{min(max(middle - 0.75, 0), 98.5):.1f}",
    )
