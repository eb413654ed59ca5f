"""Every completed attempt, for whoever asks who has learnt what."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection

from andante.learning import queries
from andante.learning.models import Completion
from andante.learning.tests.fixtures import NIGHT_CALL


class TestCompletions:
    def test_are_told_with_person_course_version_and_score(self, learner, night_call):
        learner.walk_all().sit_test()

        (done,) = queries.completions()

        row = Completion.objects.get()
        assert (done.id, done.completed_at) == (row.id, row.completed_at)
        assert (done.person, done.course, done.version) == (learner.person, NIGHT_CALL, night_call.version)
        assert done.score == Decimal(1)

    def test_are_chosen_by_people_courses_and_time(self, learner, noor):
        learner.walk_all().sit_test()
        (done,) = queries.completions()

        assert queries.completions(people=[learner.person], courses=[NIGHT_CALL], until=done.completed_at) == [done]
        assert queries.completions(people=[noor.person]) == []
        assert queries.completions(people=[]) == []
        assert queries.completions(courses=["another"]) == []
        assert queries.completions(until=done.completed_at - timedelta(seconds=1)) == []

    def test_are_known_from_when_they_were_stored(self, learner):
        learner.walk_all().sit_test()
        (done,) = queries.completions()
        with connection.cursor() as cursor:
            cursor.execute("SELECT stored FROM ledger_statement_key WHERE id = %s", [done.id])
            (stored,) = cursor.fetchone()

        assert queries.completions(known_at=stored) == [done]
        assert queries.completions(known_at=stored - timedelta(microseconds=1)) == []
