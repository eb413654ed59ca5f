"""Moments as whole numbers lose nothing on their way."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from andante.obligations.instants import micros, moment

MOMENTS = st.integers(-2_000_000_000_000_000, 8_000_000_000_000_000).map(moment)
"""From 1906 to 2223."""


@pytest.mark.django_db
class TestMicros:
    @given(st.lists(MOMENTS, min_size=1))
    def test_are_those_of_the_moment_to_the_last_digit(self, moments):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {micros('at')} FROM unnest(%s::timestamptz[]) AS at", [moments])
            assert [moment(number) for (number,) in cursor.fetchall()] == moments
