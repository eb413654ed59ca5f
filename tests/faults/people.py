"""
`python -m tests.faults.people FOLDER COUNT`: a course, and learners who stand at its first check, as JSON.

A process of its own, because it needs the Django of the group under test.
"""

from __future__ import annotations

import itertools
import json
import secrets
import sys
from pathlib import Path
from typing import Any

from andante.cli import surroundings


def main(course: str, count: int) -> None:
    with surroundings.database():
        surroundings.set_django_up()
        print(json.dumps(make(Path(course), count)))
        surroundings.leave_database()


def make(folder: Path, count: int) -> list[dict[str, Any]]:
    """Publish the course unless it is, and make people who have answered its first check once."""
    from andante.content import operations as content
    from andante.content import queries as courses
    from andante.content.document import Check
    from andante.kernel import clock
    from andante.kernel.ids import CourseId
    from andante.kernel.principals import account_principal, system_principal
    from andante.learning import operations as learning
    from andante.people import operations as people

    by = system_principal("faults")
    course = CourseId(folder.name)
    content.publish_course(folder=folder, by=by, at=clock.now())
    published = courses.course(course)
    assert published is not None
    cards = published.document.modules[0].cards
    check = next(card for card in cards if isinstance(card, Check))
    right = [option.key for option in check.options if option.correct]
    made = []
    for _ in range(count):
        login, password = f"learner.{secrets.token_hex(4)}", secrets.token_urlsafe(16)
        person = people.create_person(name="Learner", time_zone="UTC", language="en", by=by, at=clock.now())
        account = people.create_account(
            person=person, login=login, email=None, password=password, by=by, at=clock.now()
        )
        who: dict[str, Any] = {"person": person, "course": course, "by": account_principal(account)}
        attempt = learning.start_attempt(**who, at=clock.now())
        for card in itertools.takewhile(lambda card: card is not check, cards):
            learning.continue_past(**who, card=card.id, at=clock.now())
        learning.answer(**who, card=check.id, number=1, chosen=right, at=clock.now())
        made.append(
            {
                "login": login,
                "password": password,
                "attempt": str(attempt),
                "path": f"/courses/{course}/cards/{check.id}/",
                "card": check.id,
                "options": [option.key for option in check.options],
            }
        )
    return made


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
