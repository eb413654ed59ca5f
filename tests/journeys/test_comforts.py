"""What scripts add to the pages, on the drafts of the style page: nothing here needs a sign-in or leaves a trace."""

import pytest
from playwright.sync_api import expect

from andante.pages.design.samples import SCREENS
from tests.journeys.accessibility import overflows, violations

pytestmark = pytest.mark.browser

SMALL = {"width": 320, "height": 640}


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


class TestMovingFromCardToCard:
    @pytest.fixture
    def page(self, browse):
        page = browse()
        page.goto("/style/screens/check/")
        page.evaluate("window.sameDocument = true")
        page.get_by_role("link", name="Back", exact=True).click()
        page.wait_for_url("**/idea/")
        page.get_by_role("heading", name="Two questions first").wait_for()
        return page

    def test_keeps_the_document_and_brings_the_reader_to_the_heading(self, page):
        page.wait_for_function("document.activeElement.tagName === 'H1'")
        assert focused(page) == "Two questions first"
        assert page.evaluate("window.sameDocument") is True
        assert page.title().startswith("Two questions first")

    def test_can_be_taken_back(self, page):
        page.go_back()
        page.get_by_role("heading", name="A man at the desk").wait_for()
        assert page.url.endswith("/check/")

    def test_leaves_the_player_when_the_card_is_closed(self, page):
        page.get_by_role("link", name="Close").click()
        page.wait_for_url("**/course/")
        assert page.evaluate("window.sameDocument") is None


class TestAnAnswer:
    def test_is_sent_once_however_often_the_button_is_tapped(self, browse):
        page = browse()
        page.goto("/style/screens/check/")
        sent = []
        page.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
        page.get_by_text("Nothing yet").click()
        page.get_by_role("button", name="Check").dblclick()
        page.wait_for_load_state("networkidle")
        assert len(sent) == 1
        assert "option=b" in sent[0]

    def test_tells_which_of_several_buttons_was_tapped(self, browse):
        page = browse()
        page.goto("/style/screens/scenario/")
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.get_by_role("button", name="Offer to call").click()
        assert "choice=b" in sent.value.post_data

    def test_brings_the_reader_to_the_verdict(self, browse):
        page = browse()
        page.goto("/style/screens/check-wrong/")
        assert focused(page).startswith("Not this one")


class TestAnAnswerThatIsRefused:
    def test_is_told_with_the_server_s_reason_and_stays_in_the_form(self, browse):
        page = browse()
        page.goto("/style/screens/check/?to-be-refused")
        page.context.clear_cookies()
        page.get_by_text("Nothing yet").click()
        page.get_by_role("button", name="Check").click()
        notice = page.locator("#refusal-notice")
        expect(notice).to_contain_text("For your safety we did not take what was sent")
        expect(page.locator("#connection-notice")).to_be_hidden()
        expect(page.get_by_label("Nothing yet")).to_be_checked()


class TestTheTheme:
    def test_is_remembered_by_the_next_page(self, browse):
        page = browse()
        page.goto("/style/")
        page.locator("summary", has_text="Maya").click()
        page.get_by_role("button", name="Dark").click()
        page.goto("/style/screens/home/")
        assert page.locator("html").get_attribute("data-theme") == "dark"

    def test_follows_the_device_again_when_asked_to(self, browse):
        page = browse()
        page.goto("/style/")
        page.locator("summary", has_text="Maya").click()
        for choice in ("Dark", "Device"):
            page.get_by_role("button", name=choice).click()
        page.reload()
        assert page.locator("html").get_attribute("data-theme") is None

    def test_offers_no_switch_where_scripts_do_not_run(self, browse):
        page = browse(javascript=False)
        page.goto("/style/screens/home/")
        page.locator("summary").click()
        expect(page.get_by_role("link", name="Account and sign-in")).to_be_visible()
        assert not page.get_by_role("button", name="Dark").is_visible()


class TestTheMenu:
    def test_closes_by_escape_and_gives_the_focus_back(self, browse):
        page = browse()
        page.goto("/style/screens/home/")
        page.locator("summary").click()
        page.keyboard.press("Escape")
        assert page.locator("details[open]").count() == 0
        assert "Maya Lind" in focused(page)


class TestEveryDraft:
    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_has_no_violation_in_either_theme(self, browse, dark):
        page = browse(dark=dark)
        found = []
        for screen in SCREENS:
            page.goto(f"/style/screens/{screen.slug}/")
            found += violations(page)
        assert found == []

    def test_never_scrolls_sideways_on_the_smallest_phone_with_text_twice_as_large(self, browse):
        page = browse(size=SMALL)
        wide = []
        for screen in SCREENS:
            page.goto(f"/style/screens/{screen.slug}/")
            page.evaluate("document.documentElement.style.fontSize = '212.5%'")
            if overflows(page):
                wide.append(screen.slug)
        assert wide == []
