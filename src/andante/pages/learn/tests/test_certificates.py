"""What a learner can show, and what anybody may check of it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from andante.credentials import queries, reactions
from andante.credentials.models import Certificate
from andante.credentials.statements import certificate_id
from andante.kernel import clock
from andante.learning.models import Attempt, Completion
from andante.ledger import queries as ledger
from andante.obligations.tests.organisation import complete
from andante.pages.learn.tests.test_pages import COURSE, words

NOBODY_S = "ACDE-FGHJ-KMNP-QRTV-WXY3"


@pytest.fixture
def browser(browser_of, amara):
    return browser_of(amara)


@pytest.fixture
def completed(learner, seal):
    learner.walk_all().sit_test()
    seal()
    return learner


@pytest.fixture
def certificate(completed):
    reactions.react(ledger.facts(limit=1_000))
    return queries.certificates(completed.person)[0]


@pytest.fixture
def expired(certificate):
    """The same, of a course that is to be renewed every day."""
    Certificate.objects.update(expires_at=certificate.issued_at + timezone.timedelta(days=1))
    return queries.certificates(certificate.person)[0]


def address(certificate) -> str:
    return f"/certificates/{certificate.id}/"


class TestTheCertificate:
    def test_shows_who_completed_what_when_and_how_well(self, browser, certificate, night_call):
        text = words(browser.get(address(certificate)))
        assert "Certificate Amara Okafor has completed A call at night" in text
        assert "Completed 12 January 2026 01:58 America/Chicago" in text
        assert "Valid until Does not expire" in text
        assert "Score 100 %" in text
        assert f"Version 1 {night_call.version[:12]}" in text

    def test_shows_where_and_with_which_code_it_is_checked(self, browser, certificate, settings):
        page = browser.get(address(certificate)).content.decode()
        url = f"{settings.ENVIRONMENT.base_url}/verify/{certificate.grouped_code}/"
        assert f'<a href="{url}">{url}</a>' in page
        assert certificate.grouped_code in words(browser.get(address(certificate)))
        assert re.search(r'<svg class="qr"[^>]*role="img" aria-label="[^"]+"', page)

    def test_needs_neither_scripts_nor_styles_in_the_markup(self, browser, certificate):
        main = browser.get(address(certificate)).content.decode().split("<main", 1)[1]
        assert " style=" not in main
        assert " onclick=" not in main
        # Without scripts the proof page is opened, and the browser prints.
        assert re.search(r'<a class="button is-primary" href="http[^"]+/verify/[^"]+" data-share=', main)
        assert re.search(r"<button[^>]* data-print hidden>", main)

    def test_says_that_it_expired_and_how_to_renew_it(self, browser, expired):
        text = words(browser.get(address(expired)))
        assert "Expired on 13 January 2026" in text
        assert "take the course again" in text

    def test_of_somebody_else_is_not_found(self, browser_of, noor, tomas, mei_lin, certificate):
        for outsider in (noor, tomas, mei_lin):
            assert browser_of(outsider).get(address(certificate)).status_code == 404

    def test_that_does_not_exist_is_not_found(self, browser, certificate):
        assert browser.get(f"/certificates/{certificate.completion}/").status_code == 404

    def test_is_for_who_is_signed_in(self, client, certificate):
        assert client.get(address(certificate)).headers["Location"].startswith("/sign-in/")

    def test_costs_few_queries_and_is_kept_by_no_cache(self, browser, certificate):
        browser.get(address(certificate))
        with CaptureQueriesContext(connection) as captured:
            answer = browser.get(address(certificate))
        assert len(captured) <= 4
        assert answer.headers["Cache-Control"] == "private, no-store"


class TestACertificateThatIsBeingPrepared:
    def test_says_so_and_looks_again_by_itself(self, browser, completed):
        url = f"/certificates/{certificate_id(Completion.objects.get().id)}/"
        answer = browser.get(url)
        assert "Your certificate is being prepared" in words(answer)
        page = answer.content.decode()
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
        assert f'hx-get="{url}"' in page
        assert browser.get(url, headers={"HX-Request": "true"}).status_code == 204

        reactions.react(ledger.facts(limit=1_000))

        assert browser.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
        assert "has completed" in words(browser.get(url))

    def test_is_nobody_else_s(self, browser_of, noor, completed):
        url = f"/certificates/{certificate_id(Completion.objects.get().id)}/"
        assert browser_of(noor).get(url).status_code == 404

    def test_is_where_the_completion_leads(self, browser, completed):
        page = browser.get(f"{COURSE}completion/").content.decode()
        assert f'href="/certificates/{certificate_id(Completion.objects.get().id)}/"' in page


class TestMyRecord:
    def test_lists_what_one_can_show(self, browser, certificate):
        text = words(browser.get("/record/"))
        assert "A call at night Version 1 · completed 12 January 2026 · does not expire Valid" in text
        assert f'href="{address(certificate)}"' in browser.get("/record/").content.decode()

    def test_tells_what_has_expired(self, browser, expired):
        assert "expired 13 January 2026 Expired" in words(browser.get("/record/"))

    def test_is_empty_at_first_and_says_what_will_stand_there(self, browser, learner):
        assert "No certificate yet" in words(browser.get("/record/"))

    def test_is_one_s_own(self, browser_of, noor, certificate):
        assert "No certificate yet" in words(browser_of(noor).get("/record/"))


class TestChecking:
    """By somebody who was given the code, and is nobody here."""

    def test_a_valid_one_tells_name_course_version_and_dates(self, certificate):
        text = words(Client().get(f"/verify/{certificate.grouped_code}/"))
        assert "This certificate is valid" in text
        assert "Name Amara Okafor Course A call at night Version 1, of 6 January 2026" in text
        assert "Completed 12 January 2026, 07:58 UTC" in text
        assert "Valid until Does not expire" in text

    def test_tells_nothing_else_about_anybody(self, certificate, amara):
        page = Client().get(f"/verify/{certificate.code}/").content.decode()
        for secret in (amara.login, amara.email, str(amara.person), "100 %", str(certificate.id)):
            assert secret not in page

    def test_an_expired_one_says_so(self, expired):
        text = words(Client().get(f"/verify/{expired.code}/"))
        assert "This certificate has expired" in text
        assert "Expired 13 January 2026, 07:58 UTC" in text

    def test_takes_the_code_as_somebody_types_it(self, certificate):
        typed = f" {certificate.grouped_code.lower().replace('-', ' ')} "
        page = Client().get("/verify/", {"code": typed}, follow=True)
        assert "This certificate is valid" in words(page)

    @pytest.mark.parametrize("typed", ["x", "<script>alert(1)</script>", "\x00", "../../readyz", "%2e%2e", "A" * 500])
    def test_an_unknown_one_looks_like_one_that_can_be_none(self, certificate, typed):
        unknown = Client().get(f"/verify/{NOBODY_S}/")
        malformed = Client().get("/verify/", {"code": typed}, follow=True)
        assert unknown.status_code == malformed.status_code == 404
        assert _without_nonce(unknown) == _without_nonce(malformed)
        assert b"No certificate has this code" in unknown.content

    def test_begins_with_a_form(self):
        answer = Client().get("/verify/")
        assert 'name="code"' in answer.content.decode()
        assert "Check a certificate" in words(answer)

    @pytest.mark.parametrize("path", ["/verify/", "/verify/?code=x", f"/verify/{NOBODY_S}/"])
    def test_is_kept_by_no_cache_and_found_by_no_search(self, path, db):
        answer = Client().get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert not answer.cookies

    def test_is_throttled_by_address_whether_the_code_is_right_or_wrong(self, certificate, settings):
        settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "verify_certificate": "3/m/ip"}
        guesser, elsewhere = Client(), Client(REMOTE_ADDR="192.0.2.7")
        for _ in range(3):
            assert guesser.get(f"/verify/{NOBODY_S}/").status_code == 404
        for code in (NOBODY_S, certificate.code):
            answer = guesser.get(f"/verify/{code}/")
            assert answer.status_code == 429
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Amara" not in answer.content.decode()
        assert elsewhere.get(f"/verify/{certificate.code}/").status_code == 200

    def test_writes_nothing(self, certificate):
        assert Client().post(f"/verify/{certificate.code}/").status_code == 405


def _without_nonce(answer) -> str:
    return re.sub(r' nonce="[^"]*"', "", answer.content.decode())


class TestTakingItAgain:
    def test_is_offered_where_the_course_is_completed(self, browser, completed):
        page = browser.get(COURSE)
        assert "Take it again" in words(page)
        assert '<input type="hidden" name="after" value="1">' in page.content.decode()

    def test_leads_to_the_first_card_and_keeps_the_completion(self, browser, completed):
        page = browser.post(f"{COURSE}again", {"after": "1"}, follow=True)
        assert page.redirect_chain[-1][0] == f"{COURSE}cards/who-calls/"
        assert "You have begun this course once more" in words(browser.get(f"{COURSE}completion/"))
        assert "01:58" in words(browser.get(f"{COURSE}completion/"))

    def test_is_offered_for_a_completion_without_its_cards(self, browser, night_call, amara):
        """As one that another system recorded."""
        complete(amara.person, clock.now())
        assert "Take it again" in words(browser.get(COURSE))
        assert browser.get(f"{COURSE}resume").headers["Location"] == f"{COURSE}completion/"

    def test_sent_twice_begins_one(self, browser, completed):
        for _ in range(2):
            page = browser.post(f"{COURSE}again", {"after": "1"}, follow=True)
            assert page.redirect_chain[-1][0] == f"{COURSE}cards/who-calls/"
        assert Attempt.objects.count() == 2

    def test_is_refused_in_the_middle_and_leads_on(self, browser, learner):
        page = browser.post(f"{COURSE}again", {"after": "1"}, follow=True)
        assert page.redirect_chain[-1][0] == f"{COURSE}cards/who-calls/"
        assert Attempt.objects.count() == 1

    def test_needs_a_form(self, browser, completed):
        assert browser.get(f"{COURSE}again").status_code == 405
