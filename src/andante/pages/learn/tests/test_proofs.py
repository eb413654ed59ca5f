"""What is on record about a learner: theirs to read, and to take away with its proof; nobody else's."""

import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from andante.evidence.tests.checking import checked
from andante.kernel import clock
from andante.kernel.ids import new_id
from andante.learning.models import Completion
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, Learner, publish
from andante.ledger.queries import facts
from andante.pages.learn.tests.test_pages import COURSE, words
from andante.pages.learn.views import proofs
from andante.people import operations as people
from andante.people.tests.fixtures import TESTS, member


@pytest.fixture
def browser(browser_of, amara):
    return browser_of(amara)


@pytest.fixture
def completed(learner, seal):
    learner.walk_all().sit_test()
    seal()
    return Completion.objects.get()


class TestEverythingAboutMe:
    def test_is_listed_in_words_with_its_numbers(self, browser, completed):
        page = words(browser.get("/record/held/"))
        assert "Completed “A call at night”, version 1" in page
        assert "Amara Okafor added" in page
        assert re.search(r"Login for Amara Okafor added .* record \d+", page)

    def test_names_cards_modules_and_questions_by_their_titles(self, browser, completed, monkeypatch):
        monkeypatch.setattr(proofs, "ON_A_PAGE", 500)
        page = words(browser.get("/record/held/"))
        assert "Read the card “Who is calling?” of “A call at night”" in page
        assert (
            "Answered the card “A man says that he is the brother. What do you say?” of “A call at night”: right"
            in page
        )
        assert "Completed the module “Answer the call” of “A call at night”" in page
        assert re.search(r"Answered the test question “[^”]* [^”]*” of “A call at night”: right", page)
        assert not re.search(r"who-calls|the-brother|rep-\d", page)

    def test_is_nobody_else_s(self, browser_of, noor, completed):
        page = words(browser_of(noor).get("/record/held/"))
        assert "A call at night" not in page
        assert "Amara" not in page

    def test_goes_on_page_by_page(self, browser, completed, monkeypatch):
        monkeypatch.setattr(proofs, "ON_A_PAGE", 3)
        page = browser.get("/record/held/").content.decode()
        before = re.search(r"\?before=([^#\"]+)", page)[1]
        later = words(browser.get(f"/record/held/?before={before}"))
        assert "Earlier records" in later
        assert "Download everything" not in later
        assert browser.get("/record/held/?before=x").status_code == 404

    def test_is_reached_from_my_record(self, browser, completed):
        assert 'href="/record/held/"' in browser.get("/record/").content.decode()

    def test_costs_few_queries(self, browser, completed):
        browser.get("/record/held/")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/record/held/")
        assert len(captured) <= 12


class TestOneRecord:
    def test_is_shown_with_how_it_is_proven(self, browser, completed):
        page = words(browser.get(f"/record/held/{completed.id}/"))
        assert "Completed “A call at night”, version 1" in page
        assert re.search(r"Sealed as record \d+", page)
        assert "Download the receipt" in page
        assert re.search(r"python3 andante_verify.py receipt-\d+.json", page)
        assert re.search(r"by telephone: ([0-9a-f]{4} ){15}[0-9a-f]{4}", page)

    def test_is_reached_from_the_completion(self, browser, completed):
        assert f'href="/record/held/{completed.id}/"' in browser.get(f"{COURSE}completion/").content.decode()

    def test_that_is_being_sealed_says_so_and_looks_again_by_itself(self, browser, learner, seal):
        learner.walk_all().sit_test()
        url = f"/record/held/{Completion.objects.get().id}/"
        answer = browser.get(url)
        assert "This record is being sealed" in words(answer)
        assert "Download the receipt" not in words(answer)
        page = answer.content.decode()
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
        assert f'hx-get="{url}"' in page
        assert browser.get(url, headers={"HX-Request": "true"}).status_code == 204
        assert "being sealed. Try again in a moment." in words(browser.post(url, follow=True))

        seal()

        assert browser.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
        assert "Download the receipt" in words(browser.get(url))

    def test_of_somebody_else_is_not_found_by_whoever_asks(self, browser_of, noor, tomas, mei_lin, completed):
        for outsider in (noor, tomas, mei_lin):
            browser = browser_of(outsider)
            assert browser.get(f"/record/held/{completed.id}/").status_code == 404
            assert browser.post(f"/record/held/{completed.id}/").status_code == 404

    def test_of_somebody_else_s_account_is_not_found(self, browser_of, noor, amara, browser, seal):
        seal()
        created = [each.fact for each in facts() if each.fact.object == f"account:{amara.account}"]
        assert browser.get(f"/record/held/{created[0].id}/").status_code == 200
        assert browser_of(noor).get(f"/record/held/{created[0].id}/").status_code == 404

    def test_that_is_none_is_not_found(self, browser):
        assert browser.get(f"/record/held/{new_id()}/").status_code == 404

    def test_seen_by_an_administrator_as_the_learner_cannot_be_taken(self, browser_of, tomas, amara, completed):
        browser = browser_of(tomas)
        browser.post(f"/admin/people/{amara.person}/view-as/", {"reason": "to help"})
        url = f"/record/held/{completed.id}/"
        assert "Download the receipt" not in words(browser.get(url))
        assert browser.post(url).status_code == 403
        assert browser.post("/record/held/").status_code == 403


def _signed_in(somebody):
    client = Client()
    client.force_login(get_user_model().objects.get(pk=somebody.account))
    return client


@pytest.mark.slow
class TestADownload:
    """In a database of its own: what is handed out is read in a transaction of its own."""

    @pytest.fixture
    def seal_now(self, own_database, sealer):
        def _seal():
            with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
                sealer.seal(cursor)

        yield _seal
        connections["sealer"].close()

    @pytest.fixture
    def amara_alone(self, seal_now):
        publish(NIGHT_CALL_FOLDER)
        amara = member("Amara Okafor", "America/Chicago")
        member("Noor Haddad", "UTC")
        Learner(amara.person, amara.account).start().walk_all().sit_test()
        seal_now()
        return amara

    def test_of_a_receipt_holds_that_record_alone_and_is_kept_by_no_cache(self, amara_alone):
        completion = Completion.objects.get()
        answer = _signed_in(amara_alone).post(f"/record/held/{completion.id}/")
        assert answer["Cache-Control"] == "no-store"
        assert re.fullmatch(r'attachment; filename="receipt-\d+.json"', answer["Content-Disposition"])
        told = checked(b"".join(answer.streaming_content))
        assert [each["id"] for each in told["records"]] == [str(completion.id)]

    def test_is_handed_out_so_often_and_then_not_put_on_record_again(self, amara_alone, seal_now, settings):
        settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "take_proof": "2/m/user"}
        browser = _signed_in(amara_alone)
        answers = []
        for _ in range(3):
            seal_now()
            answer = browser.post("/record/held/")
            answers.append(answer.status_code)
            answer.close()
        assert answers == [200, 200, 429]
        assert len([each for each in facts(limit=1_000) if each.fact.verb == "extract-exported"]) == 2

    def test_of_everything_holds_everything_about_me_and_nothing_of_others(self, amara_alone, seal_now):
        browser = _signed_in(amara_alone)
        seal_now()
        answer = browser.post("/record/held/")
        data = b"".join(answer.streaming_content)
        told = checked(data)
        assert told["scope"]["person"] == str(amara_alone.person)
        bodies = [json.loads(each["body"]) for each in told["records"]]
        assert {body.get("action") for body in bodies} >= {"person-created", "account-created"}
        assert sum("actor" in body for body in bodies) > 20
        assert b"Noor" not in data
        seal_now()
        taken = [each.fact for each in facts(limit=1_000) if each.fact.verb == "extract-exported"]
        assert [(fact.object, fact.body["by"]) for fact in taken] == [
            (f"person:{amara_alone.person}", f"account:{amara_alone.account}")
        ]

    def test_while_the_sealer_stands_still_is_refused_in_words(self, amara_alone):
        browser = _signed_in(amara_alone)
        people.grant_role(person=amara_alone.person, role="author", by=TESTS, at=clock.now())
        assert "being sealed. Try again in a moment." in words(browser.post("/record/held/", follow=True))
