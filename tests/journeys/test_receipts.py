"""A learner takes what is theirs away with its proof; a manager reads how records are kept honest."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from andante.evidence.tests.checking import checked
from tests.journeys.accessibility import overflows, violations
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.learner import Learner

pytestmark = pytest.mark.browser

MANAGER, AUDITOR = "Niamh Kavanagh", "Mei Lin Tan"
LOOKS = [(PHONE, False), (PHONE, True), (DESKTOP, False), (DESKTOP, True)]


def enter(page, name: str) -> None:
    page.goto("/")
    page.get_by_role("button", name=name).click()
    page.get_by_role("heading", level=1).wait_for()


def downloaded(page, button: str, path):
    with page.expect_download() as given:
        page.get_by_role("button", name=button).click()
    given.value.save_as(path)
    return checked(path.read_bytes())


def test_a_learner_takes_everything_about_them_away(browse, picture, site, tmp_path):
    page = browse()
    enter(page, AUDITOR)
    page.goto("/record/")
    page.get_by_role("link", name="Everything that is on record about you").click()
    picture(page, "held")
    assert violations(page) == []
    assert not overflows(page)
    site.wait_until_sealed()
    told = downloaded(page, "Download everything", tmp_path / "extract.json")
    assert told["scope"]["kind"] == "person"
    actions = {json.loads(record["body"]).get("action") for record in told["records"]}
    assert actions >= {"person-created", "account-created", "placed", "signed-in"}


def test_a_record_that_was_just_made_gets_its_receipt_by_itself(browse):
    learner = Learner(browse())
    learner.sign_in("Rosa Delgado")
    learner.page.goto("/record/held/")
    learner.page.locator(".row-title a").first.click()
    learner.page.get_by_role("button", name="Download the receipt").wait_for()


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_how_records_are_kept_honest_can_be_read_by_everybody(browse, picture, size, dark):
    page = browse(size=size, dark=dark)
    enter(page, AUDITOR)
    page.goto("/audit/")
    page.get_by_role("link", name="How records are kept honest").click()
    expect(page.get_by_text("Nobody outside keeps a copy yet")).to_be_visible()
    picture(page, "seal")
    assert violations(page) == []
    assert not overflows(page)
    for path in ("/audit/people/?text=Mei", "/record/held/"):
        page.goto(path)
        page.locator(".row-title a").first.click()
        page.wait_for_load_state()
        picture(page, "person" if "audit" in path else "own")
        assert violations(page) == []
        assert not overflows(page)


def test_a_seal_is_kept_and_a_receipt_agrees_with_it_later(browse, site, tmp_path):
    page = browse(javascript=False)
    enter(page, AUDITOR)
    page.goto("/seal/")
    with page.expect_download() as given:
        page.get_by_role("link", name="Keep this seal").click()
    kept = tmp_path / "kept.txt"
    given.value.save_as(kept)
    size = int(kept.read_text().split("\n")[1])
    enter(browse(), "Rosa Delgado")  # so that the log grows
    site.wait_until_sealed()
    page.goto("/audit/people/?text=Mei")
    page.locator(".row-title a").first.click()
    page.locator("#facts-table ~ tbody").get_by_role("link").first.click()
    page.get_by_role("link", name="Its receipt").click()
    page.locator("summary", has_text="I keep an earlier checkpoint").click()
    page.get_by_label("Your earlier checkpoint").set_input_files(kept)
    told = downloaded(page, "Download the receipt", tmp_path / "receipt.json")
    assert told["consistency"]["from"] == size
    assert int(re.split("\n", told["checkpoint"])[1]) > size


def test_a_manager_finds_how_records_are_kept_honest(browse):
    page = browse()
    enter(page, MANAGER)
    page.goto("/team/")
    page.get_by_role("link", name="How these records are kept honest").click()
    expect(page.get_by_role("heading", name="The newest seal")).to_be_visible()
