"""Learners who are signed in and stand at the first check of the course. Needs Django."""

from __future__ import annotations

import itertools
import secrets

from django.conf import settings
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from andante.content import queries as content
from andante.content.document import Check
from andante.kernel import clock
from andante.kernel.ids import CourseId
from andante.kernel.principals import account_principal, system_principal
from andante.learning import operations
from andante.people import operations as people
from andante.people.models import Account
from tests.bench.load import Request
from tests.running import RunningAndante

COURSE = CourseId("patient-records")


class Learners:
    """As many as there are connections; each has a session as a browser would have it."""

    def __init__(self, site: RunningAndante, count: int) -> None:
        published = content.course(COURSE)
        assert published is not None
        self._site = site
        self._cards = published.document.modules[0].cards
        self._check = next(card for card in self._cards if isinstance(card, Check))
        self.idea = f"/courses/{COURSE}/cards/{self._cards[0].id}/"
        self.check = f"/courses/{COURSE}/cards/{self._check.id}/"
        self._clients = [self._learner(number) for number in range(count)]
        self._tries = [itertools.count(2) for _ in range(count)]

    def _learner(self, number: int) -> Client:
        by = system_principal("bench")
        person = people.create_person(name=f"Learner {number}", time_zone="UTC", language="en", by=by, at=clock.now())
        account = people.create_account(
            person=person, login=f"learner.{number}", email=None, password=None, by=by, at=clock.now()
        )
        who = {"person": person, "course": COURSE, "by": account_principal(account)}
        operations.start_attempt(**who, at=clock.now())
        for card in itertools.takewhile(lambda card: card is not self._check, self._cards):
            operations.continue_past(**who, card=card.id, at=clock.now())
        chosen = [option.key for option in self._check.options if option.correct]
        operations.answer(**who, card=self._check.id, number=1, chosen=chosen, at=clock.now())
        client = Client(HTTP_HOST=f"localhost:{self._site.port}")
        client.force_login(Account.objects.get(pk=account), backend=settings.AUTHENTICATION_BACKENDS[0])
        client.cookies[settings.CSRF_COOKIE_NAME] = _get_new_csrf_string()
        return client

    def request(self, who: int, path: str) -> Request:
        return Request(self._site.port, path, self._cookie(who))

    def answer(self, who: int) -> Request:
        """The next try at the check: every one is a fact of its own."""
        form = (
            ("csrfmiddlewaretoken", self._clients[who].cookies[settings.CSRF_COOKIE_NAME].value),
            ("act", "answer"),
            ("number", str(next(self._tries[who]))),
            ("option", secrets.choice(self._check.options).key),
        )
        return Request(self._site.port, self.check, self._cookie(who), form)

    def statements(self, request: Request) -> int:
        """How many statements the request sends to the database, BEGIN and COMMIT included; in this process."""
        client = self._clients[0]
        with CaptureQueriesContext(connection) as captured:
            if request.form:
                client.post(request.path, dict(request.form))
            else:
                client.get(request.path)
        return len(captured)

    def _cookie(self, who: int) -> str:
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self._clients[who].cookies.items())
