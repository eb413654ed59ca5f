"""
For administrators: `andante requirement preview|apply|list|show|withdraw|evaluate`.

Exit status: 0 done; 1 refused, and nothing was changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from andante.kernel import clock
from andante.kernel.principals import cli_principal
from andante.obligations import operations, queries
from andante.obligations.queries import Affected, FormRefused, Preview, RequirementForm, RequirementId

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
ALL = click.option("--all", "everybody", is_flag=True, help="List everybody, not only the first twenty of each kind.")
FEW = 20


@click.group()
def requirement() -> None:
    """Say who must take which course, and by when."""


@requirement.command()
@FILE
@ALL
def preview(file: Path, *, everybody: bool) -> None:
    """Show what applying FILE would do, to whom and why. Changes nothing."""
    form = _form(file)
    _show(form, _preview(file, form, at=clock.now()), everybody=everybody)
    click.echo(f"Nothing was changed. To apply it: andante requirement apply {file}")


@requirement.command()
@FILE
@click.option("--why", default="", help="The reason for the change, for the record.")
@ALL
def apply(file: Path, why: str, *, everybody: bool) -> None:
    """Apply FILE, and assign what follows. Applying the same again changes nothing."""
    form, at = _form(file), clock.now()
    _show(form, _preview(file, form, at=at), everybody=everybody)
    before = queries.requirement(form.id)
    try:
        operations.apply_requirement(form=form, by=cli_principal(), at=at, why=why)
    except operations.RequirementRefused as refusal:
        raise _refused(file, refusal) from None
    after = queries.requirement(form.id)
    assert after is not None  # noqa: S101 - it was just applied
    if before is not None and before.revision == after.revision:
        click.echo(f"This is already applied: {form.id}, revision {after.revision}.")
    else:
        click.echo(f"Applied {form.id}, revision {after.revision}.")
    _say(operations.evaluate(at=at))


@requirement.command("list")
@click.option("--withdrawn", is_flag=True, help="Also those that hold no longer.")
def list_requirements(*, withdrawn: bool) -> None:
    """List requirements: id, revision, course, title."""
    found = queries.requirements(withdrawn=withdrawn)
    for view in found:
        title = f"{view.title} (withdrawn)" if view.withdrawn else view.title
        click.echo(f"{view.id}\t{view.revision}\t{view.form.course}\t{title}")
    if not found:
        click.echo("There are no requirements yet. Write one into a file: docs/how-to/require-a-course.md", err=True)


@requirement.command()
@click.argument("id")
def show(id: str) -> None:
    """Show the requirement ID as a file, and its history."""
    view = queries.requirement(RequirementId(id))
    if view is None:
        raise click.ClickException(f"There is no requirement “{id}”. See `andante requirement list`.")
    for revision in view.history:
        what = "applied" if revision.form else "withdrawn"
        reason = f": {revision.why}" if revision.why else ""
        click.echo(
            f"# revision {revision.number}, {what} {revision.applied_at:%Y-%m-%d %H:%M} UTC by {revision.by}{reason}"
        )
    click.echo(queries.form_text(view.form), nl=False)


@requirement.command()
@click.argument("id")
@click.option("--why", required=True, help="The reason, for the record.")
def withdraw(id: str, why: str) -> None:
    """Let the requirement ID hold no longer, and withdraw its duties. What was done stays on record."""
    at = clock.now()
    if not why.strip():
        raise click.ClickException("Say why: the reason goes on record.")
    try:
        operations.withdraw_requirement(requirement=RequirementId(id), by=cli_principal(), at=at, why=why.strip())
    except operations.NotRequired as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"Withdrew {id}.")
    _say(operations.evaluate(at=at))


@requirement.command("evaluate")
def evaluate_everybody() -> None:
    """Work out everybody's duties anew. The worker does so by itself; doing it again changes nothing."""
    _say(operations.evaluate(at=clock.now()))


def _form(file: Path) -> RequirementForm:
    """Read the file; else say everything that is wrong with it, each with its line and the mend."""
    try:
        return queries.parse_form(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is no UTF-8 text. Save it as UTF-8.") from None
    except FormRefused as refused:
        for problem in refused.problems:
            click.echo(f"{file}:{problem.line}\n  {problem.message}\n  {problem.mend}\n", err=True)
        raise click.ClickException("The requirement cannot be read. Nothing was changed.") from None


def _preview(file: Path, form: RequirementForm, *, at: datetime) -> Preview:
    try:
        return queries.preview(form, at=at)
    except operations.RequirementRefused as refusal:
        raise _refused(file, refusal) from None


def _refused(file: Path, refusal: operations.RequirementRefused) -> click.ClickException:
    """The line of the key that asks for what is not there."""
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    line = next((number for number, text in enumerate(lines, 1) if text.startswith(f"{refusal.key}:")), 1)
    return click.ClickException(f"{file}:{line}: {refusal}")


def _show(form: RequirementForm, found: Preview, *, everybody: bool) -> None:
    click.echo(f"{form.title} ({form.id}): course {form.course}")
    _list("Gain a duty", found.gains, everybody=everybody)
    _list("Lose a duty", found.loses, everybody=everybody)
    _list("Are to be done by another time", found.changed, everybody=everybody)
    click.echo(f"Unchanged: {len(found.unchanged)}.\n")


def _list(heading: str, people: Sequence[Affected], *, everybody: bool) -> None:
    click.echo(f"{heading}: {len(people)}.")
    for who in people if everybody else people[:FEW]:
        click.echo(f"  {who.name}: {who.why}; {_when(who)}")
    if len(people) > FEW and not everybody:
        click.echo(f"  … and {len(people) - FEW} more: --all lists everybody.")


def _when(who: Affected) -> str:
    if who.due_at is None:
        return "no more" if who.begins_at is None else "no date"
    if who.done:
        return "holds it already"
    text = f"due {_local(who.due_at, who.time_zone)}"
    if who.due_before and who.due_before != who.due_at:
        text += f", not {_local(who.due_before, who.time_zone)}"
    return text


def _local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def _say(made: operations.Evaluation) -> None:
    click.echo(f"Duties: {made.opened} assigned, {made.withdrawn} withdrawn, {made.redated} due at another time.")
