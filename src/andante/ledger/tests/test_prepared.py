"""Statements whose plans the server keeps."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from andante.ledger.prepared import prepared_cursor

OFTEN = 6
ADDED = "SELECT %s::int + 41"


def kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [text for (text,) in cursor.fetchall()]


@pytest.mark.django_db
class TestPreparedCursor:
    def test_lets_the_server_keep_what_is_sent_often(self):
        for value in range(OFTEN):
            with prepared_cursor() as cursor:
                cursor.execute(ADDED, [value])
                assert cursor.fetchone() == (value + 41,)

        assert "SELECT $1::int + 41" in kept()

    def test_lets_other_statements_be_planned_for_their_values(self):
        for value in range(OFTEN):
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s::int + 43", [value])

        assert not any("+ 43" in text for text in kept())

    def test_is_counted_among_the_statements_of_a_page(self):
        with CaptureQueriesContext(connection) as captured, prepared_cursor() as cursor:
            cursor.execute(ADDED, [1])

        assert len(captured) == 1
