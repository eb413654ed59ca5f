"""
`{% url %}`, in every template: Django's, but each address is put together once, for finding it among all patterns costs
as much as ten variables, and a page has a dozen.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template import Context, defaulttags
from django.template.base import Parser, Token
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.html import conditional_escape

register = template.Library()
ADDRESSES_IN_MEMORY = 10_000


class URLNode(defaulttags.URLNode):
    """Django's node, which asks the memory first."""

    def render(self, context: Context) -> str:
        """Write the address; what is not in the memory, is not there, or has keywords, is Django's business."""
        if self.kwargs:
            return super().render(context)
        try:
            args = tuple(arg.resolve(context) for arg in self.args)
            address = _address(get_urlconf(), self.view_name.resolve(context), args)
        except NoReverseMatch:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = address
            return ""
        return conditional_escape(address) if context.autoescape else address


@lru_cache(maxsize=ADDRESSES_IN_MEMORY)
def _address(addresses: str | None, name: str, args: tuple[Any, ...]) -> str:
    return reverse(name, urlconf=addresses, args=args)


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Read the tag as Django does."""
    node = defaulttags.url(parser, token)
    return URLNode(node.view_name, node.args, node.kwargs, node.asvar)
