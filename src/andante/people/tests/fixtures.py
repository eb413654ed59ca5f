"""
The cast: the same four people in every test, and a browser for each.

Amara Okafor learns (a nurse in Chicago), Tomás Byrne administers (Dublin), Mei Lin Tan audits (Singapore); Noor
Haddad has an account and nothing else: the outsider.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client, override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from andante.kernel.ids import AccountId, PersonId
from andante.kernel.principals import system_principal
from andante.people import operations, tasks

PASSWORD = "seven quiet corridors"
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TESTS = system_principal("tests")


@dataclass(frozen=True)
class Member:
    """Somebody of the cast."""

    person: PersonId
    account: AccountId
    name: str
    login: str
    email: str
    password: str = PASSWORD


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords in microseconds; the tests of sign-in itself ask for the real hasher."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _fresh_counters(request: pytest.FixtureRequest) -> Iterator[None]:
    """Attempts that another test made do not count, where a test has a database."""
    yield
    if "db" in request.fixturenames:
        cache.clear()


def member(name: str, time_zone: str, *, role: str | None = None) -> Member:
    """Make somebody with an account, as an administrator would."""
    person = operations.create_person(name=name, time_zone=time_zone, language="en", by=TESTS, at=LONG_AGO)
    login = name.lower().replace(" ", ".").replace("á", "a")
    email = f"{login}@example.org"
    account = operations.create_account(
        person=person, login=login, email=email, password=PASSWORD, by=TESTS, at=LONG_AGO
    )
    if role:
        operations.grant_role(person=person, role=role, by=TESTS, at=LONG_AGO)
    return Member(person, account, name, login, email)


@pytest.fixture
def amara(db: None) -> Member:
    return member("Amara Okafor", "America/Chicago")


@pytest.fixture
def tomas(db: None) -> Member:
    return member("Tomás Byrne", "Europe/Dublin", role="administrator")


@pytest.fixture
def mei_lin(db: None) -> Member:
    return member("Mei Lin Tan", "Asia/Singapore", role="auditor")


@pytest.fixture
def noor(db: None) -> Member:
    return member("Noor Haddad", "Europe/Paris")


@pytest.fixture
def post(db: None) -> Callable[[], list[EmailMessage]]:
    """Let the worker deliver the mail that waits, and return all that was delivered."""

    def _post() -> list[EmailMessage]:
        for job in ProcrastinateJob.objects.filter(task_name=tasks.send_mail.name).order_by("id"):
            if job.id not in delivered:
                tasks.send_mail(**job.args)
                delivered.add(job.id)
        return mail.outbox

    delivered: set[int] = set()
    return _post


@pytest.fixture
def browser_of() -> Callable[[Member], Client]:
    """Give somebody a browser of their own in which they are signed in."""

    def _browser_of(somebody: Member) -> Client:
        from django.contrib.auth import get_user_model

        client = Client()
        client.force_login(get_user_model().objects.get(pk=somebody.account))
        return client

    return _browser_of
