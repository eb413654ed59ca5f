"""For administrators at the command line: `andante enrol LOGIN COURSE`."""

from __future__ import annotations

import click

from andante.content import queries as content
from andante.kernel import clock
from andante.kernel.ids import CourseId
from andante.kernel.principals import cli_principal
from andante.learning import operations
from andante.people import queries as people


@click.command()
@click.argument("login")
@click.argument("course")
def enrol(login: str, course: str) -> None:
    """Let the person with this LOGIN take a COURSE, named by its id. Enrolling twice changes nothing."""
    account = people.account_of_login(login)
    if account is None or account.person is None:
        raise click.ClickException(f"No person has the login “{login}”: `andante person list` shows them.")
    try:
        registration = operations.enrol_person(
            person=account.person, course=CourseId(course), by=cli_principal(), at=clock.now()
        )
    except operations.CourseUnknown:
        known = ", ".join(sorted(each.document.id for each in content.catalogue())) or "none"
        raise click.ClickException(f"No course with the id “{course}” is published. Published: {known}.") from None
    click.echo(f"{login} is enrolled in {course}. Registration: {registration}")
