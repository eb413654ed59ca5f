"""`andante receipt` and `andante extract`: hand out records that verify alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from uuid import UUID

import click

from andante.cli.bundle import VERIFIER, verifier
from andante.cli.problems import Problem
from andante.evidence import operations, queries
from andante.evidence.operations import Parcel
from andante.kernel import clock
from andante.kernel.ids import PersonId
from andante.kernel.principals import cli_principal
from andante.people import queries as people

MOST_NAMED = 5
_NAMELESS = "In the file, ids stand in the place of most names: say with it whose they are."
_OUT = click.Path(dir_okay=False, path_type=Path)
_SINCE = "The auditor's earlier checkpoint: its file, or the number of records in it."


@click.command()
@click.argument("record")
@click.argument("out", type=_OUT, metavar="OUT.json")
@click.option("--since", metavar="CHECKPOINT", help=_SINCE)
@click.option("--force", is_flag=True, help="Replace a file that stands there.")
def receipt(record: str, out: Path, since: str | None, *, force: bool) -> None:
    """
    Write one RECORD, named by its id, into OUT.json, with what proves it.

    That it was handed out is itself recorded. The file may hold personal data.
    """
    try:
        id = UUID(record)
    except ValueError:
        raise click.ClickException(
            f"“{record}” is no id of a record. Pages show them: under Audit, in a person's file."
        ) from None
    with _refusals():
        size = _size(since)
        _leave_alone(out, force=force)
        _keep(operations.export_receipt(record=id, since=size, by=cli_principal(), at=clock.now()), out, force=force)
    told = queries.record(id)
    if told is not None:
        when = told.at.astimezone(UTC)
        click.echo(
            f"Record {told.seq}, about {told.about or told.what}, {when:%Y-%m-%d %H:%M:%S} UTC: {told.sentence}."
        )
        click.echo(_NAMELESS)


@click.command()
@click.argument("person")
@click.argument("out", type=_OUT, metavar="OUT.json")
@click.option("--since", metavar="CHECKPOINT", help=_SINCE)
@click.option("--force", is_flag=True, help="Replace a file that stands there.")
def extract(person: str, out: Path, since: str | None, *, force: bool) -> None:
    """
    Write every record about a PERSON (number, login or id) into OUT.json, each with what proves it.

    That it was handed out is itself recorded. The file holds personal data.
    """
    id = _person(person)
    with _refusals():
        size = _size(since)
        _leave_alone(out, force=force)
        _keep(operations.export_extract(person=id, since=size, by=cli_principal(), at=clock.now()), out, force=force)
    found = people.person(id)
    if found is not None:
        click.echo(f"Records about {found.name}, whose id is {id}.")
        click.echo(_NAMELESS)


def _person(text: str) -> PersonId:
    """Return whom a number, login, id or whole name means; the login first, because it is one person's for ever."""
    account = people.account_of_login(text)
    if account and account.person:
        return account.person
    found = people.meant(text, at=clock.now(), limit=MOST_NAMED + 1)
    if len(found) == 1:
        return found[0].id
    if not found:
        raise click.ClickException(f"Nobody is known as “{text}”: give a number, a login, or an id.")
    names = ", ".join(f"{entry.name} ({entry.number or entry.id})" for entry in found[:MOST_NAMED])
    more = ", …" if len(found) > MOST_NAMED else ""
    raise click.ClickException(f"“{text}” may be several people: {names}{more}. Give one's number or id.")


def _size(since: str | None) -> int | None:
    """The size of the earlier checkpoint; a number is taken for the size itself, anything else for a file."""
    if since is None:
        return None
    if since.isascii() and since.isdigit():
        return operations.earlier_checkpoint(since)
    try:
        return operations.earlier_checkpoint(Path(since).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise Problem(
            f"The earlier checkpoint {since} cannot be read.", mend="Give its file, or the number of records in it."
        ) from None


def _leave_alone(out: Path, *, force: bool) -> None:
    """Say no before anything goes on record."""
    if out.exists() and not force:
        raise Problem(f"{out} stands there already.", mend="Choose another name, or replace it with --force.")
    if not out.parent.is_dir():
        raise Problem(f"The folder of {out} is missing.", mend="Make it, or choose another.")


def _keep(parcel: Parcel, out: Path, *, force: bool) -> None:
    try:
        operations.keep(parcel, path=out, replace=force)
    except OSError as error:
        raise Problem(
            f"It could not be written to {out}: {error.strerror}.",
            mend="Choose another folder, or make room, and run it again.",
        ) from error
    click.echo(f"Wrote {out}: {parcel.length} bytes.")
    click.echo("Who is given it checks it with Python 3.8 or newer:")
    click.echo(f"  python3 {VERIFIER} {out.name}")
    click.echo(f"The verifier is one file: {verifier()}. Better still, they take it from where it is published.")


@contextmanager
def _refusals() -> Iterator[None]:
    """Say in a sentence why nothing is handed out."""
    try:
        yield
    except operations.RecordUnknown:
        raise click.ClickException("There is no record with this id.") from None
    except operations.RecordWaits:
        raise Problem(
            "It is being sealed, and nothing proves it yet.", mend="Try again in a moment; is the sealer running?"
        ) from None
    except operations.NothingSealed:
        raise click.ClickException("Nothing about this person is on record.") from None
    except operations.TooManyRecords as refusal:
        raise Problem(
            f"There are {refusal} records, more than an extract may hold.", mend="Run `andante bundle export`."
        ) from None
    except operations.RecordsArchived as refusal:
        raise Problem(
            f"What it takes stands in archives of months: {refusal}. No receipt or extract is made of these.",
            mend="Run `andante bundle export`, and hand the archives out with the bundle.",
        ) from None
    except operations.CheckpointUnfit as refusal:
        raise click.ClickException(str(refusal)) from None
    except (operations.RecordGone, operations.TreeIncomplete) as damage:
        raise click.ClickException(f"{damage} `andante verify` says what happened.") from None
