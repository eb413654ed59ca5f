import os

import pytest

from andante.content.findings import Severity
from andante.content.parsing import read_course, source, text
from andante.content.tests.folders import BANK, MODULE, change, line_of, put, spill


def problems_of(folder):
    return {(finding.rule, str(finding.place)) for finding in read_course(folder).findings}


def rules_of(folder):
    return [finding.rule for finding in read_course(folder).findings]


@pytest.fixture
def folder(tmp_path):
    return spill(tmp_path / "course")


class TestReadingAFolder:
    def test_gives_the_course_and_no_problem_when_all_is_well(self, folder):
        reading = read_course(folder)
        assert reading.findings == ()
        assert reading.course.title == "A spill in the pump bay"
        assert [module.id for module in reading.course.modules] == ["first-minute"]

    def test_is_refused_when_there_is_no_such_folder(self, tmp_path):
        with pytest.raises(NotADirectoryError):
            read_course(tmp_path / "nowhere")

    def test_says_that_course_yaml_is_missing_once(self, folder):
        (folder / "course.yaml").unlink()
        assert problems_of(folder) == {("A008", "course.yaml:1:1")}

    def test_an_empty_folder_has_no_course(self, tmp_path):
        reading = read_course(tmp_path)
        assert reading.course is None
        assert {finding.rule for finding in reading.findings} == {"A004", "A008"}

    def test_reports_errors_of_several_files_at_once(self, folder):
        change(folder, MODULE, "type: decide", "type: guess")
        change(folder, BANK, "level: recall", "level: guess")
        assert {finding.place.file for finding in read_course(folder).findings} == {MODULE, BANK}

    def test_names_both_files_of_a_number_that_is_given_twice(self, folder):
        put(folder, "modules/01-second-minute.md", (folder / MODULE).read_text())
        (finding,) = read_course(folder).findings
        assert (finding.rule, finding.place.file) == ("A009", "modules/01-second-minute.md")
        assert finding.message == f"{MODULE} has the number 1 too."

    def test_reads_windows_line_ends_and_a_byte_order_mark_alike(self, folder, tmp_path):
        other = spill(tmp_path / "other")
        for path in (MODULE, BANK, "course.yaml", "aids/spill-card.md"):
            text = (other / path).read_text()
            put(other, path, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
        plain, windows = read_course(folder), read_course(other)
        assert windows.findings == ()
        assert windows.course.modules == plain.course.modules
        assert windows.course.bank == plain.course.bank

    def test_leaves_readmes_licences_and_hidden_files_alone(self, folder):
        for name in ("README.md", "LICENSE", ".gitignore", "media/.DS_Store"):
            put(folder, name, "anything")
        reading = read_course(folder)
        assert reading.findings == ()
        assert sorted(reading.source.files) == sorted(
            ["course.yaml", MODULE, BANK, "aids/spill-card.md", "media/drain.svg"]
        )

    def test_warns_of_a_stray_file_but_does_not_block(self, folder):
        put(folder, "module/02-more.md", "x")
        (finding,) = read_course(folder).findings
        assert (finding.rule, finding.severity, finding.place.file) == ("A011", Severity.WARNING, "module")


class TestHowLongACompletionHolds:
    @pytest.mark.parametrize(
        ("written", "months"),
        [("12 months", 12), ("1 month", 1), ("1 year", 12), ("2 years", 24), ("20 years", 240), ('"18  months"', 18)],
    )
    def test_is_read_in_months_or_years(self, folder, written, months):
        _say_valid(folder, written)
        reading = read_course(folder)
        assert reading.findings == ()
        assert reading.course.valid_months == months

    def test_is_for_ever_where_the_course_says_nothing(self, folder):
        assert read_course(folder).course.valid_months is None

    @pytest.mark.parametrize("written", ["a year", "12", "0 months", "52 weeks", "21 years", "-1 year", "1.5 years"])
    def test_is_refused_in_other_words_with_its_line_and_a_way_to_mend(self, folder, written):
        _say_valid(folder, written)
        (finding,) = read_course(folder).findings
        line = line_of(folder, "course.yaml", "valid:")
        assert (finding.rule, str(finding.place)) == ("A003", f"course.yaml:{line}:1")
        assert "12 months" in finding.mend


def _say_valid(folder, written):
    text = (folder / "course.yaml").read_text()
    put(folder, "course.yaml", f"{text}valid: {written}\n")


class TestAHostileFolder:
    def test_a_link_is_reported_and_not_followed(self, folder, tmp_path):
        secret = tmp_path / "secret.md"
        secret.write_text("---\ntitle: secret\n---\n")
        (folder / "modules/02-secret.md").symlink_to(secret)
        reading = read_course(folder)
        assert [(finding.rule, finding.place.file) for finding in reading.findings] == [
            ("A009", "modules/02-secret.md")
        ]
        assert "modules/02-secret.md" not in reading.source.files

    def test_a_linked_folder_is_reported_and_not_followed(self, folder, tmp_path):
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "x.png").write_bytes(b"x")
        (folder / "media/more").symlink_to(tmp_path / "elsewhere")
        (folder / "i18n").symlink_to(tmp_path / "elsewhere")
        assert problems_of(folder) == {("A009", "media/more:1:1"), ("A009", "i18n:1:1")}

    def test_a_linked_course_yaml_is_reported_once(self, folder, tmp_path):
        (folder / "course.yaml").rename(tmp_path / "course.yaml")
        (folder / "course.yaml").symlink_to(tmp_path / "course.yaml")
        assert rules_of(folder) == ["A009"]

    def test_a_pipe_does_not_hold_us_up(self, folder):
        os.mkfifo(folder / "modules/02-pipe.md")
        assert problems_of(folder) == {("A009", "modules/02-pipe.md:1:1")}

    @pytest.mark.parametrize("name", ["two words.svg", "naïve.svg", "a\nb.svg", "x" * 120 + ".svg"])
    def test_names_that_other_computers_cannot_handle_are_refused(self, folder, name):
        put(folder, f"media/{name}", "x")
        assert rules_of(folder) == ["A009"]

    def test_a_name_that_is_no_text_is_refused(self, folder):
        (folder / "media" / os.fsdecode(b"\xff.svg")).write_bytes(b"x")
        assert rules_of(folder) == ["A009"]

    def test_media_of_an_unknown_type_are_refused(self, folder):
        put(folder, "media/setup.exe", "x")
        assert problems_of(folder) == {("A009", "media/setup.exe:1:1")}

    def test_folders_among_modules_are_refused(self, folder):
        put(folder, "modules/deep/01-x.md", "x")
        assert problems_of(folder) == {("A009", "modules/deep:1:1")}

    def test_media_may_stand_in_folders_but_not_endlessly(self, folder):
        put(folder, "media/line4/a.svg", "x")
        assert rules_of(folder) == []
        put(folder, "media/" + "d/" * 10 + "a.svg", "x")
        assert rules_of(folder) == ["A009"]

    def test_a_text_that_is_too_large_is_refused(self, folder):
        put(folder, MODULE, b"x" * (source.MOST_TEXT_BYTES + 1))
        assert ("A009", f"{MODULE}:1:1") in problems_of(folder)

    def test_a_picture_that_is_too_large_is_refused(self, folder, monkeypatch):
        monkeypatch.setattr(source, "MOST_MEDIA_BYTES", 10)
        assert ("A009", "media/drain.svg:1:1") in problems_of(folder)

    def test_a_course_with_too_many_files_is_refused(self, folder, monkeypatch):
        monkeypatch.setattr(source, "MOST_FILES", 3)
        assert "A009" in rules_of(folder)

    def test_a_file_that_may_not_be_opened_is_named(self, folder, monkeypatch):
        def refuse(*_):
            raise PermissionError(13, "Permission denied")

        # As root every file can be opened, so the system's refusal is played.
        monkeypatch.setattr(source.os, "open", refuse)
        assert ("A001", f"{MODULE}:1:1") in problems_of(folder)


class TestTextThatIsNoText:
    def test_a_byte_that_is_no_utf8_is_found_by_line_and_column(self, folder):
        put(folder, MODULE, b"---\ntitle: Caf" + b"\xe9\n---\n")
        assert ("A001", f"{MODULE}:2:11") in problems_of(folder)

    def test_a_nul_is_found_by_line_and_column(self, folder):
        change(folder, MODULE, "Is it on the", "Is it\0 on the")
        line = line_of(folder, MODULE, "Is it\0")
        assert ("A001", f"{MODULE}:{line}:6") in problems_of(folder)

    @pytest.mark.parametrize("character", ["\x0b", "\x0c", "\x1b", "\x7f", "\x85"])
    def test_invisible_control_characters_are_refused(self, folder, character):
        change(folder, MODULE, "Is it on the", f"Is{character}it on the")
        assert [rule for rule, place in problems_of(folder) if place.startswith(MODULE)] == ["A001"]

    def test_a_line_separator_of_unicode_is_no_line_end(self, folder):
        change(folder, MODULE, "Unknown, or a drain", "Unknown,\u2028## or a drain")
        assert rules_of(folder) == []

    def test_a_line_that_is_too_long_is_refused(self, folder):
        change(folder, MODULE, "Is it on the", "x" * text.MOST_LINE_CHARACTERS + "Is it on the")
        line = line_of(folder, MODULE, "Is it on the")
        assert ("A001", f"{MODULE}:{line}:1") in problems_of(folder)

    def test_empty_files_are_reported_and_nothing_falls_over(self, folder):
        for path in ("course.yaml", MODULE, BANK, "aids/spill-card.md"):
            put(folder, path, "")
        reading = read_course(folder)
        assert reading.course is None
        assert ("A003", "course.yaml:1:1") in problems_of(folder)
