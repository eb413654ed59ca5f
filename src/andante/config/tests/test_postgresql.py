"""The pool's look at a connection, and how kept statements are planned."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from andante.config.postgresql import base
from andante.ledger.prepared import prepared_cursor


@pytest.fixture
def pool(databases) -> Iterator[ConnectionPool]:
    with ConnectionPool(databases.urls.owner, min_size=1, max_size=1, check=base.check, open=True) as made:
        yield made


@pytest.fixture
def asked(monkeypatch) -> list[psycopg.Connection]:
    """Every connection whose server was asked whether it lives."""
    found: list[psycopg.Connection] = []
    ask = ConnectionPool.check_connection
    monkeypatch.setattr(ConnectionPool, "check_connection", lambda of: (found.append(of), ask(of))[1])
    return found


def end(pid: int, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)


class TestCheck:
    def test_asks_the_server_once_and_then_only_looks(self, pool, asked):
        for _ in range(5):
            with pool.connection() as given:
                assert given.execute("SELECT 1").fetchone() == (1,)
        assert len(asked) == 1

    def test_asks_again_after_a_long_silence(self, pool, asked, monkeypatch):
        now = 1_000.0
        monkeypatch.setattr(base, "time", SimpleNamespace(monotonic=lambda: now))
        with pool.connection():
            pass
        now += base.SILENT - 1
        with pool.connection():
            assert len(asked) == 1
        now += base.SILENT
        with pool.connection():
            assert len(asked) == 2

    def test_never_hands_out_a_connection_that_the_server_has_ended(self, pool, databases):
        with pool.connection() as given:
            first = given.info.backend_pid
        end(first, databases.urls.owner)
        with pool.connection() as given:
            assert given.info.backend_pid != first
            assert given.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.django_db
class TestKeptStatements:
    def test_are_planned_for_any_values(self):
        with prepared_cursor() as cursor:
            for _ in range(4):
                cursor.execute("SELECT count(*) FROM people_person WHERE name = %s", ["Nobody"])
            cursor.execute(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
                ["SELECT count(*) FROM people_person WHERE name =%"],
            )
            generic, custom = cursor.fetchone()
        assert (generic > 0, custom) == (True, 0)

    def test_of_every_connection(self):
        with connection.cursor() as cursor:
            cursor.execute("SHOW plan_cache_mode")
            assert cursor.fetchone() == ("force_generic_plan",)
