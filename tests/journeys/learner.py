"""Somebody who learns: walks through a course as a person does, by what stands on the page."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from andante.content.document import Check, Course, Decide
from andante.content.parsing import read_course

COURSE = "patient-records"
FOLDER = Path(__file__).parents[2] / "demo/courses" / COURSE


def demo_course() -> Course:
    """The course as its author wrote it: the learner of these journeys knows the right answers."""
    course = read_course(FOLDER).course
    assert course is not None
    return course


class Learner:
    """A person with a page open. `right` is whether this person answers the graded test right."""

    def __init__(self, page: Page, *, right: bool = True) -> None:
        self.page = page
        self.right = right
        self.course = demo_course()
        self.cards = {card.id: card for module in self.course.modules for card in module.cards}
        self.items = {item.title: item for item in self.course.bank}

    def sign_in(self, name: str) -> None:
        self.page.goto("/")
        self.page.get_by_role("button", name=name).click()
        self.page.get_by_role("heading", level=1).wait_for()

    def open_course(self) -> None:
        self.page.goto(f"/courses/{COURSE}/")

    def start(self) -> None:
        self.open_course()
        self.go_on()

    def go_on(self) -> None:
        """Press the one primary button of the page, and wait for the page that follows."""
        here = self.page.url
        self.page.locator("main .is-primary, .action-bar .is-primary").first.click()
        self.page.wait_for_url(lambda url: url != here)

    @property
    def place(self) -> str:
        """Where the learner is: the last part of the address."""
        return re.sub(r"[?#].*", "", self.page.url).rstrip("/").rpartition("/")[2]

    @property
    def at_a_card(self) -> bool:
        return "/cards/" in self.page.url

    def do_card(self) -> None:
        """Do what the card asks, and go on to the next."""
        match self.cards[self.place]:
            case Check() as check:
                self.choose({option.key for option in check.options if option.correct})
                self.page.get_by_role("button", name="Check", exact=True).click()
                self.page.locator(".verdict.is-good").wait_for()
            case Decide() as scenario:
                self.decide(scenario)
            case _ if self.page.get_by_label("Your words").count():
                self.page.get_by_label("Your words").fill("The screen at the end of corridor B.")
        self.go_on()

    def choose(self, keys: set[str]) -> None:
        for key in sorted(keys):
            self.page.locator(f'input[name="option"][value="{key}"]').check()

    def decide(self, scenario: Decide) -> None:
        """Take the first way through the scenario that offers itself, up to its end, and look back at it."""
        for _ in range(len(scenario.nodes)):
            choices = self.page.locator(".choice-button")
            if not choices.count():
                break
            number = self.page.locator('input[name="number"]').input_value()
            choices.first.click()
            self.page.locator(f'input[name="number"][value="{number}"]').wait_for(state="detached")
        self.page.get_by_role("link", name="Look back at it").click()
        self.page.get_by_role("link", name="Continue").wait_for()

    def do_cards_until(self, place: str | None = None) -> int:
        """Do card after card, up to the card named, or to the last; how many were done."""
        done = 0
        while self.at_a_card and self.place != place:
            self.do_card()
            done += 1
            assert done <= len(self.cards), "the course goes round in a circle"
        return done

    def sit_test(self) -> None:
        """From the page of the test, which is open, to its result."""
        self.page.get_by_role("button", name=re.compile("Start the test|Sit the test again")).click()
        self.page.wait_for_url(re.compile(r"/test/\d+/"))
        self.answer_questions()

    def answer_questions(self, *, most: int = 1_000) -> None:
        for _ in range(most):
            if not re.search(r"/test/\d+/", self.page.url):
                return
            item = self.items[self.page.get_by_role("heading", level=1).inner_text()]
            correct = {option.key for option in item.options if option.correct}
            wrong = {option.key for option in item.options if not option.correct}
            self.choose(correct if self.right else {min(wrong)})
            self.page.get_by_role("button", name="Answer", exact=True).click()
            self.page.locator(".verdict").wait_for()
            self.go_on()
