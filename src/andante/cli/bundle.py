"""`andante bundle`: hand the whole log to an auditor."""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path

import click

from andante.cli.installation import carried_folder
from andante.cli.problems import Problem
from andante.evidence import operations
from andante.kernel import clock
from andante.kernel.principals import cli_principal
from andante.ledger import encoding

VERIFIER = "andante_verify.py"


@click.group()
def bundle() -> None:
    """Hand records to an auditor."""


@bundle.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.zip")
@click.option("--force", is_flag=True, help="Replace a file that stands there.")
def export(out: Path, *, force: bool) -> None:
    """
    Write the whole log into OUT.zip, for an auditor who checks it with the verifier alone.

    The export is itself recorded. The file holds personal data.
    """
    try:
        summary = operations.export_bundle(
            path=out, by=cli_principal(), at=clock.now(), replace=force, progress=_show_progress
        )
    except operations.FileExists:
        raise Problem(f"{out} stands there already.", mend="Choose another name, or replace it with --force.") from None
    except OSError as error:
        raise Problem(
            f"The bundle could not be written to {out}: {error.strerror}.",
            mend="Choose another folder, or make room, and run it again.",
        ) from error
    finally:
        _end_progress()
    wait = "waits" if summary.waiting == 1 else "wait"
    waiting = f", and {summary.waiting} that {wait} to be sealed" if summary.waiting else ""
    click.echo(f"Wrote {out}: {summary.size} sealed records{waiting}; {_megabytes(summary.length)}.")
    if summary.root is None:
        click.echo("Nothing is sealed yet, so there is nothing to verify. Is the sealer running?")
        return
    click.echo(f"Root:              {summary.root}")
    click.echo(f"Key:               {summary.key}")
    click.echo(f"Key's fingerprint: {encoding.fingerprint(encoding.decode_key(summary.key)[1])}")
    click.echo("")
    click.echo("What the auditor does, on a machine of their own with Python 3.8 or newer:")
    click.echo(f"  python3 {VERIFIER} {out.name}")
    click.echo(
        f"The verifier is one file: {verifier()}. Better still, the auditor takes it from where it is published,"
    )
    click.echo("and compares the key's fingerprint with the one above, which you tell them by another way.")


def verifier() -> Path:
    """Where the verifier stands."""
    return carried_folder("verifier") / VERIFIER


def _show_progress(part: str, count: int) -> None:
    if sys.stdout.isatty():
        click.echo(f"\r  {part}: {count}".ljust(shutil.get_terminal_size().columns - 1), nl=False)


def _end_progress() -> None:
    if sys.stdout.isatty():
        with contextlib.suppress(OSError):
            click.echo("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r", nl=False)


def _megabytes(length: int) -> str:
    return f"{length / 1_000_000:.1f} MB" if length >= 100_000 else f"{length} bytes"
