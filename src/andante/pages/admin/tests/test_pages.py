"""What an administrator does in the browser: rules, people, seeing as somebody; and what changed, for auditors too."""

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from andante.kernel import clock
from andante.kernel.principals import account_principal, system_principal
from andante.ledger import queries as ledger
from andante.obligations import queries as obligations
from andante.obligations.tests.organisation import WARD_3, WARD_4, complete, require
from andante.pages.admin.views import importing
from andante.people import operations
from andante.people import queries as people

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
APPLIED = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULE = "{id: night-calls, title: Night calls, audience: {job: nurse}, course: night-call, due: 7 days}"
ID = "00000000-0000-5000-8000-000000000000"
FIELDS = {
    "title": "Night calls",
    "id": "night-calls",
    "course": "night-call",
    "job": ["nurse"],
    "due_within": "7 days",
    "renew_every": "12 months",
    "why": "Nights are lonely.",
}


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def ward(organisation, night_call):
    for name in ("Ada Byron", "Ben Okri"):
        organisation.hire(name)
    organisation.hire("Fay Oz", job="operator")
    return organisation


@pytest.fixture
def admin(browser_of, tomas):
    return browser_of(tomas)


def words(response):
    text = re.sub(r"<(script|style|svg|textarea).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return html.unescape(" ".join(text.split()))


def hidden(response):
    """The rule and the token of a page that shows what a rule would do."""
    page = response.content.decode()
    text = html.unescape(re.search(r'<textarea name="text" hidden>(.*?)</textarea>', page, re.DOTALL)[1])
    return {"text": text, "token": re.search(r'name="token" value="([^"]+)"', page)[1]}


def events(action):
    return [each.fact.body for each in ledger.audit_events(actions=[action])]


class TestAccess:
    OWN = [
        "/admin/",
        "/admin/rules/",
        "/admin/rules/new/",
        "/admin/rules/x/",
        "/admin/rules/x/change/",
        "/admin/rules/x/withdraw/",
        "/admin/people/",
        "/admin/people/import/",
        f"/admin/people/{ID}/",
        f"/admin/people/{ID}/erase/",
    ]
    SHARED = ["/admin/changes/", "/admin/changes.csv", f"/admin/changes/{ID}/"]
    POSTS = [
        "/admin/rules/simulate/",
        "/admin/rules/simulate/people.csv",
        "/admin/rules/apply/",
        f"/admin/people/{ID}/roles/",
        f"/admin/people/{ID}/close-login/",
        f"/admin/people/{ID}/view-as/",
        "/admin/people/import/",
        "/admin/rules/x/withdraw/",
    ]

    @pytest.mark.parametrize("path", OWN)
    def test_is_for_administrators_alone(self, path, browser_of, amara, mei_lin, tomas):
        assert browser_of(amara).get(path).status_code == 403
        assert browser_of(mei_lin).get(path).status_code == 403
        assert Client().get(path).status_code == 302
        assert browser_of(tomas).get(path).status_code == (404 if "/x/" in path or ID in path else 200)

    @pytest.mark.parametrize("path", SHARED)
    def test_to_what_changed_is_for_auditors_too(self, path, browser_of, amara, mei_lin, tomas):
        assert browser_of(amara).get(path).status_code == 403
        for allowed in (mei_lin, tomas):
            assert browser_of(allowed).get(path).status_code == (404 if ID in path else 200)

    @pytest.mark.parametrize("path", POSTS)
    def test_of_what_writes_is_for_administrators_who_see_as_themselves(self, path, browser_of, amara, mei_lin, tomas):
        assert browser_of(amara).post(path).status_code == 403
        assert browser_of(mei_lin).post(path).status_code == 403
        other = browser_of(tomas)
        other.post(f"/admin/people/{mei_lin.person}/view-as/", {"reason": "to help"})
        assert other.post(path).status_code == 403


class TestRules:
    def simulate(self, browser, **changed):
        return browser.post("/admin/rules/simulate/", FIELDS | changed)

    def test_begin_with_three_to_choose_from(self, admin):
        page = admin.get("/admin/rules/")
        assert "No rule yet" in words(page)
        assert page.content.decode().count("?starter=") == 3
        for slug in re.findall(r"\?starter=([a-z-]+)", page.content.decode()):
            assert slug in admin.get(f"/admin/rules/new/?starter={slug}").content.decode()

    def test_are_simulated_first_and_nothing_happens(self, admin, ward):
        page = self.simulate(admin)
        assert page.status_code == 200
        assert "Gain it 2" in words(page)
        assert "Ada Byron nurse in Chicago since 1 February 2026" in words(page)
        assert obligations.requirements() == []

    def test_are_applied_as_simulated_with_a_reason(self, admin, tomas, ward):
        page = self.simulate(admin)
        answer = admin.post("/admin/rules/apply/", hidden(page) | {"reason": "after the audit"})
        assert answer.status_code == 302
        (rule,) = obligations.requirements()
        assert (rule.title, rule.why, rule.by) == ("Night calls", "after the audit", f"account:{tomas.account}")
        assert str(rule.form.renew.every) == "12 months"
        listed = words(admin.get("/admin/rules/"))
        assert "Nurse: “Night call”, any version" in listed or "Nurse: “" in listed
        assert f"by {tomas.name}" in listed

    def test_want_a_reason(self, admin, ward):
        answer = admin.post("/admin/rules/apply/", hidden(self.simulate(admin)) | {"reason": " "})
        assert answer.status_code == 422
        assert "Say why" in words(answer)
        assert obligations.requirements() == []

    def test_are_not_applied_where_the_numbers_changed_since(self, admin, ward):
        page = self.simulate(admin)
        ward.hire("Gus New")
        again = admin.post("/admin/rules/apply/", hidden(page) | {"reason": "x"})
        assert again.status_code == 422
        assert "the numbers have changed since" in words(again)
        assert "Gain it 3" in words(again)
        assert admin.post("/admin/rules/apply/", hidden(again) | {"reason": "x"}).status_code == 302

    def test_are_not_applied_in_another_form_than_the_one_simulated(self, admin, ward):
        given = hidden(self.simulate(admin))
        answer = admin.post(
            "/admin/rules/apply/", given | {"text": given["text"].replace("7 days", "1 day"), "reason": "x"}
        )
        assert "this was not simulated yet" in words(answer)
        assert obligations.requirements() == []

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"id": "Not An Id"}, "Id"),
            ({"due_within": "soon"}, "Due within"),
            ({"renew_every": "often"}, "Renewed every"),
            ({"due_within": "", "before_first_shift": "on"}, "Due within"),
            ({"effective": "tomorrow"}, "In effect from"),
            ({"accept_from": "9"}, "First version that counts"),
            ({"title": ""}, "Title"),
        ],
    )
    def test_say_what_is_wrong_beside_the_field(self, admin, ward, changed, field):
        answer = self.simulate(admin, **changed)
        assert answer.status_code == 422
        assert re.search(rf'<a href="#[^"]*">({field}</a>:|“{field}” is empty)', answer.content.decode())

    def test_say_how_to_write_a_period_as_one_fills_in_a_form(self, admin, ward):
        page = words(self.simulate(admin, due_within="ten days"))
        assert "Write it as 7 days, 12 hours or 2 weeks." in page
        assert "first-unsupervised-shift" not in page.split("Edit as text")[0]

    def test_can_be_written_as_text_too(self, admin, ward):
        page = admin.post("/admin/rules/simulate/", {"as": "text", "text": RULE})
        assert "Gain it 2" in words(page)
        wrong = admin.post("/admin/rules/simulate/", {"as": "text", "text": "id: x\ntitel: y"})
        assert wrong.status_code == 422
        assert "Line 2: There is no key “titel”." in words(wrong)

    def test_tell_whom_they_concern_as_a_table(self, admin, ward):
        given = admin.post("/admin/rules/simulate/people.csv", hidden(self.simulate(admin)))
        rows = list(csv.DictReader(io.StringIO(given.content.decode("utf-8-sig"))))
        assert [(row["what"], row["name"]) for row in rows] == [("gains", "Ada Byron"), ("gains", "Ben Okri")]

    def test_are_changed_with_what_they_say_filled_in(self, admin, ward):
        require(RULE, at=APPLIED)
        page = admin.get("/admin/rules/night-calls/change/").content.decode()
        assert 'value="7 days"' in page
        assert re.search(r'value="nurse"[^>]*checked', page)
        simulated = self.simulate(admin, fixed="night-calls", id="other", due_within="3 days", renew_every="")
        assert "This changes the rule “Night calls” that is in use." in words(simulated)
        assert "Other due date 2" in words(simulated)

    def test_are_withdrawn_with_a_reason(self, admin, ward):
        require(RULE, at=APPLIED)
        assert "asked of 2 people" in words(admin.get("/admin/rules/night-calls/withdraw/"))
        assert admin.post("/admin/rules/night-calls/withdraw/", {"reason": ""}).status_code == 422
        assert admin.post("/admin/rules/night-calls/withdraw/", {"reason": "obsolete"}).status_code == 302
        assert obligations.requirements() == []
        assert events("requirement-withdrawn")[0]["why"] == "obsolete"
        assert "Withdrawn" in words(admin.get("/admin/rules/night-calls/"))

    def test_cost_few_queries(self, admin, ward):
        require(RULE, at=APPLIED)
        admin.get("/admin/rules/")
        with CaptureQueriesContext(connection) as captured:
            admin.get("/admin/rules/")
        assert len(captured) <= 12


class TestPeople:
    def test_are_found_by_name_and_unit(self, admin, ward):
        assert "Ada Byron" in words(admin.get("/admin/people/?text=byr"))
        page = words(admin.get(f"/admin/people/?unit={WARD_3}"))
        assert "Ada Byron" in page
        assert "Tomás" not in page.partition("Find")[2]
        assert "Nobody fits that." in words(admin.get("/admin/people/?text=zzz"))

    def test_have_a_page_with_everything(self, admin, ward):
        require(RULE, at=APPLIED)
        complete(ward.people["Ada Byron"], APPLIED + timedelta(days=1))
        page = words(admin.get(f"/admin/people/{ward.people['Ada Byron']}/"))
        assert "Night calls" in page
        assert "Ada Byron works as Nurse in Ward 3 from 1 February 2026" in page

    def test_are_given_roles_and_lose_them_with_a_reason(self, admin, amara):
        path = f"/admin/people/{amara.person}/roles/"
        assert admin.post(path, {"role": "auditor", "what": "give", "reason": ""}).status_code == 422
        admin.post(path, {"role": "auditor", "what": "give", "reason": "stands in"})
        assert people.roles(amara.person) == {"auditor"}
        admin.post(path, {"role": "auditor", "what": "take", "reason": "is back"})
        assert people.roles(amara.person) == frozenset()
        assert (events("role-granted")[0]["why"], events("role-revoked")[0]["why"]) == ("stands in", "is back")
        assert admin.post(path, {"role": "king", "what": "give", "reason": "x"}).status_code == 302

    def test_have_their_logins_closed_with_a_reason(self, admin, amara, tomas):
        path = f"/admin/people/{amara.person}/close-login/"
        assert admin.post(path, {"account": amara.account, "reason": ""}).status_code == 422
        assert admin.post(path, {"account": tomas.account, "reason": "x"}).status_code == 404
        admin.post(path, {"account": amara.account, "reason": "left"})
        assert not people.account(amara.account).active
        assert events("account-deactivated")[0]["why"] == "left"

    def test_cannot_close_the_login_they_are_signed_in_with(self, admin, tomas):
        admin.post(f"/admin/people/{tomas.person}/close-login/", {"account": tomas.account, "reason": "x"})
        assert people.account(tomas.account).active

    def test_page_costs_few_queries(self, admin, ward):
        path = f"/admin/people/{ward.people['Ada Byron']}/"
        admin.get(path)
        with CaptureQueriesContext(connection) as captured:
            admin.get(path)
        assert len(captured) <= 22


class TestSeeingAsSomebody:
    def test_wants_a_reason_and_ends_where_it_began(self, admin, amara):
        path = f"/admin/people/{amara.person}/view-as/"
        assert admin.post(path, {"reason": " "}).status_code == 422
        assert admin.post(path, {"reason": "she cannot find it"})["Location"] == "/"
        assert "Amara Okafor" in words(admin.get("/"))
        assert admin.get("/admin/").status_code == 403
        back = admin.post("/view-as/end")
        assert back["Location"] == f"/admin/people/{amara.person}/"
        assert admin.get("/admin/").status_code == 200
        assert events("view-as-started")[0]["why"] == "she cannot find it"
        assert len(events("view-as-ended")) == 1

    def test_ends_harmlessly_where_nobody_is_seen(self, admin):
        assert admin.post("/view-as/end").status_code == 302
        assert admin.get("/view-as/end").status_code == 405


CSV = "number,name,site,site_time_zone,job\n1,Ada Byron,Dublin,Europe/Dublin,Operator\n"


def upload(text, name="people.csv"):
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


class TestImporting:
    def test_shows_first_what_it_would_do(self, admin):
        page = admin.post("/admin/people/import/", {"file": upload(CSV)})
        assert "New people 1" in words(page)
        assert people.person_of_number("1") is None
        token = re.search(r'name="token" value="([^"]+)"', page.content.decode())[1]
        done = admin.post("/admin/people/import/", {"file": upload(CSV), "token": token, "what": "import"})
        assert done.status_code == 302
        assert people.person_of_number("1").name == "Ada Byron"
        again = admin.post("/admin/people/import/", {"file": upload(CSV)})
        assert "As before 1" in words(again)

    def test_says_of_each_line_what_would_be_new_or_different_and_what_importing_does(self, admin):
        head = "number,name,site,site_time_zone,department,job,manager,email,status,hired_on\n"
        ada = "1,Ada Byron,Dublin,Europe/Dublin,Filling,Operator,,,,2026-01-05\n"
        eve = "2,Eve Okri,Dublin,Europe/Dublin,Filling,Operator,,,,\n"
        first = admin.post("/admin/people/import/", {"file": upload(head + ada + eve)})
        token = re.search(r'name="token" value="([^"]+)"', first.content.decode())[1]
        admin.post("/admin/people/import/", {"file": upload(head + ada + eve), "token": token, "what": "import"})

        moved = ada.replace("Filling", "Packing").replace(",,,,2026-01-05", ",2,ada@example.org,leave,2026-02-01")
        page = words(
            admin.post("/admin/people/import/", {"file": upload(head + moved + eve + "3,Fay Oz,Dublin,,,Nurse,,,,\n")})
        )

        assert "Lines in the file 3 New people 1 Changed 1 Placed elsewhere 1 As before 1 With faults 0" in page
        assert "Nothing has happened yet. Importing does all of this, or nothing." in page
        changed, new = page.partition("Whom it adds")[::2]
        changed = changed.partition("Whom it changes, and how")[2]
        for said in (
            "2 Ada Byron 1",
            "e-mail: none → becomes ada@example.org",
            "day of hire: 5 January 2026 → becomes 1 February 2026",
            "state: at work → becomes on leave",
            "place: Filling → becomes Packing",
            "reports to: none → becomes Eve Okri",
            "from 22 November 2026 on",
        ):
            assert said in changed
        assert "job:" not in changed
        assert "Eve Okri 2" not in changed
        assert "4 Fay Oz 3 Dublin · Nurse" in new

    def test_lists_a_part_of_a_large_file_and_says_how_much_more_there_is(self, admin, monkeypatch):
        monkeypatch.setattr(importing, "SHOWN", 2)
        lines = "".join(f"{n},Somebody {n},Dublin,Europe/Dublin,Operator\n" for n in range(2, 6))
        page = words(admin.post("/admin/people/import/", {"file": upload(CSV + lines)}))
        assert "New people 5" in page
        assert "Somebody 2" in page
        assert "Somebody 3" not in page
        assert "and 3 more new people" in page

    def test_refuses_another_file_than_the_one_that_was_looked_at(self, admin):
        page = admin.post("/admin/people/import/", {"file": upload(CSV)})
        token = re.search(r'name="token" value="([^"]+)"', page.content.decode())[1]
        other = admin.post(
            "/admin/people/import/",
            {"file": upload(CSV.replace("Ada", "Eve")), "token": token, "what": "import"},
        )
        assert "this is another file" in words(other)
        assert people.person_of_number("1") is None

    def test_names_every_fault_with_its_line(self, admin):
        page = admin.post("/admin/people/import/", {"file": upload(CSV + "2,,Dublin,,Operator\n")})
        assert page.status_code == 422
        assert "3 name is empty." in words(page)
        assert "not even its good lines" in words(page)
        assert "Lines in the file 2 With faults 1" in words(page)
        assert people.person_of_number("1") is None

    @pytest.mark.parametrize("text", ["", "a,b\n", "\x00"])
    def test_says_what_is_wrong_with_the_whole_file(self, admin, text):
        assert admin.post("/admin/people/import/", {"file": upload(text)}).status_code == 422

    def test_wants_a_file(self, admin):
        assert admin.post("/admin/people/import/").status_code == 422


class TestWhatChanged:
    def test_is_told_in_words_with_who_and_why(self, admin, tomas, amara):
        path = f"/admin/people/{amara.person}/roles/"
        admin.post(path, {"role": "auditor", "what": "give", "reason": "stands in"})
        page = words(admin.get(f"/admin/changes/?person={amara.person}"))
        assert "Amara Okafor was given the role “auditor” Tomás Byrne stands in" in page

    def test_can_be_narrowed(self, admin, amara, noor, tomas):
        def shown(**asked):
            return words(admin.get("/admin/changes/", asked)).partition("On the clocks of")[2]

        admin.post(f"/admin/people/{noor.person}/roles/", {"role": "author", "what": "give", "reason": "x"})
        assert "Noor Haddad was given" in shown(person="noor", action="role-granted")
        assert "Noor Haddad was given" in shown(actor="Tomás Byrne")
        assert "Noor Haddad was given" not in shown(actor="Amara Okafor")
        assert "Noor Haddad was given" in shown(**{"from": "2026-11-22", "to": "2026-11-22"})
        assert "Noor Haddad was given" not in shown(to="2026-11-21", person="noor")
        assert "That was not clear" in shown(person="nobody at all")
        assert "That was not clear" in shown(**{"from": "yesterday"})

    def test_is_told_from_what_to_what_in_the_list_and_on_its_page(self, admin, ward, tomas):
        ada = ward.people["Ada Byron"]
        by = account_principal(tomas.account)
        operations.change_person(person=ada, by=by, at=NOW, email="ada@example.org", number="A-1", why="New card.")
        ward.place(ada, unit=WARD_4, job="nurse", on=NOW.date())

        told = words(admin.get(f"/admin/changes/?person={ada}"))
        record = ledger.audit_events(actions=["person-changed"], subjects=[f"person:{ada}"])[0]
        page = words(admin.get(f"/admin/changes/{record.fact.id}/"))

        assert "number: none → became A-1 e-mail: none → became ada@example.org Tomás Byrne New card." in told
        assert "place: Ward 3 → became Ward 4" in told
        assert "job: nurse" not in told
        before, after = page.partition("As it was recorded")[::2]
        assert "Who Tomás Byrne" in before
        assert "Why New card." in before
        assert "e-mail none ada@example.org" in before
        assert str(record.fact.id) not in before
        assert str(record.fact.id) in after

    def test_shows_seconds_and_of_one_moment_the_order_of_the_numbers(self, admin, ward, seal):
        by, ada = system_principal("x"), ward.people["Ada Byron"]
        for number in range(6):
            operations.change_person(person=ada, by=by, at=NOW, number=f"A-{number}")
            seal()

        page = words(admin.get(f"/admin/changes/?person={ada}&zone=UTC"))

        assert "22 Nov 2026, 12:00:00" in page
        assert "The number tells in which order records were sealed." in page
        numbers = [int(number) for number in re.findall(r"no\. (\d+)", page)]
        assert len(numbers) >= 6
        assert numbers[:6] == sorted(numbers[:6], reverse=True)

    def test_opens_to_old_and_new_values(self, admin, amara):
        admin.post(f"/admin/people/{amara.person}/roles/", {"role": "auditor", "what": "give", "reason": "x"})
        record = ledger.audit_events(actions=["role-granted"], subjects=[f"person:{amara.person}"])[0]
        page = words(admin.get(f"/admin/changes/{record.fact.id}/"))
        assert "Waiting to be sealed" in page
        assert re.search("role . auditor", page)
        assert str(record.fact.id) in page

    def test_of_an_unknown_action_shows_its_own_name(self, admin, amara):
        from andante.kernel.ids import new_id
        from andante.ledger.operations import append
        from andante.ledger.statements import audit

        by = system_principal("x")
        append([audit(id=new_id(), by=by, action="badge-lost", subject="badge:7", at=NOW)])
        append([audit(id=new_id(), by=by, action="placed", subject=f"person:{amara.person}", at=NOW)])
        page = words(admin.get("/admin/changes/"))
        assert "badge-lost: badge:7" in page
        assert "placed Andante itself" in page

    def test_is_a_file_too(self, admin, amara):
        given = admin.get("/admin/changes.csv")
        rows = list(csv.DictReader(io.StringIO(b"".join(given.streaming_content).decode("utf-8-sig"))))
        assert "Amara Okafor added" in {row["what"] for row in rows}
        assert [row["when"] for row in rows] == sorted((row["when"] for row in rows), reverse=True)

    def test_goes_on_page_by_page_at_a_constant_cost(self, admin, ward, monkeypatch):
        from andante.pages.admin.views import changes

        monkeypatch.setattr(changes, "ON_A_PAGE", 3)
        page = admin.get("/admin/changes/").content.decode()
        before = re.search(r"before=([^\"&]+)", page)[1]
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(f"/admin/changes/?before={before}").status_code == 200
        assert len(captured) <= 10
        assert admin.get("/admin/changes/?before=x").status_code == 404


class TestTheOverview:
    def test_says_what_to_do_first(self, admin):
        page = words(admin.get("/admin/"))
        assert "Import your people" in page
        assert "Write the first rule" in page

    def test_counts_who_has_no_manager_and_no_address(self, admin, ward):
        page = words(admin.get("/admin/"))
        assert "3 people have nobody to report to" in page
        assert "3 people have no e-mail address" in page
        assert "Ada Byron" in words(admin.get("/admin/people/?missing=email"))
        assert "People who work here 3" in page

    def test_costs_few_queries(self, admin, ward):
        admin.get("/admin/")
        with CaptureQueriesContext(connection) as captured:
            admin.get("/admin/")
        assert len(captured) <= 15
