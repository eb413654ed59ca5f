"""
For authors: `andante fmt`, `andante lint` and `andante course publish`.

Exit status of all three: 0 all is well; 1 the course has errors (or, for `fmt --check`, would change); 2 the folder
cannot be read at all.
"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from andante.content.findings import CourseInvalid, Finding, Severity, has_errors
from andante.content.formatting import formatted, write
from andante.content.linting import TITLES
from andante.content.linting import lint as lint_folder
from andante.kernel import clock

FOLDER = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_RULES = "docs/reference/lint-rules"


@click.command()
@FOLDER
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write findings.")
def lint(folder: Path, form: str) -> None:
    """
    Judge the course in FOLDER.

    Errors block publishing, warnings and notes do not. Exits with 1 if there is an error.
    """
    findings = lint_folder(folder, today=clock.now().date())
    if form == "json":
        click.echo(json.dumps([_as_json(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        _show(folder, findings)
    if has_errors(findings):
        raise click.exceptions.Exit(1)


@click.command()
@FOLDER
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if something would change.")
def fmt(folder: Path, *, check: bool) -> None:
    """
    Give ids to the course in FOLDER, and set its arrows and minus signs.

    Safe to run again and again: an id that stands is never changed.
    """
    try:
        result = formatted(folder)
    except CourseInvalid as invalid:
        _show(folder, invalid.findings)
        raise click.exceptions.Exit(1) from None
    for path in result.changed:
        click.echo(f"{'would change' if check else 'changed'} {folder / path}")
    if not result.changed:
        click.echo("Nothing to change.")
    elif check:
        raise click.exceptions.Exit(1)
    else:
        write(folder, result)


@click.group()
def course() -> None:
    """Publish courses."""


@course.command()
@FOLDER
def publish(folder: Path) -> None:
    """
    Publish the course in FOLDER as a new version, which new attempts take.

    Refused while the course has errors; then nothing is imported.
    """
    # Needs Django, which `lint` and `fmt` do without.
    from andante.content import operations
    from andante.kernel.principals import cli_principal

    try:
        published = operations.publish_course(folder=folder, by=cli_principal(), at=clock.now())
    except CourseInvalid as invalid:
        _show(folder, invalid.findings)
        click.echo("Nothing was published.", err=True)
        raise click.exceptions.Exit(1) from None
    except operations.FileChanged as changed:
        click.echo(f"{changed} changed while it was being read. Nothing was published; try again.", err=True)
        raise click.exceptions.Exit(1) from None
    _show(folder, published.findings, quiet=True)
    if published.new:
        click.echo(f"Published {published.title}, version {published.number}. Everybody can begin it now.")
    else:
        click.echo(f"This text is already published: {published.title}, version {published.number}.")
    click.echo(f"Hash: {published.version}")


def _show(folder: Path, findings: Sequence[Finding], *, quiet: bool = False) -> None:
    """Findings, errors last, so that what blocks stands at the end of a long list, then the count."""
    by_weight = sorted(findings, key=lambda finding: finding.severity is Severity.ERROR)
    for finding in by_weight:
        place = f"{folder / finding.place.file}:{finding.place.line}:{finding.place.column}"
        label = click.style(f"{finding.severity} {finding.rule}", fg=_COLOURS[finding.severity], bold=True)
        click.echo(f"{place}\n  {label}  {finding.message}\n  {finding.mend}\n")
    counts = Counter(finding.severity for finding in findings)
    if findings:
        click.echo(", ".join(_count(counts[severity], severity) for severity in Severity if counts[severity]) + ".")
        click.echo(f"Each rule is explained, with examples, in {_RULES}/.")
    elif not quiet:
        click.echo("Clean: nothing to mend.")


def _count(number: int, severity: Severity) -> str:
    return f"{number} {severity}{'s'[: number != 1]}"


def _as_json(finding: Finding) -> dict[str, str | int]:
    return {
        "rule": finding.rule,
        "title": TITLES[finding.rule],
        "severity": finding.severity.value,
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "message": finding.message,
        "mend": finding.mend,
    }
