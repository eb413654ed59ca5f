import re

import pytest

from andante.kernel import clock
from andante.ledger import queries as ledger
from andante.people import operations
from andante.people.models import Session
from andante.people.tests.fixtures import PASSWORD, TESTS


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


class TestTheAccountPage:
    def test_shows_one_s_own_details_and_roles(self, tomas, browser_of):
        page = text(browser_of(tomas).get("/account/"))
        for shown in (tomas.name, tomas.login, tomas.email, "Europe/Dublin", "Learn, Administrator", "This one"):
            assert shown in page

    def test_needs_few_queries(self, tomas, browser_of, django_assert_max_num_queries):
        browser = browser_of(tomas)
        with django_assert_max_num_queries(6):
            assert browser.get("/account/").status_code == 200

    def test_is_kept_out_of_every_cache(self, amara, browser_of):
        assert browser_of(amara).get("/account/")["Cache-Control"] == "private, no-store"

    def test_shows_what_the_device_is(self, amara, client):
        firefox = "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0"
        client.post("/sign-in/", {"login": amara.login, "password": PASSWORD}, headers={"User-Agent": firefox})
        assert "Firefox on Android" in text(client.get("/account/"))


class TestSigningOutEverywhereElse:
    def test_leaves_this_one_and_is_on_record(self, amara, noor, browser_of, seal):
        here, elsewhere, somebody_else = browser_of(amara), browser_of(amara), browser_of(noor)
        answer = here.post("/account/sign-ins/end-others/", follow=True)
        assert "Signed out on 1 other device." in text(answer)
        assert elsewhere.get("/account/").status_code == 302
        assert somebody_else.get("/account/").status_code == 200
        assert Session.objects.filter(account=amara.account).count() == 1
        seal()
        assert ledger.facts()[-1].fact.verb == "other-sign-ins-ended"

    def test_is_never_done_by_a_link(self, amara, browser_of):
        assert browser_of(amara).get("/account/sign-ins/end-others/").status_code == 405


class TestChangingThePassword:
    NEW = {"oldpassword": PASSWORD, "password1": "nine open windows", "password2": "nine open windows"}

    def test_keeps_this_sign_in_and_ends_the_others(self, amara, browser_of, post):
        here, elsewhere = browser_of(amara), browser_of(amara)
        assert here.post("/account/password/", self.NEW)["Location"] == "/account/"
        assert "Your new password is set." in text(here.get("/account/"))
        assert elsewhere.get("/account/").status_code == 302
        assert post()[-1].to == [amara.email]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"oldpassword": "wrong"}, "oldpassword"),
            ({"password1": "short", "password2": "short"}, "password1"),
            ({"password2": "another one, longer"}, "password2"),
            ({"password1": "password1234", "password2": "password1234"}, "password1"),
        ],
    )
    def test_is_refused_with_the_reason_next_to_the_field(self, amara, browser_of, change, field):
        answer = browser_of(amara).post("/account/password/", self.NEW | change)
        assert f'id="id_{field}_error"' in answer.content.decode()

    def test_is_not_offered_without_a_password(self, tomas, browser_of):
        person = operations.create_person(name="Demo", time_zone="UTC", language="en", by=TESTS, at=clock.now())
        account = operations.create_account(
            person=person, login="demo", email=None, password=None, by=TESTS, at=clock.now()
        )
        browser = browser_of(type(tomas)(person, account, "Demo", "demo", ""))
        assert "/account/password/" not in browser.get("/account/").content.decode()
        assert browser.get("/account/password/")["Location"] == "/account/"
