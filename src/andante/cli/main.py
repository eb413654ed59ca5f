"""
The `andante` command and the list of its subcommands.

A subcommand's module is imported when it is called, so that `--help` is quick; whether it needs Django or a
database is declared here, so that its own code can take both for granted.
"""

from __future__ import annotations

import errno
import importlib
import sys
from dataclasses import dataclass
from enum import Enum

import click

from andante import __version__
from andante.cli.problems import Problem
from andante.kernel.environment import SettingInvalid

CANNOT_START = 2  # exit status: something outside the program has to be mended first


class Needs(Enum):
    """What stands ready before a command's module is imported."""

    NOTHING = "nothing"
    DJANGO = "django"
    DATABASE = "database and django"


@dataclass(frozen=True)
class Entry:
    """Where a subcommand lives, and the line about it in `andante --help`."""

    module: str
    attribute: str
    needs: Needs
    about: str


COMMANDS = {
    "run": Entry("andante.cli.processes", "run", Needs.NOTHING, "Start everything: database, web, worker, sealer."),
    "demo": Entry("andante.cli.processes", "demo", Needs.NOTHING, "As run, with a demonstration to try."),
    "doctor": Entry("andante.cli.doctor", "doctor", Needs.NOTHING, "Say what is wrong, and how to mend it."),
    "migrate": Entry("andante.cli.migrate", "migrate", Needs.DATABASE, "Bring the database up to date."),
    "web": Entry("andante.cli.web", "web", Needs.DATABASE, "Serve pages."),
    "worker": Entry("andante.cli.worker", "worker", Needs.DATABASE, "Do what waits in the background."),
    "sealer": Entry("andante.cli.sealer", "sealer", Needs.DATABASE, "Seal records as they come."),
    "key": Entry("andante.cli.key", "key", Needs.DATABASE, "Show or change the key that signs the records."),
    "verify": Entry("andante.cli.verify", "verify", Needs.DATABASE, "Check every record and row against the facts."),
    "ledger": Entry("andante.cli.ledger", "ledger", Needs.DATABASE, "Months of records, and archives of old ones."),
    "witness": Entry("andante.cli.witness", "witness", Needs.DATABASE, "See those outside who keep our checkpoints."),
    "bundle": Entry("andante.cli.bundle", "bundle", Needs.DATABASE, "Hand records to an auditor."),
    "receipt": Entry("andante.cli.extract", "receipt", Needs.DATABASE, "Hand out one record with its proof."),
    "extract": Entry("andante.cli.extract", "extract", Needs.DATABASE, "Hand out a person's records with proofs."),
    "lint": Entry("andante.cli.course", "lint", Needs.NOTHING, "Check a course folder."),
    "fmt": Entry("andante.cli.course", "fmt", Needs.NOTHING, "Put a course folder into its canonical form."),
    "course": Entry("andante.cli.course", "course", Needs.DATABASE, "Publish courses."),
    "person": Entry("andante.cli.people", "person", Needs.DATABASE, "Add and list people."),
    "people": Entry("andante.cli.people_import", "people", Needs.DATABASE, "Import many people."),
    "account": Entry("andante.cli.people", "account", Needs.DATABASE, "Give people a way to sign in."),
    "role": Entry("andante.cli.people", "role", Needs.DATABASE, "Say who administers and who audits."),
    "enrol": Entry("andante.cli.learning", "enrol", Needs.DATABASE, "Let a person take a course."),
    "requirement": Entry("andante.cli.requirement", "requirement", Needs.DATABASE, "Say who must take which course."),
}


class Commands(click.Group):
    """Subcommands by name, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        self._prepare(ctx, entry)
        command = getattr(importlib.import_module(entry.module), entry.attribute)
        assert isinstance(command, click.Command)  # noqa: S101 (tells mypy what getattr cannot)
        return command

    @staticmethod
    def _prepare(ctx: click.Context, entry: Entry) -> None:
        if entry.needs is Needs.NOTHING:
            return
        from andante.cli import surroundings

        if entry.needs is Needs.DATABASE and not {"--help", "-h"} & set(sys.argv):
            ctx.with_resource(surroundings.database())
            ctx.call_on_close(surroundings.leave_database)  # before the embedded server stops under it
        surroundings.set_django_up()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.about) for name, entry in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="andante")
def andante() -> None:
    """Learning at work, with records that an outsider can verify."""


def main() -> None:
    """Run the command line; what a person can mend ends in one sentence and status 2, not in a traceback."""
    try:
        andante()
    except (Problem, SettingInvalid) as problem:
        click.echo(f"andante: {problem}", err=True)
        sys.exit(CANNOT_START)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        click.echo(f"andante: The disk is full ({error.filename}). Free some space on it.", err=True)
        sys.exit(CANNOT_START)
    except Exception as error:
        if not _tables_are_missing(error):
            raise
        click.echo("andante: The tables of the database are missing or too old. Run `andante migrate`.", err=True)
        sys.exit(CANNOT_START)


def _tables_are_missing(error: Exception) -> bool:
    from psycopg import errors

    return isinstance(error.__cause__, errors.UndefinedTable | errors.UndefinedColumn)


if __name__ == "__main__":
    main()
