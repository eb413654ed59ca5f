"""`andante migrate`: bring database, static files and, where wanted, the demonstration up to date."""

from __future__ import annotations

import click
from django.conf import settings

from andante.cli import surroundings
from andante.cli.progress import step
from andante.cli.static import collect_static_files
from andante.ledger.installation import install
from andante.ledger.keys import key_path


@click.command()
def migrate() -> None:
    """Bring the database up to date. Safe to repeat; the first time it opens the log of records."""
    surroundings.prepare_database_roles()
    with step("Bring the database up to date"):
        install(iri=settings.ENVIRONMENT.log_iri, key_file=key_path(settings.DATA_DIR))
    with step("Lay out static files"):
        collect_static_files()
    if settings.ENVIRONMENT.demo:
        from andante.cli.demo.organisation import load_demo

        with step("Load the demonstration"):
            load_demo()
