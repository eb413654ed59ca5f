"""
The database roles that the ledger's protection rests on, on any PostgreSQL server.

Owner (migrations) ≠ application (web, worker) ≠ sealer. The migrations grant rights to two groups
without a login; here the groups and the logins in them are created.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from andante.cli.problems import Problem

APPLICATION_GROUP = "andante_application"
SEALER_GROUP = "andante_sealer"
OWNER_LOGIN = "andante_owner"
APPLICATION_LOGIN = "andante_app"
SEALER_LOGIN = "andante_seal"
TESTER_LOGIN = "andante_tester"


@dataclass(frozen=True)
class Urls:
    """
    One connection URL per role, each with its password.

    :ivar tester: only on servers for tests: a login that may step into both groups, but inherits neither
    """

    owner: str
    application: str
    sealer: str
    tester: str | None = None


def prepare_roles(urls: Urls) -> None:
    """
    Let every role of `urls` exist and stand in its group; what already exists stays as it is.

    Connects as the owner, who needs CREATEROLE only where something is missing. A login that is missing
    is created with the password of its URL. Repeating it changes nothing.

    :raises Problem: something is missing and the owner may not create it;
        the mend names the statements to run
    """
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        missing = _missing(connection, urls)
        try:
            for statement in missing:
                connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            shown = " ".join(_without_password(statement, connection) for statement in missing)
            raise Problem(
                "The database lacks some roles, and the user of DATABASE_OWNER_URL may not create them.",
                mend=f"Let an administrator of the database run: {shown}",
            ) from error


def _missing(connection: psycopg.Connection, urls: Urls) -> list[sql.Composed]:
    logins = [(urls.application, [APPLICATION_GROUP]), (urls.sealer, [SEALER_GROUP])]
    if urls.tester is not None:
        logins.append((urls.tester, [APPLICATION_GROUP, SEALER_GROUP]))
    roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    members = set(
        connection.execute(
            "SELECT g.rolname, m.rolname FROM pg_auth_members a"
            " JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member"
        )
    )
    statements = [
        sql.SQL("CREATE ROLE {} NOLOGIN;").format(sql.Identifier(group))
        for group in (APPLICATION_GROUP, SEALER_GROUP)
        if group not in roles
    ]
    for url, groups in logins:
        login, password = _login(url)
        if login not in roles:
            statements.append(_create_login(login, password, for_tests=url == urls.tester))
        statements += [
            sql.SQL("GRANT {} TO {};").format(sql.Identifier(group), sql.Identifier(login))
            for group in groups
            if (group, login) not in members
        ]
    return statements


def _create_login(login: str, password: str, *, for_tests: bool) -> sql.Composed:
    # A tester steps into one group at a time (SET ROLE), so that a test has exactly that group's rights.
    options = sql.SQL("LOGIN NOINHERIT CREATEDB" if for_tests else "LOGIN INHERIT")
    return sql.SQL("CREATE ROLE {} {} PASSWORD {};").format(sql.Identifier(login), options, sql.Literal(password))


def _login(url: str) -> tuple[str, str]:
    parts = conninfo_to_dict(url)
    return str(parts.get("user") or ""), str(parts.get("password") or "")


def _without_password(statement: sql.Composed, connection: psycopg.Connection) -> str:
    return statement.as_string(connection).split(" PASSWORD ")[0].rstrip(";") + ";"
