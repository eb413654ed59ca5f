"""A thousand people and ten requirements: what evaluating and asking cost, in queries and in time."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from andante.kernel.ids import PersonId, new_id
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, publish
from andante.obligations import operations, queries
from andante.obligations.tests.organisation import OFFICE, UNITS, complete, found
from andante.people import queries as people
from andante.people.models import Person, Placement

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MANY = 1_000
RULES = 10


def populate(many: int) -> list[PersonId]:
    """People who work everywhere, without facts: only the rows that are computed on."""
    units = [people.unit(path).id for path, *_ in UNITS]
    persons = [Person(id=new_id(), name=f"Person {number:04}", hired_on=date(2026, 1, 5)) for number in range(many)]
    Person.objects.bulk_create(persons)
    Placement.objects.bulk_create(
        Placement(
            id=new_id(),
            person=person,
            status="active",
            unit_id=units[number % len(units)],
            job_id=("nurse", "operator", "line-lead")[number % 3],
            shift="",
            effective_on=since,
            duty_since=since,
            recorded_at=NOW,
        )
        for number, person in enumerate(persons)
        for since in [date(2026, 2, 1) + timedelta(days=number % 50)]
    )
    return [PersonId(person.id) for person in persons]


def require_all(count: int) -> None:
    audiences = ("any", "{job: [nurse]}", "{site: [dublin]}", "{department: [wards]}", "any")
    for number in range(count):
        text = (
            f"id: rule-{number}\ntitle: Rule {number}\naudience: {audiences[number % len(audiences)]}\n"
            "course: night-call\ndue: 7 days\nrenew: 12 months\n"
        )
        operations.apply_requirement(form=queries.parse_form(text), by=OFFICE, at=NOW - timedelta(days=30))


@contextmanager
def seconds(name: str, record: Callable[[str, object], None]) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    took = f"{time.perf_counter() - wall:.3f} s, of it {time.process_time() - cpu:.3f} s of this process"
    print(f"\n{name}: {took}")  # noqa: T201 - a measurement, shown with -s
    record(name, took)


@pytest.fixture
def everybody(own_database) -> list[PersonId]:
    publish(NIGHT_CALL_FOLDER)
    found()
    return populate(MANY)


@pytest.mark.slow
class TestAThousandPeople:
    def test_are_evaluated_and_listed_in_time(self, everybody, record_property):
        require_all(RULES)
        with seconds("assigning", record_property):
            made = operations.evaluate(at=NOW)
        assert made.opened > MANY * RULES / 3
        for person in everybody[::7]:
            complete(person, NOW - timedelta(days=3))
        with seconds("evaluating again", record_property):
            assert operations.evaluate(at=NOW) == operations.Evaluation()
        with seconds("nothing to do", record_property):
            operations.evaluate_when_due(NOW)
        operations.look_at(everybody[:1])
        with seconds("one person", record_property):
            operations.evaluate_when_due(NOW)
        with seconds("counts of all", record_property):
            assert len(queries.duty_counts(people=everybody, at=NOW)) == MANY
        with seconds("duties of 50", record_property):
            some = queries.duties(people=everybody[:50], at=NOW)
        with seconds("reasons of 50", record_property):
            assert all(duty.reason for duty in some)
        with seconds("duties of all", record_property):
            every = queries.duties(people=everybody, at=NOW)
        with seconds("reasons of all", record_property):
            assert all(duty.reason for duty in every)
        with seconds("one qualification", record_property):
            queries.qualification(person=everybody[0], requirement="rule-0", at=NOW)
        with seconds("qualifications of all", record_property):
            assert len(queries.qualifications(requirement="rule-0", at=NOW)) == MANY
        with seconds("a preview", record_property):
            queries.preview(queries.parse_form("id: rule-0\ntitle: R\ncourse: night-call\ndue: 3 days"), at=NOW)


class TestQueries:
    @pytest.fixture
    def persons(self, organisation, night_call) -> list[PersonId]:
        persons = populate(30)
        require_all(3)
        operations.evaluate(at=NOW)
        for person in persons[::3]:
            complete(person, NOW)
        return persons

    @pytest.mark.parametrize(("many", "few", "cost"), [(1, 60, 1), (30, 60, 1), (30, 29, 2)])
    def test_of_duties_are_one_or_two_and_two_more_for_all_reasons(
        self, *, persons, many, few, cost, monkeypatch, django_assert_num_queries
    ):
        expected = queries.duties(people=persons[:many], at=NOW)
        # By its name, for the package has a function called the same.
        monkeypatch.setattr(sys.modules["andante.obligations.queries.duties"], "MOST_FEW", few)
        with django_assert_num_queries(cost):
            found = queries.duties(people=persons[:many], at=NOW)
        with django_assert_num_queries(2):
            assert all(duty.why and duty.reason for duty in found)
        assert found == expected
        with django_assert_num_queries(1):
            queries.duty_counts(people=persons[:many], at=NOW)

    def test_of_qualifications_are_as_many_for_one_as_for_all(self, persons):
        def count(**asked) -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                queries.qualifications(requirement="rule-0", at=NOW, **asked)
            return len(captured)

        assert count(people=persons[:1]) == count(people=persons) == count() <= 6

    def test_of_the_evaluator_are_one_while_nothing_is_to_be_done(self, persons, django_assert_num_queries):
        with django_assert_num_queries(1):
            operations.evaluate_when_due(NOW)

    def test_of_evaluating_are_as_many_for_one_as_for_all(self, persons):
        def count(asked) -> int:
            with CaptureQueriesContext(connection) as captured:
                operations.evaluate(at=NOW, people=asked)
            return len(captured)

        assert count(persons[:1]) == count(persons) == count(None)
