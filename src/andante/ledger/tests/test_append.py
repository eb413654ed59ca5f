"""Appending: once, whole, and only by adding."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from andante.kernel import clock
from andante.kernel.ids import CourseId, PersonId, new_id
from andante.kernel.principals import system_principal
from andante.ledger import operations, queries, vocabulary
from andante.ledger.append import ClockAstray
from andante.ledger.statements import Fact, audit, statement

BY = system_principal("tests")


def completed(*, id: uuid.UUID | None = None, score: float = 0.9) -> Fact:
    return statement(
        id=id or new_id(),
        actor=PersonId(uuid.UUID(int=7)),
        verb=vocabulary.COMPLETED,
        object=vocabulary.course_activity(CourseId("spills")),
        at=clock.now(),
        by=BY,
        result={"score": {"scaled": score}},
    )


@pytest.mark.django_db
class TestAppend:
    def test_keeps_the_fact_as_it_was_given(self):
        fact = completed()

        operations.append([fact])

        kept = queries.fact(fact.id)
        assert kept is not None
        assert kept.fact == fact
        assert kept.seq is None

    def test_says_which_ids_are_new(self):
        first, second = completed(), completed()
        operations.append([first])

        assert operations.append([first, second]) == {second.id}

    def test_of_the_same_id_with_another_body_is_a_conflict_and_writes_nothing(self):
        fact, other = completed(), completed()
        operations.append([fact])

        with pytest.raises(operations.StatementConflict), transaction.atomic():
            operations.append([other, completed(id=fact.id, score=0.1)])

        kept = queries.fact(fact.id)
        assert kept is not None
        assert kept.fact.result == {"score": {"scaled": 0.9}}
        assert queries.fact(other.id) is None

    def test_of_one_id_twice_in_a_batch_keeps_one(self):
        fact = completed()

        assert operations.append([fact, fact]) == {fact.id}

    def test_takes_stored_from_the_database_whatever_the_fact_says(self):
        fact = audit(id=new_id(), by=BY, action="tried", subject="test:1", at=clock.now().replace(year=1999))

        operations.append([fact])

        kept = queries.fact(fact.id)
        assert kept is not None
        assert kept.stored.year > 1999
        assert kept.fact.timestamp.year == 1999


class TestTheSameFactFromManySides:
    def test_is_written_once(self, own_database):
        fact = completed()

        def write(_: int) -> int:
            try:
                with transaction.atomic():
                    return len(operations.append([fact]))
            finally:
                connection.close()

        with ThreadPoolExecutor(10) as threads:
            assert sum(threads.map(write, range(50))) == 1

    def test_and_others_in_any_order_never_ends_in_a_deadlock(self, own_database):
        shared = [completed() for _ in range(20)]

        def write(turn: int) -> int:
            try:
                with transaction.atomic():
                    return len(operations.append(shared if turn % 2 else shared[::-1]))
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(write, range(40))) == len(shared)


@pytest.mark.django_db
class TestTheApplicationSRole:
    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE ledger_body SET body = '{}'",
            "DELETE FROM ledger_body",
            "TRUNCATE ledger_body",
            "DELETE FROM ledger_pending",
            "INSERT INTO ledger_leaf VALUES (1000000, gen_random_uuid(), now(), decode(repeat('00', 74), 'hex'))",
            "DELETE FROM ledger_statement_key",
            "UPDATE ledger_log SET iri = 'x'",
            "ALTER TABLE ledger_body DISABLE TRIGGER ALL",
            "SET SESSION AUTHORIZATION andante_owner",
        ],
    )
    def test_may_not(self, change):
        refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)

    @pytest.mark.parametrize(
        ("stored", "kind"),
        [
            ("2020-01-01T00:00:00Z", 1),
            ("2999-01-01T00:00:00Z", 1),
            ("-infinity", 1),
            ("infinity", 1),
            ("now", 256),
            ("now", -1),
        ],
    )
    def test_may_not_let_wait_what_the_sealer_could_not_seal_as_it_was_stored(self, stored, kind):
        row = "INSERT INTO ledger_pending (id, stored, kind, commitment) VALUES (gen_random_uuid(), %s, %s, %s)"
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(row, [stored, kind, bytes(32)])

    def test_is_who_the_tests_are(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("andante_application",)

    def test_of_the_real_login_is_refused_too(self, databases, own_database):
        url = psycopg.conninfo.make_conninfo(databases.urls.application, dbname=own_database)
        with (
            psycopg.connect(url) as login,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            login.execute("DELETE FROM ledger_pending")


class TestNobody:
    @pytest.mark.parametrize("stored", ["2026-01-01T00:00:00Z", "2020-01-01T00:00:00Z"])
    @pytest.mark.parametrize(
        "row",
        [
            "INSERT INTO ledger_statement_key (stored, id, digest) VALUES (%s, gen_random_uuid(), %s)",
            "INSERT INTO ledger_body (stored, id, body, salt) VALUES (%s, gen_random_uuid(), '{}', %s)",
            "INSERT INTO ledger_statement VALUES (%s, gen_random_uuid(), 1, now(), 'x', 'x', encode(%s, 'hex'))",
        ],
    )
    def test_puts_a_row_into_the_past(self, own_database, owner_connection, row, stored):
        """There an erased or archived record would get another content."""
        for parent in ("ledger_statement", "ledger_body"):
            owner_connection.execute(
                f"CREATE TABLE {parent}_old PARTITION OF {parent} FOR VALUES FROM ('2019-01-01Z') TO ('2026-02-01Z')"
            )

        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(row, [stored, bytes(32)])


class TestTheOwnerSRole:
    @pytest.mark.parametrize("table", ["ledger_body", "ledger_statement", "ledger_leaf", "ledger_pending"])
    @pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET id = id"])
    def test_is_refused_by_the_triggers(self, own_database, owner_connection, seal, table, change):
        seal()
        with transaction.atomic():
            operations.append([completed()])

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner_connection.execute(change.format(table))

    def test_is_refused_truncating_one_month(self, own_database, owner_connection):
        (month,) = owner_connection.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger_body'::regclass LIMIT 1"
        ).fetchone()

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner_connection.execute(f"TRUNCATE {month}")


class TestAClockThatIsSetWhileARecordIsStored:
    def test_refuses_the_record_as_an_outage_and_takes_it_when_it_is_sent_again(self, own_database, owner_connection):
        """Between the reading of the clock and the check of the row; here the check itself looks at another clock."""
        (source,) = owner_connection.execute("SELECT pg_get_functiondef('ledger_stored_now'::regproc)").fetchone()
        owner_connection.execute(source.replace("clock_timestamp()", "clock_timestamp() - interval '2 hours'"))
        fact = completed()

        with pytest.raises(ClockAstray), transaction.atomic():
            operations.append([fact])

        owner_connection.execute(source)
        with transaction.atomic():
            assert operations.append([fact]) == {fact.id}


class TestAClockInAMonthWithoutAPlace:
    def test_refuses_the_record_as_an_outage_and_takes_it_once_there_is_a_place(self, own_database, owner_connection):
        (parts,) = owner_connection.execute(
            "SELECT array_agg(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'ledger_statement'::regclass"
        ).fetchone()
        for part in parts:
            owner_connection.execute(f"ALTER TABLE ledger_statement DETACH PARTITION {part}")
            owner_connection.execute(f"ALTER TABLE {part} RENAME TO detached_{part}")
        fact = completed()

        with pytest.raises(ClockAstray), transaction.atomic():
            operations.append([fact])

        assert issubclass(ClockAstray, OperationalError)
        operations.make_months()
        with transaction.atomic():
            assert operations.append([fact]) == {fact.id}
