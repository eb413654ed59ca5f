import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.content import formatting
from andante.content.findings import CourseInvalid
from andante.content.formatting import format_texts
from andante.content.ids import ID
from andante.content.parsing import read_course
from andante.content.tests.folders import BANK, MODULE, SPILL, change, put, spill

TEXTS = {
    path: (SPILL / path).read_text() for path in ("course.yaml", MODULE, BANK, "aids/spill-card.md")
}  # fmt: skip
IN_HEADINGS = re.compile(r" \{#[^{}]*\}")


def without_ids(text: str) -> str:
    return re.sub(r"(?m)^id: .*\n", "", IN_HEADINGS.sub("", text))


def formatted(texts: dict[str, str]) -> dict[str, str]:
    return format_texts(texts, folder_name="Spill Course!")


def ids_in(text: str) -> list[str]:
    return re.findall(r"\{#([^}]*)\}", text)


# Pieces of courses, whole and broken, in any order: whatever an author may leave behind.
PIECES = st.sampled_from(
    [
        "---\n",
        "id: first-minute\n",
        "id:\n",
        "id: Bad One\n",
        '"id": quoted\n',
        "title: Words\n",
        "# comment\n",
        "%YAML 1.2\n",
        "## Idea: One {#k7f3}\n",
        "## Idea: Two {#k7f3}\n",
        "## Idea: {#\n",
        "## Idea:\n",
        "## Check (all that apply): Which? {#Bad}\n",
        "## Decide: Night\n",
        "## Decide: Night {#m2xc} {#p9rd}\n",
        "state: safe -1, minutes=-2\n",
        "### A smell -> rises (safe -1)\n",
        "- Go -> there -> out (safe -1, minutes – 2)\n",  # noqa: RUF001
        "- Go → out (safe - 1)\n",
        "- Go->out\n",
        "- No arrow (safe -1)\n",
        "### out: Done -1. END\n",
        "```\n",
        "~~~~ python\n",
        "```x```\n",
        "> because -> of -1\n",
        "Text -> with -1.\n",
        "\n",
        "   \n",
        "\t- [x] deep\n",
    ]
)
ANY_TEXT = st.one_of(
    st.lists(PIECES, max_size=14).map("".join),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\n"), max_size=80),
)


class TestFormatting:
    def test_a_formatted_course_does_not_change(self):
        assert formatted(TEXTS) == TEXTS

    @given(st.dictionaries(st.sampled_from([*TEXTS, "modules/02-more.md", "bank/more.md"]), ANY_TEXT))
    def test_formatting_again_changes_nothing(self, texts):
        once = formatted(texts)
        assert formatted(once) == once

    @given(st.dictionaries(st.sampled_from([*TEXTS, "modules/02-more.md", "bank/more.md"]), ANY_TEXT))
    def test_touches_nothing_but_ids_arrows_minus_signs_and_the_end(self, texts):
        def bare(text):
            text = without_ids(re.sub(r"(?m)^[\"']?id[\"']?[ \t]*:.*(\n|\Z)", "", text))
            return re.sub(r"[ ]*\n", "\n", text.replace("→", "->").replace("−", "-").replace("–", "-")).strip()  # noqa: RUF001

        after = formatted(texts)
        assert {path: bare(text) for path, text in texts.items()} == {path: bare(text) for path, text in after.items()}

    def test_gives_every_card_question_module_aid_and_the_course_an_id_of_its_own(self, tmp_path):
        folder = spill(tmp_path / "Spill Course")
        for path, text in TEXTS.items():
            put(folder, path, without_ids(text))
        formatting.write(folder, formatting.formatted(folder))
        course = read_course(folder).course
        assert read_course(folder).findings == ()
        assert (course.id, course.modules[0].id) == ("spill-course", "first-minute")
        assert next(iter(course.aids.values())).id == "spill-card"
        ids = [*course.cards, *course.items]
        assert len(ids) == len(set(ids)) == 7 + 6
        assert all(ID.match(id) for id in ids)

    def test_the_course_means_the_same_afterwards(self, tmp_path):
        folder = spill(tmp_path / "course")
        before = read_course(folder).course
        put(folder, MODULE, (folder / MODULE).read_text().replace("→", "->").replace("\N{MINUS SIGN}1", "-1"))
        assert read_course(folder).course == before.__class__(**vars_without_cache(before))
        formatting.write(folder, formatting.formatted(folder))
        assert (folder / MODULE).read_text() == TEXTS[MODULE]

    def test_a_pasted_card_gets_a_new_id_and_the_first_keeps_its_own(self):
        first, *_ = ids_in(TEXTS[MODULE])
        card = f"\n## Idea: Pasted {{#{first}}}\nText.\n"
        after = formatted({**TEXTS, MODULE: TEXTS[MODULE] + card})
        new = ids_in(after[MODULE])
        assert new[:-1] == ids_in(TEXTS[MODULE])
        assert new[-1] not in ids_in(TEXTS[MODULE] + TEXTS[BANK])

    def test_a_module_s_card_keeps_its_id_when_it_is_pasted_into_the_bank(self):
        check = next(line for line in TEXTS[MODULE].split("\n") if line.startswith("## Check"))
        after = formatted({**TEXTS, BANK: TEXTS[BANK] + f"\n{check}\n- [x] A\n- [ ] B\n"})
        assert after[MODULE] == TEXTS[MODULE]
        assert ids_in(after[BANK])[-1] not in ids_in(TEXTS[MODULE])

    def test_a_pasted_module_gets_a_new_id_and_new_card_ids(self):
        after = formatted({**TEXTS, "modules/02-copy.md": TEXTS[MODULE]})
        assert after[MODULE] == TEXTS[MODULE]
        assert "id: copy\n" in after["modules/02-copy.md"]
        assert not set(ids_in(after["modules/02-copy.md"])) & set(ids_in(TEXTS[MODULE]))

    def test_an_id_that_cannot_be_one_is_replaced(self):
        after = formatted({MODULE: "---\nid: Not An Id\ntitle: x\n---\n## Idea: A {#Nope!}\n"})
        assert after[MODULE].startswith("---\nid: first-minute\ntitle: x\n---\n## Idea: A {#")
        assert "Nope" not in after[MODULE]

    def test_arrows_and_minus_signs_are_set_in_choices_and_states_only(self):
        text = (
            "## Decide: Night {#k7f3}\nstate: safe -1\n### It is -1 outside -> cold.\nMinus -1 -> stays.\n"
            "- Go -> on -> out (safe -1)\n### out: Out -> there -1. END\n> Why -> -1\n\n"
            "## Idea: After {#m2xc}\n- a -> b (c -1)\n"
        )
        after = formatted({BANK: text})[BANK]
        assert after == text.replace("state: safe -1", "state: safe −1").replace(  # noqa: RUF001
            "- Go -> on -> out (safe -1)",
            "- Go -> on → out (safe −1)",  # noqa: RUF001
        )

    def test_code_and_front_matter_are_left_alone(self):
        text = "---\ntitle: x\n## Idea: a comment of YAML\nid: m1\n---\n```\n## Idea: code\n- a -> b\n```\n"
        assert formatted({MODULE: text})[MODULE] == text

    def test_windows_line_ends_and_byte_order_marks_go(self, tmp_path):
        folder = spill(tmp_path / "course")
        put(folder, MODULE, b"\xef\xbb\xbf" + TEXTS[MODULE].replace("\n", "\r\n").encode())
        result = formatting.formatted(folder)
        assert result.changed == {MODULE: TEXTS[MODULE]}

    def test_a_course_that_begins_with_a_directive_gets_its_id_below(self):
        after = formatted({"course.yaml": "# ours\n%YAML 1.2\n---\ntitle: x\n"})
        assert after["course.yaml"] == "# ours\n%YAML 1.2\n---\nid: spill-course\ntitle: x\n"

    def test_is_refused_when_a_file_is_no_text(self, tmp_path):
        folder = spill(tmp_path / "course")
        put(folder, MODULE, b"\xff")
        with pytest.raises(CourseInvalid, match="A001"):
            formatting.formatted(folder)

    def test_an_interrupted_write_leaves_the_old_file_and_no_other(self, tmp_path, monkeypatch):
        folder = spill(tmp_path / "course")
        change(folder, MODULE, "→ pads", "-> pads")
        result = formatting.formatted(folder)
        before = (folder / MODULE).read_text()

        def fail(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="No space"):
            formatting.write(folder, result)
        assert (folder / MODULE).read_text() == before
        assert [path.name for path in (folder / "modules").iterdir()] == [Path(MODULE).name]


def vars_without_cache(course):
    return {name: getattr(course, name) for name in course.__dataclass_fields__}
