"""`andante requirement`: what somebody reads who types it."""

import pytest
from click.testing import CliRunner

from andante.cli.requirement import requirement
from andante.obligations import queries
from andante.obligations.models import Assignment

NURSES = """\
id: night-call-nurses
title: Night call for nurses
audience: {job: [nurse]}
course: night-call
due: {within: 7 days, before: first-unsupervised-shift}
renew: 12 months
"""


def run(*arguments):
    return CliRunner().invoke(requirement, [str(argument) for argument in arguments])


@pytest.fixture
def file(organisation, night_call, tmp_path):
    organisation.hire("Ada Byron")
    organisation.hire("Oda Line", unit="dublin/filling/line-4", job="operator")
    path = tmp_path / "nurses.yaml"
    path.write_text(NURSES)
    return path


class TestPreview:
    def test_says_who_gains_what_by_when_and_why_and_changes_nothing(self, file):
        answer = run("preview", file)

        assert answer.exit_code == 0, answer.output
        assert "Gain a duty: 1.\n  Ada Byron: nurse in Chicago since 1 February 2026; due " in answer.output
        assert "America/Chicago" in answer.output
        assert "Oda" not in answer.output
        assert queries.requirements() == []

    def test_names_file_line_and_mend_of_everything_that_is_wrong(self, file):
        file.write_text(NURSES.replace("7 days", "7 fortnights").replace("audience", "audiense"))

        answer = run("preview", file)

        assert answer.exit_code == 1
        assert f"{file}:3\n  There is no key “audiense”.\n  Did you mean “audience”?" in answer.output
        assert f"{file}:5\n  “7 fortnights” is no period" in answer.output

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("night-call\n", "night-cal\n", ":4: No course “night-cal” is published."),
            ("[nurse]", "[nurze]", ":3: There is no job “nurze”. There are: line-lead, nurse, operator."),
            ("due:", "accept: {from version: 3}\ndue:", ":5: Version 3 of “night-call” is not published yet."),
        ],
    )
    def test_refuses_what_asks_for_something_that_is_not_there(self, file, old, new, said):
        file.write_text(NURSES.replace(old, new))

        answer = run("preview", file)

        assert answer.exit_code == 1
        assert f"{file}{said}" in answer.output


class TestApply:
    def test_assigns_and_says_so_and_the_second_time_changes_nothing(self, file):
        first = run("apply", file, "--why", "Calls come at night")
        assert first.exit_code == 0, first.output
        assert first.output.endswith(
            "Applied night-call-nurses, revision 1.\nDuties: 1 assigned, 0 withdrawn, 0 due at another time.\n"
        )
        second = run("apply", file)
        assert "Gain a duty: 0." in second.output
        assert "This is already applied: night-call-nurses, revision 1." in second.output
        assert Assignment.objects.count() == 1

    def test_shows_who_loses_a_duty_by_another_audience(self, file):
        run("apply", file)
        file.write_text(NURSES.replace("[nurse]", "[operator]"))

        answer = run("apply", file)

        assert "Gain a duty: 1.\n  Oda Line: operator in Dublin since 1 February 2026; due " in answer.output
        assert "Lose a duty: 1.\n  Ada Byron: nurse in Chicago since 1 February 2026; no more\n" in answer.output
        assert "Duties: 1 assigned, 1 withdrawn" in answer.output


class TestShow:
    def test_prints_a_file_that_can_be_applied_again_and_the_history(self, file, tmp_path):
        run("apply", file, "--why", "Calls come at night")

        answer = run("show", "night-call-nurses")

        assert "# revision 1, applied " in answer.output
        assert "Calls come at night" in answer.output
        again = tmp_path / "again.yaml"
        again.write_text(answer.output)
        assert "already applied" in run("apply", again).output

    def test_says_that_there_is_none(self, db):
        answer = run("show", "nothing")
        assert (answer.exit_code, "There is no requirement “nothing”" in answer.output) == (1, True)


class TestWithdraw:
    def test_takes_the_duties_along_and_keeps_the_history(self, file):
        run("apply", file)

        answer = run("withdraw", "night-call-nurses", "--why", "No calls at night any more")

        assert answer.exit_code == 0, answer.output
        assert "1 withdrawn" in answer.output
        assert run("list").output.startswith("There are no requirements yet.")
        assert "Night call for nurses (withdrawn)" in run("list", "--withdrawn").output
        assert "# revision 2, withdrawn" in run("show", "night-call-nurses").output

    def test_is_refused_without_a_reason_or_a_requirement(self, file):
        run("apply", file)
        assert run("withdraw", "night-call-nurses").exit_code == 2
        assert run("withdraw", "night-call-nurses", "--why", " ").exit_code == 1
        assert run("withdraw", "nothing", "--why", "x").exit_code == 1
