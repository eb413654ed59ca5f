import pytest
from click.testing import CliRunner

from andante.cli.learning import enrol
from andante.learning.models import Attempt, Enrolment


def run(*arguments):
    return CliRunner().invoke(enrol, arguments)


class TestEnrol:
    def test_enrols_by_login_and_says_the_registration(self, night_call, amara):
        answer = run(amara.login, "night-call")

        assert answer.exit_code == 0, answer.output
        id = Enrolment.objects.get(person=amara.person).id
        assert answer.output == f"{amara.login} is enrolled in night-call. Registration: {id}\n"
        assert not Attempt.objects.exists()

    def test_twice_changes_nothing(self, night_call, amara):
        assert run(amara.login, "night-call").output == run(amara.login, "night-call").output

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (
                ("nobody.here", "night-call"),
                "Error: No person has the login “nobody.here”: `andante person list` shows them.\n",
            ),
            (
                ("amara.okafor", "no-such-course"),
                "Error: No course with the id “no-such-course” is published. Published: night-call.\n",
            ),
        ],
    )
    def test_is_refused_in_one_sentence(self, night_call, amara, arguments, sentence):
        answer = run(*arguments)
        assert (answer.exit_code, answer.output) == (1, sentence)
