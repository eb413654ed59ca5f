"""An auditor asks, is answered and takes the proof along; and reads somebody's file."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from andante.evidence import queries
from andante.kernel import clock
from andante.obligations.tests.organisation import WARD_3, complete, require

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
APPLIED = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULE = (
    "{id: night-calls, title: Night calls, audience: {job: nurse}, course: night-call, due: 7 days, renew: 12 months}"
)
NO_RECORD = "00000000-0000-5000-8000-000000000000"
QUESTION = {
    "requirement": "night-calls",
    "day": "2026-05-03",
    "time": "14:00",
    "zone": "America/Chicago",
    "unit": "",
    "person": "",
    "known": "now",
}


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def ward(organisation, night_call):
    for name in ("Ada Byron", "Ben Okri", "Cleo Left"):
        organisation.hire(name)
    require(RULE, at=APPLIED)
    complete(organisation.people["Ada Byron"], APPLIED + timedelta(days=2))
    organisation.place(organisation.people["Cleo Left"], on=date(2026, 6, 1), status="left")
    return organisation


@pytest.fixture
def auditor(browser_of, mei_lin, ward):
    return browser_of(mei_lin)


def ask(browser, **changed):
    return browser.post("/audit/questions/", QUESTION | changed)


def record_of(response):
    assert response.status_code == 302, words(response)
    return response["Location"].split("/")[3]


def words(response):
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


class TestAccess:
    PATHS = ["/audit/", f"/audit/answers/{NO_RECORD}/", "/audit/people/", f"/audit/people/{NO_RECORD}/"]
    POSTS = ["/audit/questions/", f"/audit/answers/{NO_RECORD}/table", f"/audit/answers/{NO_RECORD}/evidence"]

    @pytest.mark.parametrize("path", PATHS)
    def test_is_for_auditors_and_administrators_alone(self, path, browser_of, amara, mei_lin, tomas):
        assert browser_of(amara).get(path).status_code == 403
        assert Client().get(path).status_code == 302
        for allowed in (mei_lin, tomas):
            assert browser_of(allowed).get(path).status_code == (404 if NO_RECORD in path else 200)

    @pytest.mark.parametrize("path", POSTS)
    def test_of_what_writes_too(self, path, browser_of, amara, mei_lin):
        assert browser_of(amara).post(path).status_code == 403
        assert browser_of(mei_lin).get(path).status_code == 405

    def test_while_seeing_as_an_auditor_asks_nothing(self, browser_of, tomas, mei_lin, ward):
        browser = browser_of(tomas)
        browser.post(f"/admin/people/{mei_lin.person}/view-as/", {"reason": "to help"})
        assert browser.get("/audit/").status_code == 200
        assert ask(browser).status_code == 403


class TestAsking:
    def test_leads_to_the_answer_on_the_clocks_that_were_chosen(self, auditor):
        page = words(auditor.get(ask(auditor)["Location"]))
        assert "On Sunday, 3 May 2026, 14:00 (Chicago, UTC-5)" in page
        assert "Qualified 1 Not qualified 2" in page
        assert "Have left since 1" in page
        assert re.search(r"Ada Byron Nurse, Ward 3, Chicago Yes qualified until 3 March 2027", page)
        assert "Ben Okri Nurse, Ward 3, Chicago No not yet trained" in page

    def test_says_who_is_not_in_the_list(self, auditor):
        page = words(auditor.get(ask(auditor)["Location"]))
        assert "everybody who needed it at that moment: 3 people." in page
        assert "Not in it: people who began to work here later." in page

    def test_can_be_narrowed_to_a_person_by_a_part_of_the_name(self, auditor):
        page = words(auditor.get(ask(auditor, person="byron")["Location"]))
        assert "Ada Byron" in page
        assert "Ben Okri" not in page

    def test_can_be_narrowed_to_a_unit(self, auditor):
        assert "in Ward 3 and below" in words(auditor.get(ask(auditor, unit=WARD_3)["Location"]))

    def test_as_known_then_says_that_nothing_was(self, auditor, seal):
        seal()
        page = words(auditor.get(ask(auditor, known="then")["Location"]))
        assert "Nobody needed it at that moment." in page
        assert "The first record of this log was stored on" in page

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"day": ""}, "“Day” is empty. Fill it in."),
            ({"day": "0001-01-01"}, "Write a year between 1970 and 2200"),
            ({"day": "2026-12-24"}, "This moment is still to come"),
            ({"person": "nobody"}, "Nobody is known by this name or number"),
            ({"person": "e"}, "Several people are meant"),
            ({"known": "at"}, "Say as known when"),
            ({"requirement": "x"}, "Select a valid choice"),
        ],
    )
    def test_says_what_is_wrong_beside_the_field(self, auditor, changed, said):
        answer = ask(auditor, **changed)
        assert answer.status_code == 422
        assert said in words(answer).replace("&#x27;", "'")

    def test_is_listed_as_asked(self, auditor):
        ask(auditor, person="byron")
        page = words(auditor.get("/audit/"))
        assert "Asked Night calls on 3 May 2026, 14:00 (Chicago, UTC-5) · Ada Byron" in page
        assert "1 of 1" in page

    def test_where_there_is_no_requirement_says_so(self, browser_of, mei_lin):
        assert "No requirement was ever applied" in words(browser_of(mei_lin).get("/audit/"))

    def test_costs_few_queries(self, auditor):
        location = ask(auditor)["Location"]
        auditor.get(location)
        with CaptureQueriesContext(connection) as captured:
            auditor.get(location)
        assert len(captured) <= 22
        auditor.get("/audit/")
        with CaptureQueriesContext(connection) as captured:
            auditor.get("/audit/")
        assert len(captured) <= 10


class TestTheTable:
    def test_is_a_file_and_on_record(self, auditor, mei_lin):
        record = record_of(ask(auditor))
        given = auditor.post(f"/audit/answers/{record}/table")
        rows = list(csv.DictReader(io.StringIO(given.content.decode("utf-8-sig"))))
        assert {row["name"] for row in rows} == {"Ada Byron", "Ben Okri", "Cleo Left"}
        assert given["Cache-Control"] == "no-store"
        line = queries.handed()[0]
        assert (line.what, line.by, line.listed) == ("csv", mei_lin.name, 3)
        assert "Table given" in words(auditor.get("/audit/"))

    def test_of_no_question_is_not_there(self, auditor):
        assert auditor.post(f"/audit/answers/{NO_RECORD}/table").status_code == 404
        assert auditor.post(f"/audit/answers/{NO_RECORD}/evidence").status_code == 404


class TestAPersonSFile:
    def test_holds_everything_on_record_with_its_number(self, auditor, ward, seal):
        seal()
        page = words(auditor.get(f"/audit/people/{ward.people['Ada Byron']}/"))
        assert "Completed “" in page
        assert "Ada Byron works as Nurse in Ward 3 from 1 February 2026" in page
        assert re.search(r"“Night calls” assigned to Ada Byron, due 9 March 2026", page)
        assert re.search(r"no\. \d+", page)
        assert "waiting to be sealed" not in page

    def test_is_there_for_who_left(self, auditor, ward):
        page = words(auditor.get(f"/audit/people/{ward.people['Cleo Left']}/"))
        assert "Has left" in page
        assert "Cleo Left leaves on 1 June 2026 (was Nurse in Ward 3)" in page

    def test_goes_on_page_by_page(self, auditor, ward, monkeypatch):
        from andante.pages.audit.views import inspecting

        monkeypatch.setattr(inspecting, "FACTS_ON_A_PAGE", 2)
        path = f"/audit/people/{ward.people['Ada Byron']}/"
        page = auditor.get(path).content.decode()
        later = re.search(r"\?before=([^#\"]+)", page)[1]
        assert auditor.get(f"{path}?before={later}").status_code == 200
        assert auditor.get(f"{path}?before=x").status_code == 404

    def test_is_found_by_name(self, auditor):
        page = words(auditor.get("/audit/people/?text=byron"))
        assert "Ada Byron" in page
        assert "Ben Okri" not in page
        assert "Nobody is known by that." in words(auditor.get("/audit/people/?text=zzz%00"))

    def test_costs_few_queries(self, auditor, ward):
        path = f"/audit/people/{ward.people['Ada Byron']}/"
        auditor.get(path)
        with CaptureQueriesContext(connection) as captured:
            auditor.get(path)
        assert len(captured) <= 22

    def test_escapes_names(self, auditor, ward):
        odd = ward.hire("<b>Bob</b>")
        assert "<b>Bob" not in auditor.get(f"/audit/people/{odd}/").content.decode()
        assert "<b>Bob" not in auditor.get("/audit/people/").content.decode()
