"""Reading a whole log costs the same for every record, whatever PostgreSQL believes of the tables."""

import pytest
from django.db import connection, transaction

from andante.ledger import operations, queries
from andante.ledger.queries import bundle_snapshot
from andante.ledger.tests.test_append import completed

pytestmark = pytest.mark.slow


@pytest.fixture
def records(own_database, seal, owner_connection):
    with transaction.atomic():
        operations.append([completed() for _ in range(1_000)])
    while seal():
        pass
    owner_connection.execute("ANALYZE")


def rows_searched() -> int:
    """How many rows of the records' tables this transaction read by going through a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_user_tables "
            "WHERE relname ~ '^ledger_(statement|body)'"
        )
        return int(cursor.fetchone()[0])


def test_snapshot_looks_each_record_up(records):
    with bundle_snapshot() as snapshot, connection.cursor() as cursor:
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1")  # whatever PostgreSQL believes to be the best for all
        assert [record.number for record in snapshot.records()] == list(range(snapshot.size))
        assert rows_searched() == 0


def test_follower_looks_each_record_up(records):
    with transaction.atomic():
        assert len(queries.facts(after=100, limit=300)) == 300
        assert rows_searched() == 0


def test_keys_are_found_without_reading_the_log(records):
    with transaction.atomic():
        assert len(queries.keys()) == 1
        assert rows_searched() == 0
