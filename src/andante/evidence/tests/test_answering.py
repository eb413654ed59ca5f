"""Who was qualified at a moment: whom the answer lists, whom it leaves out, and what is put on record of it."""

import csv
import hashlib
import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from andante.evidence import operations, queries, tables
from andante.evidence.operations import QuestionRefused
from andante.evidence.queries import Known, exclusions, scope_sentence
from andante.kernel.principals import system_principal
from andante.ledger.queries import fact
from andante.obligations.tests.organisation import LINE_4, WARD_3, WARD_4, complete, require

AUDITOR = system_principal("auditor")
APPLIED = datetime(2026, 3, 1, 12, tzinfo=UTC)
MAY = datetime(2026, 5, 3, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULE = """
id: night-calls
title: Night calls for nurses
audience: {job: nurse}
course: night-call
due: {within: 7 days}
renew: 12 months
"""


@pytest.fixture
def ward(organisation, night_call):
    """Ada is trained, Ben is not, Cleo left since, Dina left before, Eve is in another ward, Fay is an operator."""
    for name, unit in (("Ada", WARD_3), ("Ben", WARD_3), ("Cleo", WARD_3), ("Dina", WARD_3), ("Eve", WARD_4)):
        organisation.hire(name, unit=unit)
    organisation.hire("Fay", unit=LINE_4, job="operator")
    organisation.place(organisation.people["Cleo"], on=date(2026, 6, 1), status="left")
    organisation.place(organisation.people["Dina"], on=date(2026, 4, 1), status="left")
    require(RULE, at=APPLIED)
    complete(organisation.people["Ada"], APPLIED + timedelta(days=2))
    complete(organisation.people["Cleo"], APPLIED + timedelta(days=3))
    return organisation


def ask(**changed):
    values = {"requirement": "night-calls", "moment": MAY, "zone": "America/Chicago", "by": AUDITOR, "at": NOW}
    return operations.ask(**(values | changed))


def answered(**changed):
    return queries.answer(queries.asked(ask(**changed)).question, at=NOW)


def names(answer):
    return {row.name: row.qualified for row in answer.rows}


class TestAnAnswer:
    def test_lists_everybody_of_whom_it_was_required_then_with_leavers(self, ward):
        answer = answered()
        assert names(answer) == {"Ben": False, "Eve": False, "Ada": True, "Cleo": True}
        assert [row.name for row in answer.rows if row.left_since] == ["Cleo"]
        assert (answer.qualified, answer.not_qualified) == (2, 2)

    def test_says_who_is_not_in_it_and_why(self, ward):
        answer = answered()
        scope = answer.scope
        assert (scope.not_demanded, scope.had_left, scope.left_since, scope.elsewhere) == (1, 1, 1, 0)
        assert scope_sentence(answer).endswith("at that moment: 4 people.")
        said = " ".join(exclusions(answer))
        assert "1 person who worked here then and did not need it" in said
        assert "1 person who had left by then" in said
        assert "In the list: 1 person who has left since" in said

    def test_names_the_record_that_it_rests_on(self, ward, seal):
        seal()
        row = next(row for row in answered().rows if row.name == "Ada")
        assert fact(row.completion).seq == row.record
        assert row.version_number == 1
        assert row.completed_at == APPLIED + timedelta(days=2)
        assert row.valid_until == datetime(2027, 3, 3, 12, tzinfo=UTC)
        assert row.recorded_late

    def test_can_be_narrowed_to_a_unit(self, ward):
        answer = answered(unit=WARD_3)
        assert set(names(answer)) == {"Ada", "Ben", "Cleo"}
        assert answer.scope.elsewhere == 1
        assert "Ward 3" in scope_sentence(answer)

    def test_can_be_about_one_person_of_whom_it_was_not_required(self, ward):
        answer = answered(person=ward.people["Fay"])
        (row,) = answer.rows
        assert (row.qualified, row.demanded) == (False, False)
        assert "one person" in scope_sentence(answer)

    def test_as_known_before_anything_was_on_record_knows_nothing(self, ward, seal):
        seal()
        answer = answered(known=Known.THEN)
        assert answer.rows == ()
        assert answer.before_the_log
        assert any("first record of this log" in sentence for sentence in exclusions(answer))

    def test_says_its_moments_on_the_clocks_of_the_question_whoever_reads_it(self, ward):
        with timezone.override("Asia/Singapore"):
            said = exclusions(answered())
        assert re.search(r"on record on \d+ \w+ \d{4}, [\d:]+ \(Chicago, UTC-[56]\)\.", said[0])

    def test_stays_as_it_was_whatever_comes_later(self, ward):
        record = ask()
        before = queries.answer(queries.asked(record).question, at=NOW)
        complete(ward.people["Ben"], APPLIED + timedelta(days=4))
        assert queries.answer(queries.asked(record).question, at=NOW) == before
        assert names(answered())["Ben"]

    def test_costs_the_same_for_many_as_for_few(self, ward):
        def cost():
            question = queries.asked(ask()).question
            with CaptureQueriesContext(connection) as captured:
                queries.answer(question, at=NOW)
            return len(captured)

        few = cost()
        for number in range(20):
            complete(ward.hire(f"Nurse {number}"), APPLIED + timedelta(days=5))
        assert cost() == few <= 16


class TestAsking:
    def test_is_on_record_with_the_result_and_the_hash_of_the_table(self, ward):
        record = ask(unit=WARD_3)
        body = fact(record).fact.body
        assert (body["action"], body["subject"], body["by"]) == ("question-asked", "requirement:night-calls", AUDITOR)
        assert body["new"]["counts"] == {"listed": 3, "qualified": 2, "not_qualified": 1}
        table = tables.as_csv(queries.answer(queries.asked(record).question, at=NOW))
        assert body["new"]["sha256"] == hashlib.sha256(table).hexdigest()

    @pytest.mark.parametrize(
        ("changed", "key"),
        [
            ({"requirement": "no-such"}, "requirement"),
            ({"zone": "Mars/Olympus"}, "zone"),
            ({"unit": "nowhere"}, "unit"),
            ({"moment": NOW + timedelta(seconds=1)}, "moment"),
            ({"known": Known.AT}, "known_at"),
        ],
    )
    def test_is_refused_where_something_is_not_there(self, ward, changed, key):
        with pytest.raises(QuestionRefused) as refused:
            ask(**changed)
        assert refused.value.key == key


class TestTheTable:
    def rows(self, data):
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))

    def test_has_a_row_for_everybody_and_is_recorded(self, ward):
        record = ask()
        rows = self.rows(operations.export_csv(question=record, by=AUDITOR, at=NOW))
        assert {row["name"]: row["qualified"] for row in rows} == {
            "Ada": "yes",
            "Ben": "no",
            "Cleo": "yes",
            "Eve": "no",
        }
        assert {row["moment"] for row in rows} == {"2026-05-03T03:00:00-05:00"}
        given, asked = queries.handed()
        assert (given.what, given.question, asked.what) == ("csv", record, "question")
        assert given.sha256 == asked.sha256

    def test_is_harmless_in_a_spreadsheet(self, ward):
        complete(ward.hire("=1+1"), APPLIED)
        rows = self.rows(tables.as_csv(answered()))
        assert "'=1+1" in {row["name"] for row in rows}

    def test_is_told_as_json_too(self, ward):
        told = json.loads(tables.as_json(answered(), sha256="0", exclusions=["x"]))
        assert told["counts"]["listed"] == len(told["rows"]) == 4
