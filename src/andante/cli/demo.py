"""The demonstration: a few people and the courses of demo/, made by the same operations that everybody uses."""

from __future__ import annotations

import csv
from pathlib import Path

from andante.cli.installation import demo_folder
from andante.content.operations import publish_course
from andante.kernel import clock
from andante.kernel.ids import PersonId, derived_id
from andante.kernel.principals import system_principal
from andante.ledger.queries import current_log
from andante.people import operations as people
from andante.people import queries

BY = system_principal("demo")


def load_demo() -> None:
    """Load what is missing of the demonstration; what stands already stays as it is."""
    folder = demo_folder()
    with (folder / "people.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            _person(row)
    for course in sorted((folder / "courses").iterdir()):
        if (course / "course.yaml").is_file():
            _publish(course)


def _person(row: dict[str, str]) -> None:
    """Somebody with an account, but without a password: the one-click sign-in is the only way in."""
    if queries.account_of_login(row["login"]) is not None:
        return
    at = clock.now()
    person = PersonId(derived_id(current_log().id, "demo", row["login"]))
    if queries.person(person) is None:
        people.create_person(
            id=person, name=row["name"], time_zone=row["time_zone"], language=row["language"], by=BY, at=at
        )
    for role in row["roles"].split():
        if role not in queries.roles(person):
            people.grant_role(person=person, role=role, why="demonstration", by=BY, at=at)
    people.create_account(person=person, login=row["login"], email=None, password=None, by=BY, at=at)


def _publish(folder: Path) -> None:
    publish_course(folder=folder, by=BY, at=clock.now())
