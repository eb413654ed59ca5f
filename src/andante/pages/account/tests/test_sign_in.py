import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, identify_hasher
from django.test import Client, override_settings

from andante.kernel import clock
from andante.ledger import queries as ledger
from andante.people import operations
from andante.people.models import Account, Session
from andante.people.sessions import SEEN, STARTED
from andante.people.tests.fixtures import PASSWORD, TESTS

SIGN_IN = "/sign-in/"


@pytest.fixture
def verbs(seal):
    """What is on record since the test began, in words."""

    def _verbs():
        seal()
        return [stored.fact.verb for stored in ledger.facts()]

    return _verbs


def sign_in(client, login, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def is_signed_in(client):
    return client.get("/account/").status_code == 200


def alter_session(client, **values):
    session = client.session
    session.update(values)
    session.save()


class TestSigningIn:
    @pytest.mark.parametrize("name", ["login", "email"])
    def test_works_by_login_name_and_by_address_in_any_case(self, amara, client, verbs, name):
        answer = sign_in(client, getattr(amara, name).upper())
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert is_signed_in(client)
        assert verbs()[-1] == "signed-in"

    def test_leads_back_to_the_page_that_was_asked_for(self, amara, client):
        asked = client.get("/account/")
        assert asked["Location"] == "/sign-in/?next=/account/"
        answer = sign_in(client, amara.login, next="/account/")
        assert answer["Location"] == "/account/"

    @pytest.mark.parametrize(
        "next",
        [
            "https://evil.example/",
            "//evil.example",
            "javascript:alert(1)",
            f"{settings.ENVIRONMENT.content_url}/media/",
            f"//{settings.ENVIRONMENT.content_host}/",
        ],
    )
    def test_never_leads_away_from_here(self, amara, client, next):
        assert sign_in(client, amara.login, next=next)["Location"] == "/"

    def test_gives_the_session_another_key(self, amara, client):
        client.get("/sign-in/?next=/account/")
        alter_session(client, planted="by somebody else")
        before = client.session.session_key
        sign_in(client, amara.login)
        assert client.session.session_key != before
        assert not Session.objects.filter(session_key=before).exists()

    def test_is_refused_after_deactivation_even_with_the_right_password(self, amara, client):
        operations.deactivate_account(account=amara.account, by=TESTS, at=clock.now())
        answer = sign_in(client, amara.login)
        assert answer["Location"] == "/sign-in/closed/"
        assert not is_signed_in(client)

    def test_needs_a_form_that_we_gave(self, amara):
        client = Client(enforce_csrf_checks=True)
        assert sign_in(client, amara.login).status_code == 403
        page = client.get(SIGN_IN)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
        assert sign_in(client, amara.login, csrfmiddlewaretoken=token).status_code == 302

    def test_keeps_passwords_with_argon2(self, noor):
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"]):
            operations.set_password(account=noor.account, password=PASSWORD, by=TESTS, at=clock.now())
            row = Account.objects.get(pk=noor.account)
            assert identify_hasher(row.password).algorithm == "argon2"
            assert row.check_password(PASSWORD)

    def test_asks_the_browser_to_forget_when_it_closes(self, amara, client):
        cookie = sign_in(client, amara.login).cookies[client_cookie(client)]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["max-age"]
        assert not cookie["expires"]


def client_cookie(client):
    from django.conf import settings

    return settings.SESSION_COOKIE_NAME


class TestWrongPasswords:
    def test_are_told_in_the_same_words_for_a_login_that_exists_and_one_that_does_not(self, amara, client):
        def words(login):
            text = sign_in(client, login, "not the password").content.decode()
            text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", text)
            return text.replace(login, "LOGIN")

        assert words(amara.login) == words("nobody.here")
        assert words(amara.email) == words("nobody@example.org")
        assert "do not go together" in words(amara.login)

    @pytest.mark.parametrize("typed", ["amara.okafor", "amara.okafor@example.org", "nobody.here", "nobody@example.org"])
    def test_cost_one_hash_whether_the_account_exists_or_not(self, amara, client, monkeypatch, typed):
        hashed = []
        with override_settings(PASSWORD_HASHERS=[f"{Argon2PasswordHasher.__module__}.Argon2PasswordHasher"]):
            operations.set_password(account=amara.account, password=PASSWORD, by=TESTS, at=clock.now())
            for name in ("encode", "verify"):
                original = getattr(Argon2PasswordHasher, name)
                monkeypatch.setattr(
                    Argon2PasswordHasher, name, lambda *args, original=original: hashed.append(1) or original(*args)
                )
            assert sign_in(client, typed, "not the password").status_code == 200
        assert len(hashed) == 1

    def test_are_on_record_for_an_account_and_leave_nothing_for_none(self, amara, client, verbs):
        sign_in(client, amara.login, "not the password")
        assert verbs()[-1] == "sign-in-failed"
        count = len(verbs())
        sign_in(client, "nobody.here", "not the password")
        assert len(verbs()) == count

    def test_close_the_way_for_five_minutes_even_to_the_right_one(self, amara, client, verbs):
        for _ in range(5):
            sign_in(client, amara.login, "not the password")
        answer = sign_in(client, amara.login)
        assert "Too many attempts" in answer.content.decode()
        assert not is_signed_in(client)
        assert verbs().count("sign-in-failed") == 5

    @pytest.mark.parametrize("name", ["login", "email"])
    def test_close_it_no_longer_once_an_administrator_unlocks_the_account(self, amara, client, verbs, name):
        for _ in range(5):
            sign_in(client, getattr(amara, name).upper(), "not the password")
        operations.unlock_account(account=amara.account, by=TESTS, at=clock.now(), why="rang from her own phone")
        assert verbs()[-1] == "account-unlocked"
        assert sign_in(client, getattr(amara, name)).status_code == 302

    def test_of_nobody_leave_nothing_to_unlock(self, amara, noor, client):
        sign_in(client, noor.login, "not the password")
        sign_in(client, amara.login)
        with pytest.raises(operations.NotLocked):
            operations.unlock_account(account=amara.account, by=TESTS, at=clock.now())

    def test_are_counted_together_however_the_request_names_us(self, amara, client):
        for port in range(5):
            client.post(
                SIGN_IN,
                {"login": amara.login.upper(), "password": "not the password"},
                headers={"Host": f"localhost:{port + 1}"},
            )
        assert "Too many attempts" in sign_in(client, amara.login).content.decode()

    def test_close_the_way_for_one_login_and_leave_it_open_to_another(self, amara, noor, client):
        for _ in range(6):
            sign_in(client, amara.login, "not the password")
        assert sign_in(client, noor.login).status_code == 302

    def test_are_counted_over_all_processes(self, amara, client):
        from django.core.cache import caches

        assert type(caches["default"]).__name__ == "SharedValues"

    def test_from_one_place_are_slowed_whatever_the_login(self, amara, client):
        for number in range(30):
            sign_in(client, f"nobody{number}", "not the password")
        assert "Too many attempts" in sign_in(client, amara.login).content.decode()

    def test_cannot_be_hidden_behind_a_forged_address(self, amara, client):
        for number in range(31):
            client.post(
                SIGN_IN,
                {"login": f"nobody{number}", "password": "not the password"},
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
            )
        assert "Too many attempts" in sign_in(client, amara.login).content.decode()


class TestSigningOut:
    def test_ends_the_session_for_good_and_is_on_record(self, amara, browser_of, verbs):
        browser = browser_of(amara)
        key = browser.session.session_key
        answer = browser.post("/sign-out/")
        assert answer["Location"] == SIGN_IN
        assert not Session.objects.filter(session_key=key).exists()
        browser.cookies[client_cookie(browser)] = key
        assert not is_signed_in(browser)
        assert verbs()[-1] == "signed-out"

    def test_asks_first_when_it_was_only_a_link(self, amara, browser_of):
        browser = browser_of(amara)
        assert browser.get("/sign-out/").status_code == 200
        assert is_signed_in(browser)


class TestLeavingIt:
    def test_for_more_than_half_an_hour_ends_the_sign_in(self, amara, browser_of, seal):
        browser = browser_of(amara)
        alter_session(browser, **{SEEN: int((clock.now() - timedelta(minutes=31)).timestamp())})
        answer = browser.get("/account/")
        assert answer["Location"] == "/sign-in/?next=/account/"
        assert "You were signed out" in browser.get(answer["Location"]).content.decode()
        seal()
        ended = ledger.facts()[-1].fact
        assert (ended.verb, ended.body["why"]) == ("signed-out", "idle")

    def test_for_less_does_not(self, amara, browser_of):
        browser = browser_of(amara)
        alter_session(browser, **{SEEN: int((clock.now() - timedelta(minutes=29)).timestamp())})
        assert is_signed_in(browser)
        assert clock.now().timestamp() - browser.session[SEEN] < 5

    def test_is_not_possible_for_longer_than_a_long_shift(self, amara, browser_of):
        browser = browser_of(amara)
        alter_session(browser, **{STARTED: int((clock.now() - timedelta(hours=12, minutes=1)).timestamp())})
        assert not is_signed_in(browser)

    def test_is_not_counted_from_a_session_that_was_not_stamped(self, amara, browser_of):
        browser = browser_of(amara)
        session = browser.session
        del session[STARTED]
        session.save()
        assert not is_signed_in(browser)


class TestEveryRequest:
    def test_needs_two_queries_to_know_who_it_is(self, amara, browser_of, django_assert_num_queries):
        browser = browser_of(amara)
        browser.get("/sign-in/")
        with django_assert_num_queries(2):
            assert browser.get("/sign-in/").status_code == 302

    def test_of_nobody_needs_none(self, client, db, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert client.get("/password/reset/").status_code == 200

    def test_writes_that_the_session_was_used_once_a_minute_at_most(self, amara, browser_of):
        browser = browser_of(amara)
        before = Session.objects.get(account=amara.account).session_data
        browser.get("/sign-in/")
        assert Session.objects.get(account=amara.account).session_data == before

    def test_is_answered_in_the_person_s_own_time_zone(self, mei_lin, browser_of):
        browser = browser_of(mei_lin)
        page = browser.get("/account/")
        shown = re.search(r'<time datetime="([^"]+)"', page.content.decode())[1]
        assert shown.endswith("+08:00")


class TestAForgottenPassword:
    def ask(self, client, email):
        return client.post("/password/reset/", {"email": email})

    @pytest.fixture
    def link(self, post):
        """What leads to the new password in the mail that came last."""
        return lambda: re.search(r"http://localhost:8000(/password/reset/\S+)", post()[-1].body)[1]

    def test_is_replaced_by_the_link_of_a_mail_in_four_steps(self, amara, client, verbs, post, link):
        assert self.ask(client, amara.email.upper())["Location"] == "/password/reset/sent/"
        (message,) = post()
        assert (message.to, message.subject) == ([amara.email], "Your link to a new password")
        assert "Amara Okafor" in message.body
        assert amara.login in message.body
        form = client.get(link(), follow=True)
        assert form.status_code == 200
        new = {"password1": "nine open windows", "password2": "nine open windows"}
        done = client.post(form.request["PATH_INFO"], new)
        assert done["Location"] == "/password/reset/done/"
        assert client.get(done["Location"]).status_code == 200
        assert sign_in(client, amara.login).status_code == 200
        assert sign_in(client, amara.login, "nine open windows").status_code == 302
        assert verbs().count("password-set") == 2
        assert post()[-1].subject == "Your password was changed"

    def test_is_answered_in_the_same_way_for_an_unknown_address(self, amara, client, post):
        known, unknown = self.ask(client, amara.email), self.ask(client, "nobody@example.org")
        assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
        assert [message.to for message in post()] == [[amara.email], ["nobody@example.org"]]
        assert "No account has this address" in post()[1].subject
        assert "/password/reset/" not in post()[1].body

    def test_gives_a_link_on_our_own_address_whatever_was_asked(self, amara, client, post):
        client.post("/password/reset/", {"email": amara.email}, headers={"Host": "localhost:6666"})
        assert "http://localhost:8000/password/reset/" in post()[0].body
        assert "6666" not in post()[0].body

    def test_gives_a_link_that_works_once(self, amara, client, link):
        self.ask(client, amara.email)
        address = link()
        form = client.get(address, follow=True).request["PATH_INFO"]
        new = {"password1": "nine open windows", "password2": "nine open windows"}
        client.post(form, new)
        assert "no longer works" in Client().get(address, follow=True).content.decode()

    def test_gives_a_link_that_a_sign_in_uses_up(self, amara, client, browser_of, link):
        self.ask(client, amara.email)
        browser_of(amara)
        assert "no longer works" in Client().get(link(), follow=True).content.decode()

    def test_is_no_way_around_deactivation(self, amara, client, link, post):
        self.ask(client, amara.email)
        operations.deactivate_account(account=amara.account, by=TESTS, at=clock.now())
        assert "no longer works" in client.get(link(), follow=True).content.decode()
        self.ask(client, amara.email)
        assert "No account has this address" in post()[-1].subject

    def test_sends_no_more_than_three_mails_to_one_address(self, amara, client, post):
        answers = [self.ask(client, amara.email).status_code for _ in range(4)]
        assert answers == [302, 302, 302, 429]
        assert len(post()) == 3

    def test_is_not_replaced_by_a_weak_one_and_says_so_at_the_field(self, amara, client, link):
        self.ask(client, amara.email)
        form = client.get(link(), follow=True).request["PATH_INFO"]
        answer = client.post(form, {"password1": "short", "password2": "other"})
        assert answer.status_code == 200
        assert 'id="id_password1_error"' in answer.content.decode()


class TestSigningUp:
    def test_is_not_possible(self, client, db):
        from allauth.account.adapter import get_adapter

        assert client.get("/signup/").status_code == 404
        assert client.get("/sign-up/").status_code == 404
        assert get_adapter().is_open_for_signup(None) is False
