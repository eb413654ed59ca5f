"""Erasing who somebody was: nothing names them any more, and every row still follows from the facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from andante.kernel.ids import PersonId, new_id
from andante.ledger import operations as ledger_operations
from andante.ledger import queries as ledger
from andante.ledger.verification import Projection, verify
from andante.people import operations, queries, statements
from andante.people.apply import EXPLAINED, UNEXPLAINED, apply
from andante.people.models import Account, Person, Session
from andante.people.tests.fixtures import TESTS, Member, member

PEOPLE = (Projection("people", apply, EXPLAINED, UNEXPLAINED),)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
LAW = "GDPR Art. 17(1)(a)"


@pytest.fixture
def grace(own_database, seal) -> Member:
    """Somebody who worked here, signed in, failed to, led and left; everything about her is sealed."""
    operations.create_unit(
        path="chicago", name="Chicago", kind="site", time_zone="America/Chicago", by=TESTS, at=AT - timedelta(days=90)
    )
    operations.create_job(id="nurse", name="Nurse", by=TESTS, at=AT - timedelta(days=90))
    grace = member("Grace Hopper", "America/Chicago", role="auditor")
    operations.change_person(
        person=grace.person,
        by=TESTS,
        at=AT,
        number="N-1906",
        email="grace@home.example",
        hired_on=date(2026, 1, 5),
        first_unsupervised_at=datetime(2026, 1, 7, 6, tzinfo=UTC),
    )
    operations.change_person(person=grace.person, by=TESTS, at=AT, name="Grace Murray", why="Grace Hopper married")
    report = member("Amara Okafor", "America/Chicago")
    for person, manager in ((grace.person, None), (report.person, grace.person)):
        operations.place_person(
            person=person,
            unit="chicago",
            job="nurse",
            manager=manager,
            effective_on=date(2026, 1, 5),
            by=TESTS,
            at=AT,
        )
    operations.record_sign_in(account=grace.account, methods=["password"], at=AT - timedelta(days=3))
    operations.record_sign_in_failed(login=grace.login, at=AT - timedelta(days=2), why="password")
    operations.record_sign_in_failed(login=grace.email, at=AT - timedelta(days=2), why="password")
    leave(grace.person)
    seal()
    return grace


def leave(person: PersonId) -> None:
    operations.place_person(
        person=person,
        unit="chicago",
        job="nurse",
        manager=None,
        effective_on=date(2026, 11, 1),
        status="left",
        by=TESTS,
        at=AT,
    )


def erase(who: Member) -> int:
    return operations.erase_person(person=who.person, law=LAW, why="She asked", by=TESTS, at=AT)


def findings() -> list[str]:
    return [str(finding) for finding in verify(PEOPLE).findings]


class TestAnErasedPerson:
    def test_has_a_neutral_name_and_no_number_address_or_login(self, grace):
        erase(grace)

        found = queries.person(grace.person)
        assert found is not None
        assert (found.name, found.time_zone, found.language) == ("Erased person", "America/Chicago", "en")
        row = Person.objects.get(id=grace.person)
        assert (row.name, row.number, row.email) == ("", None, None)
        assert queries.account_of_login(grace.login) is None
        (account,) = queries.accounts_of(grace.person)
        assert (account.active, account.has_password, account.email) == (False, False, None)
        assert queries.roles(grace.person) == frozenset()

    def test_is_in_no_list_of_people_but_named_where_they_led(self, grace):
        (report,) = [someone.id for someone in queries.people(beginning="Amara")]
        erase(grace)

        assert [someone.name for someone in queries.people()] == ["Amara Okafor"]
        assert [entry.name for entry in queries.directory(at=AT)] == ["Amara Okafor"]
        assert queries.placement_history(report)[0].manager == "Erased person"
        assert queries.placements(at=AT)[grace.person].name == "Erased person"

    def test_leaves_rows_that_a_replay_without_the_erased_facts_makes_alike(self, grace, seal):
        before = Account.objects.get(id=grace.account)
        assert (before.failures, before.last_signed_in_at) == (2, AT - timedelta(days=3))

        erase(grace)
        waiting = verify(PEOPLE)
        seal()
        sealed = verify(PEOPLE)

        assert (waiting.findings, sealed.findings) == ([], [])
        assert sealed.erased == 4, "that she was added, changed twice, and given a login"
        after = Account.objects.get(id=grace.account)
        assert (after.failures, after.last_signed_in_at) == (before.failures, before.last_signed_in_at)
        row = Person.objects.get(id=grace.person)
        assert (row.hired_on, row.first_unsupervised_at) == (date(2026, 1, 5), datetime(2026, 1, 7, 6, tzinfo=UTC))

    def test_is_told_of_by_a_record_that_names_what_was_erased(self, grace):
        erase(grace)

        (told,) = ledger.audit_events(actions=[statements.PERSON_ERASED])
        assert told.fact.object == f"person:{grace.person}"
        assert (told.fact.body["new"]["law"], told.fact.body["why"]) == (LAW, "She asked")
        records = [UUID(id) for id in told.fact.body["new"]["records"]]
        assert ledger.erasures(records).keys() == set(records)

    def test_is_signed_out_at_once(self, grace, browser_of):
        browser = browser_of(grace)
        assert browser.get("/account/").status_code == 200

        erase(grace)

        assert browser.get("/account/").status_code == 302
        assert not Session.objects.filter(account=grace.account).exists()

    def test_never_comes_back_by_a_late_fact(self, grace, seal):
        """A sign-in that was appended before, but whose row came in after, as two transactions at once may do."""
        late = statements.signed_in(account=grace.account, methods=["password"], by=TESTS, at=AT)
        failed = statements.account_event(
            action=statements.SIGN_IN_FAILED, account=grace.account, by=TESTS, at=AT, why="password"
        )
        with transaction.atomic():
            ledger_operations.append([late, failed])
        erase(grace)
        for fact in (late, failed):
            apply(fact)
        seal()

        assert findings() == []


class TestALoginThatWasErased:
    @pytest.mark.parametrize("login", ["grace.hopper", "Grace.Hopper"])
    def test_is_never_given_to_somebody_else(self, grace, login):
        erase(grace)

        with pytest.raises(operations.LoginTaken):
            operations.create_account(person=None, login=login, email=None, password=None, by=TESTS, at=AT)

    def test_is_not_told_by_what_stands_in_its_place(self, grace):
        erase(grace)

        login = Account.objects.get(id=grace.account).login
        assert login.startswith("erased:")
        assert "grace" not in login

    def test_leaves_its_address_and_number_to_others(self, grace):
        erase(grace)

        operations.create_account(person=None, login="other", email=grace.email, password=None, by=TESTS, at=AT)
        operations.create_person(name="Ada", time_zone="UTC", language="en", number="N-1906", by=TESTS, at=AT)


class TestErasing:
    def test_is_refused_for_who_works_here(self, own_database, seal, grace):
        (report,) = [someone.id for someone in queries.people(beginning="Amara")]

        with pytest.raises(operations.StillHere, match="have left"):
            operations.erase_person(person=report, law=LAW, why="He asked", by=TESTS, at=AT)

    def test_is_refused_before_the_day_on_which_they_leave(self, own_database, seal, grace):
        (report,) = [someone.id for someone in queries.people(beginning="Amara")]
        leave(report)
        seal()

        with pytest.raises(operations.StillHere):
            operations.erase_person(
                person=report, law=LAW, why="He asked", by=TESTS, at=datetime(2026, 10, 30, tzinfo=UTC)
            )

    def test_is_refused_while_a_record_about_them_waits_to_be_sealed_and_changes_nothing(self, grace):
        operations.change_person(person=grace.person, by=TESTS, at=AT, language="fr")

        with pytest.raises(operations.NotErasableYet, match="not sealed yet"):
            erase(grace)
        found = queries.person(grace.person)
        assert found is not None
        assert found.name == "Grace Murray"
        assert queries.roles(grace.person) == {"auditor"}

    def test_is_refused_a_second_time_and_so_is_everything_that_would_name_them_again(self, grace):
        erase(grace)

        with pytest.raises(operations.PersonErased):
            erase(grace)
        with pytest.raises(operations.PersonErased):
            operations.change_person(person=grace.person, by=TESTS, at=AT, name="Grace")
        with pytest.raises(operations.PersonErased):
            operations.create_account(person=grace.person, login="other", email=None, password=None, by=TESTS, at=AT)
        with pytest.raises(operations.PersonErased):
            operations.grant_role(person=grace.person, role="auditor", by=TESTS, at=AT)
        with pytest.raises(operations.PersonErased):
            leave(grace.person)
        assert findings() == []

    @pytest.mark.parametrize(("law", "why"), [("", "She asked"), (LAW, " ")])
    def test_is_refused_without_law_and_reason(self, grace, law, why):
        with pytest.raises(operations.ReasonMissing):
            operations.erase_person(person=grace.person, law=law, why=why, by=TESTS, at=AT)

    def test_is_refused_for_nobody(self, own_database):
        with pytest.raises(operations.PersonUnknown):
            operations.erase_person(person=PersonId(new_id()), law=LAW, why="?", by=TESTS, at=AT)

    def test_says_beforehand_what_goes_and_what_stays(self, grace):
        preview = operations.erasure_of(grace.person, at=AT)

        assert (preview.name, preview.number, preview.email) == ("Grace Murray", "N-1906", "grace@home.example")
        assert (preview.logins, preview.roles) == (("grace.hopper",), ("auditor",))
        assert len(preview.records) == erase(grace)
        # Placed, left, role given, password set, signed in, and failed twice with the reason "password".
        assert (preview.staying, preview.reasons) == (7, 2)

    def test_of_somebody_who_never_had_an_account_or_a_place(self, own_database, seal):
        ada = operations.create_person(name="Ada Byron", time_zone="UTC", language="en", by=TESTS, at=AT)
        seal()

        assert operations.erase_person(person=ada, law=LAW, why="She asked", by=TESTS, at=AT) == 1
        seal()
        assert findings() == []


class TestVerify:
    def test_finds_an_erasure_of_facts_that_left_nothing_in_their_place(self, grace):
        """What the application's rights alone can do: erase, and not say what stays."""
        (created,) = ledger.audit_events(actions=[statements.PERSON_CREATED], subjects=[f"person:{grace.person}"])
        with transaction.atomic():
            ledger_operations.erase_records(records=[created.fact.id], law=LAW, why="?", by=TESTS, at=AT)

        assert f"people_person {grace.person}: no fact explains this row" in findings()

    def test_finds_a_name_that_was_put_back(self, grace):
        erase(grace)
        Person.objects.filter(id=grace.person).update(name="Grace Hopper")

        assert findings() == [f"people_person {grace.person}: the row says something else than its facts"]
