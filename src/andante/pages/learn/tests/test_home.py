"""What a learner finds at the start: the one thing to do, by when, why, and what comes after."""

import re
from datetime import UTC, datetime, timedelta
from shutil import copytree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from andante.kernel import clock
from andante.learning.models import Attempt
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, WRONG, publish
from andante.obligations import operations as obligations
from andante.obligations.tests.organisation import WARD_3, complete, found, require
from andante.pages.learn.days import spoken
from andante.pages.learn.tests.test_pages import COURSE, words
from andante.people.models import Person

DAY = timedelta(days=1)
COSTS = 8


@pytest.fixture
def browser(browser_of, amara):
    return browser_of(amara)


@pytest.fixture
def nurse(night_call, amara):
    """Amara, who has been a nurse in Chicago since 1 February 2026."""
    found().place(amara.person, unit=WARD_3, job="nurse", on=datetime(2026, 2, 1, tzinfo=UTC).date())
    return amara


@pytest.fixture
def first_shift(nurse):
    """When the nurse works alone for the first time: the day after tomorrow."""
    return works_alone(nurse, (clock.now() + 2 * DAY).replace(hour=4, minute=0, second=0, microsecond=0))


def works_alone(member, moment: datetime) -> datetime:
    Person.objects.filter(id=member.person).update(first_unsupervised_at=moment)
    return moment


def ask(
    *,
    applied: timedelta,
    within: str = "7 days",
    before: bool = False,
    course: str = "night-call",
    renew: str = "",
    since: str = "",
):
    """
    Ask it of all nurses; `applied` so long ago.

    :param before: the first shift alone, where that is earlier
    """
    due = f"due: {{within: {within}, before: first-unsupervised-shift}}" if before else f"due: {{within: {within}}}"
    lines = [
        f"id: {course}-nurses",
        "title: Calls at night",
        "audience: {job: [nurse], site: any}",
        f"course: {course}",
        due if within else "",
        f"renew: {renew}" if renew else "",
        f"effective: {since}" if since else "",
        "why: Nurses take calls about patients every night.",
    ]
    at = clock.now() - applied
    require("\n".join(line for line in lines if line) + "\n", at=at)


def evaluate() -> None:
    obligations.evaluate(at=clock.now())


def home(browser) -> str:
    return words(browser.get("/"))


def in_chicago(moment: datetime, form: str) -> str:
    with timezone.override("America/Chicago"):
        return timezone.localtime(moment).strftime(form)


def other_course(tmp_path, title: str):
    id = title.lower().replace(" ", "-")
    folder = copytree(NIGHT_CALL_FOLDER, tmp_path / id)
    text = (folder / "course.yaml").read_text()
    text = text.replace("id: night-call", f"id: {id}").replace("title: A call at night", f"title: {title}")
    (folder / "course.yaml").write_text(text)
    return publish(folder)


class TestWhatIsDue:
    def test_stands_first_with_its_minutes_its_day_and_the_reason(self, browser, nurse, night_call):
        ask(applied=2 * DAY)
        due = clock.now() + 5 * DAY
        text = home(browser)
        assert "Next for you A call at night Nurses take calls about patients every night." in text
        assert (
            f"{night_call.document.minutes} min Due {in_chicago(due, '%A %-d %B')} "
            "Because you are a nurse in Chicago since 1 February 2026" in text
        )

    def test_before_the_first_shift_alone_says_so(self, browser, first_shift):
        ask(applied=2 * DAY, before=True)
        when = in_chicago(first_shift, "%A %-d %B, %H:%M")
        assert re.search(rf"Due (tomorrow, )?{when}, before your first shift alone Because you are", home(browser))

    def test_before_the_first_shift_alone_may_be_overdue(self, browser, nurse):
        first_shift = works_alone(nurse, clock.now() - 3 * DAY)
        ask(applied=5 * DAY, before=True)
        when = in_chicago(first_shift, "%A %-d %B, %H:%M")
        assert f"Was due 3 days ago, {when}, before your first shift alone" in home(browser)

    def test_names_the_first_shift_alone_only_where_it_sets_the_date(self, browser, first_shift):
        ask(applied=2 * DAY, within="1 day", before=True)
        ask(applied=2 * DAY)
        assert "first shift alone" not in home(browser)

    def test_stays_first_while_it_is_running(self, browser, nurse, learner):
        ask(applied=2 * DAY)
        learner.walk_to("the-brother")
        text = home(browser)
        assert "You stopped at A man says that he is the brother." in text
        assert re.search(r"min left Due \w+day", text)

    def test_that_is_overdue_says_what_follows_and_blames_nobody(self, browser, nurse):
        ask(applied=12 * DAY)
        text = home(browser)
        assert "Overdue: do this next A call at night" in text
        assert re.search(r"Was due 5 days ago, \w+day \d+ \w+ Because", text)
        assert "Until it is done, you do not count as ready" in text
        assert not re.search(
            r"late|failed|missed|forgot|must have", text.split("After that")[0].split("Nurses take")[1]
        )

    def test_comes_before_what_is_running_and_what_is_open(self, browser, nurse, learner, tmp_path):
        other_course(tmp_path, "Aqua")
        due = other_course(tmp_path, "Zinc")
        learner.walk_to("the-brother")
        ask(applied=DAY, course=due.course_id)
        text = home(browser)
        assert text.index("Zinc") < text.index("After that") < text.index("A call at night")
        assert text.index("A call at night") < text.index("Open to everybody here") < text.index("Aqua")

    def test_is_sorted_by_its_day_the_overdue_first(self, browser, nurse, tmp_path):
        for title, applied in (("Aqua", 1), ("Brine", 12), ("Chlorine", 4)):
            other_course(tmp_path, title)
            ask(applied=applied * DAY, course=title.lower())
        text = home(browser)
        assert text.index("Brine") < text.index("Chlorine") < text.index("Aqua")

    def test_without_a_date_says_so(self, browser, nurse):
        ask(applied=DAY, within="")
        assert "Asked of you, without a date" in home(browser)

    def test_of_a_rule_that_is_to_come_may_be_done_now(self, browser, nurse):
        begins = clock.now() + 20 * DAY
        ask(applied=DAY, since=in_chicago(begins, "%Y-%m-%dT06:00"))
        text = home(browser)
        assert f"Asked for from {in_chicago(begins, '%-d %B')} on" in text
        assert "See what it asks" in text

    def test_without_tries_left_waits_for_somebody_and_still_says_when(self, browser, nurse, learner):
        ask(applied=2 * DAY)
        learner.walk_all()
        for sitting in (1, 2):
            learner.sit_test(WRONG, WRONG, sitting=sitting)
        text = home(browser)
        assert "Next for you" not in text
        assert re.search(r"Waiting for somebody else A call at night The test has no tries left · Due \w+day", text)


class TestWhatIsDone:
    def test_is_clear_until_it_is_to_be_renewed(self, browser, nurse):
        ask(applied=40 * DAY, renew="12 months")
        complete(nurse.person, clock.now() - 30 * DAY)
        text = home(browser)
        assert re.search(r"All clear until \d+ \w+ 20\d\d You have done everything", text)
        assert re.search(r"Done A call at night Completed [^·]+ · valid until \d+ \w+ 20\d\d", text)

    def test_may_be_renewed_when_its_end_is_near(self, browser, nurse):
        ask(applied=400 * DAY, renew="12 months")
        complete(nurse.person, clock.now() - 350 * DAY)
        evaluate()
        page = browser.get("/")
        assert re.search(
            r"Time to renew A call at night .* Runs out in 1\d days, .*; you may renew it now", words(page)
        )

        again = re.search(r'action="(/courses/night-call/again)".*name="after" value="(\d)"', page.content.decode())
        page = browser.post(again[1], {"after": again[2]}, follow=True)

        assert page.redirect_chain[-1][0] == f"{COURSE}cards/who-calls/"
        assert Attempt.objects.count() == 2
        assert "Done A call at night" in home(browser)

    def test_that_has_run_out_says_so(self, browser, nurse):
        ask(applied=800 * DAY, renew="12 months")
        complete(nurse.person, clock.now() - 400 * DAY)
        evaluate()
        text = home(browser)
        assert "Run out: renew it next" in text
        assert "Ran out" in text
        assert "Take it again" in text

    def test_is_all_clear_for_who_has_no_dates(self, browser, nurse):
        ask(applied=DAY)
        complete(nurse.person, clock.now())
        text = home(browser)
        assert "All clear You have done everything that waits for you." in text

    def test_leads_to_one_s_record(self, browser, nurse):
        complete(nurse.person, clock.now())
        assert '<a href="/record/">' in browser.get("/").content.decode()


class TestTheHomePage:
    def test_shows_nobody_else_s_duties(self, browser_of, nurse, noor):
        ask(applied=2 * DAY)
        text = home(browser_of(noor))
        assert "Due " not in text
        assert "Because you are a nurse" not in text

    @pytest.mark.parametrize("courses", [1, 6])
    def test_costs_the_same_few_queries_with_any_number_of_duties(self, browser, first_shift, nurse, tmp_path, courses):
        ask(applied=12 * DAY, renew="12 months")
        for number in range(courses):
            other_course(tmp_path, f"Course {number}")
            ask(applied=number * DAY, course=f"course-{number}")
        complete(nurse.person, clock.now() - DAY)
        browser.get("/")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/")
        assert len(captured) <= COSTS


class TestSpokenDays:
    NOW = datetime(2026, 11, 22, 16, 45, tzinfo=UTC)  # a Sunday

    @pytest.mark.parametrize(
        ("moment", "words"),
        [
            ("2026-11-22T23:59", "today, Sunday 22 November"),
            ("2026-11-22T18:00", "today, Sunday 22 November, 18:00"),
            ("2026-11-23T06:00", "tomorrow, Monday 23 November, 06:00"),
            ("2026-11-27T23:59", "Friday 27 November"),
            ("2026-11-29T23:59", "in 7 days, Sunday 29 November"),
            ("2026-12-08T23:59", "in 16 days, Tuesday 8 December"),
            ("2027-01-04T23:59", "in 43 days, Monday 4 January 2027"),
            ("2027-03-03T23:59", "Wednesday 3 March 2027"),
            ("2026-11-21T23:59", "yesterday, Saturday 21 November"),
            ("2026-11-19T23:59", "3 days ago, Thursday 19 November"),
            ("2025-03-03T23:59", "Monday 3 March 2025"),
        ],
    )
    def test_tell_the_distance_and_the_date(self, moment, words):
        assert spoken(datetime.fromisoformat(moment).replace(tzinfo=UTC), now=self.NOW) == words

    def test_are_the_reader_s(self):
        with timezone.override("Asia/Singapore"):
            assert spoken(self.NOW, now=self.NOW) == "today, Monday 23 November, 00:45"
            assert spoken(self.NOW - timedelta(hours=2), now=self.NOW).startswith("yesterday, Sunday 22 November")
