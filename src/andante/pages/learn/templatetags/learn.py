"""`{% load learn %}`: an author's words as HTML, and the kind of a card."""

from django import template
from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from andante.content import queries as content
from andante.content.document import Aid, Card, Check, Decide, Example, Idea, Reflect
from andante.kernel import clock
from andante.pages.design import icons

register = template.Library()

KINDS: dict[type[Card], tuple[str, Promise]] = {
    Idea: ("idea", _("Idea")),
    Example: ("example", _("Example")),
    Check: ("question", _("Check")),
    Decide: ("scenario", _("Scenario")),
    Reflect: ("reflect", _("Reflection")),
    Aid: ("aid", _("Job aid")),
}


@register.simple_tag(takes_context=True)
def prose(context: Context, text: str) -> SafeString:
    """Markdown as blocks. The page's `view` says of which version it is."""
    return content.html(text, published=context["view"].published, at=clock.now())


@register.simple_tag(takes_context=True)
def phrase(context: Context, text: str) -> SafeString:
    """Markdown of one paragraph, for labels and buttons."""
    return content.inline_html(text, published=context["view"].published, at=clock.now())


@register.simple_tag
def kind_of(card: Card) -> SafeString:
    """Icon and name of the card's kind."""
    icon, name = KINDS[type(card)]
    return format_html("{}{}", icons.icon(icon), name)
