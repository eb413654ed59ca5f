import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner

from andante.cli.people import account, person, role
from andante.kernel.principals import cli_principal
from andante.ledger import queries as ledger
from andante.people import queries
from andante.people.models import Account
from andante.people.tests.fixtures import PASSWORD


def run(command, *arguments, typed=""):
    return CliRunner().invoke(command, arguments, input=typed)


@pytest.mark.django_db
class TestPerson:
    def test_is_created_and_listed_and_the_record_names_who_typed_it(self, seal):
        created = run(person, "create", "Ada Byron", "--time-zone", "Europe/London")
        assert created.exit_code == 0, created.output
        id = created.output.strip()
        assert run(person, "list", "ada").output == f"{id}\tAda Byron\t-\t-\n"
        seal()
        assert ledger.facts()[-1].fact.body["by"] == cli_principal()

    def test_is_looked_for_and_not_found_in_words(self):
        answer = run(person, "list", "zz")
        assert (answer.exit_code, answer.stdout, answer.stderr) == (0, "", "Nobody's name begins with “zz”.\n")

    def test_is_refused_in_one_sentence(self):
        answer = run(person, "create", "Ada", "--time-zone", "Atlantis")
        assert (answer.exit_code, answer.output) == (
            1,
            "Error: “Atlantis” is not a time zone: give a name such as Europe/Dublin.\n",
        )


class TestAccount:
    def test_is_created_for_a_person_and_opened_with_a_password_from_standard_input(self, noor):
        assert run(account, "create", "noor2", "--person", str(noor.person)).exit_code == 0
        assert run(account, "set-password", "noor2", typed="nine open windows\n").exit_code == 0
        assert Account.objects.get(login="noor2").check_password("nine open windows")

    def test_is_not_given_a_weak_password(self, noor):
        answer = run(account, "set-password", noor.login, typed="short\n")
        assert answer.exit_code == 1
        assert "too short" in answer.output
        assert Account.objects.get(login=noor.login).check_password(PASSWORD)

    def test_is_deactivated_for_good(self, noor):
        assert run(account, "deactivate", noor.login, "--why", "left").exit_code == 0
        assert queries.account(noor.account).active is False
        assert run(account, "deactivate", noor.login).exit_code == 1
        assert "never given twice" in run(account, "create", noor.login, "--person", str(noor.person)).output

    def test_is_asked_for_no_code_any_more(self, noor):
        Authenticator.objects.create(user_id=noor.account, type="totp", data={})
        assert run(account, "reset-two-step", noor.login, "--why", "lost the phone").exit_code == 0
        assert not queries.two_step(noor.account).on
        again = run(account, "reset-two-step", noor.login)
        assert (again.exit_code, again.output) == (1, "Error: Two-step sign-in of “noor.haddad” is off already.\n")

    def test_is_unlocked_where_it_was_locked(self, noor, client):
        assert "not locked" in run(account, "unlock", noor.login).output
        for _ in range(5):
            client.post("/sign-in/", {"login": noor.login, "password": "not the password"})
        answer = run(account, "unlock", noor.login)
        assert (answer.exit_code, answer.output) == (0, "noor.haddad can sign in again.\n")

    def test_is_not_found_under_another_login(self, noor):
        answer = run(account, "deactivate", "nobody.here")
        assert (answer.exit_code, answer.output) == (1, "Error: There is no account with the login “nobody.here”.\n")


class TestRole:
    def test_is_granted_and_revoked_by_login_or_id(self, noor):
        assert run(role, "grant", noor.login, "auditor").exit_code == 0
        assert queries.roles(noor.person) == {"auditor"}
        assert run(role, "revoke", str(noor.person), "auditor").exit_code == 0
        assert queries.roles(noor.person) == set()

    @pytest.mark.parametrize("arguments", [("nobody.here", "auditor"), ("noor.haddad", "king")])
    def test_is_refused_to_nobody_and_when_unknown(self, noor, arguments):
        answer = run(role, "grant", *arguments)
        assert answer.exit_code == 1
        assert answer.output.startswith("Error: ")
