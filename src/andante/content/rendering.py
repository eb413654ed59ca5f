"""
From Markdown to safe HTML.

What an author writes cannot become script, style or an address of its own choosing: HTML is off, links lead to a few
schemes only, and pictures come from the course's own files.
"""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import PurePosixPath
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from andante.content.document.minutes import VIDEO
from andante.content.markdown import SAFE_LINK, new_parser

AddressOf = Callable[[str], str | None]
"""The address of a media file by its path in the course; None where there is no such file."""

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg")
_SOUND = (".mp3",)
_HIGHEST_HEADING = 3


def render(text: str, *, address_of: AddressOf, transcript: str = "Transcript", language: str = "en") -> str:
    """
    A Markdown text as HTML blocks.

    :param transcript: the word for a link to a video's transcript
    :param language: of the captions
    """
    return _rendered(text, address_of, transcript, language, inline=False)


def render_inline(text: str, *, address_of: AddressOf) -> str:
    """A Markdown text of one paragraph as HTML that may stand inside a label or a button."""
    return _rendered(text, address_of, "", "en", inline=True)


def _rendered(text: str, address_of: AddressOf, transcript: str, language: str, *, inline: bool) -> str:
    env: dict[str, Any] = {"address_of": address_of, "transcript": transcript, "language": language}
    tokens = _PARSER.parseInline(text, env) if inline else _PARSER.parse(text, env)
    for token in tokens:
        _tame(token)
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, env)
    return html


def _tame(token: Token) -> None:
    """Take from a token what our pages do not allow: high headings, style attributes, strange addresses."""
    if token.type in {"heading_open", "heading_close"}:
        token.tag = f"h{max(_HIGHEST_HEADING, int(token.tag[1:]))}"
    if style := token.attrs.pop("style", None):
        token.attrSet("class", f"align-{str(style).removeprefix('text-align:')}")
    if token.type == "link_open":
        if not SAFE_LINK.match(str(token.attrGet("href") or "")):
            token.attrs.pop("href", None)
        token.attrSet("rel", "noopener noreferrer")
    for child in token.children or ():
        _tame(child)


def _media(renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    """A picture, video or sound; its words alone where the file is missing."""
    path = str(tokens[index].attrGet("src") or "")
    description = escape(renderer.renderInlineAsText(tokens[index].children or [], _options, env))
    address = env["address_of"](path)
    if address is None:
        return f"<em>{description}</em>"
    ending = PurePosixPath(path).suffix.lower()
    source = escape(address)
    if ending in _PICTURES:
        return f'<img src="{source}" alt="{description}" loading="lazy" decoding="async">'
    if ending in VIDEO:
        return _video(path, source, description, env)
    if ending in _SOUND:
        return f'<audio controls preload="none" src="{source}" aria-label="{description}"></audio>'
    return f'<a href="{source}" rel="noopener noreferrer">{description}</a>'


def _video(path: str, source: str, description: str, env: Any) -> str:
    """The browser's own player, with captions and a link to the transcript where there are such files."""
    stem = path.rsplit(".", 1)[0]
    captions, transcript = env["address_of"](f"{stem}.vtt"), env["address_of"](f"{stem}.txt")
    language = escape(env["language"])
    track = ""
    if captions:
        track = f'<track kind="captions" src="{escape(captions)}" srclang="{language}" label="{language}" default>'
    link = (
        f' <a class="transcript" href="{escape(transcript)}" rel="noopener noreferrer">{escape(env["transcript"])}</a>'
        if transcript
        else ""
    )
    return (
        f'<video controls playsinline preload="metadata" crossorigin="anonymous" src="{source}" '
        f'aria-label="{description}">{track}</video>{link}'
    )


def _table_open(_renderer: RendererHTML, _tokens: Sequence[Token], _index: int, _options: Any, _env: Any) -> str:
    # A wide table scrolls inside its own box, which the keyboard must be able to reach.
    return '<div class="table" tabindex="0"><table>\n'


def _table_close(_renderer: RendererHTML, _tokens: Sequence[Token], _index: int, _options: Any, _env: Any) -> str:
    return "</table></div>\n"


def _renderer() -> MarkdownIt:
    parser = new_parser()
    parser.add_render_rule("image", _media)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


_PARSER = _renderer()
