"""
Our Markdown: CommonMark with tables and strikethrough, without HTML. One parser for reading, judging and
rendering.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

SAFE_LINK = re.compile(r"(?i)(https?://[^\s]|mailto:[^\s@]+@[^\s@]|tel:\+?[0-9])")
"""Where a link may lead."""
MEDIA_PATH = re.compile(r"media/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\Z")
"""What a picture or video may be: a file of the course's own media folder."""


def _see_all(url: str) -> bool:  # noqa: ARG001 - the parser calls it by name
    return True


def new_parser() -> MarkdownIt:
    """
    A parser with our rules.

    Underlined headings and indented code are off: a line of dashes or four spaces never change what a text
    means.
    """
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False, "maxNesting": 12})
    parser.enable(["table", "strikethrough"])
    parser.disable(["lheading", "code", "html_block", "html_inline"])
    # The reader reports forbidden addresses and the renderer drops them: here, they are to be seen.
    parser.validateLink = _see_all  # type: ignore[method-assign]
    return parser


PARSER = new_parser()
# The parser's library fills its tables of addresses when one is first asked for, and shows them half full to other
# threads. A module is imported once and by one thread: here.
PARSER.parse("<https://example.org/%20>")


@dataclass(frozen=True)
class Reference:
    """
    A link, or a picture or video with its description, and the line of the text (from 0) on which it stands.
    """

    kind: Literal["link", "media"]
    target: str
    description: str
    line: int


def tokens(text: str) -> Iterator[tuple[int, Token]]:
    """All inline tokens of a text, each with its line from 0."""
    for block in PARSER.parse(text):
        line = block.map[0] if block.map else 0
        for token in block.children or ():
            yield line, token
            line += token.type in {"softbreak", "hardbreak"}


def references(text: str) -> Iterator[Reference]:
    """Every link, picture and video of a text."""
    for line, token in tokens(text):
        if token.type == "image":
            yield Reference("media", str(token.attrGet("src") or ""), token.content.strip(), line)
        elif token.type == "link_open":
            yield Reference("link", str(token.attrGet("href") or ""), "", line)


def plain_words(text: str) -> str:
    """The words of a text without its marks, pictures and code, one block a line."""
    blocks = []
    for block in PARSER.parse(text):
        parts = [
            token.content if token.type == "text" else " "
            for token in block.children or ()
            if token.type in {"text", "softbreak", "hardbreak"}
        ]
        if block.children:
            blocks.append("".join(parts))
    return "\n".join(blocks)
