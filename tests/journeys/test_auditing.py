"""An auditor answers an inspector, and an administrator rules and helps; with and without JavaScript."""

import re
import subprocess
import sys
import zipfile

import pytest
from playwright.sync_api import expect

from tests.journeys.accessibility import overflows, violations
from tests.journeys.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.browser

AUDITOR, ADMINISTRATOR = "Mei Lin Tan", "Tomás Byrne"


def enter(page, name: str) -> None:
    page.goto("/")
    page.get_by_role("button", name=name).click()
    page.get_by_role("link", name="My learning").wait_for()


@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (PHONE, True), (DESKTOP, False), (DESKTOP, True)])
def test_every_page_of_an_administrator_and_auditor_can_be_read_by_everybody(browse, picture, size, dark):
    page = browse(size=size, dark=dark)
    enter(page, ADMINISTRATOR)
    paths = {
        "admin": "/admin/",
        "rules": "/admin/rules/",
        "rule": "/admin/rules/patient-records/",
        "change": "/admin/rules/patient-records/change/",
        "withdraw": "/admin/rules/patient-records/withdraw/",
        "people": "/admin/people/",
        "import": "/admin/people/import/",
        "changes": "/admin/changes/",
        "audit": "/audit/",
        "files": "/audit/people/",
    }
    for name, path in paths.items():
        page.goto(path)
        picture(page, name)
        assert violations(page) == []
        assert not overflows(page)
    for name, path, first in (
        ("file", "/audit/people/", ".row-title a"),
        ("person", "/admin/people/", "tbody th a"),
        ("event", "/admin/changes/", "tbody th a"),
    ):
        page.goto(path)
        page.locator(first).first.click()
        page.wait_for_load_state()
        picture(page, name)
        assert violations(page) == []
        assert not overflows(page)
        if name == "person":
            page.get_by_role("link", name="See what would go").click()
            page.get_by_role("heading", name="What stays").wait_for()
            picture(page, "erase")
            assert violations(page) == []
            assert not overflows(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_an_inspector_is_answered_with_what_proves_it(browse, picture, tmp_path, javascript):
    page = browse(javascript=javascript)
    enter(page, AUDITOR)
    page.goto("/audit/")
    page.get_by_label("Requirement").select_option("patient-records")
    page.get_by_label("On the clocks of").select_option("America/Chicago")
    page.get_by_label("Day").fill("2026-11-20")
    page.get_by_role("button", name="Show the answer").click()
    page.get_by_role("heading", name=re.compile("^Who was qualified for “")).wait_for()
    if javascript:
        picture(page, "answer")
        assert violations(page) == []
        assert not overflows(page)
    with page.expect_download() as given:
        page.get_by_role("button", name="Export evidence").click()
    given.value.save_as(tmp_path / "evidence.zip")
    with zipfile.ZipFile(tmp_path / "evidence.zip") as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, tmp_path / "andante_verify.py", tmp_path / "records.zip"]
    verdict = subprocess.run(command, capture_output=True, text=True, check=False)
    assert verdict.returncode == 0, verdict.stdout
    page.goto("/audit/")
    expect(page.get_by_text("Evidence given").first).to_be_visible()


def test_a_rule_is_simulated_applied_and_withdrawn_without_javascript(browse):
    page = browse(javascript=False)
    enter(page, ADMINISTRATOR)
    page.goto("/admin/rules/new/?starter=everybody-yearly")
    page.get_by_label("Title").fill("What everybody knows")
    page.get_by_role("button", name="Simulate", exact=True).click()
    expect(page.get_by_text("Simulated: nothing has changed yet")).to_be_visible()
    page.get_by_label("Your reason").fill("To try it")
    page.get_by_role("button", name=re.compile("^Apply it to")).click()
    expect(page.get_by_text("“What everybody knows” is applied.")).to_be_visible()
    page.get_by_role("link", name="Withdraw it").click()
    page.get_by_label("Your reason").fill("It was tried")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("“What everybody knows” is withdrawn.")).to_be_visible()


def test_an_administrator_sees_as_somebody_and_comes_back(browse):
    page = browse()
    enter(page, ADMINISTRATOR)
    page.goto("/admin/people/?text=Amara")
    page.get_by_role("link", name="Amara Okafor").click()
    page.locator("#reason-view").fill("She cannot find the course")
    page.get_by_role("button", name="View as Amara Okafor").click()
    expect(page.get_by_text("Nothing can be changed.")).to_be_visible()
    page.get_by_role("button", name="Back to my own view").click()
    expect(page.get_by_role("heading", name="Amara Okafor", level=1)).to_be_visible()
    page.goto("/admin/changes/?action=view-as-started")
    expect(page.get_by_text("She cannot find the course").first).to_be_visible()
