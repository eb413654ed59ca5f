"""A manager's pages, by the eyes of who may open them and of who may not."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.utils.html import escape

from andante.engagement.models import Nudge
from andante.engagement.tests.fixtures import zone_where_it_is
from andante.kernel.ids import new_id
from andante.obligations import operations as obligations
from andante.obligations.operations import plan_crew
from andante.obligations.tests.organisation import OFFICE, WARD_3, complete
from andante.people import operations as people

ALL = ("/team/", "/team/people/", "/team/people.csv", "/team/remind/")


@pytest.fixture
def browser(browser_of, nurses_team) -> Client:
    return browser_of(nurses_team.manager)


def html(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def page_of(person) -> str:
    return f"/team/people/{person}/"


class TestWhoMayOpenThem:
    @pytest.mark.parametrize("path", ALL)
    @pytest.mark.parametrize("who", ["amara", "tomas", "mei_lin"])
    def test_nobody_without_a_team_whatever_their_role(self, request, browser_of, nurses_team, who, path):
        browser = browser_of(request.getfixturevalue(who))
        assert browser.get(path).status_code == 403
        assert browser.get(page_of(nurses_team.ada)).status_code == 403
        assert browser.post("/team/remind/", {"person": str(nurses_team.ada)}).status_code == 403
        assert not Nudge.objects.exists()

    @pytest.mark.parametrize("path", ALL)
    def test_not_who_is_not_signed_in(self, client, nurses_team, path):
        assert client.get(path)["Location"].startswith("/sign-in/?next=/team/")
        assert client.get(page_of(nurses_team.ada)).status_code == 302

    @pytest.mark.parametrize("path", ALL)
    def test_a_manager(self, browser, path):
        assert browser.get(path).status_code == 200

    def test_another_manager_finds_nobody_of_this_team(self, browser_of, nurses_team):
        other = browser_of(nurses_team.other_manager)
        assert "Hugo" in html(other.get("/team/people/"))
        for path in ALL:
            assert "Ada" not in other.get(path).content.decode()
        assert other.get(page_of(nurses_team.hugo)).status_code == 200

    def test_of_an_unknown_person_and_of_one_of_another_team_the_answer_is_the_same(self, browser_of, nurses_team):
        other = browser_of(nurses_team.other_manager)
        answers = [other.get(page_of(id)) for id in (nurses_team.ada, new_id(), nurses_team.other_manager.person)]
        assert [answer.status_code for answer in answers] == [404] * 3
        of_its_time = re.compile(rb'(nonce|value)="[^"]*"')
        assert len({of_its_time.sub(b"", answer.content) for answer in answers}) == 1

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_nobody_of_another_team_is_reminded(self, browser_of, nurses_team, method):
        other = browser_of(nurses_team.other_manager)
        for person in (str(nurses_team.ada), str(new_id()), "nonsense"):
            sent = {"person": [str(nurses_team.hugo), person]}
            assert getattr(other, method)("/team/remind/", sent).status_code == 404
        assert not Nudge.objects.exists()

    def test_an_administrator_who_sees_as_the_manager_sees_them_and_changes_nothing(
        self, browser_of, tomas, nurses_team
    ):
        browser = browser_of(tomas)
        session = browser.session
        session["view-as"] = str(nurses_team.manager.person)
        session.save()

        assert "Ada" in html(browser.get("/team/"))
        assert "Ada" in html(browser.get(page_of(nurses_team.ada)))
        shown = html(browser.get("/team/remind/"))
        assert "nothing can be sent" in shown
        assert "Send the reminder" not in shown
        assert browser.post("/team/remind/", {"person": str(nurses_team.ada)}).status_code == 403
        assert not Nudge.objects.exists()


class TestHome:
    def test_says_in_one_sentence_how_many_need_what(self, browser):
        # Remind Ada and Eve; tell Ben. Dev is on leave.
        assert "3 people, 2 actions." in html(browser.get("/team/"))

    def test_names_who_is_overdue_with_since_when_why_and_their_shift(self, browser, nurses_team):
        shown = html(browser.get("/team/"))
        overdue = shown[shown.index('id="overdue"') : shown.index('id="soon"')]
        assert overdue.index("Ada") < overdue.index("Ben")
        for said in ("Night call for nurses", "since ", " days)", "nurse in Chicago since", "day shift", "Ward 3"):
            assert said in overdue
        assert "No e-mail: tell them at the start of their shift." in overdue
        assert "Eve" in shown[shown.index('id="soon"') : shown.index('id="away"')]
        assert "Dev" in shown[shown.index('id="away"') :]

    def test_offers_to_remind_those_whom_a_mail_reaches(self, browser, nurses_team):
        shown = html(browser.get("/team/"))
        link = escape(f"/team/remind/?person={nurses_team.ada}&person={nurses_team.eve}")
        assert "Remind these 2" in shown
        assert link in shown

    def test_marks_where_the_reader_is(self, browser):
        assert '<a href="/team/" aria-current="page">' in html(browser.get("/team/"))

    def test_says_who_finished_last_when_nobody_is_overdue(self, browser, nurses_team):
        for minutes, person in enumerate((nurses_team.ada, nurses_team.ben, nurses_team.dev, nurses_team.eve), 1):
            complete(person, nurses_team.now - timedelta(minutes=minutes))
        obligations.evaluate(at=nurses_team.now)
        shown = html(browser.get("/team/"))
        assert "Nobody needs you today." in shown
        assert "Nobody is overdue" in shown
        assert "<b>Ada</b> finished" in shown
        assert "Remind" not in shown
        assert "All of them have done what is asked." in shown

    def test_says_how_many_have_something_open(self, browser):
        assert "4 people of 5 have something open." in html(browser.get("/team/"))

    @pytest.fixture
    def crew(self, nurses_team):
        starts = nurses_team.now + timedelta(hours=3)
        return plan_crew(
            unit=WARD_3,
            name="Ward 3 late",
            starts_at=starts,
            ends_at=starts + timedelta(hours=8),
            needed=2,
            requirements=["night-call-nurses"],
            members=[nurses_team.cleo, nurses_team.ben, nurses_team.dev, nurses_team.hugo],
            by=OFFICE,
            at=nurses_team.now,
        )

    def test_says_what_a_crew_lacks_and_why(self, browser, nurses_team, crew):
        shown = html(browser.get("/team/"))
        assert "3 people, 3 actions." in shown
        assert "needs 2 ready for “Night call for nurses”, has 1" in shown
        assert "(America/Chicago)" in shown
        assert "1 short" in shown
        assert "not yet trained; no e-mail" in shown
        # Hugo reports to somebody else: his name, and no way to his page.
        assert f'href="{page_of(nurses_team.cleo)}"' in shown
        assert page_of(nurses_team.hugo) not in shown

    def test_says_who_else_could_fill_the_gap_and_that_they_are_not_planned(self, browser, nurses_team, crew):
        assert "Nobody else of your team in Ward 3 is qualified and free then." in html(browser.get("/team/"))
        complete(nurses_team.eve, nurses_team.now - timedelta(hours=1))

        shown = html(browser.get("/team/"))

        gap = shown[shown.index("Not planned, but could fill the gap") :]
        assert f'<a href="{page_of(nurses_team.eve)}">Eve</a>' in gap
        assert "Ward 3 · Nurse · day shift; qualified since" in gap
        assert "nobody is planned from here" in gap

    def test_costs_the_same_for_many_as_for_few(self, browser, nurses_team):
        assert queries_of(browser, "/team/") == more_and_queries_of(browser, "/team/", nurses_team)


class TestEverybody:
    def test_says_how_everybody_stands_and_why(self, browser):
        shown = html(browser.get("/team/people/"))
        for said in ("5 people of 5", "Overdue", "Due", "Done", "nurse in Chicago since", "Ward 3 · Nurse · day shift"):
            assert said in shown

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("state=overdue", "Ada Ben Dev"),
            ("state=due", "Eve"),
            ("state=done", "Cleo"),
            ("state=renew", ""),
            ("shift=day", "Ada Ben Cleo Dev Eve"),
            ("shift=night", ""),
            ("unit=chicago", "Ada Ben Cleo Dev Eve"),
            ("unit=chicago/wards/ward-3&state=due", "Eve"),
            ("unit=chicago/wards/ward", ""),
            ("unit=dublin", ""),
            ("requirement=night-call-nurses&state=done", "Cleo"),
            ("requirement=no-such-thing", ""),
            ("state=no-such-state", ""),
            ("unit=%00", "Ada Ben Cleo Dev Eve"),
            ("page=99999999999999999999", "Ada Ben Cleo Dev Eve"),
            ("page=-1", "Ada Ben Cleo Dev Eve"),
        ],
    )
    def test_are_filtered(self, browser, nurses_team, query, found):
        shown = html(browser.get(f"/team/people/?{query}"))
        for name in ("Ada", "Ben", "Cleo", "Dev", "Eve"):
            assert (f">{name}</a>" in shown) == (name in found.split())
        assert ("Nobody like that" in shown) == (not found)

    def test_can_be_printed_however_few_there_are(self, browser):
        assert "data-print" in html(browser.get("/team/people/"))
        assert "data-print" in html(browser.get("/team/people/?state=overdue&all=1"))

    def test_keeps_what_was_chosen(self, browser):
        shown = html(browser.get("/team/people/?state=overdue&shift=day"))
        assert '<option value="overdue" selected>' in shown
        assert "/team/people.csv?shift=day&amp;state=overdue" in shown

    @pytest.mark.slow
    def test_are_shown_by_fifties_or_all_at_once(self, browser, nurses_team):
        more(nurses_team, 60)
        first, second = html(browser.get("/team/people/")), html(browser.get("/team/people/?page=2"))
        assert (first.count("<tbody>"), second.count("<tbody>")) == (50, 15)
        assert "1 to 50 of 65 people" in first
        assert "51 to 65 of 65 people" in second
        assert html(browser.get("/team/people/?all=1")).count("<tbody>") == 65

    def test_escapes_what_somebody_typed(self, browser, nurses_team):
        people.change_person(person=nurses_team.ada, by=OFFICE, at=nurses_team.now, name="<i>Ada</i>", number="7<8")
        shown = html(browser.get("/team/people/"))
        assert "&lt;i&gt;Ada&lt;/i&gt;" in shown
        assert "7&lt;8" in shown

    @pytest.mark.parametrize(
        "path", ["/team/people/", "/team/people/?all=1", "/team/people/?state=due", "/team/people.csv"]
    )
    def test_cost_the_same_for_many_as_for_few(self, browser, nurses_team, path):
        assert queries_of(browser, path) == more_and_queries_of(browser, path, nurses_team)


class TestTheCsv:
    def read(self, answer) -> list[dict[str, str]]:
        text = answer.content.decode("utf-8-sig")
        return list(csv.DictReader(StringIO(text)))

    def test_has_a_row_for_each_duty(self, browser):
        answer = browser.get("/team/people.csv?state=overdue")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"].startswith('attachment; filename="team-')
        rows = self.read(answer)
        assert [row["Name"] for row in rows] == ["Ada", "Ben", "Dev"]
        assert {row["State"] for row in rows} == {"Overdue"}
        assert [row["On leave"] for row in rows] == ["", "", "yes"]

    @pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
    def test_holds_no_formula(self, browser, nurses_team, sign):
        people.change_person(person=nurses_team.ada, by=OFFICE, at=nurses_team.now, name=f"{sign}1+1")
        assert f"'{sign}1+1" in {row["Name"] for row in self.read(browser.get("/team/people.csv"))}

    @pytest.mark.parametrize("sign", ["\t", "\r"])
    def test_holds_no_formula_behind_white_space(self, sign):
        from andante.pages.manage.tables import as_csv

        assert as_csv([[f"{sign}=1"]]).strip("\r\n").strip('"').startswith("'")


class TestOnePerson:
    def test_says_what_they_must_hold_and_what_they_may_do(self, browser, nurses_team):
        shown = html(browser.get(page_of(nurses_team.ada)))
        for said in ("Ward 3 · Nurse · day shift", "Overdue", "Not qualified", "not yet trained", "Remind Ada"):
            assert said in shown

    def test_says_what_they_completed_in_which_version(self, browser, nurses_team, night_call):
        shown = html(browser.get(page_of(nurses_team.cleo)))
        completed = shown[shown.index('id="completed"') :]
        assert "Qualified" in shown
        assert f'<th scope="row">{night_call.document.title}</th>' in completed
        assert '<td class="is-number" data-label="Version">1</td>' in completed

    def test_says_what_became_of_reminders(self, browser, nurses_team):
        browser.post("/team/remind/", {"person": str(nurses_team.ada), "note": "See you at five."})
        shown = html(browser.get(page_of(nurses_team.ada)))
        assert "Siobhán Walsh asked today" in shown
        assert "See you at five." in shown
        assert "on its way" in shown
        assert "not again within 24 hours" in shown

    def test_shows_no_private_word(self, browser, nurses_team):
        from andante.learning.tests.fixtures import Learner
        from andante.people.operations import create_account

        account = create_account(
            person=nurses_team.ada,
            login="ada",
            email=None,
            password="seven quiet corridors",
            by=OFFICE,
            at=nurses_team.now,
        )
        learner = Learner(nurses_team.ada, account).start()
        learner.walk_to("own-phone").reflect("own-phone", "My own lift story.")
        for path in (page_of(nurses_team.ada), "/team/", "/team/people/?all=1"):
            assert "lift story" not in html(browser.get(path))

    def test_costs_the_same_with_many_duties(self, browser, nurses_team):
        before = queries_of(browser, page_of(nurses_team.cleo))
        for days in range(1, 4):
            complete(nurses_team.cleo, nurses_team.now - timedelta(days=days))
        assert queries_of(browser, page_of(nurses_team.cleo)) == before


class TestReminding:
    def test_shows_the_text_before_anything_is_sent(self, browser, nurses_team):
        shown = html(browser.get("/team/remind/"))
        assert "2 people get a mail each." in shown
        for said in ("Overdue since ", "Siobhán Walsh asks you to complete:", "/courses/night-call/", "goes at once"):
            assert said in shown
        assert "Ben" in shown[shown.index("These get none") :]
        assert not Nudge.objects.exists()

    def test_sends_to_those_who_were_chosen_and_says_so(self, browser, nurses_team, mail_jobs):
        answer = browser.post("/team/remind/", {"person": [str(nurses_team.ada), str(nurses_team.eve)]}, follow=True)
        assert answer.redirect_chain == [("/team/", 302)]
        assert "2 reminders go now." in html(answer)
        assert len(mail_jobs()) == 2
        assert "1 action." in html(answer)

    def test_sent_twice_is_sent_once(self, browser, nurses_team, mail_jobs):
        for _ in range(2):
            answer = browser.post("/team/remind/", {"person": str(nurses_team.ada)}, follow=True)
        assert "Nobody was reminded" in html(answer)
        assert len(mail_jobs()) == 1

    def test_in_somebody_s_night_says_when_it_goes(self, browser, nurses_team):
        night = zone_where_it_is(23, nurses_team.now)
        people.change_person(person=nurses_team.ada, by=OFFICE, at=nurses_team.now, time_zone=night)
        assert "night there: goes " in html(browser.get(f"/team/remind/?person={nurses_team.ada}"))
        answer = browser.post("/team/remind/", {"person": str(nurses_team.ada)}, follow=True)
        assert "when their quiet hours are over" in html(answer)
        assert "A reminder goes " in html(answer)

    def test_of_nobody_says_to_choose(self, browser, nurses_team):
        assert "Choose at least one person." in html(browser.post("/team/remind/", follow=True))

    def test_with_a_line_that_is_too_long_sends_nothing(self, browser, nurses_team):
        sent = {"person": str(nurses_team.ada), "note": "a" * 301}
        assert "Nothing was sent." in html(browser.post("/team/remind/", sent, follow=True))
        assert not Nudge.objects.exists()

    def test_of_who_has_nothing_open_offers_nothing(self, browser, nurses_team):
        shown = html(browser.get(f"/team/remind/?person={nurses_team.cleo}"))
        assert "Nobody to remind by e-mail" in shown
        assert "Nothing is overdue or due within a week." in shown

    def test_with_a_note_that_is_markup_shows_it_as_text(self, browser, nurses_team):
        browser.post("/team/remind/", {"person": str(nurses_team.ada), "note": "<b>Now</b>"})
        assert "&lt;b&gt;Now&lt;/b&gt;" in html(browser.get(page_of(nurses_team.ada)))


def more(team, number: int) -> None:
    """Let more people join."""
    begins = (team.now - timedelta(days=30)).date()
    for place in range(number):
        team.organisation.hire(
            f"Nurse {place:03}", on=begins, email=f"n{place}@example.org", shift="late", manager=team.manager.person
        )
    obligations.evaluate(at=team.now - timedelta(minutes=30))


def queries_of(browser, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


def more_and_queries_of(browser, path: str, team) -> int:
    more(team, 12)
    return queries_of(browser, path)
