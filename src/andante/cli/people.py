"""For administrators at the command line: `andante person`, `andante account` and `andante role`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click

from andante.kernel import clock
from andante.kernel.counting import counted
from andante.kernel.ids import AccountId, PersonId
from andante.kernel.principals import cli_principal
from andante.people import operations, queries


@contextmanager
def _refusals() -> Iterator[None]:
    """Say in one sentence what the rules refuse; exit status 1."""
    try:
        yield
    except operations.PeopleError as refusal:
        raise click.ClickException(str(refusal)) from None


def _person(text: str) -> PersonId:
    """Return the id of the person who is meant: by id, or by a login of theirs."""
    try:
        found = queries.person(PersonId(UUID(text)))
    except ValueError:
        account = queries.account_of_login(text)
        found = queries.person(account.person) if account and account.person else None
    if found is None:
        raise click.ClickException(f"Nobody is known as “{text}”: give a login, or an id from `andante person list`.")
    return found.id


def _account(login: str) -> AccountId:
    account = queries.account_of_login(login)
    if account is None:
        raise click.ClickException(f"There is no account with the login “{login}”.")
    return account.id


def _password() -> str:
    """Ask twice at a terminal; else read the first line of standard input, for scripts."""
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
        return password
    return sys.stdin.readline().rstrip("\r\n")


@click.group()
def person() -> None:
    """People, with or without an account."""


@person.command("create")
@click.argument("name")
@click.option("--time-zone", default="UTC", show_default=True, help="Zone that times are shown in: Europe/Dublin.")
@click.option("--language", default="en", show_default=True, help="Language tag: en, pt-BR.")
def create_person(name: str, time_zone: str, language: str) -> None:
    """Add the person called NAME, and print their id."""
    with _refusals():
        created = operations.create_person(
            name=name, time_zone=time_zone, language=language, by=cli_principal(), at=clock.now()
        )
    click.echo(str(created))


@person.command("list")
@click.argument("beginning", default="")
def list_people(beginning: str) -> None:
    """List people whose name begins with BEGINNING: id, name, roles, and the logins in use."""
    found = queries.people(beginning=beginning)
    if not found:
        click.echo(f"Nobody's name begins with “{beginning}”." if beginning else "There is nobody yet.", err=True)
    for someone in found:
        logins = ",".join(account.login for account in queries.accounts_of(someone.id) if account.active)
        roles = ",".join(sorted(queries.roles(someone.id)))
        click.echo(f"{someone.id}\t{someone.name}\t{roles or '-'}\t{logins or '-'}")


@person.command("erase")
@click.argument("person")
@click.option("--law", required=True, help='Which law demands it: "GDPR Art. 17(1)(a)".')
@click.option("--why", required=True, help="The reason, for the record. It stays: name nobody in it.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def erase_person(person: str, law: str, why: str, *, yes: bool) -> None:
    """
    Erase who PERSON (id or login) was: name, number, addresses and logins. There is no way back.

    What they learned stays on record, under an id that names nobody. Says first what goes and what stays, and asks.
    """
    chosen = _person(person)
    with _refusals():
        preview = operations.erasure_of(chosen, at=clock.now())
    for line in _what_goes(preview):
        click.echo(line)
    if not yes:
        typed = click.prompt("\nTo erase it for good, type the person's name")
        if typed.strip() != preview.name:
            raise click.ClickException("That is not the name. Nothing was erased.")
    with _refusals():
        count = operations.erase_person(person=chosen, law=law, why=why, by=cli_principal(), at=clock.now())
    click.echo(
        f"Erased: {counted(count, 'record')} {'says' if count == 1 else 'say'} no more who {chosen} was. "
        "Copies in backups, exported bundles and mails stay"
    )
    click.echo("until you remove them: docs/how-to/erase-a-person.md says where to look.")
    if preview.archived:
        click.echo(
            f"Archives still say who it was: {', '.join(preview.archived)}. Write each of them anew, then destroy"
        )
        click.echo("every copy of the old file:  andante ledger renew OLD.zip NEW.zip --reason TEXT")


def _what_goes(preview: operations.Erasure) -> Iterator[str]:
    yield f"Goes:  the name {preview.name}" + "".join(
        f", {what} {value}"
        for what, value in (
            ("the number", preview.number),
            ("the address", preview.email),
            ("the logins", ", ".join(preview.logins)),
            ("the roles", ", ".join(preview.roles)),
        )
        if value
    )
    yield f"       from {len(preview.records)} records; and what the person wrote for themselves in lessons"
    if preview.archived:
        yield f"       but not from the archives of {', '.join(preview.archived)}: write these files anew afterwards"
    yield f"Stays: what they learned and where they worked, and {preview.staying} other records, under {preview.person}"
    if preview.reasons:
        yield f"       {preview.reasons} of them hold a reason that somebody wrote; look whether one names the person"


@click.group()
def account() -> None:
    """Ways to sign in."""


@account.command("create")
@click.argument("login")
@click.option("--person", "of", required=True, help="Id or other login of the person whose account it is.")
@click.option("--email", help="Address for password mails.")
def create_account(login: str, of: str, email: str | None) -> None:
    """Let a person sign in as LOGIN. The password comes next: `andante account set-password LOGIN`."""
    with _refusals():
        created = operations.create_account(
            person=_person(of), login=login, email=email, password=None, by=cli_principal(), at=clock.now()
        )
    click.echo(str(created))


@account.command("set-password")
@click.argument("login")
def set_password(login: str) -> None:
    """Give the account LOGIN a password, typed in or from standard input. It is signed out everywhere."""
    chosen = _account(login)
    with _refusals():
        operations.set_password(account=chosen, password=_password(), by=cli_principal(), at=clock.now())
    click.echo(f"The password of {login} is set.")


@account.command("deactivate")
@click.argument("login")
@click.option("--why", default="", help="The reason, for the record.")
def deactivate(login: str, why: str) -> None:
    """Close the account LOGIN for good: it is signed out everywhere, and the login is never given again."""
    chosen = _account(login)
    with _refusals():
        operations.deactivate_account(account=chosen, by=cli_principal(), at=clock.now(), why=why)
    click.echo(f"The account {login} is closed.")


@account.command("reset-two-step")
@click.argument("login")
@click.option("--why", default="", help="The reason, for the record.")
def reset_two_step(login: str, why: str) -> None:
    """
    Ask LOGIN for no code any more: for somebody who lost phone and recovery codes. Make sure first that it is them.

    The account is signed out everywhere, and opens with its password alone until two-step sign-in is set up again.
    """
    chosen = _account(login)
    with _refusals():
        operations.reset_two_step(account=chosen, by=cli_principal(), at=clock.now(), why=why)
    click.echo(f"{login} signs in with the password alone now.")


@account.command("unlock")
@click.argument("login")
@click.option("--why", default="", help="The reason, for the record.")
def unlock(login: str, why: str) -> None:
    """Let LOGIN sign in at once after too many wrong passwords or codes, instead of in five minutes."""
    chosen = _account(login)
    with _refusals():
        operations.unlock_account(account=chosen, by=cli_principal(), at=clock.now(), why=why)
    click.echo(f"{login} can sign in again.")


@click.group()
def role() -> None:
    """What people may do beyond learning."""


@role.command("grant")
@click.argument("person")
@click.argument("role")
def grant(person: str, role: str) -> None:
    """Give PERSON (id or login) the ROLE administrator, auditor or author."""
    chosen = _person(person)
    with _refusals():
        operations.grant_role(person=chosen, role=role, by=cli_principal(), at=clock.now())
    click.echo(f"{person} is {role} now.")


@role.command("revoke")
@click.argument("person")
@click.argument("role")
@click.option("--why", default="", help="The reason, for the record.")
def revoke(person: str, role: str, why: str) -> None:
    """Take the ROLE from PERSON (id or login); it counts from their next request."""
    chosen = _person(person)
    with _refusals():
        operations.revoke_role(person=chosen, role=role, by=cli_principal(), at=clock.now(), why=why)
    click.echo(f"{person} is not {role} any more.")
