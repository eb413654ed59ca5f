"""The result of a verification is itself a fact."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from andante.kernel import clock
from andante.kernel.principals import system_principal
from andante.ledger import operations, queries, standing
from andante.ledger.self_check import alone, verify_on_record
from andante.ledger.tests.test_append import completed
from andante.ledger.verification import Projection

pytestmark = pytest.mark.slow
BY = system_principal("verification")


@pytest.fixture
def records(own_database, seal):
    facts = [completed() for _ in range(5)]
    with transaction.atomic():
        operations.append(facts)
    seal()
    return facts


@pytest.fixture
def forge(owner_connection):
    def _forge(statement: str, *values: object) -> None:
        for (table,) in owner_connection.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'ledger\\_%' AND relkind IN ('r', 'p')"
        ).fetchall():
            owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        assert owner_connection.execute(statement, values).rowcount > 0

    return _forge


@pytest.fixture
def check():
    """Verify on record; what was told, in order."""
    said = []

    def _check(*projections: Projection):
        result = verify_on_record(
            projections,
            by=BY,
            told=lambda report: said.append(("told", len(report.findings))),
            alarm=lambda verification: said.append(("alarm", verification.findings)),
        )
        return result.verification

    _check.said = said
    return _check


CHANGE = "UPDATE ledger_body SET body = replace(body, '0.9', %s) WHERE id = %s"


class TestAVerification:
    def test_that_finds_nothing_says_so_on_record(self, records, check, seal):
        before = queries.last_verification()
        check()

        assert before is None
        last = queries.last_verification()
        assert (last.clean, last.records, last.findings, last.places) == (True, 6, 0, ())
        assert last.by == "system:verification"
        assert last.took >= timedelta(0)
        assert last.seq is None
        seal()
        assert queries.last_verification().seq == 6
        assert check.said == [("told", 0)]

    def test_that_finds_something_names_places_and_no_content(self, records, check, forge):
        forge(CHANGE, "Amara Okafor", records[2].id)

        check()

        last = queries.last_verification()
        assert last.findings >= 1
        assert str(records[2].id) in last.places[0]
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM ledger_body WHERE id = %s", [last.id])
            assert "Amara" not in cursor.fetchone()[0]

    def test_lists_the_first_places_and_counts_all(self, records, check, forge):
        shelf = Projection("shelf", lambda _: None, (), contradictions=lambda: ["wrong"] * 40)

        last = check(shelf)

        assert (last.findings, len(last.places)) == (40, standing.LISTED_PLACES)

    def test_is_itself_sound_the_next_time(self, records, check, seal):
        check()
        seal()

        assert check().clean


class TestTheAlarm:
    def test_is_raised_once_for_the_same_places(self, records, check, forge):
        forge(CHANGE, "1.0", records[2].id)
        check()
        check()

        assert [kind for kind, _ in check.said] == ["told", "alarm", "told"]

    def test_is_raised_again_for_other_places(self, records, check, forge):
        forge(CHANGE, "1.0", records[2].id)
        check()
        forge(CHANGE, "1.0", records[3].id)
        check()

        assert [kind for kind, _ in check.said] == ["told", "alarm"] * 2

    def test_is_raised_again_after_all_was_well(self, records, check, forge, owner_connection):
        of = [records[2].id]
        (before,) = owner_connection.execute("SELECT body FROM ledger_body WHERE id = %s", of).fetchone()
        forge(CHANGE, "1.0", *of)
        check()
        forge("UPDATE ledger_body SET body = %s WHERE id = %s", before, *of)
        assert check().clean
        forge(CHANGE, "1.0", records[2].id)
        check()

        assert [kind for kind, _ in check.said] == ["told", "alarm", "told", "told", "alarm"]

    def test_that_fails_leaves_no_record_so_that_it_comes_again(self, records, forge):
        forge(CHANGE, "1.0", records[2].id)

        def fail(_verification):
            raise RuntimeError

        with pytest.raises(RuntimeError):
            verify_on_record((), by=BY, told=lambda _: None, alarm=fail)

        assert queries.last_verification() is None


class TestTwoAtOnce:
    def test_are_never(self, own_database):
        inside, leave, seen = threading.Event(), threading.Event(), []

        def other():
            with alone(wait=False) as free:
                seen.append(free)
                inside.set()
                leave.wait(10)
            connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        inside.wait(10)
        with alone(wait=False) as free:
            seen.append(free)
        leave.set()
        with alone(wait=True) as free:
            seen.append(free)
        thread.join()

        assert seen == [True, False, True]

    def test_is_free_again_after_one_that_failed(self, own_database):
        with pytest.raises(RuntimeError), alone(wait=False):
            raise RuntimeError
        with alone(wait=False) as free:
            assert free


class TestTheNext:
    def test_is_due_a_period_after_the_last_began(self, records, check):
        check()

        last = queries.last_verification()
        assert queries.verification_due() == last.began + timedelta(hours=24)

    def test_is_due_soon_after_the_tables_were_made(self, records, owner_connection):
        for age, due in (("9 minutes", False), ("11 minutes", True)):
            owner_connection.execute("UPDATE django_migrations SET applied = now() - %s::interval", [age])

            assert (queries.verification_due() < clock.now()) is due

    def test_is_overdue_after_two_periods(self, records, check):
        last = check()

        assert not queries.verification_overdue(last, last.finished + timedelta(hours=48))
        assert queries.verification_overdue(last, last.finished + timedelta(hours=49))

    def test_is_overdue_where_there_was_never_one(self, records, owner_connection):
        assert not queries.verification_overdue(None, clock.now())
        owner_connection.execute("UPDATE django_migrations SET applied = applied - interval '49 hours'")

        assert queries.verification_overdue(None, clock.now())
