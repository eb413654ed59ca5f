"""Whatever stands in the files, reading ends with findings at real places and never with a crash."""

import hashlib
import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from andante.content.linting import judge
from andante.content.parsing import parse_source
from andante.content.parsing.source import Source, SourceFile
from andante.content.tests.folders import BANK, MODULE, SPILL

PATHS = ("course.yaml", MODULE, "modules/02-second.md", BANK, "aids/spill-card.md")
WHOLE = {path: (SPILL / path).read_text() for path in PATHS if (SPILL / path).exists()}
ODD_LINES = """---|```|~~~|## Idea: x|## Check: x|## Decide: x|###|### a: b|### a: END|- x → a|- x -> a (b +1, c)
- [ ] x|- []|  > x|> x|\tx|state: a|# x|{site.x}|![](x)|[a](b:c)|id: a|title: [|title: {a: b}
? a|- b|!!x y|&a b|*a|\ufeff|\u2028"""
LINES = st.sampled_from(
    [*re.split("[|\n]", ODD_LINES), *sorted({line for text in WHOLE.values() for line in text.split("\n")})]
)
SHUFFLED = st.lists(LINES, max_size=25).map("\n".join)


@st.composite
def cut(draw, text: str) -> str:
    """A whole file with some lines lost, doubled or moved: how texts break in real life."""
    lines = text.split("\n")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(lines) - 1)))
        what = draw(st.sampled_from(["lose", "double", "insert"]))
        if what == "lose":
            lines[at : at + 1] = []
        elif what == "double":
            lines[at:at] = lines[at : at + 1]
        else:
            lines.insert(at, draw(LINES))
    return "\n".join(lines)


def files(text_of):
    return st.fixed_dictionaries({}, optional={path: text_of(path) for path in PATHS})


def source_of(texts: dict[str, bytes]) -> Source:
    return Source(
        {
            path: SourceFile(path=path, sha256=hashlib.sha256(data).hexdigest(), size=len(data), data=data)
            for path, data in sorted(texts.items())
        }
    )


def assert_findings_at_real_places(texts: dict[str, bytes]) -> None:
    reading = parse_source(source_of(texts))
    for finding in judge(reading, today=date(2026, 1, 15)):
        data = texts.get(finding.place.file, b"")
        lines = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert 1 <= finding.place.line <= len(lines), finding
        assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1, finding
        assert finding.message.endswith((".", "?")), finding
        assert finding.mend.endswith((".", "?", ".”")), finding


class TestReadingAnything:
    @given(files(lambda path: cut(WHOLE.get(path, WHOLE[MODULE]))))
    def test_courses_with_lines_lost_doubled_or_moved_are_read_to_the_end(self, texts):
        assert_findings_at_real_places({path: text.encode() for path, text in (WHOLE | texts).items()})

    @given(files(lambda _path: SHUFFLED))
    def test_lines_in_any_order_are_read_to_the_end(self, texts):
        assert_findings_at_real_places({path: text.encode() for path, text in texts.items()})

    @given(files(lambda _path: st.binary(max_size=200)))
    def test_any_bytes_are_read_to_the_end(self, texts):
        assert_findings_at_real_places(texts)

    @given(files(lambda _path: st.text(max_size=200).map(lambda text: f"---\n{text}\n---\n## Idea: x\n{text}")))
    def test_any_text_in_front_matter_and_cards_is_read_to_the_end(self, texts):
        assert_findings_at_real_places({path: text.encode("utf-8", "replace") for path, text in texts.items()})
