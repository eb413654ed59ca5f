import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.content.rendering import render, render_inline

FILES = {
    "media/cup.svg": "https://content.example.org/cup.svg?a=1&b=2",
    "media/line4.mp4": "https://content.example.org/line4.mp4",
    "media/line4.vtt": "https://content.example.org/line4.vtt",
    "media/line4.txt": "https://content.example.org/line4.txt",
    "media/bell.mp3": "https://content.example.org/bell.mp3",
    "media/card.pdf": "https://content.example.org/card.pdf",
}
TAGS = {
    *("p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "br", "hr", "a"),
    *("img", "div", "table", "thead", "tbody", "tr", "th", "td", "video", "track", "audio"),
}
ATTRIBUTES = {
    *("href", "rel", "src", "alt", "loading", "decoding", "class", "tabindex", "controls", "playsinline", "preload"),
    *("crossorigin", "aria-label", "kind", "srclang", "label", "default", "start", "title"),
}


def html(text: str) -> str:
    return render(text, address_of=FILES.get)


class Seen(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def assert_safe(page: str) -> None:
    for tag, attributes in Seen(page).tags:
        assert tag in TAGS, tag
        assert set(attributes) <= ATTRIBUTES, attributes
        assert "style" not in attributes
        if "href" in attributes:
            assert re.match(r"(?i)(https?|mailto|tel):", attributes["href"]), attributes
        if "src" in attributes:
            assert attributes["src"] in FILES.values()


class TestRenderingMarkdown:
    def test_makes_paragraphs_lists_and_emphasis(self):
        assert (
            html("One **two**\n\n- a\n- b") == "<p>One <strong>two</strong></p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
        )

    def test_shows_html_as_it_is_typed(self):
        assert html("<b onclick=x>hi</b>") == "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>\n"

    def test_headings_start_at_level_three(self):
        assert html("> # A") == "<blockquote>\n<h3>A</h3>\n</blockquote>\n"
        assert html("#### B") == "<h4>B</h4>\n"

    def test_a_line_of_dashes_makes_no_heading_of_the_line_above(self):
        assert "<h" not in html("Text\n---\n").replace("<hr", "")

    def test_columns_are_aligned_by_class_and_not_by_style(self):
        page = html("| A | B |\n|--:|:-:|\n| 1 | 2 |")
        assert 'class="align-right"' in page
        assert 'class="align-center"' in page
        assert "style" not in page
        assert page.startswith('<div class="table" tabindex="0"><table>')

    def test_a_picture_comes_from_the_content_host_with_its_words(self):
        assert html('![A "cup" & more](media/cup.svg)') == (
            '<p><img src="https://content.example.org/cup.svg?a=1&amp;b=2" alt="A &quot;cup&quot; &amp; more" '
            'loading="lazy" decoding="async"></p>\n'
        )

    def test_a_picture_that_is_not_there_leaves_its_words(self):
        assert html("![A cup](media/other.svg)") == "<p><em>A cup</em></p>\n"

    def test_a_video_has_captions_and_a_transcript(self):
        page = html("![A lead](media/line4.mp4)")
        assert '<track kind="captions" src="https://content.example.org/line4.vtt"' in page
        assert '<a class="transcript" href="https://content.example.org/line4.txt"' in page
        assert "autoplay" not in page
        assert_safe(page)

    def test_sounds_and_documents_get_what_fits_them(self):
        assert "<audio controls" in html("![A bell](media/bell.mp3)")
        assert '<a href="https://content.example.org/card.pdf"' in html("![The card](media/card.pdf)")

    def test_inline_text_has_no_block_around_it(self):
        assert render_inline("A *litre*", address_of=FILES.get) == "A <em>litre</em>"


class TestHostileMarkdown:
    @pytest.mark.parametrize(
        "text",
        [
            "[x](javascript:alert(1))",
            "[x](JAVASCRIPT:alert(1))",
            "[x](java\tscript:alert(1))",
            "[x](data:text/html;base64,PHN2Zz4=)",
            "[x](vbscript:x)",
            "[x](//evil.example)",
            "<javascript:alert(1)>",
            "[x]: javascript:alert(1)\n\n[x]",
            "![x](javascript:alert(1))",
            "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
            "![x](https://evil.example/pixel.png)",
            '![" onerror="alert(1)](media/cup.svg)',
            '[x](https://a.example/"onmouseover="alert(1))',
            '[x](https://a.example "t\\" onclick=\\"alert(1)")',
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            '| A |\n|:-:" onclick="x|\n| 1 |',
            '```" onclick="alert(1)\nx\n```',
            "```<script>\nx\n```",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "[x](&#106;avascript:alert(1))",
            "[<img src=x onerror=alert(1)>](https://a.example)",
        ],
    )
    def test_never_becomes_script_style_or_a_strange_address(self, text):
        assert_safe(html(text))
        assert_safe(render_inline(text, address_of=FILES.get))

    @given(
        st.lists(
            st.sampled_from(
                ["[", "]", "(", ")", "!", "<", ">", '"', "'", "`", "*", "_", "#", "|", "-", "\n", " ", "&", ";", ":",
                 "\\", "javascript:", "https://x.y", "media/cup.svg", "media/line4.mp4", "onerror=", "script", "a"]
            ),
            max_size=40,
        ).map("".join)
    )  # fmt: skip
    def test_whatever_is_typed_the_page_stays_safe(self, text):
        assert_safe(html(text))

    def test_deep_nesting_ends(self):
        assert_safe(html("> " * 5000 + "x"))
        assert_safe(html("[" * 5000 + "x" + "](https://a.example)" * 5000))
