"""An author's question: where do people stop, and what do they get wrong? On the demonstration's year of learning."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.accessibility import overflows, violations
from tests.journeys.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.browser

AUTHOR = "Priya Raman"


@pytest.fixture
def author(browse, site):
    def _author(**how):
        site.wait_until_loaded()
        page = browse(**how)
        page.goto("/")
        page.get_by_role("button", name=AUTHOR).click()
        page.get_by_role("link", name="Courses", exact=True).click()
        page.get_by_role("heading", name="Your courses").wait_for()
        return page

    return _author


@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (PHONE, True), (DESKTOP, False), (DESKTOP, True)])
def test_every_page_of_an_author_can_be_read_by_everybody(author, picture, size, dark):
    page = author(size=size, dark=dark)
    for name, path in (("courses", "/author/"), ("course", "/author/courses/data-integrity/")):
        page.goto(path)
        picture(page, name)
        assert violations(page) == []
        assert not overflows(page)


def test_what_people_pass_and_still_get_wrong_stands_first(author):
    page = author()
    page.get_by_role("link", name=re.compile("Data integrity in records")).first.click()
    found = page.get_by_text(re.compile(r"Passed, still wrong:\s\d+\s%\schoose the same wrong answer")).first
    found.wait_for()
    expect(page.get_by_text(re.compile("when it was measured")).first).to_be_visible()


def test_where_nights_stop_is_said_with_the_card(author):
    page = author(javascript=False)
    page.get_by_role("link", name=re.compile("Spills and first response")).first.click()
    page.get_by_role("heading", level=1).wait_for()
    expect(page.get_by_text(re.compile(r"Night: half need \d+ days or more to complete")).first).to_be_visible()
    expect(page.get_by_text(re.compile("From the first pad to the last signature")).first).to_be_visible()
