"""The demonstration: people to be with one click, and the courses that they take."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction

from andante.cli.installation import carried_folder
from andante.content.operations import publish_course
from andante.kernel import clock
from andante.kernel.principals import system_principal
from andante.people import operations as people
from andante.people import queries

BY = system_principal("demo")


def load_demo(*, at: datetime | None = None) -> None:
    """
    Publish the courses of `demo/courses` and make the people of `demo/people.csv` known.

    What is there already stays; so it can be repeated at every start.
    """
    folder = carried_folder("demo")
    at = at or clock.now()
    for course in sorted(path.parent for path in folder.glob("courses/*/course.yaml")):
        publish_course(folder=course, by=BY, at=at)
    _introduce(folder / "people.csv", at)


def _introduce(path: Path, at: datetime) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if queries.account_of_login(row["login"]) is None:
                _introduce_one(row, at)


@transaction.atomic
def _introduce_one(row: Mapping[str, str], at: datetime) -> None:
    person = people.create_person(name=row["name"], time_zone=row["time_zone"], language=row["language"], by=BY, at=at)
    # No password: one click signs in where the demonstration is on, and nothing does where it is off.
    people.create_account(person=person, login=row["login"], email=None, password=None, by=BY, at=at)
    if row["role"]:
        people.grant_role(person=person, role=row["role"], by=BY, at=at)
