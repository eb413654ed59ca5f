"""A manager's ten minutes: who needs me, remind them, look at everybody; with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.accessibility import overflows, violations
from tests.journeys.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.browser

WARD_LEAD, LINE_LEAD = "Joseph Lindqvist", "Niamh Kavanagh"


def enter(page, name: str) -> None:
    page.goto("/")
    page.get_by_role("button", name=name).click()
    page.get_by_role("heading", level=1).wait_for()
    page.get_by_role("link", name="My team").click()
    page.get_by_role("heading", name="Who needs me today?").wait_for()


@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (PHONE, True), (DESKTOP, False), (DESKTOP, True)])
def test_every_page_of_a_team_can_be_read_by_everybody(browse, picture, size, dark):
    page = browse(size=size, dark=dark)
    enter(page, LINE_LEAD)
    for name, path in (("home", "/team/"), ("people", "/team/people/?all=1"), ("remind", "/team/remind/")):
        page.goto(path)
        picture(page, name)
        assert violations(page) == []
        assert not overflows(page)
    page.goto("/team/people/")
    page.locator("tbody th a").first.click()
    page.get_by_role("heading", name="Completed courses").wait_for()
    picture(page, "person")
    assert violations(page) == []
    assert not overflows(page)


def test_the_crew_of_tonight_says_who_is_not_ready_and_why(browse):
    page = browse()
    enter(page, LINE_LEAD)
    expect(page.get_by_role("heading", name=re.compile(r"needs 4 ready for “.+”, has \d")).first).to_be_visible()
    expect(page.get_by_text("not yet trained on version 2; no e-mail").first).to_be_visible()


def test_somebody_is_reminded_once_without_javascript(browse, site):
    page = browse(javascript=False)
    enter(page, WARD_LEAD)
    page.get_by_role("link", name=re.compile("^Remind ")).click()
    expect(page.get_by_text(f"{WARD_LEAD} asks you to complete:")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Send the reminder")).click()
    expect(page.get_by_text(re.compile(r"go(es)? (now|from|today|tomorrow)")).first).to_be_visible()
    assert page.get_by_role("link", name=re.compile("^Remind ")).count() == 0
    page.goto("/team/remind/")
    expect(page.get_by_role("heading", name="Nobody to remind by e-mail")).to_be_visible()
