"""View as: recorded, read-only, and over when the role is."""

from datetime import date

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from andante.kernel import clock
from andante.ledger.queries import facts
from andante.people import operations, policy, viewing
from andante.people.tests.fixtures import LONG_AGO, TESTS


@policy.signed_in
def whom(request):
    viewer = policy.viewer(request)
    return HttpResponse(f"{policy.person_view(request).name} by {viewer.name if viewer else 'themselves'}")


@policy.role("administrator")
def start(request):
    viewing.start(
        request, person=request.POST["person"], why=request.POST.get("why", "They asked for help."), at=clock.now()
    )
    return HttpResponse("started")


@policy.while_viewing
@policy.signed_in
def end(request):
    viewing.end(request, at=clock.now())
    return HttpResponse("ended")


@policy.own_account
def own(request):
    return HttpResponse("own")


@policy.manager
def team(request):
    return HttpResponse(" ".join(sorted(str(each) for each in policy.team(request))))


urlpatterns = [
    path("", whom, name="home"),
    path("sign-in/", whom, name="account_login"),
    path("start/", start),
    path("end/", end),
    path("own/", own),
    path("team/", team),
]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_addresses")]


@pytest.fixture
def _addresses():
    with override_settings(ROOT_URLCONF=__name__):
        yield


def recorded(seal) -> list[tuple[str, str]]:
    seal()
    return [(each.fact.body["action"], each.fact.body["why"]) for each in facts() if "view-as" in each.fact.verb]


class TestViewingAs:
    def test_shows_the_person_and_says_who_looks(self, tomas, amara, browser_of):
        browser = browser_of(tomas)
        browser.post("/start/", {"person": amara.person})

        assert browser.get("/").content == b"Amara Okafor by Tom\xc3\xa1s Byrne"

    def test_is_recorded_from_beginning_to_end(self, tomas, amara, browser_of, seal):
        browser = browser_of(tomas)
        browser.post("/start/", {"person": amara.person})
        browser.post("/end/")
        browser.post("/end/")

        assert recorded(seal) == [("view-as-started", "They asked for help."), ("view-as-ended", "")]
        assert browser.get("/").content.endswith(b"by themselves")

    def test_changes_nothing_and_opens_nothing_of_the_administrator_s(self, tomas, amara, browser_of):
        browser = browser_of(tomas)
        browser.post("/start/", {"person": amara.person})

        assert browser.post("/").status_code == 403
        assert browser.delete("/").status_code == 403
        assert browser.get("/own/").status_code == 403
        assert browser.post("/start/", {"person": amara.person}).status_code == 403
        browser.post("/end/")
        assert browser.get("/own/").status_code == 200

    def test_ends_when_the_role_is_taken_away(self, tomas, amara, browser_of):
        browser = browser_of(tomas)
        browser.post("/start/", {"person": amara.person})
        operations.revoke_role(person=tomas.person, role="administrator", by=TESTS, at=LONG_AGO)

        assert browser.get("/").content == b"Tom\xc3\xa1s Byrne by themselves"

    def test_needs_a_reason(self, tomas, amara, browser_of, seal):
        browser = browser_of(tomas)

        with pytest.raises(operations.ReasonMissing):
            browser.post("/start/", {"person": amara.person, "why": " "})

        assert recorded(seal) == []

    def test_is_not_open_to_others(self, mei_lin, amara, browser_of):
        assert browser_of(mei_lin).post("/start/", {"person": amara.person}).status_code == 403


class TestAManagersPage:
    @pytest.fixture
    def _team(self, amara, noor, tomas):
        operations.create_unit(
            path="dublin", name="Dublin", kind="site", time_zone="Europe/Dublin", by=TESTS, at=LONG_AGO
        )
        operations.create_job(id="nurse", name="Nurse", by=TESTS, at=LONG_AGO)
        operations.place_person(
            person=amara.person,
            unit="dublin",
            job="nurse",
            manager=noor.person,
            effective_on=date(2026, 1, 1),
            by=TESTS,
            at=LONG_AGO,
        )

    @pytest.mark.usefixtures("_team")
    def test_opens_to_who_has_a_team_and_to_nobody_else(self, amara, noor, tomas, browser_of):
        assert browser_of(noor).get("/team/").content.decode() == str(amara.person)
        assert browser_of(amara).get("/team/").status_code == 403
        assert browser_of(tomas).get("/team/").status_code == 403

    @pytest.mark.usefixtures("_team")
    def test_shows_an_administrator_the_team_of_the_manager_seen(self, amara, noor, tomas, browser_of):
        browser = browser_of(tomas)
        browser.post("/start/", {"person": noor.person})

        assert browser.get("/team/").content.decode() == str(amara.person)
