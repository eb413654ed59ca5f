"""`andante ledger`: months of records, and moving an old one out of the database into a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.conf import settings
from django.db import DatabaseError
from django.utils.module_loading import import_string

from andante.cli.problems import Problem
from andante.kernel import clock
from andante.kernel.counting import counted
from andante.kernel.principals import cli_principal
from andante.ledger.archives import ArchiveUnfit
from andante.ledger.archiving import (
    Archived,
    ArchiveRefused,
    FileExists,
    archive_month,
    archive_preview,
    renew_archive,
)
from andante.ledger.archiving import months as all_months
from andante.ledger.operations import Follower

_PATH = click.Path(dir_okay=False, path_type=Path)
_HEAD = ("month", "records", "on disk", "archived", "may be archived")


@click.group()
def ledger() -> None:
    """Months of records, and archives of old ones."""


@ledger.command()
def months() -> None:
    """List months: how many records, the bytes on the disk of what they say, and whether that may be archived."""
    found = all_months(followers=_followers())
    if not found:
        click.echo("There are no records yet.", err=True)
        return
    click.echo("\t".join(_HEAD))
    for one in found:
        archived = "yes" if one.archived else "no"
        may = "-" if one.archived else one.refusal or "yes"
        click.echo(f"{one.month}\t{one.records}\t{one.size}\t{archived}\t{may}")


@ledger.command()
@click.argument("month", metavar="YYYY-MM")
@click.argument("out", type=_PATH, metavar="OUT.zip")
@click.option("--reason", help="The reason, for the record; asked for where it is missing.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
def archive(month: str, out: Path, reason: str | None, *, dry_run: bool) -> None:
    """
    Move what the records of a finished month (of UTC) say out of the database into OUT.zip.

    Their sealed leaves stay, so that all stays provable, by whoever has the file too. It then is the only copy: keep it
    as safe as the database, in two places. The file holds personal data.
    """
    with _refusals(out):
        if dry_run:
            preview = archive_preview(month=month, followers=_followers())
            if out.exists():
                raise FileExists(f"{out} stands there already. Choose another name.")
            click.echo(f"Would move {_what(preview)}, {preview.length} bytes before packing, into {out}.")
            click.echo("Nothing was changed.")
            return
        done = archive_month(
            month=month,
            out=out,
            why=reason or click.prompt("The reason, for the record"),
            by=cli_principal(),
            at=clock.now(),
            followers=_followers(),
        )
    click.echo(f"Moved {_what(done)} into {out}: {done.length} bytes.")
    click.echo(f"SHA-256: {done.sha256}")
    click.echo(f"Record:  {done.fact}")
    click.echo("")
    click.echo(
        "This file is now the only copy. Keep it in two places, as safe as the database; then let it be checked:"
    )
    click.echo(f"  andante verify --archive {out}")


@ledger.command()
@click.argument("old", type=_PATH, metavar="OLD.zip")
@click.argument("out", type=_PATH, metavar="OUT.zip")
@click.option("--reason", required=True, help="The reason, for the record. Name nobody in it.")
def renew(old: Path, out: Path, reason: str) -> None:
    """Write the archive OLD.zip anew into OUT.zip, without the records that were erased by law since it was made."""
    with _refusals(out):
        done = renew_archive(old=old, out=out, why=reason, by=cli_principal(), at=clock.now())
    click.echo(f"Wrote {out}: {counted(done.records, 'record')} of {done.month}, {done.length} bytes.")
    click.echo(f"SHA-256: {done.sha256}")
    click.echo(f"Record:  {done.fact}")
    click.echo("")
    click.echo(f"Keep it as you kept {old}. Then destroy every copy of that one: it still says what was erased.")


def _what(done: Archived) -> str:
    stay = ""
    if done.staying:
        needed = "stays: the log itself needs it" if done.staying == 1 else "stay: the log itself needs them"
        stay = f" ({done.staying} {needed})"
    say = "says" if done.records == 1 else "say"
    return f"what {counted(done.records, 'record')} of {done.month} {say}{stay}"


def _followers() -> list[str]:
    """Names of those who must have seen a record before what it says may go."""
    followers: tuple[Follower, ...] = import_string(f"{settings.ANDANTE_COMPOSITION}.FOLLOWERS")
    return [each.name for each in followers]


@contextmanager
def _refusals(out: Path) -> Iterator[None]:
    """Say in a sentence why nothing was done, or what is not known."""
    try:
        yield
    except (ArchiveRefused, ArchiveUnfit) as refusal:
        raise click.ClickException(str(refusal)) from None
    except OSError as error:
        raise Problem(
            f"The archive could not be written to {out}: {error.strerror}. Nothing was removed from the database.",
            mend="Choose another folder, or make room, and run it again.",
        ) from error
    except DatabaseError as error:
        if not out.exists():
            raise
        raise Problem(
            f"The database did not say whether it is done ({error}). Keep {out}.",
            mend="`andante ledger months` tells whether the month is archived. If it is not, remove the file and run "
            "it again.",
        ) from error
