"""What nobody may do: each try is refused, changes nothing, and where it was sent to us stands in the log."""

import logging
import re
from functools import partial

import pytest
from django.apps import apps
from django.db import connection

from andante.learning.models import Completion
from andante.learning.tests.fixtures import WRONG
from andante.learning.tests.reading import count_facts

COURSE = "/courses/night-call/"


@pytest.fixture
def browser(browser_of, amara):
    return browser_of(amara)


def rows() -> dict[str, int]:
    """How much stands in every table of ours that tells of learning."""
    models = [*apps.get_app_config("learning").get_models(), *apps.get_app_config("assessment").get_models()]
    return {model.__name__: model.objects.count() for model in models} | {"facts": count_facts()}


def answers(**more: str) -> dict[str, str]:
    return {"act": "answer", "number": "1", "option": "a"} | more


def viewing_as(administrator, person):
    """The administrator's browser, from now on as this person."""
    session = administrator.session
    session["view-as"] = str(person)
    session.save()
    return administrator


def only_looking(administrator, path: str) -> None:
    """Every button of the page's own forms is disabled, and the reason stands there once."""
    page = administrator.get(path).content.decode().split("<main")[1]
    buttons = re.findall(r'<button[^>]*type="submit"[^>]*>', page)
    assert buttons, path
    assert [each for each in buttons if ' disabled aria-describedby="only-looking"' not in each] == [], path
    assert page.count('id="only-looking"') == 1, path
    assert "You are looking at this as somebody else: nothing can be changed." in page, path


ALL_CARDS = (
    *("who-calls", "the-sister", "the-brother", "ring-back", "the-station", "own-phone"),
    *("same-shift", "wrong-number", "told-stranger", "pocket", "own-lead", "no-such-card"),
)


class TestForgedSubmissions:
    @pytest.mark.parametrize(
        ("path", "sent", "refusal"),
        [
            ("cards/told-stranger/", answers(option="b"), "CardLocked"),
            ("cards/the-sister/", {"act": "continue"}, "CardLocked"),
            ("cards/no-such-card/", {"act": "continue"}, "CardUnknown"),
            ("cards/the-brother/", {"act": "continue"}, "WrongKindOfCard"),
            ("cards/the-brother/", {"act": "no-such-act"}, "WrongKindOfCard"),
            ("cards/the-brother/", answers(option="z"), "UnknownOption"),
            ("cards/the-brother/", answers(number="2"), "OutOfOrder"),
            ("cards/the-brother/", answers(number="-1"), "OutOfOrder"),
            ("cards/the-brother/", answers(number="9" * 40), "OutOfOrder"),
            ("cards/the-brother/", answers(number="²"), "OutOfOrder"),
            ("cards/who-calls/", {"act": "choose", "run": "1", "number": "1", "choice": "a"}, "WrongKindOfCard"),
            ("cards/who-calls/", {"act": "reflect", "text": "Hello."}, "WrongKindOfCard"),
            ("test/", {}, "TestLocked"),
            ("test/1/", {"sitting": "1", "option": "a"}, "SittingClosed"),
            ("test/99999999999999999999/", {"sitting": "99999999", "option": "a"}, "SittingClosed"),
        ],
    )
    def test_are_refused_and_logged(self, browser, learner, caplog, path, sent, refusal):  # noqa: PLR0917
        learner.walk_to("the-brother" if path in {"cards/the-brother/", "cards/who-calls/"} else "who-calls")
        before = rows()

        with caplog.at_level(logging.WARNING):
            response = browser.post(f"{COURSE}{path}", sent)

        assert response.status_code in {302, 404}
        assert rows() == before
        (line,) = [record for record in caplog.records if record.name.startswith("andante.pages.learn")]
        assert line.getMessage() == f"refused: {refusal}"
        assert line.path == f"{COURSE}{path}"

    def test_with_a_score_of_one_s_own_are_scored_by_the_server(self, browser, learner):
        learner.walk_all().start_test()
        for position in range(1, 5):
            wrong = learner.options(position, right=WRONG)
            forged = {"sitting": "1", "option": wrong, "correct": "true", "success": "true", "score": "1"}
            browser.post(f"{COURSE}test/{position}/", forged)
        assert not Completion.objects.exists()

    def test_to_a_closed_sitting_change_nothing(self, browser, learner):
        learner.walk_all().sit_test(WRONG, WRONG)
        before = rows()
        for position in range(1, 6):
            browser.post(f"{COURSE}test/{position}/", {"sitting": "1", "option": "a"})
        assert rows() == before

    def test_to_a_completed_course_change_nothing(self, browser, learner, caplog):
        learner.walk_all().sit_test()
        before = rows()

        browser.post(f"{COURSE}cards/the-brother/", answers(number="2", option="b"))
        browser.post(f"{COURSE}test/")

        assert rows() == before
        assert [record.getMessage() for record in caplog.records] == ["refused: AttemptClosed"] * 2

    def test_without_the_form_s_token_are_refused(self, amara, learner):
        from django.contrib.auth import get_user_model
        from django.test import Client

        strict = Client(enforce_csrf_checks=True)
        strict.force_login(get_user_model().objects.get(pk=amara.account))
        before = rows()

        assert strict.post(f"{COURSE}cards/who-calls/", {"act": "continue"}).status_code == 403

        assert rows() == before


class TestOtherPeople:
    def test_see_nothing_of_somebody_else_s_attempt(self, browser_of, noor, learner):
        learner.walk_all().sit_test()
        outsider = browser_of(noor)

        for path in ("cards/the-brother/", "cards/own-phone/", "test/", "test/1/", "completion/", "resume"):
            assert outsider.get(f"{COURSE}{path}").headers["Location"] == COURSE
        assert "The whole corridor." not in outsider.get(COURSE).content.decode()

    def test_answer_nothing_in_somebody_else_s_attempt(self, browser_of, noor, learner, caplog):
        learner.walk_to("the-brother")
        outsider = browser_of(noor)
        before = rows()

        response = outsider.post(f"{COURSE}cards/the-brother/", answers())

        assert response.headers["Location"] == COURSE
        assert rows() == before
        assert "refused: NotBegun" in caplog.text

    def test_who_have_begun_too_find_their_own_words_only(self, browser_of, noor, learner, learner_of):
        learner.walk_to("own-phone").reflect("own-phone", "My ward's lift.")
        learner_of(noor).walk_to("own-phone")
        assert "lift" not in browser_of(noor).get(f"{COURSE}cards/own-phone/").content.decode()

    def test_who_view_as_somebody_do_not_find_what_is_theirs_alone(self, browser_of, tomas, learner):
        learner.walk_to("own-phone").reflect("own-phone", "My ward's lift.")
        administrator = viewing_as(browser_of(tomas), learner.person)

        page = administrator.get(f"{COURSE}cards/own-phone/").content.decode()

        assert "You see what" in page
        assert "lift" not in page

    def test_who_view_as_somebody_find_each_button_out_of_reach_with_the_reason(
        self, browser_of, tomas, learner_of, night_call, amara
    ):
        administrator = viewing_as(browser_of(tomas), amara.person)
        looks = partial(only_looking, administrator)

        looks(COURSE)
        learner = learner_of(amara)
        for card in ("who-calls", "the-brother", "the-station", "own-phone"):
            learner.walk_to(card)
            looks(f"{COURSE}cards/{card}/")
        learner.walk_all()
        looks(f"{COURSE}test/")
        learner.start_test()
        looks(f"{COURSE}test/1/")
        learner.go_on_with_test(WRONG, WRONG)
        looks(f"{COURSE}test/")
        learner.sit_test(sitting=2)
        looks(COURSE)

    def test_who_look_with_their_own_eyes_find_every_button_in_reach(self, browser, learner):
        assert "disabled" not in browser.get(f"{COURSE}cards/who-calls/").content.decode()

    def test_who_are_not_signed_in_are_asked_to(self, client, learner):
        before = rows()
        assert "/sign-in/" in client.get(f"{COURSE}cards/who-calls/").headers["Location"]
        assert "/sign-in/" in client.post(f"{COURSE}cards/who-calls/", {"act": "continue"}).headers["Location"]
        assert rows() == before


class TestOpeningPages:
    PATHS = (
        "/",
        COURSE,
        f"{COURSE}resume",
        f"{COURSE}start",
        *(f"{COURSE}cards/{card}/{query}" for card in ALL_CARDS for query in ("", "?again=1", "?debrief=1")),
        f"{COURSE}test/",
        *(f"{COURSE}test/{position}/" for position in range(6)),
        f"{COURSE}completion/",
        f"{COURSE}again",
        "/record/",
    )

    @pytest.mark.slow
    @pytest.mark.parametrize("where", ["not begun", "begun", "in the middle", "in the test", "failed", "completed"])
    def test_completes_nothing_and_writes_nothing_wherever_one_is(self, browser, learner_of, night_call, amara, where):
        if where != "not begun":
            learner = learner_of(amara)
            if where == "in the middle":
                learner.walk_to("the-station").choose("the-station", "b", number=1)
            elif where != "begun":
                learner.walk_all().start_test()
                if where == "failed":
                    learner.go_on_with_test(WRONG, WRONG)
                if where == "completed":
                    learner.go_on_with_test()
        browser.get("/")
        before = rows()

        for path in self.PATHS:
            with _written() as written:
                browser.get(path)
                browser.head(path)
            assert written == [], path

        assert rows() == before


class _written:  # noqa: N801 - reads as a word in `with _written() as …`
    """The statements that were sent to the database and do more than read; a session's own time stamp aside."""

    def __enter__(self) -> list[str]:
        self.found: list[str] = []
        self.hook = connection.execute_wrapper(self._note)
        self.hook.__enter__()
        return self.found

    def _note(self, execute, query, params, many, context):
        reads = query.split(None, 1)[0].upper() in {"SELECT", "WITH", "SAVEPOINT", "RELEASE"}
        if not reads or re.search(r"\bUPDATE\b|\bINSERT\b|\bDELETE\b|advisory", query):
            self.found.append(query)
        return execute(query, params, many, context)

    def __exit__(self, *raised) -> None:
        self.hook.__exit__(*raised)
