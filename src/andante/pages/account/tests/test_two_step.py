import re
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client

from andante.ledger import queries as ledger
from andante.people import operations, queries
from andante.people.tests.fixtures import PASSWORD, TESTS

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)

HALF_MINUTE = 59_000_000  # in half minutes since 1970


@pytest.fixture(autouse=True)
def _the_half_minute_does_not_end(monkeypatch):
    """A code holds for the half minute it is made in; the test must not depend on when in it the test runs."""
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([HALF_MINUTE]))


def code_of(secret):
    return auth.format_hotp_value(auth.hotp_value(secret, HALF_MINUTE))


def confirm(browser, url):
    """Open what asks for the password once more, and give it."""
    asked = browser.get(url)
    assert asked["Location"].startswith("/account/confirm/")
    return browser.post(asked["Location"], {"password": PASSWORD})


@pytest.fixture
def verbs(seal):
    def _verbs():
        seal()
        return [stored.fact.verb for stored in ledger.facts()]

    return _verbs


@pytest.fixture
def secret(amara, browser_of, django_capture_on_commit_callbacks):
    """The key in Amara's authenticator app, after she has set it up."""
    browser = browser_of(amara)
    assert confirm(browser, "/account/two-step/turn-on/")["Location"] == "/account/two-step/turn-on/"
    page = browser.get("/account/two-step/turn-on/").content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post("/account/two-step/turn-on/", {"code": code_of(secret)})
    assert answer["Location"] == "/account/two-step/codes/"
    from django.core.cache import cache

    cache.clear()  # the code just used may be used once more, as if half a minute had passed
    return secret


def password_step(amara):
    client = Client()
    answer = client.post("/sign-in/", {"login": amara.login, "password": PASSWORD})
    assert answer["Location"] == "/sign-in/code/"
    assert client.get("/account/").status_code == 302
    return client


class TestSettingItUp:
    def test_shows_a_square_to_scan_without_any_style_of_its_own(self, amara, browser_of):
        browser = browser_of(amara)
        confirm(browser, "/account/two-step/turn-on/")
        page = browser.get("/account/two-step/turn-on/").content.decode()
        assert '<svg class="qr"' in page
        assert "style=" not in page
        assert "data:" not in page

    def test_is_on_record_and_told_by_mail(self, amara, secret, verbs, post):
        assert verbs()[-2:] == ["two-step-turned-on", "recovery-codes-made"]
        assert post()[-1].subject == "Two-step sign-in is on"

    def test_is_refused_with_a_wrong_code_next_to_the_field(self, amara, browser_of):
        browser = browser_of(amara)
        confirm(browser, "/account/two-step/turn-on/")
        answer = browser.post("/account/two-step/turn-on/", {"code": "000000"})
        assert 'id="id_code_error"' in answer.content.decode()
        assert not Authenticator.objects.exists()

    def test_keeps_no_secret_that_a_copy_of_the_database_would_give_away(self, secret):
        for row in Authenticator.objects.all():
            assert secret not in str(row.data)
            assert all(str(value).startswith("gAAAA") for key, value in row.data.items() if key in {"secret", "seed"})


class TestSigningIn:
    def test_asks_for_the_code_after_the_password(self, amara, secret, seal):
        client = password_step(amara)
        assert client.get("/sign-in/code/").status_code == 200
        assert client.post("/sign-in/code/", {"code": code_of(secret)})["Location"] == "/"
        assert client.get("/account/").status_code == 200
        seal()
        assert ledger.facts()[-1].fact.body["new"] == {"methods": ["password", "totp"]}

    def test_takes_a_code_only_once(self, amara, secret):
        code = code_of(secret)
        assert password_step(amara).post("/sign-in/code/", {"code": code}).status_code == 302
        assert password_step(amara).post("/sign-in/code/", {"code": code}).status_code == 200

    def test_puts_a_wrong_code_on_record_and_closes_the_way_after_five(self, amara, secret, verbs):
        client = password_step(amara)
        for _ in range(5):
            answer = client.post("/sign-in/code/", {"code": "000000"})
        assert "does not fit" in answer.content.decode()
        assert "Too many" in client.post("/sign-in/code/", {"code": code_of(secret)}).content.decode()
        assert verbs().count("sign-in-failed") == 5
        operations.unlock_account(account=amara.account, by=TESTS, at=AT)
        assert client.post("/sign-in/code/", {"code": code_of(secret)})["Location"] == "/"

    def test_takes_each_recovery_code_once_and_puts_that_on_record(self, amara, secret, verbs):
        code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
        assert password_step(amara).post("/sign-in/code/", {"code": code}).status_code == 302
        assert verbs()[-2:] == ["recovery-code-used", "signed-in"]
        assert password_step(amara).post("/sign-in/code/", {"code": code}).status_code == 200

    def test_does_not_open_the_second_step_without_the_first(self, client, db):
        assert client.get("/sign-in/code/")["Location"] == "/sign-in/"


class TestWhatProtectsIt:
    @pytest.mark.parametrize("url", ["turn-off/", "codes/", "codes/new/"])
    def test_is_the_password_once_more(self, amara, secret, browser_of, url):
        browser = browser_of(amara)
        assert browser.get(f"/account/two-step/{url}")["Location"].startswith("/account/confirm/")

    @pytest.mark.parametrize("url", ["turn-off/", "codes/new/"])
    def test_is_the_password_once_more_for_a_form_that_was_made_up(self, amara, secret, browser_of, url):
        browser = browser_of(amara)
        assert browser.post(f"/account/two-step/{url}")["Location"].startswith("/account/confirm/")

    def test_is_not_given_to_somebody_who_does_not_know_it(self, amara, secret, browser_of):
        browser = browser_of(amara)
        asked = browser.get("/account/two-step/turn-off/")
        answer = browser.post(asked["Location"], {"password": "not the password"})
        assert "not your password" in answer.content.decode()
        assert Authenticator.objects.filter(type="totp").exists()

    def test_may_be_a_code_instead(self, amara, secret, browser_of):
        browser = browser_of(amara)
        page = browser.get("/account/two-step/confirm/?next=/account/two-step/codes/").content.decode()
        assert "Type your password" not in page
        assert "Use your password instead" in page
        form = {"code": code_of(secret), "next": "/account/two-step/codes/"}
        assert browser.post("/account/two-step/confirm/", form)["Location"] == "/account/two-step/codes/"
        assert browser.get("/account/two-step/codes/").status_code == 200


class TestTurningItOff:
    def test_takes_the_recovery_codes_with_it_on_record(self, amara, secret, browser_of, verbs):
        browser = browser_of(amara)
        confirm(browser, "/account/two-step/turn-off/")
        assert browser.get("/account/two-step/turn-off/").status_code == 200
        browser.post("/account/two-step/turn-off/")
        assert not Authenticator.objects.exists()
        assert verbs()[-2:] == ["two-step-turned-off", "recovery-codes-removed"]
        assert Client().post("/sign-in/", {"login": amara.login, "password": PASSWORD})["Location"] == "/"


class TestResettingItForSomebodyElse:
    def test_leaves_the_password_alone_and_says_on_record_who_did_it_and_why(self, amara, secret, browser_of, seal):
        browser = browser_of(amara)
        seal()
        before = len(ledger.facts())
        operations.reset_two_step(account=amara.account, by=TESTS, at=AT, why="lost the phone")

        seal()
        (fact,) = [stored.fact for stored in ledger.facts()[before:]]
        assert (fact.verb, fact.body["by"], fact.body["why"]) == ("two-step-reset", TESTS, "lost the phone")
        assert not Authenticator.objects.exists()
        assert browser.get("/account/").status_code == 302
        assert Client().post("/sign-in/", {"login": amara.login, "password": PASSWORD})["Location"] == "/"

    def test_happens_once_and_not_to_a_closed_account(self, amara, secret):
        operations.reset_two_step(account=amara.account, by=TESTS, at=AT)
        with pytest.raises(operations.TwoStepOff):
            operations.reset_two_step(account=amara.account, by=TESTS, at=AT)
        operations.deactivate_account(account=amara.account, by=TESTS, at=AT)
        with pytest.raises(operations.AccountInactive):
            operations.reset_two_step(account=amara.account, by=TESTS, at=AT)

    def test_leaves_that_of_others_on(self, amara, secret, noor):
        with pytest.raises(operations.TwoStepOff):
            operations.reset_two_step(account=noor.account, by=TESTS, at=AT)
        assert queries.two_step(amara.account).on


class TestRecoveryCodes:
    def test_are_shown_saved_and_made_anew(self, amara, secret, browser_of, verbs):
        browser = browser_of(amara)
        confirm(browser, "/account/two-step/codes/")
        page = browser.get("/account/two-step/codes/").content.decode()
        codes = re.findall(r"<code>(\d{8})</code>", page)
        assert len(codes) == 10
        saved = browser.get("/account/two-step/codes/download/")
        assert saved["Content-Type"].startswith("text/plain")
        assert codes[0] in saved.content.decode()
        browser.post("/account/two-step/codes/new/")
        assert codes[0] not in browser.get("/account/two-step/codes/").content.decode()
        assert verbs()[-2:] == ["recovery-codes-removed", "recovery-codes-made"]
