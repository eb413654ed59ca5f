"""`andante witness`: how those outside stand who keep our checkpoints."""

from __future__ import annotations

from datetime import timedelta

import click
from django.conf import settings

from andante.cli.alarms import on_refusal, tell_asked
from andante.cli.problems import Problem
from andante.kernel.counting import counted
from andante.ledger import queries
from andante.ledger.queries import WitnessView
from andante.ledger.witnessing import Witness, ask, configured


@click.group()
def witness() -> None:
    """Those outside who keep our checkpoints."""


@witness.command()
def status() -> None:
    """
    Tell how each witness stands, without asking it. Exits with 1 when one refuses, is late or did not answer.
    """
    _witnesses()
    views = queries.witnesses()
    for view in views:
        click.echo(_line(view))
        if view.problem:
            click.echo(f"  {view.problem}")
    if any(view.problem or view.late for view in views):
        raise click.exceptions.Exit(1)


@witness.command()
def now() -> None:
    """Show each witness the newest checkpoint. Exits with 1 when one does not agree."""
    wrong = 0
    for each in _witnesses():
        asked = ask(each, alarm=on_refusal)
        tell_asked(asked)
        if asked.problem:
            wrong += 1
            click.echo(f"{asked.witness}: {'REFUSED. ' if asked.refused else ''}{asked.problem}")
        elif asked.size is None:
            click.echo(f"{asked.witness}: nothing is sealed yet.")
        else:
            click.echo(f"{asked.witness}: agrees, {counted(asked.size, 'record')}.")
    if wrong:
        raise click.exceptions.Exit(1)


def _witnesses() -> list[Witness]:
    witnesses = configured(settings.ENVIRONMENT)
    if not witnesses:
        raise Problem(
            "No witness is set up.",
            mend="Set ANDANTE_WITNESS_FILE, or ANDANTE_WITNESS_URL and ANDANTE_WITNESS_KEY: "
            "docs/how-to/let-a-witness-keep-checkpoints.md says how.",
        )
    return witnesses


def _line(view: WitnessView) -> str:
    if view.agreed is None or view.age is None:
        return f"{view.name}: never agreed yet{'' if view.age is None else f', asked since {_age(view.age)}'}."
    standing = "REFUSES" if view.refused else "late" if view.late else "agrees"
    return f"{view.name}: {standing}, {counted(view.size or 0, 'record')}, last seen {_age(view.age)} ago."


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if minutes < 1:
        return "less than a minute"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
