"""`andante key`: the key that signs checkpoints, and changing it."""

from __future__ import annotations

import click
from django.conf import settings

from andante.cli.problems import Problem
from andante.kernel import clock
from andante.kernel.principals import cli_principal
from andante.ledger import queries
from andante.ledger.keys import KeyFiles, KeyMissing, key_path
from andante.ledger.rotation import ChangeRefused, rotate_key


@click.group()
def key() -> None:
    """Show or change the key that signs the records."""


@key.command()
def show() -> None:
    """Show the key in force with its fingerprint, and every key before it. Needs no key file."""
    known = queries.keys()
    if not known:
        raise click.ClickException("Nothing is sealed yet, so no key has signed anything. Is the sealer running?")
    *earlier, in_force = known
    click.echo("In force:")
    _echo(in_force)
    if earlier:
        click.echo("Earlier, still valid for what they signed:")
    for one in reversed(earlier):
        _echo(one)


@key.command()
@click.option("--why", required=True, help="The reason, for the record.")
def rotate(why: str) -> None:
    """
    Change the key: make a new one that the old one endorses, on record.

    Run it as the user who may read the key. The sealer goes on without a restart: it signs once more with the old key,
    then with the new one, and removes the old private key.
    """
    files = KeyFiles(key_path(settings.DATA_DIR))
    try:
        change = rotate_key(files=files, by=cli_principal(), at=clock.now(), why=why)
    except ChangeRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    except KeyMissing as missing:
        raise Problem(str(missing), mend="Then ask again.") from None
    except PermissionError:
        raise Problem(
            f"This user may not read and write {files.path.parent}.", mend="Run it as the user of the sealer."
        ) from None
    click.echo(f"New key:     {change.key}")
    click.echo(f"Fingerprint: {queries.key_fingerprint(change.key)}")
    click.echo(f"Record:      {change.record}")
    click.echo("")
    click.echo("The sealer takes it up by itself. Then back up the folder of keys anew, and tell your auditors the new")
    click.echo("fingerprint by another way than the bundle. `andante key show` tells when it is in force.")


def _echo(one: queries.LogKey) -> None:
    click.echo(f"  {one.key}")
    click.echo(f"  fingerprint {one.fingerprint}")
    click.echo(f"  since record {one.number} ({one.record}), stored {one.since:%Y-%m-%d %H:%M} UTC")
