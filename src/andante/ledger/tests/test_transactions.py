"""Races that PostgreSQL ends by breaking one transaction off: lost for real, between two connections."""

import threading
import time
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from andante.kernel import clock
from andante.kernel.principals import system_principal
from andante.ledger.operations import append, transact
from andante.ledger.statements import audit
from andante.ledger.transactions import PAUSES

A, B = 23_001, 23_002
"""Advisory locks, taken crosswise."""


def lock(cursor, key):
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def fact():
    return audit(id=uuid4(), action="person-renamed", subject="person:x", by=system_principal("test"), at=clock.now())


class Rival:
    """Another session that takes B, then wants A, as often as it is asked to; it never is the one to be broken off."""

    def __init__(self, url):
        self._url = url
        self._threads = []

    def cross(self):
        """Hold B; wait for A as soon as the other side waits for B."""
        ready = threading.Event()
        self._threads.append(threading.Thread(target=self._cross, args=(ready,)))
        self._threads[-1].start()
        assert ready.wait(10)

    def _cross(self, ready):
        with psycopg.connect(self._url) as session:
            lock(session, B)
            ready.set()
            waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
            while not session.execute(waits, [B]).fetchone()[0]:
                time.sleep(0.01)
            lock(session, A)

    def end(self):
        for thread in self._threads:
            thread.join(timeout=20)
            assert not thread.is_alive()


@pytest.fixture
def rival(own_database, databases):
    made = Rival(databases.urls.owner.replace("/andante?", f"/{own_database}?"))
    yield made
    made.end()


@pytest.mark.slow
class TestAnOperationThatLosesADeadlock:
    def test_is_done_once_after_all(self, rival):
        tries = []
        record = fact()

        @transact
        def operation():
            tries.append(len(tries))
            with connection.cursor() as cursor:
                if len(tries) == 1:
                    rival.cross()
                    append([record])
                    lock(cursor, A)
                    lock(cursor, B)
                else:
                    append([record])

        operation()

        assert len(tries) == 2
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_pending WHERE id = %s", [record.id])
            assert cursor.fetchone() == (1,)

    def test_is_left_to_the_outermost_one_inside_another_transaction(self, rival):
        tries = []

        @transact
        def inner():
            tries.append("inner")
            with connection.cursor() as cursor:
                if len(tries) == 2:
                    rival.cross()
                    lock(cursor, A)
                    lock(cursor, B)

        @transact
        def outer():
            tries.append("outer")
            inner()

        outer()

        assert tries == ["outer", "inner", "outer", "inner"]


class TestAnOperationThatLosesEveryRace:
    def test_gives_up_after_a_few_tries(self, own_database):
        tries = []

        @transact
        def operation():
            tries.append(1)
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

        with pytest.raises(OperationalError):
            operation()
        assert len(tries) == len(PAUSES) + 1


class TestAnOperationThatFailsOtherwise:
    def test_is_not_repeated(self, own_database, databases):
        tries = []

        @transact
        def operation():
            tries.append(1)
            with connection.cursor() as cursor, psycopg.connect(databases.urls.tester) as other:
                cursor.execute("SELECT pg_backend_pid()")
                other.execute("SELECT pg_terminate_backend(%s, 5000)", cursor.fetchone())
                cursor.execute("SELECT 1")

        with pytest.raises(OperationalError):
            operation()
        connection.close()
        assert tries == [1]


@pytest.mark.django_db
class TestAnOperation:
    def test_leaves_nothing_of_what_it_did_when_it_is_refused(self):
        record = fact()

        @transact
        def operation():
            append([record])
            raise LookupError

        with pytest.raises(LookupError):
            operation()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_pending WHERE id = %s", [record.id])
            assert cursor.fetchone() == (0,)
        assert transaction.get_connection().in_atomic_block  # the test's own still goes on
