"""`andante people`: many people at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from andante.kernel import clock
from andante.kernel.counting import counted
from andante.kernel.principals import cli_principal
from andante.people import operations

FAULTS_SHOWN = 50


@click.group()
def people() -> None:
    """Many people at once."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_people(file: Path, *, dry_run: bool) -> None:
    """
    Make the people of FILE known, with where they work: a CSV file, one line a person.

    All or nothing, and safe to repeat: the same file again changes nothing. The columns are described in
    docs/reference/people-csv.md.
    """
    try:
        rows, faults = operations.read_people(file.read_bytes())
        if faults:
            raise operations.ImportRefused(faults)
        done = operations.import_people(
            rows=rows, by=cli_principal(), at=clock.now(), dry_run=dry_run, progress=_progress
        )
    except operations.ImportRefused as refusal:
        _tell(file, refusal)
        sys.exit(1)
    except operations.PeopleError as refusal:
        raise click.ClickException(f"{file}: {refusal}") from None
    click.echo(_summary(done, dry_run=dry_run))


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() and (done % 100 == 0 or done == total):
        click.echo(f"\r  {done} of {total} lines", nl=done == total, err=True)


def _tell(file: Path, refusal: operations.ImportRefused) -> None:
    for fault in refusal.errors[:FAULTS_SHOWN]:
        click.echo(f"{file}: {fault}", err=True)
    more = len(refusal.errors) - FAULTS_SHOWN
    if more > 0:
        click.echo(f"… and {more} more.", err=True)
    count = counted(len(refusal.errors), "fault")
    click.echo(f"{count}. Nothing was changed: mend the file and try again.", err=True)


def _summary(done: operations.Imported, *, dry_run: bool) -> str:
    would = "would be " if dry_run else ""
    lines = []
    for one, many, what, names in (
        ("unit", "units", f"{would}added", done.units),
        ("job", "jobs", f"{would}added", done.jobs),
        ("person", "people", f"{would}added", done.created),
        ("person", "people", f"{would}changed", done.changed),
        ("person", "people", f"{would}placed elsewhere, or as something else", done.placed),
        ("login", "logins", f"{would}added", done.accounts),
    ):
        if names:
            shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
            lines.append(f"{len(names):6} {one if len(names) == 1 else many} {what}: {shown}")
    lines.append(f"{done.unchanged:6} {'person' if done.unchanged == 1 else 'people'} as before")
    if dry_run:
        lines.append("Nothing was changed: this was a dry run.")
    return "\n".join(lines)
