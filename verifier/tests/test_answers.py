"""Who was qualified, derived from a small log; and answers that say otherwise, or cannot be read."""

import hashlib
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import uuid5

import pytest

from verifier.andante_verify import Asked, Unreadable, main, read_answer, valid_until, verify
from verifier.tests.forging import sentences
from verifier.tests.qualified_cases import ADA, AT, BEN, CLEO, NEW, OLD, Works, works
from verifier.tests.small_log import SEED, changed, instant, records_part, write_zip


@pytest.fixture
def check(tmp_path):
    def _check(log, answer, bundle=None, **given):
        asked = read_answer(json.dumps(answer).encode())
        path = (bundle or log.bundle_2()).count_again().write(tmp_path / "bundle.zip")
        return verify(str(path), question=asked, **given)

    return _check


def of(answer, person):
    return next(row for row in answer["rows"] if row["person"] == str(person))


class TestAnAnswer:
    def test_that_is_right_is_derived_anew(self, check):
        log, answer = works()

        report = check(log, answer)

        assert report.result == "verified", sentences(report)
        assert "Each of 3 rows of the answer: derived anew from the sealed records." in report.checked
        assert "That this answer's table is the one that record number 13 says was given." in report.checked

    def test_in_a_bundle_of_version_1_is_derived_too(self, check):
        log, answer = works()

        assert check(log, answer, log.bundle()).result == "verified"

    @pytest.mark.parametrize(
        ("person", "values", "told"),
        [
            (BEN, {"qualified": "yes"}, "of a version that does not count"),
            (CLEO, {"qualified": "yes"}, "had expired"),
            (ADA, {"qualified": "no"}, "not qualified; by the records, qualified"),
            (ADA, {"qualified": "maybe"}, "not qualified"),
            (ADA, {"valid_until": None}, "valid until"),
            (ADA, {"completed_at": "2026-11-11T13:00:00+00:00"}, "completed at"),
            (ADA, {"completed_at": "soon"}, "completed at"),
            (ADA, {"completed_at": "2026-11-11T12:00:00"}, "completed at"),
            (BEN, {"version": NEW}, "version"),
            (BEN, {"completion_record": None}, "completion record"),
        ],
    )
    def test_that_says_otherwise_is_found(self, check, person, values, told):
        log, answer = works()
        of(answer, person).update(values)

        assert told in sentences(check(log, answer)).splitlines()[0]

    def test_that_nobody_put_on_record_is_found(self, check):
        log, answer = works()
        log.waiting = []
        log.records.pop()
        log.checkpoints.pop()

        assert sentences(check(log, answer)).startswith("No record says that this answer was given")

    def test_that_leaves_somebody_out_is_found(self, check):
        log, _ = works()
        answer = log.answer([log.row(ADA, log.records[10], valid_until="2026-12-11T12:00:00+00:00")])
        log.seal()

        told = sentences(check(log, answer))

        assert f"leaves out the person {BEN}" in told
        assert f"leaves out the person {CLEO}" in told


class TestACompletion:
    """Only what the log itself sealed about a whole course counts."""

    @pytest.mark.parametrize(
        "values",
        [
            {"authority": {"account": {"homePage": "https://learn.example.org/log", "name": "somebody"}}},
            {"authority": {"mbox": "mailto:x@example.org"}},
            {"object": {"id": "https://learn.example.org/log/course/forklift/module/1"}},
            {"object": {"id": "https://learn.example.org/log/course/other"}},
            {"object": {}},
            {"context": {"extensions": {"urn:x-andante:course-version": NEW}}},
            {"context": None},
            {"actor": {"account": {"homePage": "https://elsewhere.example.org", "name": str(ADA)}}},
            {"actor": []},
        ],
    )
    def test_by_somebody_else_or_of_a_part_does_not_count(self, check, values):
        log = Works()
        log.require()
        record = log.complete(ADA, AT - timedelta(days=1), **values)
        log.seal()
        fine = log.complete(BEN, AT - timedelta(days=1))
        log.seal()
        row = {**log.row(ADA, fine), "completion_record": str(record.id)}
        answer = log.answer([row])
        log.seal()

        assert "no completion is on record" in sentences(check(log, answer)).splitlines()[0]

    def test_that_came_on_record_later_was_not_known(self, check):
        log, answer = works()
        late = log.answer([], known_at=datetime(2026, 11, 22, 16, 45, 10, tzinfo=UTC))
        log.seal()

        told = sentences(check(log, late))

        # The rule is the record of that second, and Ada's completion that of the next.
        assert f"leaves out the person {ADA}, of whom it was required: no completion is on record." in told
        assert answer["counts"]["qualified"] == 1

    def test_that_was_erased_leaves_its_row_open(self, check):
        log, answer = works()
        log.erase(log.records[11])
        log.seal()

        report = check(log, answer)

        assert report.result == "verified", sentences(report)
        assert "Rows of the answer whose records were erased, or need other clocks (1)." in report.not_checked

    def test_that_was_erased_after_the_answer_leaves_the_check_incomplete_for_who_was_qualified_by_it(self, check):
        log, answer = works()
        log.erase(log.records[10])
        log.seal()

        report = check(log, answer)

        assert (report.result, report.findings) == ("incomplete", [])
        assert "records that they name were erased after the answer was given" in report.incomplete

    def test_that_was_erased_before_the_answer_qualifies_nobody(self, check):
        log, _ = works()
        log.erase(log.records[11])
        rows = [log.row(person, log.records[10 + n], qualified=n < 2) for n, person in enumerate((ADA, BEN, CLEO))]
        answer = log.answer(rows)
        log.seal()

        told = sentences(check(log, answer))

        assert f"The answer calls Ben Okafor ({BEN}) qualified; what it names for that had been erased before." in told

    def test_that_waits_leaves_the_check_incomplete(self, check):
        log = Works()
        log.require()
        log.seal()
        waits = log.complete(ADA, AT - timedelta(days=1))
        row = log.row(ADA, waits, valid_until="2026-12-19T12:00:00+00:00")
        answer = log.answer([row, log.row(BEN, qualified=False), log.row(CLEO, qualified=False)])
        bundle = log.bundle_2()
        log.waiting.remove(waits)
        log.seal()
        log.take(waits)

        for each, why in ((log.bundle_2(), "Rows of the answer cannot be derived (1)"), (bundle, "answer was given")):
            report = check(log, answer, each)
            assert (report.result, report.findings) == ("incomplete", [])
            assert why in report.incomplete
            assert "ake the bundle again when" in report.incomplete

    def test_in_an_archive_beside_what_was_sealed_proves_nothing(self, tmp_path):
        log, _ = works()
        month = instant(AT)[:7]
        forged = Works(name="forger").complete(BEN, AT - timedelta(days=2))
        log.archive(tmp_path / "month.zip", month)
        log.waiting.clear()
        with zipfile.ZipFile(tmp_path / "month.zip") as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["records"] += records_part([(11, forged)])
        sha256 = hashlib.sha256(write_zip(tmp_path / "month.zip", parts).read_bytes()).hexdigest()
        new = {"records": len(log.removed), "sha256": sha256, "format": "andante-archive/1"}
        log.audit("month-archived", f"month:{month}", new=new)
        log.seal()
        asked = Asked("drive", AT, None)

        path = log.bundle_2().write(tmp_path / "bundle.zip")
        report = verify(str(path), question=asked, archives=[str(tmp_path / "month.zip")])

        assert report.result == "tampered"
        assert [one["person"] for one in report.qualified if one["qualified"]] == [str(ADA)]

    def test_whose_record_was_changed_proves_nothing(self, check):
        log, answer = works()
        bundle = log.bundle_2()
        body = log.records[11].body.replace(OLD.encode(), NEW.encode())
        bundle.records[11] = (11, changed(log.records[11], body=body))
        of(answer, BEN)["qualified"] = "yes"

        told = sentences(check(log, answer, bundle))

        assert "Record number 11" in told
        assert "The answer calls Ben Okafor" in told


class TestWhereSomebodyWorked:
    def test_is_not_left_open_because_somebody_else_s_record_was_erased(self, check):
        log, _ = works()
        log.erase(log.records[11])
        stranger = uuid5(SEED, "stranger")
        row = {**log.row(ADA, log.records[10]), "person": str(stranger), "name": "Stranger"}
        answer = log.answer([row])
        log.seal()

        told = sentences(check(log, answer))

        assert f"calls Stranger ({stranger}) qualified; by the records, there is no place of work on record" in told

    def test_is_told_by_the_last_word_about_a_day(self, check):
        log, answer = works()
        log.place(ADA, "2026-11-01", status="left")
        log.seal()

        assert "they did not work here then" in sentences(check(log, answer)).splitlines()[0]

    def test_is_not_told_by_a_day_that_is_yet_to_come(self, check):
        log, answer = works()
        log.place(ADA, "2026-11-21", status="left")
        log.seal()

        assert check(log, answer).result == "verified"

    def test_decides_whether_it_was_theirs(self, check):
        log, answer = works()
        log.place(ADA, "2026-11-01", job="clerk")
        log.seal()

        assert "demanded “yes”; the records say “no”" in sentences(check(log, answer))

    def test_on_clocks_that_this_machine_does_not_know_leaves_the_check_incomplete(self, check):
        log = Works()
        new = {"path": "mars", "name": "Mars", "kind": "site", "time_zone": "Mars/Olympus"}
        log.at(AT - timedelta(days=90), "unit-created", f"unit:{CLEO}", new=new)
        log.place(ADA, "2026-02-01", unit=str(CLEO))
        log.require(audience={"job": ["driver"]})
        record = log.complete(ADA, AT - timedelta(days=1))
        log.seal()
        rows = [log.row(ADA, record), *(log.row(person, qualified=False) for person in (BEN, CLEO))]
        answer = log.answer(rows)
        log.seal()

        report = check(log, answer)

        assert (report.result, report.findings) == ("incomplete", [])
        assert "(1): they need clocks that are not known on this machine" in report.incomplete
        assert any("clocks are not known on this machine (Mars/Olympus)" in told for told in report.not_checked)

    def test_on_a_python_without_clocks_is_left_open(self, check, monkeypatch):
        monkeypatch.setitem(sys.modules, "zoneinfo", None)
        log = Works()
        new = {"path": "cork", "name": "Cork", "kind": "site", "time_zone": "Europe/Dublin"}
        log.at(AT - timedelta(days=90), "unit-created", f"unit:{CLEO}", new=new)
        log.place(ADA, "2026-02-01", unit=str(CLEO))
        log.require()
        log.seal()
        answer = log.answer([log.row(person, qualified=False) for person in (ADA, BEN, CLEO)])
        log.seal()

        report = check(log, answer)

        assert report.result == "verified", sentences(report)
        assert any("Europe/Dublin" in told for told in report.not_checked)


class TestTheRule:
    def test_of_a_form_that_is_not_known_calls_nobody_qualified(self, check):
        log, answer = works()
        log.require(2, validity={"weeks": 1})
        log.seal()

        assert "The answer calls Ada Quinn" in (told := sentences(check(log, answer)))
        assert "by the records, the requirement cannot be read by this program" in told

    def test_for_an_audience_of_a_form_that_is_not_known_leaves_open_whose_it_was(self, check):
        log = Works()
        log.require(form={"audience": {"star sign": ["leo"]}})
        record = log.complete(ADA, AT - timedelta(days=9))
        log.seal()
        answer = log.answer([log.row(ADA, record, valid_until="2026-12-11T12:00:00+00:00")])
        log.seal()

        report = check(log, answer)

        assert report.result == "verified", sentences(report)
        assert any("by a rule not known here (1)" in told for told in report.not_checked)

    @pytest.mark.parametrize(
        ("audience", "theirs"),
        [
            ({"all": []}, True),
            ({"any": []}, False),
            ({"not": {"job": ["driver"]}}, False),
            ({"site": ["dublin"]}, True),
            ({"unit": ["dublin/line"]}, False),
            ({"any": [{"unit": ["dublin/line-4"]}, {"job": ["x"]}]}, True),
            ({"all": [{"site": ["dublin"]}, {"shift": ["night"]}]}, False),
        ],
    )
    def test_says_whose_it_was(self, check, audience, theirs):
        log = Works()
        log.require(form={"audience": audience})
        log.seal()
        rows = [log.row(person, qualified=False) for person in (ADA, BEN, CLEO)] if theirs else []
        answer = log.answer(rows)
        log.seal()

        assert check(log, answer).result == "verified"

    @pytest.mark.parametrize(
        ("completed", "validity", "until"),
        [
            ((2026, 1, 31, 8), (1, 0, 0), (2026, 2, 28, 8)),
            ((2024, 2, 29, 8), (12, 0, 0), (2025, 2, 28, 8)),
            ((2025, 11, 30, 8), (1, 0, 0), (2025, 12, 30, 8)),
            ((2025, 12, 31, 8), (1, 0, 0), (2026, 1, 31, 8)),
            ((2026, 1, 31, 8), (1, 1, 5), (2026, 3, 1, 13)),
        ],
    )
    def test_counts_on_the_calendar(self, completed, validity, until):
        assert valid_until(datetime(*completed, tzinfo=UTC), validity) == datetime(*until, tzinfo=UTC)


class TestAFileThatIsNoAnswer:
    GOOD = works()[1]

    @pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 10_000, b'{"rows": 1}'])
    def test_is_told(self, data):
        with pytest.raises(Unreadable, match="not readable JSON"):
            read_answer(data)

    @pytest.mark.parametrize("form", [None, 1, "andante-answer/2", []])
    def test_of_another_format_is_told(self, form):
        with pytest.raises(Unreadable, match="this program knows andante-answer/1 only"):
            read_answer(json.dumps({**self.GOOD, "format": form}).encode())

    @pytest.mark.parametrize(
        "values",
        [
            {"question": None},
            {"question": {}},
            {"question": {**GOOD["question"], "at": "x"}},
            {"question": {**GOOD["question"], "person": "x"}},
            {"rows": None},
            {"rows": [1]},
            {"rows": [{}]},
            {"rows": [{**GOOD["rows"][0], "person": None}]},
            {"rows": [{**GOOD["rows"][0], "name": []}]},
            {"counts": None},
            {"csv_sha256": None},
        ],
    )
    def test_in_another_form_is_told(self, values):
        with pytest.raises(Unreadable, match="does not have the form"):
            read_answer(json.dumps({**self.GOOD, **values}).encode())


class TestFactsOfAnyShape:
    @pytest.mark.parametrize(
        "action", ["unit-created", "person-created", "person-changed", "placed", "evidence-exported"]
    )
    @pytest.mark.parametrize(
        "values", [{}, {"new": None}, {"new": []}, {"subject": 1}, {"new": {"unit": 1}, "timestamp": "x"}]
    )
    def test_do_not_break_the_check(self, check, action, values):
        log, answer = works()
        log.audit(action, **{"subject": f"person:{ADA}", **values})
        log.seal()

        assert check(log, answer).result == "verified"

    @pytest.mark.parametrize("action", ["requirement-applied", "requirement-resolved", "requirement-withdrawn"])
    @pytest.mark.parametrize("new", [None, [], {}, {"requirement": "drive"}, {"requirement": "drive", "revision": "x"}])
    def test_about_requirements_call_nobody_qualified_at_most(self, check, action, new):
        log, answer = works()
        log.audit(action, "requirement:drive", new=new)
        log.seal()

        assert check(log, answer).result in {"verified", "tampered"}


class TestTheCommand:
    @pytest.fixture
    def path(self, tmp_path):
        log, answer = works()
        (tmp_path / "answer.json").write_text(json.dumps(answer))
        return str(log.bundle_2().write(tmp_path / "bundle.zip"))

    def test_takes_an_answer(self, path, tmp_path, capsys):
        assert main([path, "--answer", str(tmp_path / "answer.json")]) == 0
        assert "Each of 3 rows of the answer" in capsys.readouterr().out

    def test_lists_who_was_qualified(self, path, capsys):
        assert main([path, "--qualified", "drive", "--at", "2026-11-20T13:00:00+01:00"]) == 0
        told = capsys.readouterr().out
        assert "Who was qualified for drive at 2026-11-20 12:00:00 UTC, as known in this bundle" in told
        assert f"  yes  Ada Quinn ({ADA}): completed 2026-11-11 12:00:00 UTC, version {NEW}" in told
        assert f"  no   Ben Okafor ({BEN}): what they completed is of a version that does not count;" in told

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--qualified", "drive"],
            ["--at", "2026-11-20T13:00:00Z"],
            ["--qualified", "drive", "--at", "2026-11-20T13:00:00"],
            ["--qualified", "drive", "--at", "yesterday"],
            ["--answer", "/nowhere"],
            ["--answer", __file__],
        ],
    )
    def test_says_what_is_missing(self, path, arguments):
        with pytest.raises(SystemExit) as ended:
            main([path, *arguments])

        assert ended.value.code == 2
