"""`andante verify`: does the database still say what was sealed?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click
from django.conf import settings
from django.utils.module_loading import import_string

from andante.cli.alarms import on_difference, tell_report
from andante.cli.parents import end_with
from andante.cli.problems import Problem
from andante.kernel import clock
from andante.kernel.counting import counted
from andante.kernel.principals import cli_principal, system_principal
from andante.ledger import queries
from andante.ledger.archives import ArchiveUnfit, archives_in
from andante.ledger.self_check import alone, verify_on_record
from andante.ledger.statements import instant
from andante.ledger.verification import Report
from andante.ledger.verification import verify as verify_database

INCOMPLETE = 2  # exit status: nothing differs, but not everything could be checked
POLITE = 10
"""How far a verification in the background steps back behind others who need the processor (nice)."""


@click.command()
@click.option(
    "--archive",
    "archives",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE",
    help="The archive of a month; may be given several times.",
)
@click.option("--no-record", is_flag=True, help="Leave no record of it, and send no mail.")
@click.option("--when-due", is_flag=True, hidden=True, help="As the worker does: only when it is time.")
@click.option("--parent", type=int, hidden=True)
def verify(*, archives: Sequence[Path], no_record: bool, when_due: bool, parent: int | None) -> None:
    """
    Check every record against its seal, and every row against the facts. Exits with 1 when anything differs.

    What archived records say is read from the files that --archive names, or else from those in ANDANTE_ARCHIVES. Where
    the file of a month is missing, no row is compared, and it exits with 2: nothing differs, but not all was checked.

    What came of it is recorded. Where something differs that did not before, administrators get a mail.
    """
    end_with(parent)
    if when_due:
        os.nice(POLITE)
    with alone(wait=False) as free:
        if free:
            _verify(archives, no_record=no_record, when_due=when_due)
            return
    if when_due:
        return
    click.echo("Another verification is running; this one begins when it has ended.")
    with alone(wait=True):
        _verify(archives, no_record=no_record, when_due=False)


def _verify(archives: Sequence[Path], *, no_record: bool, when_due: bool) -> None:
    if when_due and queries.verification_due() > clock.now():
        return  # somebody else was faster
    folder = settings.ENVIRONMENT.archives
    if not archives and folder is not None:
        archives = archives_in(folder)
    projections = import_string(f"{settings.ANDANTE_COMPOSITION}.PROJECTIONS")
    try:
        if no_record:
            report = verify_database(projections, archives)
        else:
            by = system_principal("verification") if when_due else cli_principal()
            report = verify_on_record(projections, archives, by=by, told=tell_report, alarm=on_difference).report
    except ArchiveUnfit as unfit:
        raise Problem(str(unfit), mend="Nothing was verified; without it, the rest is.") from None
    _print(report)
    if not report.complete and not when_due:
        # In the background nobody can give the files: what could be checked there was, and that is on record.
        raise click.exceptions.Exit(INCOMPLETE)


def _print(report: Report) -> None:
    for finding in report.findings:
        click.echo(str(finding))
    waiting = f", {report.waiting} waiting for the sealer" if report.waiting else ""
    erased = f", {report.erased} of them erased" if report.erased else ""
    archived = f", {report.archived} of them archived" if report.archived else ""
    click.echo(
        f"{counted(report.records, 'sealed record')}{erased}{archived}{waiting}; "
        f"{counted(report.rows, 'row')} compared with the facts."
    )
    if not report.sound:
        click.echo(f"Found {counted(len(report.findings), 'contradiction')}.", err=True)
        raise click.exceptions.Exit(1)
    if report.complete:
        click.echo("Everything agrees.")
    else:
        told = ", ".join(f"{month} ({count})" for month, count in sorted(report.not_given.items()))
        click.echo(f"What was checked agrees. Incomplete: records of these months stand in archives: {told}.")
        click.echo("Rows follow from these too, so none was compared. Give each file with --archive.")
    for step in queries.clock_steps_back():
        click.echo(
            f"Note: the database's clock went back before checkpoint {step.size}, from {instant(step.before)} to "
            f"{instant(step.after)}. The order of records is that of their numbers."
        )
