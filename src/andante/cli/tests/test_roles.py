"""Roles on a server of the operator's own, where the owner is no superuser."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from andante.cli.embedded_postgres import Urls, prepare_roles
from andante.cli.problems import Problem
from tests.servers import chosen_server

LOGINS = ("roles_test_app", "roles_test_seal")


@pytest.fixture
def owner() -> Iterator[str]:
    """The address of an owner who may create roles; what a test creates is removed again."""
    url = chosen_server().start().owner
    with psycopg.connect(url, autocommit=True) as connection:
        # Roles belong to the whole server, and another test process may be at the same tests: one after the other.
        connection.execute("SELECT pg_advisory_lock(hashtext('roles of tests'))")
        yield url
        for name in (*LOGINS, "roles_test_owner"):
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


def urls(owner: str) -> Urls:
    application, sealer = (make_conninfo(owner, user=name, password=f"secret of {name}") for name in LOGINS)
    return Urls(owner=owner, application=application, sealer=sealer)


class TestPrepareRoles:
    def test_creates_logins_with_the_passwords_of_the_settings_and_puts_them_into_their_groups(self, owner):
        ours = urls(owner)

        prepare_roles(ours)

        held = {}
        for name, url in (("application", ours.application), ("sealer", ours.sealer)):
            with psycopg.connect(url) as connection:
                query = "SELECT pg_has_role('andante_application', 'USAGE'), pg_has_role('andante_sealer', 'USAGE')"
                held[name] = connection.execute(query).fetchone()
        assert held == {"application": (True, False), "sealer": (False, True)}

    def test_changes_nothing_when_repeated_even_without_the_right_to_create_roles(self, owner):
        ours = urls(owner)
        prepare_roles(ours)
        plain = make_plain_owner(owner)

        prepare_roles(Urls(owner=plain, application=ours.application, sealer=ours.sealer))

    def test_tells_an_administrator_what_to_run_where_the_owner_may_not(self, owner):
        ours = urls(owner)
        plain = make_plain_owner(owner)

        with pytest.raises(Problem) as refused:
            prepare_roles(Urls(owner=plain, application=ours.application, sealer=ours.sealer))

        assert 'CREATE ROLE "roles_test_app" LOGIN INHERIT;' in refused.value.mend
        assert 'GRANT "andante_sealer" TO "roles_test_seal";' in refused.value.mend
        assert "secret of" not in str(refused.value)

    def test_leaves_the_password_of_a_login_that_is_already_there(self, owner):
        ours = urls(owner)
        prepare_roles(ours)
        other = make_conninfo(ours.application, password="another")

        prepare_roles(Urls(owner=owner, application=other, sealer=ours.sealer))

        with psycopg.connect(ours.application) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("roles_test_app",)


def make_plain_owner(owner: str) -> str:
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE ROLE roles_test_owner LOGIN PASSWORD 'plain'")
    return make_conninfo(owner, user="roles_test_owner", password="plain")
