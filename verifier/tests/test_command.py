"""The command as an auditor runs it: exit status, report, options; also on the oldest Python that it promises."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.tests.small_log import SmallLog, changed, small_log, write_zip

VERIFIER = Path(__file__).parent.parent / "andante_verify.py"


@pytest.fixture
def log():
    return small_log((2, 1), waiting=1)


@pytest.fixture
def path(log, tmp_path):
    return log.bundle().write(tmp_path / "bundle.zip")


def run(*arguments, python=sys.executable):
    return subprocess.run(
        [python, "-I", str(VERIFIER), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.slow
class TestTheCommand:
    def test_says_verified_and_exits_with_0(self, log, path):
        done = run(path)

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("VERIFIED. The records are exactly those that were sealed.\n")
        assert re.search(r"^Records: +3$", done.stdout, re.MULTILINE)
        assert re.search(r"^First stored: +2026-11-22 16:45:01 UTC$", done.stdout, re.MULTILINE)
        assert re.search(r"^Key's fingerprint: +([0-9a-f]{4} ){15}[0-9a-f]{4}$", done.stdout, re.MULTILINE)
        assert log.key in done.stdout
        assert "Records that wait to be sealed (1)" in done.stdout

    @pytest.mark.parametrize(("forged", "status"), [(False, 0), (True, 1)])
    def test_ends_quietly_where_nobody_reads_on_and_the_status_still_tells(self, log, path, forged, status):
        if forged:
            bundle = log.bundle()
            bundle.records[1] = (1, changed(log.records[1], body=b"{}"))
            bundle.write(path)

        process = subprocess.Popen(
            [sys.executable, "-I", str(VERIFIER), str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        process.stdout.close()  # as `head` does, once it has seen enough

        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait() == status

    def test_says_tampered_where_and_exits_with_1(self, log, path):
        bundle = log.bundle()
        bundle.records[1] = (1, changed(log.records[1], body=b"{}"))

        done = run(bundle.write(path))

        assert done.returncode == 1
        assert done.stdout.startswith("TAMPERED.")
        assert f"Record number 1 (id {log.records[1].id}): its content was changed after it was sealed." in done.stdout

    def test_says_incomplete_why_and_exits_with_2(self, path):
        path.write_bytes(path.read_bytes()[:-30])

        done = run(path)

        assert done.returncode == 2
        assert done.stdout.startswith("INCOMPLETE.")
        assert "cut off" in done.stdout

    def test_reports_as_json(self, log, path):
        bundle = log.bundle()
        bundle.records[1] = (1, changed(log.records[1], body=b"{}"))

        told = json.loads(run(bundle.write(path), "--json").stdout)

        assert told["format"] == "andante-verification/1"
        assert told["result"] == "tampered"
        assert told["findings"] == [
            {
                "what": "record",
                "numbers": [1],
                "ids": [str(log.records[1].id)],
                "sentence": f"Record number 1 (id {log.records[1].id}): its content was changed after it was sealed.",
            }
        ]
        assert told["summary"]["records"] == 3

    def test_prints_no_control_characters_of_the_bundle(self, path):
        log = SmallLog()
        log.iri = "https://learn.example.org/\x1b[2J\u202elog"
        log.waiting = []
        log.audit("log-opened", f"log:{log.id}", new={"iri": log.iri, "origin": log.origin, "key": log.key})
        log.seal()

        done = run(log.bundle().write(path))

        assert done.returncode == 0
        assert "\x1b" not in done.stdout
        assert "\u202e" not in done.stdout

    def test_ends_with_2_where_its_own_output_breaks(self, path):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, str(VERIFIER), str(path)], stdout=full, stderr=subprocess.PIPE, check=False
            )

        assert done.returncode == 2


@pytest.mark.slow
class TestTheKey:
    def test_that_is_the_log_s_is_said_to_be_checked(self, log, path):
        done = run(path, "--key", log.key)

        assert done.returncode == 0
        assert "The key that you gave." in done.stdout

    def test_that_is_another_is_tampered(self, path):
        done = run(path, "--key", SmallLog(key_name="other").key)

        assert done.returncode == 1
        assert "The log's key is not the one that you gave" in done.stdout

    @pytest.mark.parametrize("text", ["x", "a+b+c", "andante/x+00000000+AAAA"])
    def test_that_is_none_is_refused(self, path, text):
        done = run(path, "--key", text)

        assert done.returncode == 2
        assert "not a public key" in done.stderr

    @pytest.mark.parametrize("place", range(10))
    def test_with_any_part_changed_is_none(self, log, path, place):
        places = [0, 8, 20, 45, 46, 50, 54, 60, 80, len(log.key) - 2]
        changed = list(log.key)
        changed[places[place]] = "0" if changed[places[place]] != "0" else "1"

        assert run(path, "--key", "".join(changed)).returncode == 2


@pytest.mark.slow
class TestTheAuditorSCheckpoint:
    def test_is_kept_and_given_the_next_time(self, log, path, tmp_path):
        kept = tmp_path / "kept.txt"
        done = run(path, "--keep", kept)
        assert done.returncode == 0
        assert f"Kept for next time: the newest checkpoint, in {kept}" in done.stdout
        assert kept.read_bytes() == log.checkpoints[-1].note
        log.seal()

        done = run(log.bundle().write(path), "--checkpoint", kept)

        assert done.returncode == 0
        assert "Your own checkpoint of 2026-11-22T16:45:03.000000Z, over 3 records." in done.stdout

    def test_is_not_kept_from_a_log_that_was_tampered_with(self, log, path, tmp_path):
        bundle = log.bundle()
        del bundle.records[1]

        assert run(bundle.write(path), "--keep", tmp_path / "kept.txt").returncode == 1
        assert not (tmp_path / "kept.txt").exists()

    def test_is_never_overwritten(self, path, tmp_path):
        kept = tmp_path / "kept.txt"
        kept.write_text("an earlier one")

        assert run(path, "--keep", kept).returncode == 2
        assert kept.read_text() == "an earlier one"

    def test_is_read_with_the_line_ends_of_windows(self, log, path, tmp_path):
        (tmp_path / "own.txt").write_bytes(log.checkpoints[0].note.replace(b"\n", b"\r\n") + b"\r\n")

        assert run(path, "--checkpoint", tmp_path / "own.txt").returncode == 0

    @pytest.mark.parametrize("content", [b"", b"hello", b"\xff" * 5000])
    def test_that_is_none_makes_it_incomplete(self, path, tmp_path, content):
        (tmp_path / "own.txt").write_bytes(content)

        done = run(path, "--checkpoint", tmp_path / "own.txt")

        assert done.returncode == 2
        assert "Your checkpoint file cannot be read" in done.stdout

    def test_that_is_not_there_is_refused(self, path, tmp_path):
        done = run(path, "--checkpoint", tmp_path / "none.txt")

        assert done.returncode == 2
        assert "cannot be opened" in done.stderr

    def test_with_a_changed_signature_is_tampered(self, log, path, tmp_path):
        note = log.checkpoints[0].note
        (tmp_path / "own.txt").write_bytes(note.replace(b"2026-11", b"2025-11"))

        assert run(path, "--checkpoint", tmp_path / "own.txt").returncode == 1


class TestALongBundle:
    """Above a size, a second process reads the records; the answers are the same."""

    @pytest.fixture
    def beside(self, monkeypatch):
        monkeypatch.setattr("verifier.andante_verify.WORTH_A_PROCESS", 0)
        monkeypatch.setattr("os.cpu_count", lambda: 2)

    @staticmethod
    def verify(path):
        from verifier.andante_verify import verify

        return verify(str(path))

    def test_is_verified(self, beside, path):
        report = self.verify(path)

        assert (report.result, report.summary["records"]) == ("verified", 3)

    def test_is_found_tampered(self, beside, log, path):
        bundle = log.bundle()
        bundle.records[2] = (2, changed(log.records[2], salt=log.records[2].salt + b"\0"))

        report = self.verify(bundle.write(path))

        assert [one.numbers for one in report.findings] == [[2]]

    @pytest.mark.parametrize("lost", [1, 60, 200])
    def test_that_ends_in_the_middle_is_not_verified(self, beside, log, path, lost):
        members = log.bundle().members()

        report = self.verify(write_zip(path, {**members, "records": members["records"][:-lost]}))

        assert report.incomplete == "The part “records” ends in the middle."
        assert report.result != "verified"

    def test_with_a_wrong_checksum_is_damaged(self, beside, path):
        content = bytearray(path.read_bytes())
        content[content.index(b"answered")] ^= 1
        path.write_bytes(content)

        assert "damaged" in self.verify(path).damaged

    def test_whose_second_process_dies_is_incomplete(self, beside, path, monkeypatch):
        monkeypatch.setattr("sys.executable", shutil.which("false"))

        report = self.verify(path)

        assert report.result == "incomplete"


class TestTheFile:
    def test_is_written_in_the_language_of_python_3_8(self):
        ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 8))

    def test_imports_the_standard_library_only(self):
        imported = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(VERIFIER.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        }

        assert imported <= set(sys.stdlib_module_names)

    @pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.12", "3.13"])
    def test_runs_on_another_python_where_it_is_installed(self, log, path, version):
        places = (Path("/usr/bin"), *Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin"))
        python = next((place / f"python{version}" for place in places if (place / f"python{version}").exists()), None)
        if python is None:
            pytest.skip(f"Python {version} is not installed")
        (path.parent / "own.txt").write_bytes(log.checkpoints[0].note)

        done = run(path, "--checkpoint", path.parent / "own.txt", python=python)

        assert (done.returncode, done.stderr) == (0, "")
