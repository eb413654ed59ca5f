"""docs/reference/course-format.md is a tested fact: its examples are a course, its numbers are the code's."""

import re
from pathlib import Path

import pytest

from andante.content.document import Check, Decide, minutes, walk
from andante.content.parsing import read_course, source, text
from andante.content.parsing.fields import MOST_YAML_CHARACTERS
from andante.content.tests.folders import BANK, MODULE, SPILL, give_ids, put, spill

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "course-format.md").read_text()
EXAMPLES = re.findall(r"(?ms)^```(yaml|markdown)\n(.*?)^```$", PAGE)


@pytest.fixture
def course(tmp_path):
    """A course made of nothing but the examples of the page."""
    folder = spill(tmp_path / "patient-records")
    (yaml,) = (example for language, example in EXAMPLES if language == "yaml")
    markdown = [example for language, example in EXAMPLES if language == "markdown"]
    (front,) = (example for example in markdown if example.startswith("---\nid:"))
    (bank,) = (example for example in markdown if example.startswith("---\nobjective:"))
    cards = [example for example in markdown if example.startswith("## ")]
    put(folder, "course.yaml", yaml)
    put(folder, MODULE, f"{front}\n{''.join(cards)}")
    put(folder, BANK, bank)
    give_ids(folder)
    reading = read_course(folder)
    assert [str(finding) for finding in reading.findings] == []
    return reading.course


class TestTheExamplesOfTheCourseFormat:
    def test_make_a_course(self, course):
        assert course.id == "patient-records"
        assert {type(card).__name__ for card in course.cards.values()} == {
            "Idea",
            "Example",
            "Check",
            "Decide",
            "Reflect",
            "Aid",
        }

    def test_show_a_check_with_all_its_reasons(self, course):
        check = next(card for card in course.cards.values() if isinstance(card, Check))
        assert check.reason
        assert all(option.reason for option in check.options)

    def test_show_a_scenario_that_ends_as_it_says(self, course):
        scenario = next(card for card in course.cards.values() if isinstance(card, Decide))
        assert scenario.variables == {"safe": 0, "minutes": 10}
        assert [walk(scenario, key).outcome for key in "ab"] == ["bad", "good"]

    def test_mark_the_question_that_must_be_passed(self, course):
        assert [item.must_pass for item in course.bank] == [True]


class TestTheNumbersOfTheCourseFormat:
    @pytest.mark.parametrize(
        "sentence",
        [
            f"At most {source.MOST_FILES:,} files",
            f"at most {source.MOST_TEXT_BYTES >> 20} MiB and {text.MOST_LINE_CHARACTERS:,} characters a line",
            f"its YAML {MOST_YAML_CHARACTERS >> 10} KiB",
            f"a media file at most {source.MOST_MEDIA_BYTES >> 20} MiB",
            f"a course at most {source.MOST_COURSE_BYTES >> 20} MiB",
            f"Media: `{' '.join(source.MEDIA_TYPES)}`",
            f"reading at {minutes.WORDS_PER_MINUTE} words a minute",
            f"{minutes.SECONDS_FOR_A_PICTURE} seconds for a picture",
            f"{minutes.SECONDS_FOR_A_VIDEO} seconds where it is unknown",
            f"{minutes.SECONDS_TO_ANSWER} seconds to decide on a check's options",
            f"{minutes.SECONDS_TO_DECIDE} seconds for each decision",
            f"{minutes.SECONDS_TO_REFLECT} seconds for a reflection",
            f"{minutes.SECONDS_FOR_AN_AID} seconds for a job aid",
        ],
    )
    def test_are_those_of_the_code(self, sentence):
        assert sentence in " ".join(PAGE.split())


def test_the_course_of_the_tests_is_formatted_and_whole():
    assert read_course(SPILL).findings == ()
