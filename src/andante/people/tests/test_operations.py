from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction

from andante.kernel.ids import AccountId, PersonId, new_id
from andante.kernel.principals import account_principal
from andante.ledger import queries as ledger
from andante.ledger.statements import Kind
from andante.ledger.verification import Projection, verify
from andante.people import operations, queries
from andante.people.apply import EXPLAINED, UNEXPLAINED, apply
from andante.people.models import Account, Grant, Person, Session
from andante.people.rules import RECORDED_FAILURES
from andante.people.tests.fixtures import PASSWORD, TESTS, member

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record():
    """Return all that is sealed, oldest first."""
    return [stored.fact for stored in ledger.facts()]


@pytest.fixture
def on_record(seal):
    """What is on record about a subject once it is sealed."""

    def _on_record(subject):
        seal()
        return [fact.verb for fact in record() if fact.kind is Kind.AUDIT and fact.object == subject]

    return _on_record


@pytest.mark.django_db
class TestCreatePerson:
    def test_leaves_a_row_and_an_event_that_says_who_did_it(self, seal):
        person = operations.create_person(name="Ada Byron", time_zone="Europe/London", language="en", by=TESTS, at=AT)
        seal()
        assert queries.person(person) == queries.PersonView(person, "Ada Byron", "Europe/London", "en")
        (fact,) = [fact for fact in record() if fact.object == f"person:{person}"]
        assert (fact.verb, fact.body["by"], fact.timestamp) == ("person-created", TESTS, AT)
        assert fact.body["new"] == {"name": "Ada Byron", "time_zone": "Europe/London", "language": "en"}

    def test_leaves_nothing_when_the_zone_is_unknown(self):
        with pytest.raises(operations.PeopleError):
            operations.create_person(name="Ada", time_zone="Nowhere/At_All", language="en", by=TESTS, at=AT)
        assert not Person.objects.exists()


class TestCreateAccount:
    def test_lets_the_person_sign_in_under_the_login_in_lower_case(self, amara):
        assert queries.account_of_login("AMARA.okafor") == queries.account(amara.account)
        assert Account.objects.get(pk=amara.account).check_password(PASSWORD)

    def test_is_refused_when_the_login_is_taken_in_another_case(self, amara):
        with pytest.raises(operations.LoginTaken):
            operations.create_account(person=None, login="Amara.Okafor", email=None, password=None, by=TESTS, at=AT)

    def test_is_refused_when_the_login_was_that_of_a_deactivated_account(self, amara):
        operations.deactivate_account(account=amara.account, by=TESTS, at=AT)
        with pytest.raises(operations.LoginTaken):
            operations.create_account(
                person=amara.person, login=amara.login, email=None, password=None, by=TESTS, at=AT
            )

    def test_takes_the_address_of_a_deactivated_account_but_not_of_one_in_use(self, amara):
        def returns():
            return operations.create_account(
                person=amara.person, login="amara2", email="Amara.Okafor@Example.org", password=None, by=TESTS, at=AT
            )

        with pytest.raises(operations.EmailTaken):
            returns()
        operations.deactivate_account(account=amara.account, by=TESTS, at=AT)
        assert queries.account(returns()).email == amara.email

    def test_is_refused_when_there_is_no_such_person_or_no_such_address(self, db):
        with pytest.raises(operations.PersonUnknown):
            operations.create_account(person=PersonId(new_id()), login="x", email=None, password=None, by=TESTS, at=AT)
        with pytest.raises(operations.EmailInvalid):
            operations.create_account(person=None, login="x", email="not an address", password=None, by=TESTS, at=AT)

    def test_is_refused_whole_when_the_password_is_weak(self, amara):
        with pytest.raises(operations.PasswordRefused, match="12"), transaction.atomic():
            operations.create_account(
                person=amara.person, login="second", email=None, password="short", by=TESTS, at=AT
            )
        assert queries.account_of_login("second") is None

    def test_cannot_be_gone_around_in_the_database(self, amara):
        for login in ("amara.okafor", "AMARA.OKAFOR"):
            with pytest.raises(IntegrityError), transaction.atomic():
                Account.objects.create(id=new_id(), login=login, created_by=TESTS)


class TestSetPassword:
    def test_is_on_record_and_the_password_is_not(self, amara, seal):
        operations.set_password(account=amara.account, password="nine open windows", by=TESTS, at=AT)
        seal()
        facts = [fact for fact in record() if fact.object == f"account:{amara.account}"]
        assert [fact.verb for fact in facts] == ["account-created", "password-set", "password-set"]
        hashed = Account.objects.get(pk=amara.account).password
        assert check_password("nine open windows", hashed)
        for fact in facts:
            assert "nine open windows" not in str(fact.body)
            assert hashed not in str(fact.body)

    def test_ends_every_sign_in(self, amara, browser_of):
        browser = browser_of(amara)
        operations.set_password(account=amara.account, password="nine open windows", by=TESTS, at=AT)
        assert not Session.objects.filter(account=amara.account).exists()
        assert browser.get("/account/").status_code == 302

    def test_is_refused_for_nobody_and_for_a_deactivated_account(self, amara):
        with pytest.raises(operations.AccountUnknown):
            operations.set_password(account=AccountId(new_id()), password=PASSWORD, by=TESTS, at=AT)
        operations.deactivate_account(account=amara.account, by=TESTS, at=AT)
        with pytest.raises(operations.AccountInactive):
            operations.set_password(account=amara.account, password=PASSWORD, by=TESTS, at=AT)


class TestDeactivateAccount:
    def test_ends_its_live_sign_ins_at_once(self, amara, browser_of):
        browser = browser_of(amara)
        assert browser.get("/account/").status_code == 200
        operations.deactivate_account(account=amara.account, by=TESTS, at=AT)
        assert browser.get("/account/").status_code == 302
        assert not Session.objects.filter(account=amara.account).exists()

    def test_keeps_the_row_and_says_why_on_record(self, amara, seal):
        operations.deactivate_account(account=amara.account, by=TESTS, at=AT, why="left in March")
        seal()
        assert queries.account(amara.account).active is False
        (fact,) = [fact for fact in record() if fact.verb == "account-deactivated"]
        assert fact.body["why"] == "left in March"

    def test_happens_once(self, amara):
        operations.deactivate_account(account=amara.account, by=TESTS, at=AT)
        with pytest.raises(operations.AccountInactive):
            operations.deactivate_account(account=amara.account, by=TESTS, at=AT)


class TestRoles:
    def test_are_granted_and_revoked_on_record(self, noor, on_record):
        operations.grant_role(person=noor.person, role="auditor", by=TESTS, at=AT)
        assert queries.roles(noor.person) == {"auditor"}
        operations.revoke_role(person=noor.person, role="auditor", by=TESTS, at=AT)
        assert queries.roles(noor.person) == set()
        assert on_record(f"person:{noor.person}") == ["person-created", "role-granted", "role-revoked"]

    def test_are_held_once_and_lost_once(self, mei_lin):
        with pytest.raises(operations.RoleAlreadyHeld):
            operations.grant_role(person=mei_lin.person, role="auditor", by=TESTS, at=AT)
        operations.revoke_role(person=mei_lin.person, role="auditor", by=TESTS, at=AT)
        with pytest.raises(operations.RoleNotHeld):
            operations.revoke_role(person=mei_lin.person, role="auditor", by=TESTS, at=AT)

    def test_are_refused_when_unknown_and_to_nobody(self, noor):
        with pytest.raises(operations.PeopleError):
            operations.grant_role(person=noor.person, role="king", by=TESTS, at=AT)
        with pytest.raises(operations.PersonUnknown):
            operations.grant_role(person=PersonId(new_id()), role="auditor", by=TESTS, at=AT)
        assert not Grant.objects.exists()


class TestSignIns:
    def test_are_on_record_with_what_was_checked(self, amara, seal):
        operations.record_sign_in(account=amara.account, methods=["password", "totp"], at=AT)
        seal()
        (fact,) = [fact for fact in record() if fact.verb == "signed-in"]
        assert fact.body["by"] == account_principal(amara.account)
        assert fact.body["new"] == {"methods": ["password", "totp"]}
        assert queries.account(amara.account).last_signed_in_at == AT

    def test_show_the_latest_whichever_was_recorded_last(self, amara):
        operations.record_sign_in(account=amara.account, methods=["password"], at=AT)
        operations.record_sign_in(account=amara.account, methods=["password"], at=AT - timedelta(hours=1))
        assert queries.account(amara.account).last_signed_in_at == AT


class TestFailedSignIns:
    def test_are_on_record_by_login_and_by_address_but_only_so_many(self, amara, on_record):
        for number in range(20):
            login = amara.login if number % 2 else amara.email.upper()
            operations.record_sign_in_failed(login=login, at=AT + timedelta(seconds=number))
        failed = [verb for verb in on_record(f"account:{amara.account}") if verb == "sign-in-failed"]
        assert len(failed) == RECORDED_FAILURES

    def test_are_on_record_again_in_the_next_hour(self, amara, on_record):
        for hour in range(2):
            operations.record_sign_in_failed(login=amara.login, at=AT + timedelta(hours=hour))
        assert on_record(f"account:{amara.account}").count("sign-in-failed") == 2

    @pytest.mark.parametrize("login", ["nobody.here", "", "x" * 10_000, "<script>", "\x00"])
    def test_on_what_is_no_account_leave_nothing(self, amara, login, seal):
        before = seal()
        operations.record_sign_in_failed(login=login, at=AT)
        assert before
        assert seal() == 0


@pytest.mark.django_db
class TestRemoveExpiredSignIns:
    def test_leaves_those_that_live(self, amara, noor, browser_of):
        browser_of(amara)
        live = browser_of(noor)
        Session.objects.filter(account=amara.account).update(expire_date=AT)
        assert operations.remove_expired_sign_ins(at=AT + timedelta(seconds=1)) == 1
        assert live.get("/account/").status_code == 200


class TestVerification:
    """Rows of people, held against what is on record."""

    PEOPLE = (Projection("people", apply, EXPLAINED, UNEXPLAINED),)

    @pytest.fixture
    def mei_lin(self, own_database):
        somebody = member("Mei Lin Tan", "Asia/Singapore", role="auditor")
        operations.record_sign_in(account=somebody.account, methods=["password"], at=AT)
        operations.record_sign_in_failed(login=somebody.login, at=AT)
        return somebody

    def test_finds_nothing_when_every_row_follows_from_facts(self, mei_lin):
        operations.revoke_role(person=mei_lin.person, role="auditor", by=TESTS, at=AT)
        operations.deactivate_account(account=mei_lin.account, by=TESTS, at=AT)

        assert verify(self.PEOPLE).findings == []

    def test_finds_a_role_that_nobody_granted(self, mei_lin):
        forged = Grant.objects.create(id=new_id(), person_id=mei_lin.person, role="administrator", granted_at=AT)

        (finding,) = verify(self.PEOPLE).findings
        assert str(finding) == f"people_grant {forged.id}: no fact explains this row"

    def test_finds_an_account_that_was_brought_back_to_life(self, mei_lin):
        operations.deactivate_account(account=mei_lin.account, by=TESTS, at=AT)
        Account.objects.filter(pk=mei_lin.account).update(is_active=True)

        (finding,) = verify(self.PEOPLE).findings
        assert finding.where == f"people_account {mei_lin.account}"
