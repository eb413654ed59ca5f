"""The path of a learner, in a real browser: from sign-in to a completion that an outsider can verify."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from andante.evidence.tests.checking import checked
from tests.journeys.accessibility import overflows, violations
from tests.journeys.conftest import CHECKOUT, DESKTOP, PHONE
from tests.journeys.learner import Learner

pytestmark = pytest.mark.browser
VERIFIER = CHECKOUT / "verifier/andante_verify.py"


def receipt(page: Page, path: Path) -> dict[str, Any]:
    """Take the receipt of the record that the page shows, as soon as it is sealed, and check it."""
    with page.expect_download() as given:
        page.get_by_role("button", name="Download the receipt").click()
    given.value.save_as(path)
    return checked(path.read_bytes())


class TestALearnerOnAPhone:
    def test_walks_from_sign_in_to_a_completion_whose_record_an_outsider_verifies(
        self, browse, picture, site, tmp_path
    ):
        learner = Learner(browse(size=PHONE))
        learner.page.goto("/")
        picture(learner.page, "1-sign-in")
        learner.sign_in("Amara Okafor")
        picture(learner.page, "2-home")
        learner.start()
        picture(learner.page, "3-first-card")

        seen: set[str] = set()
        while learner.at_a_card:
            kind = type(learner.cards[learner.place]).__name__
            if kind not in seen:
                seen.add(kind)
                picture(learner.page, f"4-{kind.lower()}")
            assert not overflows(learner.page), learner.page.url
            learner.do_card()
        assert {"Idea", "Example", "Check", "Decide", "Reflect", "Aid"} <= seen
        assert "/completion/" not in learner.page.url
        picture(learner.page, "5-test")

        learner.sit_test()
        assert "Passed" in learner.page.get_by_role("heading", level=1).inner_text()
        picture(learner.page, "6-result")
        learner.page.get_by_role("link", name="See your completion").click()
        learner.page.locator("time").wait_for()
        picture(learner.page, "7-completion")
        text = learner.page.locator("main").inner_text()
        assert "Amara Okafor" in text
        assert "America/Chicago" in text
        assert "100 %" in text
        learner.page.get_by_role("link", name="Take its receipt").click()
        taken = receipt(learner.page, tmp_path / "receipt.json")
        assert json.loads(taken["records"][0]["body"])["verb"]["display"] == {"en": "completed"}
        picture(learner.page, "7-receipt")
        assert violations(learner.page) == []
        learner.page.goto("/")
        picture(learner.page, "8-home-afterwards")

        site.wait_until_sealed()
        bundle = tmp_path / "records.zip"
        site.command("bundle", "export", bundle)
        verified = verify(bundle)
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert site.command("verify").returncode == 0

    def test_leaves_and_resumes_on_another_browser_at_the_exact_card(self, browse):
        phone = Learner(browse(size=PHONE))
        phone.sign_in("Joseph Lindqvist")
        phone.start()
        phone.do_cards_until(list(phone.cards)[4])

        desk = Learner(browse(size=DESKTOP))
        desk.sign_in("Joseph Lindqvist")
        desk.go_on()

        assert desk.place == list(phone.cards)[4]
        desk.do_card()
        phone.page.goto("/")
        phone.go_on()
        assert phone.place == list(phone.cards)[5]


class TestALearnerWithoutJavaScript:
    def test_does_all_of_it_by_forms(self, browse, picture, tmp_path):
        learner = Learner(browse(size=PHONE, javascript=False))
        learner.sign_in("Rosa Delgado")
        learner.open_course()
        learner.go_on()
        learner.do_cards_until()
        learner.right = False
        learner.sit_test()
        assert "Not yet" in learner.page.get_by_role("heading", level=1).inner_text()
        picture(learner.page, "1-not-yet")

        learner.right = True
        learner.sit_test()
        learner.page.get_by_role("link", name="See your completion").click()
        picture(learner.page, "2-completion")
        assert "Rosa Delgado" in learner.page.locator("main").inner_text()
        learner.page.get_by_role("link", name="Take its receipt").click()
        assert receipt(learner.page, tmp_path / "receipt.json")["scope"] == {"kind": "receipt"}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
class TestEveryPage:
    def test_has_no_violation_and_never_scrolls_sideways(self, browse, picture, size, dark):
        page = browse(size=size, dark=dark)
        found: list[str] = []

        def look(name: str) -> None:
            picture(page, name)
            found.extend(violations(page))
            if overflows(page):
                found.append(f"{page.url} scrolls sideways")

        for path in ("/sign-in/", "/password/reset/", "/style/", "/no/such/page/"):
            page.goto(path)
            look(path.strip("/").replace("/", "-"))
        learner = Learner(page)
        learner.sign_in("Tomás Byrne")
        look("home")
        for path in ("/account/", "/courses/patient-records/"):
            page.goto(path)
            look(path.strip("/").replace("/", "-"))
        if page.get_by_role("button", name="Start").count():
            learner.go_on()
        kinds: set[str] = set()
        for card in learner.cards.values():
            page.goto(f"/courses/patient-records/cards/{card.id}/")
            if learner.place != card.id:
                break
            if type(card).__name__ not in kinds:
                kinds.add(type(card).__name__)
                look(f"card-{type(card).__name__.lower()}")
            if learner.page.locator("form").count():
                learner.do_card()
        assert found == []


def verify(bundle: Path) -> subprocess.CompletedProcess[str]:
    """As an outsider does: the one file, a Python without our packages, the bundle."""
    return subprocess.run(
        [sys.executable, "-I", "-S", VERIFIER, bundle], capture_output=True, text=True, check=False, timeout=60
    )
