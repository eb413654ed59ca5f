"""What the record says about courses, read from real rows."""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from andante.assessment.models import Response
from andante.insight import queries
from andante.insight.queries import Judgement, Kind
from andante.insight.tests.crowd import BEGAN, LATER, Crowd, gather, pulled
from andante.learning.models import Attempt, Completion
from andante.learning.tests.fixtures import NIGHT_CALL, NIGHT_CALL_FOLDER, RIGHT, WRONG, publish
from andante.people.models import Placement

LATE = "rep-1"
CARD = "the-station"


@dataclass
class Second:
    """The same course, published once more with something changed."""

    folder: object

    def publish(self, before: str, after: str, *, file: str = "bank/report.md"):
        shutil.copytree(NIGHT_CALL_FOLDER, self.folder)
        path = self.folder / file
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))
        return publish(self.folder)


@pytest.fixture
def second(tmp_path) -> Second:
    return Second(tmp_path / "night-call")


def insight(version=None):
    return queries.course(NIGHT_CALL, version=version, at=LATER)


def item(found, id):
    return next(each for each in found.items if each.item.id == id)


class TestPassedStillWrong:
    @pytest.fixture
    def found(self, night_call):
        gather(night_call, Crowd(240, choose=pulled({LATE: 0.41})), Crowd(10, at=CARD, stops=True))
        return insight()

    def test_the_wrong_answer_that_pulls_comes_first(self, found):
        assert found.findings[0].kind is Kind.PULLS
        assert found.findings[0].item.item.id == LATE
        assert found.findings[0].item.pulling.share == pytest.approx(0.41, abs=0.08)

    def test_though_nearly_all_have_completed_with_a_high_score(self, found):
        assert found.overview.share_completed == pytest.approx(0.96)
        assert found.overview.mean_score > 0.8

    def test_nothing_else_is_said_of_questions_that_work(self, found):
        assert {each.worst for each in found.items if each.item.id != LATE} == {Judgement.WORKS}

    def test_it_is_what_the_list_of_courses_says_first(self, found):
        (course,) = queries.courses(at=LATER)
        assert course.findings[0].item == found.findings[0].item
        assert (course.overview.enrolled, course.overview.completed, course.overview.stuck) == (250, 240, 10)


class TestNightsDoNotFinish:
    @pytest.fixture
    def found(self, night_call):
        days = timedelta(days=1)
        gather(
            night_call,
            Crowd(30, "early", pause=2 * days, at=CARD),
            Crowd(30, "late", pause=3 * days, at=CARD),
            Crowd(30, "night", pause=19 * days, at=CARD),
            Crowd(14, "night", at=CARD, stops=True),
            Crowd(3, "day"),
        )
        return insight()

    def test_the_shift_that_takes_longer_is_named_with_its_card(self, found):
        night = next(shift for shift in found.shifts if shift.shifts == ("night",))
        assert night.slow
        assert night.days.median == pytest.approx(19, abs=3)
        assert night.troubles.worst == CARD
        assert (night.people, night.completed) == (44, 30)

    def test_fewer_than_five_are_shown_with_another_shift(self, found):
        assert [shift.shifts for shift in found.shifts] == [("late",), ("night",), ("early", "day")]

    def test_it_comes_first(self, found):
        assert [each.kind for each in found.findings][:2] == [Kind.SLOW_SHIFT, Kind.STOPS]

    def test_the_shift_is_the_one_at_the_beginning(self, found):
        for row in Placement.objects.filter(shift="night"):
            after = (BEGAN + timedelta(days=8)).date()
            Placement.objects.create(
                id=uuid4(), person=row.person, status="active", unit=row.unit, job=row.job, shift="early",
                effective_on=after, duty_since=after, recorded_at=LATER,
            )  # fmt: skip
        assert insight().shifts == found.shifts

    def test_a_correction_recorded_later_counts(self, found):
        for row in Placement.objects.filter(shift="night"):
            Placement.objects.create(
                id=uuid4(), person=row.person, status="active", unit=row.unit, job=row.job, shift="late",
                effective_on=date(2026, 1, 1), duty_since=date(2026, 1, 1), recorded_at=LATER,
            )  # fmt: skip
        assert [shift.shifts for shift in insight().shifts] == [("late",), ("early", "day")]


class TestAnswers:
    def test_of_a_person_count_once_with_the_first(self, learner):
        learner.walk_all()
        learner.sit_test(WRONG, WRONG, WRONG, WRONG)
        learner.sit_test(RIGHT, RIGHT, RIGHT, RIGHT, sitting=2)
        found = insight()
        first = Response.objects.filter(sitting__number=1).values_list("question", flat=True)
        assert sum(each.answered for each in found.items) == len(
            set(Response.objects.exclude(sitting=None).values_list("question", flat=True))
        )
        assert all(item(found, id).right == 0 for id in first)

    def test_to_other_words_are_left_out(self, night_call, second):
        gather(night_call, Crowd(40))
        title = night_call.document.items["rep-1"].title
        gather(second.publish(title, f"{title} Choose."), Crowd(40), seed=2)
        found, old = insight(), insight(1)
        assert found.reworded == {"rep-1"}
        assert item(found, "rep-1").answered == item(insight(2), "rep-1").answered
        assert item(found, "rep-2").answered == item(old, "rep-2").answered + item(insight(2), "rep-2").answered

    def test_to_the_same_words_are_counted_over_versions(self, night_call, second):
        gather(night_call, Crowd(40))
        gather(second.publish("That comes too early", "That comes far too early"), Crowd(40), seed=2)
        assert insight().reworded == frozenset()
        assert insight().overview.begun == 80


class TestACourse:
    def test_that_is_not_published_is_none(self, db):
        assert insight() is None

    def test_has_no_version_that_was_not_published(self, night_call):
        assert insight(2) is None
        assert insight(1).chosen.number == 1

    def test_that_nobody_began_has_nothing_to_say(self, night_call):
        found = insight()
        assert (found.findings, found.shifts, found.overview.begun) == ((), (), 0)
        assert {each.worst for each in found.items} == {Judgement.FEW}

    def test_is_counted_by_version(self, night_call, second):
        gather(night_call, Crowd(6))
        gather(second.publish("That comes too early", "That comes far too early"), Crowd(7), seed=2)
        assert [insight(number).overview.begun for number in (1, 2)] == [6, 7]
        assert insight(1).overview.enrolled is None
        assert insight(1).published.number == 1

    def test_counts_who_took_two_versions_once(self, night_call, second):
        gather(night_call, Crowd(6, "early"), Crowd(6, "late"))
        newer = second.publish("That comes too early", "That comes far too early")
        for row in Attempt.objects.all():
            started = row.started_at + timedelta(days=30)
            again = Attempt.objects.create(
                id=uuid4(), enrolment=row.enrolment, number=2, version_id=newer.version, started_at=started
            )
            Completion.objects.create(
                id=uuid4(), attempt=again, person_id=row.enrolment.person_id, course_id=row.enrolment.course_id,
                version=newer.version, score=1, completed_at=started + timedelta(days=1),
            )  # fmt: skip
        found = insight()
        assert (found.overview.enrolled, found.overview.begun, found.overview.completed) == (12, 12, 12)
        assert [(shift.people, shift.completed) for shift in found.shifts] == [(6, 6), (6, 6)]
        assert {(stop.reached, stop.done) for stop in found.stops} == {(12, 12)}

    def test_agrees_with_what_the_operations_wrote(self, learner):
        learner.walk_to("own-phone")
        found = insight()
        reached = {stop.card: (stop.reached, stop.done) for stop in found.stops}
        assert reached["the-station"] == (1, 1)
        assert reached["own-phone"] == (1, 0)
        assert [stop.card for stop in found.stops if stop.stopped] == ["own-phone"]
        assert found.stops[0].taken.median == 60


class TestTheQueries:
    def test_are_as_many_for_many_people_as_for_few(self, night_call, second):
        def cost(act):
            with CaptureQueriesContext(connection) as captured:
                act()
            return len(captured)

        gather(night_call, Crowd(2))
        insight()
        queries.courses(at=LATER)
        few = cost(insight), cost(lambda: queries.courses(at=LATER))
        gather(night_call, Crowd(60, "night"), Crowd(60, "early"), seed=2)
        assert (cost(insight), cost(lambda: queries.courses(at=LATER))) == few
        assert few == (5, 6)

    def test_write_nothing(self, night_call):
        gather(night_call, Crowd(6))
        with CaptureQueriesContext(connection) as captured:
            insight()
        assert all(query["sql"].strip().startswith(("SELECT", "WITH")) for query in captured.captured_queries)
        assert Attempt.objects.count() == 6
