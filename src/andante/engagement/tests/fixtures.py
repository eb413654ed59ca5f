"""
A small team: Siobhán leads it. Ada is overdue, Ben is too and has no e-mail, Cleo is done, Dev is overdue and on leave,
Eve has some days left. Hugo reports to somebody else.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction
from django.test import override_settings

from andante.kernel import clock
from andante.kernel.ids import PersonId
from andante.kernel.principals import account_principal
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, publish
from andante.obligations import operations as obligations
from andante.obligations.tests.organisation import OFFICE, Organisation, complete, found, require
from andante.people import operations as people
from andante.people.tests.fixtures import Member, member

NURSES = """
id: night-call-nurses
title: Night call for nurses
audience: {job: [nurse]}
course: night-call
due: {within: 7 days}
why: Nurses take calls at night.
"""


@dataclass
class Team:
    """Who is in it, by name; `now` is the moment at which all that is said above holds."""

    now: datetime
    organisation: Organisation
    manager: Member
    other_manager: Member

    def __getattr__(self, name: str) -> PersonId:
        try:
            return self.organisation.people[name.capitalize()]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def by(self):
        return account_principal(self.manager.account)

    @property
    def everybody(self) -> list[PersonId]:
        return [self.ada, self.ben, self.cleo, self.dev, self.eve]


def zone_where_it_is(hour: int, at: datetime) -> str:
    """A zone in which it is this hour now: tests run at any time of the day."""
    ahead = (hour - at.astimezone(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def make_team(now: datetime) -> Team:
    organisation = found()
    manager, other = member("Siobhán Walsh", "Europe/Dublin"), member("Piet Jansen", "Europe/Dublin")
    noon = zone_where_it_is(12, now)

    def hire(name: str, *, days: int, email: bool = True, boss: Member = manager) -> PersonId:
        begins = (now - timedelta(days=days)).date()
        address = f"{name.lower()}@example.org" if email else None
        person = organisation.hire(name, on=begins, email=address, shift="day", manager=boss.person)
        people.change_person(person=person, by=OFFICE, at=now, time_zone=noon)
        return person

    require(NURSES, at=now - timedelta(days=60), evaluate=False)
    hire("Ada", days=30)
    hire("Ben", days=25, email=False)
    cleo = hire("Cleo", days=20)
    dev = hire("Dev", days=40)
    hire("Eve", days=3)
    hire("Hugo", days=30, boss=other)
    organisation.place(dev, on=(now - timedelta(days=10)).date(), status="leave", shift="day", manager=manager.person)
    complete(cleo, now - timedelta(days=15))
    obligations.evaluate(at=now - timedelta(hours=1))
    return Team(now, organisation, manager, other)


@pytest.fixture
def nurses_team(night_call) -> Team:
    return make_team(clock.now())


@pytest.fixture
def committed_team(own_database) -> Team:
    """The same, with real commits."""
    publish(NIGHT_CALL_FOLDER)
    with transaction.atomic():
        return make_team(clock.now())


class Post:
    """A mail server that keeps what it takes, and answers as it is told."""

    def __init__(self) -> None:
        self.taken = []
        self.answer_to_recipient = None
        self.answer_to_data = "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.answer_to_recipient:
            return self.answer_to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.answer_to_data.startswith("250"):
            self.taken.append(envelope)
        return self.answer_to_data


@dataclass
class MailServer:
    """One on a port of its own, which can go down and come up again."""

    post: Post
    controller: Controller

    @property
    def taken(self):
        return self.post.taken

    def down(self) -> None:
        self.controller.stop()

    def up(self) -> None:
        self.controller = Controller(self.post, hostname="127.0.0.1", port=self.controller.port)
        self.controller.start()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A real SMTP server; Django's mail goes to it."""
    from tests.running import free_port

    logging.getLogger("mail.log").setLevel(logging.WARNING)
    post = Post()
    server = MailServer(post, Controller(post, hostname="127.0.0.1", port=free_port()))
    server.controller.start()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=server.controller.port,
        EMAIL_TIMEOUT=5,
    ):
        yield server
    if server.controller.server is not None:
        server.controller.stop()


@pytest.fixture
def mail_jobs(db) -> Callable[[], list]:
    """The mails that wait for the worker: what each is for, and when it goes."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    def _mail_jobs():
        jobs = ProcrastinateJob.objects.filter(task_name="engagement.deliver", status="todo").order_by("id")
        return list(jobs)

    return _mail_jobs
