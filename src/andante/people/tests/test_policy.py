import logging

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path
from django.views import View

from andante.kernel.principals import account_principal
from andante.people import operations, policy
from andante.people.tests.fixtures import LONG_AGO, TESTS


def says_nothing(request):
    return HttpResponse("open")


@policy.public
def for_everybody(request):
    return HttpResponse("open")


@policy.signed_in
def for_who_is_signed_in(request):
    return HttpResponse(f"{policy.person(request)} {policy.principal(request)}")


@policy.role("administrator")
class ForAdministrators(View):
    def get(self, request):
        return HttpResponse(policy.person_view(request).name)


class Heir(ForAdministrators):
    """Says nothing itself."""


@policy.role("administrator", "auditor")
def for_two_roles(request):
    return HttpResponse("open")


@policy.public
def home(request):
    return HttpResponse("home")


urlpatterns = [
    path("", home, name="home"),
    path("sign-in/", home, name="account_login"),
    path("nothing/", says_nothing),
    path("everybody/", for_everybody),
    path("signed-in/", for_who_is_signed_in),
    path("administrators/", ForAdministrators.as_view()),
    path("heir/", Heir.as_view()),
    path("two/", for_two_roles),
    path("declared-in-urls/", policy.signed_in(View.as_view())),
]


@pytest.fixture(autouse=True)
def _routes(db):
    with override_settings(ROOT_URLCONF=__name__):
        yield


class TestAView:
    @pytest.mark.parametrize("url", ["/nothing/", "/heir/"])
    def test_that_declares_nothing_is_open_to_nobody(self, tomas, browser_of, client, url, caplog):
        with caplog.at_level(logging.ERROR):
            assert client.get(url).status_code == 403
            assert browser_of(tomas).get(url).status_code == 403
        assert "no policy is declared" in caplog.text

    def test_for_everybody_is_open_to_everybody(self, amara, browser_of, client):
        assert client.get("/everybody/").content == b"open"
        assert browser_of(amara).get("/everybody/").content == b"open"

    def test_for_who_is_signed_in_knows_who_acts(self, amara, browser_of, client):
        assert client.get("/signed-in/")["Location"] == "/sign-in/?next=/signed-in/"
        answer = browser_of(amara).get("/signed-in/").content.decode()
        assert answer == f"{amara.person} {account_principal(amara.account)}"

    def test_for_a_role_is_open_to_who_holds_it_and_closed_to_others(self, amara, tomas, mei_lin, browser_of, client):
        assert client.get("/administrators/").status_code == 302
        assert browser_of(amara).get("/administrators/").status_code == 403
        assert browser_of(mei_lin).get("/administrators/").status_code == 403
        assert browser_of(tomas).get("/administrators/").content.decode() == "Tomás Byrne"

    def test_for_two_roles_is_open_to_either(self, noor, tomas, mei_lin, browser_of):
        answers = [browser_of(somebody).get("/two/").status_code for somebody in (noor, tomas, mei_lin)]
        assert answers == [403, 200, 200]

    def test_may_declare_it_where_its_address_is(self, client):
        assert client.get("/declared-in-urls/").status_code == 302

    def test_closes_with_the_next_request_when_the_role_is_revoked(self, tomas, browser_of):
        browser = browser_of(tomas)
        assert browser.get("/administrators/").status_code == 200
        operations.revoke_role(person=tomas.person, role="administrator", by=TESTS, at=LONG_AGO)
        assert browser.get("/administrators/").status_code == 403


class TestARefusal:
    def test_is_logged_with_who_and_where_but_not_with_the_query(self, amara, browser_of, caplog):
        browser_of(amara).get("/administrators/?token=secret")
        (refusal,) = [record for record in caplog.records if record.name == "andante.people.policy"]
        assert (refusal.path, refusal.by) == ("/administrators/", account_principal(amara.account))
        assert "secret" not in str(vars(refusal))

    def test_of_a_form_leads_back_to_the_page_that_it_stood_on(self, client):
        answer = client.post("/signed-in/", headers={"Referer": "http://testserver/everybody/?page=2"})
        assert answer["Location"] == "/sign-in/?next=/everybody/%3Fpage%3D2"

    @pytest.mark.parametrize("page", ["", "https://evil.example/everybody/", "http://testserver.evil.example/"])
    def test_of_a_form_from_elsewhere_leads_home(self, client, page):
        assert client.post("/signed-in/", headers={"Referer": page})["Location"] == "/sign-in/?next=/"

    def test_of_a_fragment_moves_the_whole_page(self, client):
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/everybody/"}
        answer = client.get("/signed-in/", headers=headers)
        assert answer["HX-Redirect"] == "/sign-in/?next=/everybody/"


class TestADeclaration:
    def test_of_an_unknown_role_is_refused_when_it_is_written(self):
        with pytest.raises(operations.PeopleError):
            policy.role("king")
