"""What a learner sees and sends, page by page, without scripts."""

import re

import pytest
from django.urls import reverse

from andante.assessment.models import Response, Sitting
from andante.learning.models import Attempt, Completion, Reflection
from andante.learning.tests.fixtures import WRONG
from andante.learning.tests.reading import done

COURSE = "/courses/night-call/"


@pytest.fixture
def browser(browser_of, amara):
    return browser_of(amara)


def card(id: str) -> str:
    return f"{COURSE}cards/{id}/"


def words(response) -> str:
    """The text of a page, as somebody reads it."""
    assert response.status_code == 200, response.status_code
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


class TestHome:
    def test_offers_a_published_course_with_its_minutes_and_the_reason(self, browser, night_call):
        text = words(browser.get("/"))
        assert "Amara Okafor" in text
        assert (
            f"A call at night Answer a call about a patient without telling too much. {night_call.document.minutes} min"
            in text
        )

    def test_leads_back_to_the_card_where_one_stopped(self, browser, learner):
        learner.walk_to("the-brother")
        page = browser.get("/")
        assert "You stopped at A man says that he is the brother." in words(page)
        assert f'href="{card("the-brother")}"' in page.content.decode()

    def test_says_that_nothing_waits_when_nothing_is_published(self, browser):
        assert "Nothing waits for you" in words(browser.get("/"))

    def test_lists_what_is_done_with_its_time_in_one_s_own_zone(self, browser, learner):
        learner.walk_all().sit_test()
        text = words(browser.get("/"))
        assert "All clear" in text
        assert "Completed 12 January 2026, 01:58" in text

    def test_does_not_push_into_a_test_without_tries(self, browser, learner):
        learner.walk_all()
        for sitting in (1, 2):
            learner.sit_test(WRONG, WRONG, sitting=sitting)
        text = words(browser.get("/"))
        assert "Next for you" not in text
        assert "The test has no tries left" in text

    def test_asks_whoever_is_not_signed_in_to_sign_in(self, client):
        assert client.get("/").headers["Location"].startswith(reverse("account_login"))


class TestCourse:
    def test_tells_scope_minutes_assessment_and_success_before_it_starts(self, browser, night_call):
        text = words(browser.get(COURSE))
        course = night_call.document
        assert f"Takes {course.minutes} min Modules 2 Test 4 questions To pass 3 right" in text
        assert "passing the test" in text

    def test_is_begun_by_a_button_and_leads_to_the_first_card(self, browser, night_call):
        assert not Attempt.objects.exists()
        page = browser.post(f"{COURSE}start", follow=True)
        assert page.redirect_chain[-1][0] == card("who-calls")
        assert Attempt.objects.count() == 1

    def test_shows_what_is_done_and_what_is_locked(self, browser, learner):
        learner.walk_to("the-brother")
        text = words(browser.get(COURSE))
        assert "2 of 6 cards done" in text
        assert "opens when the module before it is done" in text

    def test_that_does_not_exist_is_not_found(self, browser):
        assert browser.get("/courses/no-such-course/").status_code == 404
        assert browser.post("/courses/no-such-course/start").status_code == 404

    def test_cannot_be_begun_by_opening_a_page(self, browser, night_call):
        assert browser.get(f"{COURSE}start").status_code == 405
        assert browser.get(f"{COURSE}resume").headers["Location"] == COURSE
        assert not Attempt.objects.exists()


class TestReading:
    def test_shows_where_one_is_and_how_long_it_takes(self, browser, learner):
        learner.walk_to("the-sister")
        text = words(browser.get(card("the-sister")))
        assert re.search(r"2 of 6 · \d+ min left", text)
        assert "The sister" in text

    def test_goes_on_by_a_form_to_the_next_card(self, browser, learner):
        answer = browser.post(card("who-calls"), {"act": "continue"})
        assert answer.headers["Location"] == card("the-sister")
        assert done(learner) == ["who-calls"]

    def test_of_a_card_that_is_done_needs_no_form(self, browser, learner):
        learner.walk_to("the-sister")
        page = browser.get(card("who-calls")).content.decode()
        assert "<form" not in page.split("<main")[1]
        assert f'href="{card("the-sister")}"' in page

    def test_of_a_card_again_leads_back_to_where_one_stopped(self, browser, learner):
        learner.walk_to("the-sister")
        assert f'href="{COURSE}resume"' in browser.get(card("who-calls")).content.decode()
        assert f'href="{COURSE}resume"' not in browser.get(card("the-sister")).content.decode()

    def test_of_a_job_aid_shows_the_aid(self, browser, learner):
        learner.walk_to("pocket")
        assert "Ask the patient. Ring back. Report in the same shift." in words(browser.get(card("pocket")))

    def test_of_the_first_card_of_a_module_says_that_the_one_before_is_done(self, browser, learner):
        learner.walk_to("same-shift")
        page = browser.get(card("same-shift"))
        assert re.search(
            r"“Answer the call” is done Next is 2 of 2: “Report a slip”, about \d+ min\. You may stop here", words(page)
        )
        assert 'href="/" hx-boost="false">Stop for now' in page.content.decode()

    @pytest.mark.parametrize(("stands_at", "seen"), [("who-calls", "who-calls"), ("own-lead", "same-shift")])
    def test_says_so_of_no_other_card_and_not_for_ever(self, browser, learner, stands_at, seen):
        learner.walk_to(stands_at)
        assert "is done" not in words(browser.get(card(seen)))

    def test_the_last_card_leads_to_the_test(self, browser, learner):
        learner.walk_to("own-lead")
        page = browser.post(card("own-lead"), {"act": "reflect", "text": "Sam."}, follow=True)
        assert page.redirect_chain[-1][0] == f"{COURSE}test/"


class TestCheck:
    def test_explains_each_option_after_the_answer(self, browser, learner):
        learner.walk_to("the-brother")
        text = words(browser.post(card("the-brother"), {"act": "answer", "number": "1", "option": "b"}, follow=True))
        assert "Not this time" in text
        assert "Your answer, not right That somebody is here at all is news about their health." in text
        assert "This was the right one Right. The patient decides who hears about it." in text
        assert "How somebody slept is about their health, too." in text

    def test_links_to_the_idea_that_taught_it_when_the_answer_is_wrong(self, browser, learner):
        learner.walk_to("the-brother").answer("the-brother", "b")
        page = browser.get(card("the-brother")).content.decode()
        assert f'It was taught in <a href="{card("who-calls")}">Who is calling?</a>' in page

    def test_does_not_give_the_reasons_away_before_the_answer(self, browser, learner):
        learner.walk_to("the-brother")
        assert "news about their health" not in browser.get(card("the-brother")).content.decode()

    def test_without_a_choice_asks_for_one_and_keeps_nothing(self, browser, learner):
        learner.walk_to("ring-back")
        page = browser.post(card("ring-back"), {"act": "answer", "number": "1"}, follow=True)
        assert "Choose an answer first." in words(page)
        assert not Response.objects.filter(question="ring-back").exists()

    def test_says_which_answer_stands_when_another_device_sends_a_different_one(self, browser, learner):
        learner.walk_to("the-brother").answer("the-brother", "a")
        page = browser.post(card("the-brother"), {"act": "answer", "number": "1", "option": "b"}, follow=True)
        assert "Your first answer stands" in words(page)
        assert "Your answer, and right" in words(browser.get(card("the-brother")))

    def test_may_be_practised_and_says_what_the_record_shows(self, browser, learner):
        learner.walk_to("the-brother").answer("the-brother", "b")
        again = browser.get(f"{card('the-brother')}?again=1").content.decode()
        assert 'name="number" value="2"' in again

        text = words(browser.post(card("the-brother"), {"act": "answer", "number": "2", "option": "a"}, follow=True))

        assert "The record shows your first answer, which was not right yet." in text


class TestScenario:
    def test_shows_the_consequence_before_the_verdict(self, browser, learner):
        learner.walk_to("the-station")
        ended = browser.post(
            card("the-station"), {"act": "choose", "run": "1", "number": "1", "choice": "a"}, follow=True
        )
        text = words(ended)
        assert "You chose: Read her the results" in text
        assert "In the morning the patient asks who has read her file." in text
        assert "More went out than the night needed." not in text

        debrief = words(browser.get(f"{card('the-station')}?debrief=1"))

        assert "A bad end More went out than the night needed." in debrief
        assert "Your way here" in debrief
        assert "Offer to ring back" in debrief

    def test_shows_how_the_situation_stands(self, browser, learner):
        learner.walk_to("the-station").choose("the-station", "b", number=1)
        text = words(browser.get(card("the-station")))
        assert "trust 2 time 2" in text
        assert "She asks for everything since January." in text

    def test_shows_no_debrief_before_the_end(self, browser, learner):
        learner.walk_to("the-station").choose("the-station", "b", number=1)
        assert "Your way here" not in words(browser.get(f"{card('the-station')}?debrief=1"))

    def test_begins_anew_as_practice(self, browser, learner):
        learner.walk_to("the-station").choose("the-station", "a", number=1)
        again = browser.get(f"{card('the-station')}?again=1").content.decode()
        assert 'name="run" value="2"' in again
        assert "You do not know the voice." in again


class TestReflection:
    def test_keeps_the_words_for_their_writer(self, browser, learner):
        learner.walk_to("own-phone")
        answer = browser.post(card("own-phone"), {"act": "reflect", "text": "The <lift>."})
        assert answer.headers["Location"] == card("same-shift")
        assert "The &lt;lift&gt;." in browser.get(card("own-phone")).content.decode()

    def test_leaves_out_what_no_database_keeps(self, browser, learner):
        learner.walk_to("own-phone")
        browser.post(card("own-phone"), {"act": "reflect", "text": "The\x00 lift."})
        assert Reflection.objects.get().text == "The lift."

    def test_without_words_asks_for_some(self, browser, learner):
        learner.walk_to("own-phone")
        page = browser.post(card("own-phone"), {"act": "reflect", "text": " "}, follow=True)
        assert "Write a few words first." in words(page)
        assert not Reflection.objects.exists()


class TestTest:
    def test_tells_what_it_asks_before_it_starts(self, browser, learner):
        learner.walk_all()
        text = words(browser.get(f"{COURSE}test/"))
        assert "4 questions" in text
        assert "3 right" in text
        assert "2 left" in text
        assert not Sitting.objects.exists()

    def test_goes_on_at_the_exact_item_in_another_browser(self, browser, browser_of, amara, learner):
        learner.walk_all()
        browser.post(f"{COURSE}test/")
        chosen = learner.options(1, right=WRONG)
        browser.post(f"{COURSE}test/1/", {"sitting": "1", "option": chosen})

        elsewhere = browser_of(amara)

        assert "Question 2 of 4 is next" in words(elsewhere.get(f"{COURSE}test/"))
        assert "You are in the middle of the test" in words(elsewhere.get("/"))
        assert elsewhere.get(f"{COURSE}test/3/").headers["Location"] == f"{COURSE}test/"
        assert "Question 2 of 4" in words(elsewhere.get(f"{COURSE}test/2/"))

    def test_explains_each_answer_and_links_to_the_module_s_idea(self, browser, learner):
        learner.walk_all().start_test()
        page = browser.post(
            f"{COURSE}test/1/", {"sitting": "1", "option": learner.options(1, right=WRONG)}, follow=True
        )
        assert "That comes too early or too late." in words(page)
        assert "It was taught in" in words(page)

    def test_that_failed_names_the_weak_module_and_the_tries_left(self, browser, learner):
        learner.walk_all().sit_test(WRONG, WRONG)
        text = words(browser.get(f"{COURSE}test/"))
        assert "Not yet: 2 of 4 right" in text
        assert "1 try is left" in text
        assert "Worth another look" in text

    def test_without_tries_left_says_who_helps(self, browser, learner):
        learner.walk_all()
        for sitting in (1, 2):
            learner.sit_test(WRONG, WRONG, sitting=sitting)
        text = words(browser.get(f"{COURSE}test/"))
        assert "All tries are used" in text
        assert "Records office looks after this course" in text
        assert "Sit the test again" not in text
        assert "See how you go on" in words(browser.get(COURSE))

    def test_that_is_passed_leads_to_the_completion(self, browser, learner):
        learner.walk_all().sit_test()
        page = browser.get(f"{COURSE}test/")
        assert "Passed: 4 of 4 right" in words(page)
        assert f"{COURSE}completion/" in page.content.decode()

    def test_is_locked_before_the_modules_are_done(self, browser, learner):
        assert browser.get(f"{COURSE}test/", follow=True).redirect_chain[-1][0] == card("who-calls")


class TestCompletion:
    def test_shows_name_version_score_and_time_in_one_s_own_zone(self, browser, learner, night_call):
        learner.walk_all().sit_test()
        text = words(browser.get(f"{COURSE}completion/"))
        assert "Amara Okafor" in text
        assert "12 January 2026, 01:58 America/Chicago" in text
        assert "100 %" in text
        assert f"Version 1 {night_call.version[:12]}" in text

    def test_is_no_page_before_the_course_is_completed(self, browser, learner):
        learner.walk_all()
        page = browser.get(f"{COURSE}completion/", follow=True)
        assert page.redirect_chain[-1][0] == f"{COURSE}test/"


class TestTheWholeWay:
    def test_by_forms_alone(self, browser, night_call, amara, learner_of):
        """Whoever follows the forms and links of each page, answering rightly, completes the course."""
        page = browser.post(f"{COURSE}start", follow=True)
        for _ in range(60):
            if page.request["PATH_INFO"].endswith("/completion/"):
                break
            page = follow_the_page(browser, page, night_call)
        assert "Completed" in words(page)
        assert Completion.objects.get().score == 1


def follow_the_page(browser, page, night_call):
    """Fill in the form that stands on the page, or follow its primary link."""
    main = page.content.decode().split("<main", 1)[1]
    path = page.request["PATH_INFO"]
    if "<form" not in main:
        primary = re.search(r'class="button is-primary" href="([^"]+)"', main)
        target = primary[1].replace("&amp;", "&")
        return browser.get(target if target.startswith("/") else f"{path}{target}", follow=True)
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', main))
    form.pop("csrfmiddlewaretoken", None)
    if 'name="option"' in main:
        form["option"] = right_keys(main, night_call.document)
    if 'name="choice"' in main:
        form["choice"] = re.findall(r'name="choice" value="(\w)"', main)[-1]
    if "<textarea" in main:
        form["text"] = "Nobody at night."
    return browser.post(path, form, follow=True)


def right_keys(main: str, course) -> list[str]:
    title = re.search(r'id="card-title">([^<]+)<', main)[1].replace("&#x27;", "'")
    questions = [*course.bank, *(each for each in course.cards.values() if hasattr(each, "options"))]
    (question,) = [each for each in questions if each.title == title]
    return [option.key for option in question.options if option.correct]
