"""Extracts that want to break the verifier: it says that they cannot be read, in a sentence and in little memory."""

import json
import re
import tracemalloc

import pytest

from verifier.andante_verify import verify
from verifier.tests.extract_cases import ADA, learned

GOOD = learned().extract(1, 3, person=ADA, since=3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "extract.json"


@pytest.fixture
def told(path):
    """Why the text is incomplete."""

    def _told(text):
        path.write_bytes(text if isinstance(text, bytes) else json.dumps(text).encode())
        report = verify(str(path))
        assert report.result == "incomplete", [one.sentence for one in report.findings]
        assert re.match(r"[A-Z].*\.$", report.incomplete), report.incomplete
        assert "Error" not in report.incomplete
        return report.incomplete

    return _told


class TestAText:
    @pytest.mark.parametrize(
        "text",
        [
            b"{",
            b"{}x",
            b"{]",
            b'{"format"}',
            b'{"format":}',
            b'{"format" "andante-extract/1"}',
            b'{"format":"andante-extract/1",}',
            b'{"format":"andante-extract/1" "scope":1}',
            b'{,"format":"andante-extract/1"}',
            b'{"format":"andante-extract/1","format":"andante-extract/1"}',
            b'{"format":"andante-extract/1\\',
            b'{"\\"',
            b'{"a":"' + b"\\" * 1001 + b'"',
            b"{" * 100_000,
            b'{"a":' * 50_000,
            b'{"format": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"\xff": 1}',
            b'{1: 2, "format": 3}',
        ],
    )
    def test_that_is_no_json_is_told(self, told, text):
        assert "not readable JSON" in told(text)

    @pytest.mark.parametrize("form", [None, "x", 1, "andante-extract/2", "andante-bundle/1", [], {}])
    def test_of_another_format_is_told(self, told, form):
        assert "this program knows andante-extract/1 only" in told({**GOOD, "format": form})

    @pytest.mark.parametrize("name", [name for name in GOOD if name != "format"])
    def test_that_lacks_a_part_is_told(self, told, name):
        assert "the parts of an extract" in told({part: value for part, value in GOOD.items() if part != name})

    def test_that_holds_a_part_more_is_told(self, told):
        assert "the parts of an extract" in told({**GOOD, "more": 1})

    def test_with_members_without_end_is_told(self, told):
        assert "not readable JSON" in told({str(number): number for number in range(100_000)})

    @pytest.mark.parametrize(
        "name", [name for name in GOOD if name not in {"format", "records", "keys", "cosignatures"}]
    )
    @pytest.mark.parametrize("value", [1, "x", [], {}, {"id": 1}, True, "é", [None]])
    def test_with_a_part_in_another_form_is_told(self, told, name, value):
        assert "does not have the form" in told({**GOOD, name: value})

    @pytest.mark.parametrize("name", ["records", "keys", "cosignatures"])
    @pytest.mark.parametrize("value", [1, "x", {}, None])
    def test_with_a_list_that_is_none_is_told(self, told, name, value):
        assert "not readable JSON" in told({**GOOD, name: value})

    @pytest.mark.parametrize("number", [b"1e999", b"NaN", b"-Infinity", b"1" * 5000, b"0.5", b"-1", b"true", b"9" * 25])
    def test_with_a_number_that_is_none_is_told(self, told, number):
        text = json.dumps(GOOD).encode()

        told(text.replace(b'"number": 1,', b'"number": ' + number + b",", 1))

    @pytest.mark.parametrize(
        "values",
        [
            {"body": 1},
            {"body": "\ud800"},
            {"body": None},
            {"salt": None},
            {"salt": "AAAA"},
            {"salt": "é"},
            {"id": "x"},
            {"id": None},
            {"proof": None},
            {"proof": ["x"]},
            {"proof": ["AAAA"]},
            {"proof": ["A" * 43 + "="] * 65},
            {"stored": 1 << 63},
            {"kind": 256},
            {"more": 1},
            {"number": 1 << 62},
        ],
    )
    def test_with_a_record_in_another_form_is_told(self, told, values):
        extract = json.loads(json.dumps(GOOD))
        extract["records"][0].update(values)

        assert "is no record, in place 1" in told(extract)

    @pytest.mark.parametrize("record", [1, None, [], {}, "x"])
    def test_with_something_else_than_a_record_is_told(self, told, record):
        assert "is no record, in place 1" in told({**GOOD, "records": [record]})


@pytest.mark.slow
class TestABomb:
    @pytest.mark.parametrize(
        "part",
        [b"[" + b"[]," * 60_000 + b"[]]", b"[{}" + b",{}" * 60_000 + b"]", b'"' + b"\\n" * 100_000 + b'"'],
    )
    @pytest.mark.parametrize("name", [b"records", b"scope", b"log", b"checkpoint"])
    def test_is_refused_in_little_memory(self, told, name, part):
        rest = {key: value for key, value in GOOD.items() if key != name.decode()}
        text = json.dumps(rest).encode()[:-1] + b', "' + name + b'": ' + part + b"}"
        tracemalloc.start()

        told(text)

        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2_000_000

    def test_of_records_without_end_is_refused(self, told, monkeypatch):
        monkeypatch.setattr("verifier.andante_verify.MOST_RECORDS", 1)

        assert "more records than any extract has" in told(GOOD)

    def test_that_is_too_long_is_not_read(self, told, monkeypatch):
        monkeypatch.setattr("verifier.andante_verify.LONGEST_EXTRACT", 1000)

        assert "longer than any extract" in told(GOOD)

    def test_in_a_body_is_not_unfolded(self, path):
        extract = json.loads(json.dumps(GOOD))
        extract["records"][0]["body"] = "[" * 1_000_000
        path.write_text(json.dumps(extract))

        assert verify(str(path)).result == "incomplete"


class TestACosignature:
    @pytest.mark.parametrize("line", [None, 1, [], {}, "", "x", "\ud800"])
    def test_that_is_none_is_found(self, path, line):
        path.write_text(json.dumps({**GOOD, "cosignatures": [line]}))

        report = verify(str(path))

        assert report.result == "tampered"
        assert [one.what for one in report.findings] == ["witness"]


class TestWhatIsPrinted:
    def test_holds_no_control_characters_of_the_file(self, path, capsys):
        from verifier.andante_verify import main
        from verifier.tests.small_log import SmallLog

        log = SmallLog()
        log.take(log.record(1, {"verb": "\x1b[2J\u202e"}))
        body = log.waiting[-1].body.replace(b"\\u001b", b"\x1b").replace(b"\\u202e", "\u202e".encode())
        from verifier.tests.small_log import changed

        log.waiting[-1] = changed(log.waiting[-1], body=body)
        log.seal()
        path.write_text(json.dumps(log.extract(1)), encoding="utf-8")

        assert main([str(path)]) == 0
        said = capsys.readouterr().out
        assert "\x1b" not in said
        assert "\u202e" not in said


class TestCosignaturesWithoutEnd:
    def test_are_not_read_beyond_what_any_extract_has(self, path):
        path.write_text(json.dumps({**GOOD, "cosignatures": [""] * 5_000}))

        report = verify(str(path))

        assert len(report.findings) + report.more == 1_000
        assert "more cosignatures than any extract has" in report.incomplete
