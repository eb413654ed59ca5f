"""When the database is out of reach, a person is told so in a sentence; and afterwards all goes on."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.handlers.exception import convert_exception_to_response
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from psycopg_pool import PoolTimeout

from andante.config.outages import Outage, OutageMiddleware

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

    def test_is_one_line_also_where_logs_are_configured_twice(self, browser, outage, caplog, monkeypatch):
        logger = logging.getLogger("django.request")
        monkeypatch.setattr(logger, "filters", [*logger.filters, Outage()])
        outage()

        browser.get("/account/")

        told = [record.getMessage() for record in caplog.records if record.name == "django.request"]
        assert told == ["database-out-of-reach"]

    def test_is_followed_by_requests_as_ever(self, browser, outage):
        outage()
        browser.get("/account/")
        connection.close()  # as the end of a request does, outside of tests

        assert browser.get("/account/").status_code == 302


class TestAnAnswerThatItIsNotReady:
    def test_is_one_warning_in_the_log(self, outage, caplog):
        outage()

        assert Client(HTTP_HOST=settings.ENVIRONMENT.base_host).get("/readyz").status_code == 503

        (record,) = [record for record in caplog.records if record.name == "django.request"]
        assert (record.levelname, record.getMessage(), record.path) == ("WARNING", "not-ready", "/readyz")


class TestAnErrorOfOurOwn:
    def test_stays_one(self, browser, owner_connection):
        owner_connection.execute("ALTER TABLE people_session RENAME TO people_elsewhere")

        answer = browser.get("/account/")

        assert answer.status_code == 500
        assert "Something went wrong on our side" in answer.content.decode()


class TestRequestsWhileNobodyGetsAConnection:
    """The pool of a web process, whose every connection is taken."""

    @pytest.fixture
    def answers(self):
        """The middleware before a view that asks for a connection, as long as `self.taken`."""
        self.taken = True
        self.asked = 0
        self.waiting = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        return OutageMiddleware(convert_exception_to_response(self.view))

    def view(self, request):
        self.asked += 1
        self.waiting.set()
        assert self.go_on.wait(10)
        if self.taken:
            raise OperationalError from PoolTimeout()
        connection.ensure_connection()
        return HttpResponse("there")

    def test_are_answered_at_once_but_for_one_that_finds_out(self, own_database, answers):
        ask = RequestFactory().get
        assert answers(ask("/")).status_code == 503  # the first one waited, and knows
        self.go_on.clear()
        self.waiting.clear()
        with ThreadPoolExecutor(1) as threads:
            finding_out = threads.submit(lambda: answers(ask("/")).status_code)
            assert self.waiting.wait(10)

            assert [answers(ask("/")).status_code for _ in range(5)] == [503] * 5
            assert self.asked == 2

            self.go_on.set()
            assert finding_out.result() == 503

    def test_are_answered_as_ever_once_one_got_a_connection(self, own_database, answers):
        ask = RequestFactory().get
        answers(ask("/"))
        self.taken = False

        assert [answers(ask("/")).status_code for _ in range(3)] == [200] * 3

    def test_of_machines_that_watch_are_let_through(self, own_database, answers):
        ask = RequestFactory().get
        answers(ask("/"))
        connection.close()

        assert [answers(ask(path)).status_code for path in ("/livez", "/readyz")] == [503, 503]
        assert self.asked == 3
