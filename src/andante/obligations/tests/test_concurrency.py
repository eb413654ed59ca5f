"""Several evaluators, and one that dies: nothing is doubled, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from andante.learning.models import Enrolment
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, publish
from andante.obligations import operations
from andante.obligations.models import Assignment, Look
from andante.obligations.operations import evaluating
from andante.obligations.tests.organisation import OFFICE, found, require

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
RULE = "id: {id}\ntitle: Night call\ncourse: night-call\ndue: 7 days\n"

pytestmark = pytest.mark.slow


@pytest.fixture
def organisation(own_database):
    publish(NIGHT_CALL_FOLDER)
    organisation = found()
    for number in range(12):
        organisation.hire(f"Person {number}")
    return organisation


def at_once(act, *, threads: int = 4) -> list[object]:
    start = Barrier(threads)

    def run(number: int) -> object:
        try:
            start.wait(timeout=30)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def count_facts(action: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_statement WHERE verb = %s", [action])
        return cursor.fetchone()[0]


class TestEvaluators:
    def test_at_once_assign_once(self, organisation):
        require(RULE.format(id="rule"), at=NOW, evaluate=False)

        made = at_once(lambda _: operations.evaluate(at=NOW))

        assert sorted(each.opened for each in made) == [0, 0, 0, 12]
        assert Assignment.objects.count() == Enrolment.objects.count() == count_facts("duty-assigned") == 12

    def test_beside_rule_edits_and_moves_leave_what_follows(self, organisation):
        def act(number: int) -> None:
            for turn in range(5):
                at = NOW + timedelta(minutes=turn)
                if number == 0:
                    require(RULE.format(id=f"rule-{turn % 2}").replace("7 days", f"{turn + 1} days"), at=at)
                elif number == 1:
                    person = sorted(organisation.people.values())[turn]
                    organisation.place(person, on=date(2026, 5, 1), status="left")
                    operations.look_at([person])
                else:
                    operations.evaluate_when_due(at)

        at_once(act)
        operations.evaluate_when_due(NOW + timedelta(hours=1))

        assert operations.evaluate(at=NOW + timedelta(hours=1)) == operations.Evaluation()
        assert Assignment.objects.filter(withdrawn_at=None).count() == 14

    def test_are_not_kept_waiting_by_who_withdraws_the_rule(self, organisation):
        """Or both would wait for each other: who withdraws waits for the looks that an evaluator takes."""
        require(RULE.format(id="rule"), at=NOW, evaluate=False)
        person = min(organisation.people.values())

        def assign() -> operations.Evaluation:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '5s'")
                    return operations.evaluate(at=NOW, people=[person])
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            operations.withdraw_requirement(requirement="rule", by=OFFICE, at=NOW, why="Not needed")
            assert pool.submit(assign).result() == operations.Evaluation(opened=1)
        operations.evaluate_when_due(NOW + timedelta(minutes=1))

        assert not Assignment.objects.filter(withdrawn_at=None).exists()

    def test_that_die_in_the_middle_lose_and_double_nothing(self, organisation, monkeypatch):
        """The failure is one of the layer below, after the facts of the second part are written."""
        require(RULE.format(id="rule"), at=NOW, evaluate=False)
        monkeypatch.setattr(evaluating, "AT_ONCE", 5)
        real, calls = evaluating.learning.enrol_people, []

        def failing(**given):
            real(**given)
            calls.append(given)
            if len(calls) == 2:
                raise ConnectionError

        monkeypatch.setattr(evaluating.learning, "enrol_people", failing)
        with pytest.raises(ConnectionError):
            operations.evaluate_when_due(NOW)
        assert Assignment.objects.count() == count_facts("duty-assigned") == 5
        assert Look.objects.filter(at__lte=NOW).exists()

        operations.evaluate_when_due(NOW)

        assert Assignment.objects.count() == Enrolment.objects.count() == count_facts("duty-assigned") == 12
        assert not Look.objects.filter(at__lte=NOW).exists()
