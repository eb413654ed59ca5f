"""How many SQL statements a page costs, all in: session, account, transaction."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from andante.learning.tests.fixtures import RIGHT, WRONG

COURSE = "/courses/night-call/"
READ, ANSWER = 8, 16


@pytest.fixture
def browser(browser_of, amara):
    browser = browser_of(amara)
    browser.get("/")
    return browser


def cost(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = act()
    assert response.status_code in {200, 302}, response.status_code
    # A test's own transaction turns the request's BEGIN and COMMIT into SAVEPOINT and RELEASE: the same number.
    return len(captured)


class TestReading:
    @pytest.mark.parametrize(
        ("path", "where"),
        [
            ("/", "who-calls"),
            (COURSE, "the-brother"),
            (f"{COURSE}cards/who-calls/", "who-calls"),
            (f"{COURSE}cards/the-brother/", "the-brother"),
            (f"{COURSE}cards/the-brother/", "ring-back"),
            (f"{COURSE}cards/the-station/", "own-phone"),
            (f"{COURSE}cards/own-phone/", "same-shift"),
        ],
    )
    def test_costs_few_queries(self, browser, learner, path, where):
        learner.walk_to(where)
        assert cost(lambda: browser.get(path)) <= READ

    def test_the_test_costs_few_queries(self, browser, learner):
        learner.walk_all().sit_test(WRONG, WRONG)
        assert cost(lambda: browser.get(f"{COURSE}test/")) <= READ
        assert cost(lambda: browser.get(f"{COURSE}test/1/")) <= READ

    def test_home_costs_the_same_when_much_is_done(self, browser, learner):
        learner.walk_all().sit_test()
        assert cost(lambda: browser.get("/")) <= READ
        assert cost(lambda: browser.get(f"{COURSE}completion/")) <= READ


class TestWriting:
    def test_going_on_costs_few_statements(self, browser, learner):
        assert cost(lambda: browser.post(f"{COURSE}cards/who-calls/", {"act": "continue"})) <= ANSWER

    def test_an_answer_costs_few_statements(self, browser, learner):
        learner.walk_to("the-brother")
        form = {"act": "answer", "number": "1", "option": "a"}
        assert cost(lambda: browser.post(f"{COURSE}cards/the-brother/", form)) <= ANSWER

    def test_the_last_card_of_a_module_costs_few_statements(self, browser, learner):
        learner.walk_to("own-phone")
        form = {"act": "reflect", "text": "Nobody."}
        assert cost(lambda: browser.post(f"{COURSE}cards/own-phone/", form)) <= ANSWER

    def test_the_last_answer_of_the_test_costs_few_statements(self, browser, learner):
        learner.walk_all().start_test()
        for position in (1, 2, 3):
            learner.answer_item(position, *learner.options(position, right=RIGHT))
        form = {"sitting": "1", "option": learner.options(4, right=RIGHT)}
        assert cost(lambda: browser.post(f"{COURSE}test/4/", form)) <= ANSWER
