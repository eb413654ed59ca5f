"""The verifier derives every row of a real answer from the sealed records alone, and notices what is not so."""

import hashlib
import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections, transaction

from andante.evidence import operations, queries, tables
from andante.evidence.queries import Known
from andante.evidence.tests.ledgers import verify
from andante.kernel.principals import system_principal
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, publish
from andante.ledger.queries import database_time
from andante.obligations import operations as obligations
from andante.obligations.tests.organisation import LINE_4, OFFICE, WARD_3, WARD_4, complete, found, require
from andante.obligations.tests.revising import revise

AUDITOR = system_principal("auditor")
APPLIED = datetime(2026, 3, 1, 12, tzinfo=UTC)
MAY = datetime(2026, 5, 3, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULE = """
id: night-calls
title: Night calls for nurses
audience: {job: nurse}
course: night-call
accept: {from version: 2}
due: {within: 7 days}
renew: 1 month
"""
LATER = RULE.replace("1 month", "12 months") + 'effective: "2026-05-03T02:30"\n'


class House:
    """A ward with all that may happen to people, in a database of its own."""

    def __init__(self, sealer, folder):
        self._sealer, self._folder = sealer, folder
        self.made = found()
        self.known_before_eve = None

    def seal(self):
        with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
            self._sealer.seal(cursor)

    def ask(self, **changed):
        values = {"requirement": "night-calls", "moment": MAY, "zone": "America/Chicago", "by": AUDITOR, "at": NOW}
        return operations.ask(**(values | changed))

    def answer(self, **changed):
        """An answer as it stands in an auditor's package, handed out and sealed."""
        record = self.ask(**changed)
        operations.export_csv(question=record, by=AUDITOR, at=NOW)
        self.seal()
        return queries.answer(queries.asked(record).question, at=NOW)

    def verdict(self, answer, *arguments, forge=None):
        table = tables.as_csv(answer)
        data = json.loads(tables.as_json(answer, sha256=hashlib.sha256(table).hexdigest(), exclusions=[]))
        if forge:
            forge(data)
        path = self._folder / "answer.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        bundle = operations.export_bundle(path=self._folder / "log.zip", by=OFFICE, at=NOW, replace=True).path
        return verify(bundle, "--answer", path, *arguments)

    def listed(self, *arguments):
        bundle = operations.export_bundle(path=self._folder / "log.zip", by=OFFICE, at=NOW, replace=True).path
        return verify(bundle, "--qualified", "night-calls", *arguments)


@pytest.fixture
def house(own_database, sealer, tmp_path):
    from andante.content import queries as content

    content.version.cache_clear()
    old = publish(NIGHT_CALL_FOLDER).version
    publish(revise(NIGHT_CALL_FOLDER, tmp_path / "second"))
    house = House(sealer, tmp_path)
    made = house.made
    wards = {"Eve": WARD_4, "Max": WARD_4}
    for name in ("Ada", "Ben", "Cleo", "Dina", "Eve", "Gus", "Hal", "Ida", "Max"):
        made.hire(name, unit=wards.get(name, WARD_3))
    made.hire("Liv", unit=LINE_4)
    made.hire("Fay", unit=LINE_4, job="operator")
    made.hire("=Jo", hired_on=date(2026, 6, 1))
    made.place(made.people["Cleo"], on=date(2026, 6, 1), status="left")
    made.place(made.people["Dina"], on=date(2026, 4, 1), status="left")
    made.place(made.people["Ida"], on=date(2026, 4, 1), status="leave")
    require(RULE, at=APPLIED, evaluate=False)
    complete(made.people["Ada"], MAY - timedelta(days=2))
    complete(made.people["Cleo"], MAY - timedelta(days=3))
    complete(made.people["Dina"], MAY - timedelta(days=40))
    complete(made.people["Gus"], APPLIED + timedelta(hours=1), version=old)
    complete(made.people["Hal"], APPLIED + timedelta(days=2))
    complete(made.people["Ida"], APPLIED + timedelta(days=2))
    complete(made.people["Ida"], MAY - timedelta(days=1, microseconds=7))
    complete(made.people["Liv"], datetime(2026, 3, 31, 8, tzinfo=UTC))
    house.seal()
    time.sleep(0.01)
    house.known_before_eve = database_time()
    time.sleep(0.01)
    complete(made.people["Eve"], MAY - timedelta(days=2))
    house.seal()
    yield house
    connections["sealer"].close()


def told(verdict):
    return verdict.told["checked"], verdict.told["not_checked"]


class TestARealAnswer:
    def agree(self, house, count, **changed):
        answer = house.answer(**changed)
        verdict = house.verdict(answer)
        assert verdict.status == 0, verdict.sentences or verdict.told["reason"]
        checked, missed = told(verdict)
        rows = "The one row" if count == 1 else f"Each of {count} rows"
        assert f"{rows} of the answer: derived anew from the sealed records." in checked
        assert any(one.startswith("That this answer's table is the one that record number") for one in checked)
        assert not any("Rows of the answer" in one or "rule not known" in one for one in missed)
        return {row.name: row.qualified for row in answer.rows}

    def test_agrees_with_the_records(self, house):
        assert self.agree(house, 9) == {
            "Ada": True,
            "Ben": False,
            "Cleo": True,
            "Eve": True,
            "Gus": False,
            "Hal": False,
            "Ida": True,
            "Liv": False,
            "Max": False,
        }

    def test_as_known_then_agrees_with_the_records(self, house):
        found = self.agree(house, 9, known=Known.AT, known_at=house.known_before_eve)
        assert found["Eve"] is False

    def test_as_known_before_anything_was_on_record_agrees_with_the_records(self, house):
        assert self.agree(house, 0, known=Known.THEN) == {}

    def test_about_a_unit_agrees_with_the_records(self, house):
        assert set(self.agree(house, 2, unit=WARD_4)) == {"Eve", "Max"}

    @pytest.mark.parametrize("name", ["Ada", "Dina", "Fay", "=Jo"])
    def test_about_one_person_agrees_with_the_records(self, house, name):
        self.agree(house, 1, person=house.made.people[name])

    def test_where_a_revision_takes_effect_by_the_clocks_of_each_site_agrees_with_the_records(self, house):
        """At the moment it is 03:00 in Chicago, where it just took effect, and 09:00 in Dublin."""
        require(LATER, at=APPLIED + timedelta(days=9), evaluate=False)
        house.seal()
        assert self.agree(house, 9)["Hal"] is True
        assert self.agree(house, 9, moment=MAY - timedelta(hours=1))["Hal"] is False

    def test_after_the_requirement_was_withdrawn_agrees_with_the_records(self, house):
        obligations.withdraw_requirement(
            requirement="night-calls", by=OFFICE, at=MAY - timedelta(days=1), why="not needed"
        )
        house.seal()
        assert self.agree(house, 0) == {}
        assert self.agree(house, 9, moment=MAY - timedelta(days=1, seconds=1))["Ada"] is True

    def test_that_rests_on_a_version_that_was_published_later_agrees_with_the_records(self, house, tmp_path):
        publish(revise(NIGHT_CALL_FOLDER, tmp_path / "third", words="Call for help, at once."))
        obligations.resolve_versions(course="night-call", by=OFFICE, at=MAY - timedelta(hours=2))
        complete(house.made.people["Gus"], MAY - timedelta(hours=1))
        house.seal()
        assert self.agree(house, 9)["Gus"] is True

    def test_at_the_moment_at_which_it_expires_agrees_with_the_records(self, house):
        """Liv completed it on the last day of March; a month later there is no such day."""
        end = datetime(2026, 4, 30, 8, tzinfo=UTC)
        assert self.agree(house, 9, moment=end)["Liv"] is False
        assert self.agree(house, 9, moment=end - timedelta(microseconds=1))["Liv"] is True

    def test_whose_record_waits_is_not_verified_before_that_is_sealed(self, house):
        record = house.ask()
        operations.export_csv(question=record, by=AUDITOR, at=NOW)
        answer = queries.answer(queries.asked(record).question, at=NOW)

        waiting = house.verdict(answer)
        house.seal()
        sealed = house.verdict(answer)

        assert (waiting.status, waiting.sentences) == (2, "")
        assert "that this answer was given only waits to be sealed" in waiting.told["reason"]
        assert sealed.status == 0, sealed.told


class TestAForgedAnswer:
    """By whoever hands it out: the rows say otherwise than the records."""

    @pytest.fixture
    def forged(self, house):
        answer = house.answer()

        def _forged(forge):
            return house.verdict(answer, forge=forge)

        return _forged

    @staticmethod
    def row(data, name):
        return next(row for row in data["rows"] if row["name"] == name)

    @pytest.mark.parametrize("name", ["Ben", "Gus", "Hal", "Max"])
    def test_that_calls_somebody_qualified_is_found(self, forged, name):
        def forge(data):
            good, row = self.row(data, "Ada"), self.row(data, name)
            for column in ("qualified", "completion_record", "record_number", "completed_at", "valid_until", "version"):
                row[column] = good[column]

        verdict = forged(forge)

        assert verdict.status == 1
        assert f"The answer calls {name} (" in verdict.sentences
        assert "qualified; by the records, " in verdict.sentences

    def test_that_calls_somebody_not_qualified_is_found(self, forged):
        verdict = forged(lambda data: self.row(data, "Ada").update(qualified="no"))
        assert "The answer calls Ada (" in verdict.sentences

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("completed_at", "2026-05-02T03:00:00-05:00"),
            ("valid_until", None),
            ("valid_until", "2027-06-01T03:00:00-05:00"),
            ("completion_record", "01930000-0000-7000-8000-000000000001"),
            ("version", "0" * 64),
            ("record_number", 1),
            ("requirement_revision", 2),
            ("demanded", "no"),
            ("status", "leave"),
            ("moment", "2026-05-03T04:00:00-05:00"),
        ],
    )
    def test_that_says_otherwise_of_a_row_is_found(self, forged, column, value):
        verdict = forged(lambda data: self.row(data, "Ada").update({column: value}))
        assert verdict.status == 1
        assert "The answer says of Ada (" in verdict.sentences

    def test_that_leaves_somebody_out_is_found(self, forged):
        def forge(data):
            data["rows"] = [row for row in data["rows"] if row["name"] != "Ben"]
            data["counts"] = {"listed": 8, "qualified": 5, "not_qualified": 3}

        assert "of whom it was required: no completion is on record." in forged(forge).sentences

    def test_that_lists_somebody_of_whom_it_was_not_required_is_found(self, forged, house):
        def forge(data):
            row = {**self.row(data, "Ben"), "person": str(house.made.people["Fay"]), "name": "Fay"}
            data["rows"].append(row)

        assert "demanded “yes”; the records say “no”" in forged(forge).sentences

    def test_that_lists_somebody_twice_is_found(self, forged):
        assert "twice" in forged(lambda data: data["rows"].append(data["rows"][0])).sentences

    def test_that_counts_otherwise_is_found(self, forged):
        assert "counts otherwise" in forged(lambda data: data["counts"].update(qualified=9)).sentences

    @pytest.mark.parametrize("column", ["name", "number", "because", "job", "site"])
    def test_whose_words_were_changed_is_found_by_the_hash_of_its_table(self, forged, column):
        verdict = forged(lambda data: self.row(data, "Ada").update({column: "other"}))
        assert verdict.sentences == "The answer's rows are not those of the table whose hash it holds."

    def test_with_a_hash_to_match_is_found_by_the_record(self, house):
        answer = house.answer()
        rows = tuple(replace(row, job="other") if row.name == "Ada" else row for row in answer.rows)
        verdict = house.verdict(replace(answer, rows=rows))
        assert "No record says that this answer was given" in verdict.sentences


class TestAForgedRow:
    def test_of_the_database_is_found_by_the_record_that_it_rests_on(self, house):
        """Whoever may write the tables dates a completion later, and the server believes it."""
        from andante.learning.models import Completion

        Completion.objects.filter(completed_at=APPLIED + timedelta(days=2)).update(completed_at=MAY - timedelta(days=1))
        forged = house.answer()
        assert {row.name: row.qualified for row in forged.rows}["Hal"] is True

        verdict = house.verdict(forged)

        assert verdict.status == 1
        assert "The answer calls Hal (" in verdict.sentences
        assert "by the records, what they completed had expired" in verdict.sentences


class TestAQuestionWithoutAnAnswer:
    def test_is_answered_from_the_records(self, house):
        verdict = house.listed("--at", "2026-05-03T03:00:00-05:00")
        assert verdict.status == 0
        found = {one["name"]: one["qualified"] for one in verdict.told["qualified"]}
        assert found == {row.name: row.qualified for row in house.answer().rows}
        ada = next(one for one in verdict.told["qualified"] if one["name"] == "Ada")
        assert ada["completed_at"] == "2026-05-01 08:00:00 UTC"
        assert ada["valid_until"] == "2026-06-01 08:00:00 UTC"

    def test_is_answered_as_known_then(self, house):
        known = house.known_before_eve.isoformat()
        verdict = house.listed("--at", "2026-05-03T08:00:00Z", "--known-at", known)
        assert {one["name"]: one["qualified"] for one in verdict.told["qualified"]}["Eve"] is False
