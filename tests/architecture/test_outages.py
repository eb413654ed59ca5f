"""When the database is out of reach, a person is told so in a sentence; and afterwards all goes on."""

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.test import Client

SIGN_IN = "/sign-in/"


@pytest.fixture
def browser(own_database):
    """Somebody with a cookie, so that every request asks the database."""
    client = Client(raise_request_exception=False, HTTP_HOST=settings.ENVIRONMENT.base_host)
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    assert isinstance(client.session, SessionBase)
    return client


@pytest.fixture
def outage(own_database, databases):
    """End this process's session at the server, as a restart does; Django notices at the next query only."""

    def begin():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        with psycopg.connect(databases.urls.tester) as other:
            assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)

    return begin


class TestARequestDuringAnOutage:
    def test_is_answered_with_503_and_a_way_to_try_again(self, browser, outage):
        outage()

        answer = browser.get("/account/?a=1&b=2")

        text = answer.content.decode()
        assert answer.status_code == 503
        assert answer["Retry-After"] == "5"
        assert answer["Cache-Control"] == "no-store"
        assert "We cannot reach your records just now" in text
        assert 'href="/account/?a=1&amp;b=2"' in text
        assert "may not be saved" not in text

    def test_that_sends_something_says_that_it_may_not_be_saved(self, browser, outage):
        outage()

        text = browser.post("/account/").content.decode()

        assert "What you just sent may not be saved" in text
        assert 'href="/"' in text

    def test_is_one_line_of_the_log_without_a_traceback(self, browser, outage, caplog):
        outage()

        browser.get("/account/")

        (record,) = [record for record in caplog.records if record.name == "django.request"]
        assert (record.levelname, record.getMessage(), record.path) == ("WARNING", "database-out-of-reach", "/account/")
        assert "AdminShutdown" in record.error
        assert record.exc_info is None

    def test_is_followed_by_requests_as_ever(self, browser, outage):
        outage()
        browser.get("/account/")
        connection.close()  # as the end of a request does, outside of tests

        assert browser.get("/account/").status_code == 302


class TestAnErrorOfOurOwn:
    def test_stays_one(self, browser, owner_connection):
        owner_connection.execute("ALTER TABLE people_session RENAME TO people_elsewhere")

        answer = browser.get("/account/")

        assert answer.status_code == 500
        assert "Something went wrong on our side" in answer.content.decode()
