"""What an author sees of courses, and who may see it."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from andante.insight.tests.crowd import LATER, Crowd, gather, pulled
from andante.kernel import clock
from andante.people.tests.fixtures import member

HOME = "/author/"
COURSE = "/author/courses/night-call/"
PATHS = [HOME, COURSE, "/author/courses.csv", f"{COURSE}questions.csv", f"{COURSE}cards.csv"]
TABLES = ["questions", "cards", "shifts", "stops-by-shift"]
LATE = "rep-1"
CARD = "the-station"
QUERIES = 12


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def author(db):
    return member("Ingrid Solberg", "Europe/Oslo", role="author")


@pytest.fixture
def browser(browser_of, author):
    return browser_of(author)


@pytest.fixture
def passed_still_wrong(night_call):
    gather(night_call, Crowd(240, choose=pulled({LATE: 0.41})), Crowd(10, at=CARD, stops=True))
    return night_call


@pytest.fixture
def nights(night_call):
    days = timedelta(days=1)
    gather(
        night_call,
        Crowd(30, "early", pause=2 * days, at=CARD),
        Crowd(30, "late", pause=3 * days, at=CARD),
        Crowd(30, "night", pause=19 * days, at=CARD),
        Crowd(14, "night", at=CARD, stops=True),
        Crowd(3, "day"),
    )
    return night_call


def words(response) -> str:
    """The text of a page, as somebody reads it."""
    assert response.status_code == 200, response.status_code
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def table(response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.status_code
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


class TestAccess:
    @pytest.mark.parametrize("path", PATHS)
    def test_is_refused_to_a_learner(self, browser_of, amara, night_call, path):
        assert browser_of(amara).get(path).status_code == 403

    @pytest.mark.parametrize("path", PATHS)
    def test_leads_nobody_to_the_sign_in_page(self, night_call, path):
        answer = Client().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")

    @pytest.mark.parametrize("path", PATHS)
    def test_is_given_to_authors_and_administrators(self, browser, browser_of, tomas, night_call, path):
        assert browser.get(path).status_code == browser_of(tomas).get(path).status_code == 200

    def test_is_not_for_changing_anything(self, browser, night_call):
        assert browser.post(COURSE).status_code == 405

    @pytest.mark.parametrize(
        "path",
        [
            "/author/courses/no-such/",
            f"{COURSE}?version=2",
            f"{COURSE}?version=x",
            f"{COURSE}?version=²",
            f"{COURSE}?version=99999999999999999999",
            f"{COURSE}people.csv",
        ],
    )
    def test_finds_nothing_where_there_is_nothing(self, browser, night_call, path):
        assert browser.get(path).status_code == 404


class TestTheListOfCourses:
    def test_stands_in_the_bar_on_top(self, browser, night_call):
        for path in (HOME, COURSE):
            assert f'<a href="{HOME}" aria-current="page">' in browser.get(path).content.decode()

    def test_says_how_to_publish_where_there_is_none(self, browser):
        assert "No course is published yet" in words(browser.get(HOME))
        assert "andante course publish" in words(browser.get(HOME))

    def test_shows_version_and_people_and_ends_in_what_to_do(self, browser, passed_still_wrong):
        text = words(browser.get(HOME))
        assert "Version 1 of 6 January 2026" in text
        assert "250 enrolled 240 completed (96\xa0%) 10 stuck".replace("\xa0", " ") in text.replace("\xa0", " ")
        assert "Passed, still wrong" in text
        assert "Ask somebody who chose it why." in text

    def test_says_that_nothing_is_to_do_where_nothing_stands_out(self, browser, night_call):
        gather(night_call, Crowd(20))
        assert "Nothing stands out. Nothing to do." in words(browser.get(HOME))

    def test_does_not_pass_over_the_few_who_are_stuck(self, browser, night_call):
        gather(night_call, Crowd(20), Crowd(2, at=CARD, stops=True))
        text = words(browser.get(HOME))
        assert "2 stuck 2 people are stuck, but no card or question explains it. Nothing to change for now." in text
        assert "Nothing stands out" not in text

    def test_shows_no_figures_of_fewer_than_five(self, browser, night_call):
        gather(night_call, Crowd(4))
        text = words(browser.get(HOME))
        assert "4 enrolled fewer than five have begun" in text
        assert "completed" not in text

    def test_costs_few_queries(self, browser, passed_still_wrong):
        browser.get(HOME)
        with CaptureQueriesContext(connection) as captured:
            browser.get(HOME)
        assert len(captured) <= QUERIES


class TestACourse:
    def test_that_is_passed_but_wrong_says_so_at_the_top(self, browser, passed_still_wrong):
        text = words(browser.get(COURSE)).replace("\xa0", " ")
        top = text[: text.index("Where people stop")]
        assert re.search(r"What matters most Passed, still wrong: 4\d % choose the same wrong answer", top)
        assert re.search(r"96 % have completed the course, with a mean score of \d\d %", top)
        assert "“Leave a note for the next shift, one”. That is wrong." in top
        assert "wrong, and pulls" in top
        assert "bank/report.md, line" in top

    def test_names_the_shift_that_does_not_finish_and_its_card(self, browser, nights):
        text = words(browser.get(COURSE)).replace("\xa0", " ")
        assert re.search(
            r"What matters most Night: half need \d\d days or more to complete; on other shifts [\d.]+ days", text
        )
        assert re.search(r"4\d of 44 stop before “02:40, the station”", text)
        assert "Early, Day, together" in text

    def test_that_nobody_began_says_so(self, browser, night_call):
        assert "Nobody has begun yet What people do in the course appears here" in words(browser.get(COURSE))

    def test_shows_no_figures_of_fewer_than_five(self, browser, night_call):
        gather(night_call, Crowd(4))
        page = browser.get(COURSE)
        assert "fewer than five have answered" in words(page)
        assert "fewer than five" in words(page)
        assert '<svg class="bar"' not in page.content.decode()

    def test_escapes_what_an_author_wrote(self, browser, passed_still_wrong):
        assert "<script" not in re.sub(r"<script src[^>]*>", "", browser.get(COURSE).content.decode())

    def test_carries_no_style_of_its_own(self, browser, nights):
        assert " style=" not in browser.get(COURSE).content.decode()

    def test_costs_few_queries(self, browser, nights):
        browser.get(COURSE)
        with CaptureQueriesContext(connection) as captured:
            browser.get(COURSE)
        assert len(captured) <= QUERIES


class TestTheTables:
    @pytest.mark.parametrize("name", TABLES)
    def test_are_whole_files_with_a_name(self, browser, nights, name):
        answer = browser.get(f"{COURSE}{name}.csv?version=1")
        assert table(answer)
        assert answer["Content-Disposition"] == f'attachment; filename="night-call-version-1-{name}.csv"'

    @pytest.mark.parametrize("name", TABLES)
    def test_are_tables_even_where_nobody_began(self, browser, night_call, name):
        lengths = {len(row) for row in csv.reader(StringIO(browser.get(f"{COURSE}{name}.csv").content.decode()))}
        assert len(lengths) == 1

    def test_of_questions_has_a_row_for_each_answer(self, browser, passed_still_wrong):
        rows = table(browser.get(f"{COURSE}questions.csv"))
        pulling = next(row for row in rows if row["Question"] == LATE and row["Answer"] == "B")
        assert len(rows) == 16
        assert 0.33 < float(pulling["Share"]) < 0.49
        assert (pulling["Right"], pulling["Chose it"].isdigit()) == ("no", True)

    def test_of_shifts_has_days(self, browser, nights):
        rows = {row["Shift"]: row for row in table(browser.get(f"{COURSE}shifts.csv"))}
        assert 15 < float(rows["Night"]["median"]) < 23
        assert rows["Night"]["Most often stop before"] == "02:40, the station"

    def test_hide_fewer_than_five(self, browser, night_call):
        gather(night_call, Crowd(4))
        assert {row["People"] for row in table(browser.get(f"{COURSE}questions.csv"))} == {"fewer than five"}
        assert {row["Share"] for row in table(browser.get(f"{COURSE}questions.csv"))} == {""}

    def test_of_courses_says_what_matters(self, browser, passed_still_wrong):
        (row,) = table(browser.get("/author/courses.csv"))
        assert row["Course"] == "night-call"
        assert row["What matters most"].startswith("Passed, still wrong")
