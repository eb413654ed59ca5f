import json

import pytest
from click.testing import CliRunner

from andante.cli.course import course, fmt, lint
from andante.content.models import CourseVersion
from andante.content.tests.folders import MODULE, change, put, spill


@pytest.fixture
def folder(tmp_path):
    return spill(tmp_path / "course")


def run(command, *arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


class TestAndanteLint:
    def test_says_that_a_clean_course_is_clean(self, folder):
        result = run(lint, folder)
        assert (result.exit_code, result.output) == (0, "Clean: nothing to mend.\n")

    def test_says_file_line_rule_and_mend_of_an_error_and_exits_with_1(self, folder):
        change(folder, MODULE, "→ out", "→ nowhere")
        result = run(lint, folder)
        assert result.exit_code == 1
        assert f"{folder / MODULE}:32:1\n  error A006  The choice leads to “nowhere”" in result.output
        assert "1 error." in result.output

    def test_exits_with_0_when_there_are_warnings_only(self, folder):
        change(folder, MODULE, "SOP-0231 rev 4", "SOP-0231")
        result = run(lint, folder)
        assert result.exit_code == 0
        assert "1 warning." in result.output

    def test_writes_json_for_machines(self, folder):
        change(folder, MODULE, "SOP-0231 rev 4", "SOP-0231")
        result = run(lint, folder, "--format", "json")
        (finding,) = json.loads(result.output)
        assert finding["rule"] == "A704"
        assert finding["title"] == "A procedure is cited with its revision"
        assert (finding["severity"], finding["file"], finding["line"], finding["column"]) == ("warning", MODULE, 8, 1)

    def test_exits_with_2_when_there_is_no_such_folder(self, tmp_path):
        assert run(lint, tmp_path / "nowhere").exit_code == 2


class TestAndanteFmt:
    def test_changes_nothing_in_a_formatted_course(self, folder):
        result = run(fmt, folder)
        assert (result.exit_code, result.output) == (0, "Nothing to change.\n")

    def test_gives_ids_and_tells_which_files_changed(self, folder):
        text = (folder / MODULE).read_text()
        put(folder, MODULE, text + "\n## Idea: New\nText.\n")
        result = run(fmt, folder)
        assert (result.exit_code, result.output) == (0, f"changed {folder / MODULE}\n")
        assert "## Idea: New {#" in (folder / MODULE).read_text()

    def test_with_check_changes_nothing_and_exits_with_1(self, folder):
        put(folder, MODULE, (folder / MODULE).read_text() + "\n## Idea: New\nText.\n")
        before = (folder / MODULE).read_text()
        result = run(fmt, folder, "--check")
        assert (result.exit_code, result.output) == (1, f"would change {folder / MODULE}\n")
        assert (folder / MODULE).read_text() == before

    def test_is_refused_when_a_file_is_no_text(self, folder):
        put(folder, MODULE, b"\xff")
        result = run(fmt, folder)
        assert result.exit_code == 1
        assert "A001" in result.output


@pytest.mark.django_db
class TestAndanteCoursePublish:
    def test_publishes_and_says_title_version_and_hash(self, folder):
        result = run(course, "publish", folder)
        hash = CourseVersion.objects.get().hash
        assert result.exit_code == 0, result.output
        assert result.output == (
            f"Published A spill in the pump bay, version 1. Everybody can begin it now.\nHash: {hash}\n"
        )

    def test_says_when_the_text_is_published_already(self, folder):
        run(course, "publish", folder)
        result = run(course, "publish", folder)
        assert result.exit_code == 0
        assert result.output.startswith("This text is already published: A spill in the pump bay, version 1.")

    def test_publishes_nothing_while_there_is_an_error(self, folder):
        change(folder, MODULE, "→ out", "→ nowhere")
        result = run(course, "publish", folder)
        assert result.exit_code == 1
        assert "Nothing was published." in result.output
        assert not CourseVersion.objects.exists()
