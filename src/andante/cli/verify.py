"""`andante verify`: does the database still say what was sealed?"""

from __future__ import annotations

import click
from django.conf import settings
from django.utils.module_loading import import_string

from andante.ledger.verification import verify as verify_database


@click.command()
def verify() -> None:
    """
    Check every record against its seal, and every row against the facts. Exits with 1 when anything differs.
    """
    report = verify_database(import_string(f"{settings.ANDANTE_COMPOSITION}.PROJECTIONS"))
    for finding in report.findings:
        click.echo(str(finding))
    waiting = f", {report.waiting} waiting for the sealer" if report.waiting else ""
    erased = f", {report.erased} of them erased" if report.erased else ""
    click.echo(f"{report.records} sealed records{erased}{waiting}; {report.rows} rows compared with the facts.")
    if not report.sound:
        click.echo(f"Found {len(report.findings)} contradictions.", err=True)
        raise click.exceptions.Exit(1)
    click.echo("Everything agrees.")
