"""A witness's cosignatures: another party saw a checkpoint, and what it saw must be the beginning of this log."""

import base64

import pytest

from verifier.andante_verify import main, read_key, verify
from verifier.tests.forging import sentences
from verifier.tests.small_log import SmallLog, changed, small_log, witness

WITNESS = witness()
KEY = read_key(WITNESS.key, 4)


@pytest.fixture
def seen():
    """Sealed three times; the witness saw the first two checkpoints."""
    log = SmallLog()
    for time in (1_795_366_901, 1_795_366_902, None):
        log.state()
        log.seal()
        if time:
            log.cosign(WITNESS, time=time)
    return log


class TestAWitness:
    def test_that_saw_checkpoints_vouches_for_the_newest_of_them(self, check, seen):
        report = check(seen.bundle_2(), witness=KEY)

        assert report.result == "verified", sentences(report)
        assert report.summary["witness_saw"] == "2026-11-22 17:01:42 UTC"
        told = "Your witness's checkpoint of 2026-11-22T16:45:03.000000Z, over 3 records, seen 2026-11-22 17:01:42 UTC."
        assert told in report.checked
        assert not any("--checkpoint" in one for one in report.not_checked)

    def test_that_nobody_named_is_counted_only(self, check, seen):
        report = check(seen.bundle_2())

        assert report.result == "verified"
        assert any("that you did not name (2)" in one for one in report.not_checked)

    def test_that_saw_nothing_leaves_the_check_incomplete(self, check, seen):
        report = check(seen.bundle_2(), witness=read_key(witness("other.example.org").key, 4))

        assert report.result == "incomplete"
        assert "Nothing here is cosigned by the witness that you gave." in report.incomplete

    def test_finds_a_log_that_was_rewritten_with_the_same_key(self, check, seen):
        other = SmallLog()
        for record in seen.records[1:]:
            other.waiting.append(changed(record, body=record.body + b" "))
            other.seal()
        other.cosignatures = list(seen.cosignatures)

        assert "your witness did not sign it like this" in sentences(check(other.bundle_2(), witness=KEY))

    def test_finds_a_log_that_was_rewritten_but_for_the_checkpoint_that_it_saw(self, check, seen):
        bundle = seen.bundle_2()
        for number in (1, 2, 3):
            forged = changed(seen.records[number], body=seen.records[number].body + b" ")
            bundle.records[number] = (number, forged)
            bundle.leaves[number] = (number, forged.entry(seen.id))
        rewritten = SmallLog()
        rewritten.records = [record for _, record in bundle.records]
        bundle.checkpoints[2] = rewritten.sign(4, 3)

        report = check(bundle, witness=KEY)

        assert "The log was rewritten: its first 3 records are not those that your witness saw." in sentences(report)


class TestACosignature:
    @pytest.mark.parametrize("part", ["time", "signature"])
    def test_that_was_changed_is_found(self, check, seen, part):
        size, line = seen.cosignatures[1]
        head, text = line.rsplit(" ", 1)
        data = bytearray(base64.b64decode(text))
        data[{"time": 11, "signature": 40}[part]] ^= 1
        seen.cosignatures[1] = (size, f"{head} {base64.b64encode(data).decode()}")

        report = check(seen.bundle_2(), witness=KEY)

        assert "over 3 records or its cosignature was changed" in sentences(report)

    def test_under_another_checkpoint_is_found(self, check, seen):
        size, line = seen.cosignatures[1]
        seen.cosignatures[1] = (size + 1, line)

        assert "did not sign it like this" in sentences(check(seen.bundle_2(), witness=KEY))

    def test_of_a_checkpoint_that_is_not_here_leaves_the_check_incomplete_and_accuses_nobody(self, check, seen):
        """Without the checkpoint nothing tells who wrote the line."""
        seen.cosignatures.append((9, seen.cosignatures[1][1]))

        report = check(seen.bundle_2(), witness=KEY)

        assert (report.result, report.findings) == ("incomplete", [])
        assert report.incomplete.startswith(
            "Lines claim that your witness signed checkpoints which are not here (over 9"
        )

    @pytest.mark.parametrize("line", ["", "x", "— w", "— w AAAA", "— w !!!!", "- w AAAA"])
    def test_that_cannot_be_read_is_found(self, check, seen, line):
        seen.cosignatures.append((4, line))

        assert "cannot be read" in sentences(check(seen.bundle_2()))

    def test_that_is_not_counted_is_found(self, check, seen, tmp_path):
        bundle = seen.bundle_2()
        bundle.cosignatures.pop()

        report = verify(str(bundle.write(tmp_path / "bundle.zip")), witness=KEY)

        assert sentences(report) == "The manifest promises 2 cosignatures; the bundle holds 1."


class TestTheCommand:
    def test_takes_the_witness_s_key(self, seen, tmp_path, capsys):
        path = str(seen.bundle_2().write(tmp_path / "bundle.zip"))

        assert main([path, "--witness", WITNESS.key]) == 0
        assert "Your witness saw it: 2026-11-22 17:01:42 UTC" in capsys.readouterr().out

    @pytest.mark.parametrize("text", ["x", small_log((1,)).key, WITNESS.key[:-4] + "AAA="])
    def test_refuses_what_is_no_witness_s_key(self, seen, tmp_path, capsys, text):
        path = str(seen.bundle_2().write(tmp_path / "bundle.zip"))

        with pytest.raises(SystemExit) as ended:
            main([path, "--witness", text])

        assert ended.value.code == 2
        assert "not a public key of a witness" in capsys.readouterr().err
