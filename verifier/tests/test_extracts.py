"""Receipts and people's extracts: each record is proven by itself, and whatever was changed shows."""

import base64
import json
from uuid import UUID

import pytest

from verifier.andante_verify import main, read_key, verify
from verifier.tests.forging import sentences
from verifier.tests.small_log import Signer, SmallLog, changed, witness

ADA = UUID("01930000-0000-7000-8000-000000000001")
BEN = UUID("01930000-0000-7000-8000-000000000002")
WITNESS = witness()


def ada_s_log(**values):
    """Record 0 opened it; 1, 3, 5 and 6 are about Ada, 2 about Ben; 4 changed the key; sealed after 3, 5 and 8."""
    log = SmallLog(**values)
    log.learn(ADA)
    log.learn(BEN)
    log.seal()
    log.learn(ADA, "completed")
    log.rotate("second")
    log.seal()
    log.audit("placed", f"person:{ADA}")
    log.learn(ADA)
    log.state()
    log.seal()
    return log


@pytest.fixture
def log():
    return ada_s_log()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "extract.json"


@pytest.fixture
def check(path):
    def _check(extract, **arguments):
        path.write_text(json.dumps(extract, indent=1, ensure_ascii=False), encoding="utf-8")
        return verify(str(path), **arguments)

    return _check


def of_ada(log, **values):
    return log.extract(1, 3, 5, 6, person=ADA, **values)


class TestAReceipt:
    def test_is_verified_and_says_what_it_is_of(self, check, log):
        report = check(log.extract(3))

        assert report.result == "verified", sentences(report) or report.incomplete
        assert report.summary["record"] == f"number 3 (id {log.records[3].id})"
        assert report.summary["content"] == log.records[3].body.decode()
        assert report.newest == log.checkpoints[-1].note

    @pytest.mark.parametrize("number", range(8))
    def test_of_any_record_is_verified(self, check, log, number):
        assert check(log.extract(number)).result == "verified"

    def test_of_the_only_record_of_a_log_is_verified(self, check):
        log = SmallLog()
        log.seal()

        assert check(log.extract(0)).result == "verified"

    def test_of_an_erased_record_shows_that_it_was_there_and_that_it_was_erased(self, check, log):
        log.erase(log.records[3])
        log.seal()

        report = check(log.extract(3, 8))

        assert report.result == "verified", sentences(report)
        assert (report.summary["records"], report.summary["erased"]) == (2, 1)

    def test_of_an_erasure_is_verified(self, check, log):
        log.erase(log.records[3])
        log.seal()

        assert check(log.extract(8)).result == "verified"

    def test_that_is_long_says_where_its_content_was_cut(self, check):
        log = SmallLog()
        long = log.take(log.record(1, {"pad": "x" * 10_000, "result": "failed"}))
        log.seal()

        content = check(log.extract(1)).summary["content"]

        assert content.startswith(long.body.decode()[:10_000])
        assert content.endswith(f"… (cut, {len(long.body) - 10_000} more characters)")

    def test_says_who_did_what_when_and_that_ids_name_nobody(self, check):
        log = SmallLog()
        log.learn(ADA, "completed", object={"id": "urn:log/course/spills"}, timestamp="2026-11-22T16:45:00Z")
        log.audit("placed", f"person:{ADA}", why="Moved.\x1b[2J")
        log.seal()

        did, placed = check(log.extract(1)), check(log.extract(2))

        assert [did.summary[name] for name in ("who", "what", "about", "happened", "why")] == [
            f"person {ADA}",
            "completed",
            "urn:log/course/spills",
            "2026-11-22T16:45:00Z",
            None,
        ]
        assert "Whose ids these are: most records hold ids in the place of names." in " ".join(did.not_checked)
        assert placed.summary["who"] == "cli:test"
        assert (placed.summary["what"], placed.summary["about"]) == ("placed", f"person:{ADA}")
        assert placed.summary["why"] == "Moved.?[2J"

    @pytest.mark.parametrize(
        "odd", [{"actor": []}, {"actor": {"account": 3}}, {"verb": "completed"}, {"object": [1]}, {"timestamp": 7}]
    )
    def test_says_no_more_in_words_than_the_record_does(self, check, odd):
        log = SmallLog()
        log.learn(ADA, **odd)
        log.seal()

        assert check(log.extract(1)).result == "verified"

    def test_of_one_record_speaks_of_one(self, check, log):
        assert "Content, time and place of the one record, up to the sealed root." in check(log.extract(3)).checked

    def test_of_two_records_is_none(self, check, log):
        assert "A receipt is of one record; this one holds 2." in check(log.extract(1, 3)).incomplete


class TestAPersonSExtract:
    def test_is_verified_and_says_that_it_may_not_be_all(self, check, log):
        report = check(of_ada(log))

        assert report.result == "verified", sentences(report)
        assert (report.summary["person"], report.summary["records"]) == (str(ADA), 4)
        assert any(told.startswith("Whether every record of the person is here") for told in report.not_checked)
        assert any("somebody else is shown another log" in told for told in report.not_checked)

    @pytest.mark.parametrize("number", [0, 2, 7])
    def test_holds_nothing_about_others(self, check, log, number):
        report = check(log.extract(number, person=ADA))

        assert f"number {number} (id {log.records[number].id}) does not concern the person" in sentences(report)

    def test_with_an_erased_record_holds_the_record_that_says_so(self, check, log):
        log.erase(log.records[3])
        log.seal()

        assert check(log.extract(1, 3, 8, person=ADA)).result == "verified"
        assert "no record here says that it was erased" in sentences(check(log.extract(1, 3, person=ADA)))
        assert "which is not in this extract" in sentences(check(log.extract(1, 8, person=ADA)))

    def test_without_any_record_is_incomplete(self, check, log):
        assert check(log.extract(person=ADA)).incomplete == "The extract holds no record."

    def test_of_a_statement_in_another_system_s_name_for_somebody_is_refused(self, check):
        log = SmallLog()
        log.learn(ADA, actor={"account": {"homePage": "https://elsewhere.example.org", "name": str(ADA)}})
        log.seal()

        assert "does not concern the person" in sentences(check(log.extract(1, person=ADA)))


class TestAForgedRecord:
    @pytest.mark.parametrize(
        "values",
        [
            {"body": "{}"},
            {"stored": 1},
            {"kind": 2},
            {"id": str(BEN)},
            {"number": 2},
            {"salt": base64.b64encode(bytes(32)).decode()},
        ],
        ids=lambda values: next(iter(values)),
    )
    def test_does_not_lead_to_the_root(self, check, log, values):
        extract = log.extract(3)
        extract["records"][0].update(values)

        report = check(extract)

        assert report.result == "tampered"
        assert "does not lead to the sealed root" in sentences(report)

    def test_with_another_s_proof_does_not_lead_to_the_root(self, check, log):
        extract = of_ada(log)
        first, second = extract["records"][:2]
        first["proof"], second["proof"] = second["proof"], first["proof"]

        assert sentences(check(extract)).count("does not lead to the sealed root") == 2

    def test_that_is_said_to_be_erased_does_not_lose_its_entry(self, check, log):
        log.erase(log.records[3])
        log.seal()
        extract = log.extract(3, 8)
        entry = bytearray(base64.b64decode(extract["records"][0]["entry"]))
        entry[50] ^= 1
        extract["records"][0]["entry"] = base64.b64encode(entry).decode()

        assert "does not lead to the sealed root" in sentences(check(extract))

    @pytest.mark.parametrize("person", [None, ADA])
    def test_that_spells_an_action_with_escapes_erases_nothing(self, check, log, person):
        eraser = log.erase(log.records[3])
        log.waiting = [changed(eraser, body=eraser.body.replace(b"record-erased", b"record\\u002derased"))]
        log.seal()

        assert "no record here says that it was erased" in sentences(check(log.extract(3, 8, person=person)))

    @pytest.mark.parametrize("order", [(3, 1), (3, 3)])
    def test_out_of_order_or_twice_is_told(self, check, log, order):
        assert "out of order, or one twice" in check(log.extract(*order, person=ADA)).incomplete


class TestTheKeys:
    def test_of_the_log_are_all_listed(self, check, log):
        assert [one["key"] for one in check(log.extract(3)).summary["keys"]] == [one.key for _, one in log.signers]

    @pytest.mark.parametrize("which", [0, 1])
    def test_may_be_given_each(self, check, log, which):
        assert check(log.extract(3), key=read_key(log.signers[which][1].key)).result == "verified"

    def test_are_not_a_stranger_s(self, check, log):
        stranger = Signer.of(log.origin, 1, "stranger")

        assert "is not the one that you gave" in sentences(check(log.extract(3), key=read_key(stranger.key)))

    def test_of_a_log_that_was_made_anew_are_others(self, check, log):
        report = check(ada_s_log(key_name="other").extract(3), key=read_key(log.key))

        assert "is not the one that you gave" in sentences(report)

    def test_without_the_change_leave_the_checkpoint_unsigned(self, check, log):
        extract = log.extract(3)
        del extract["keys"][1]

        assert "is not signed with this log's key" in sentences(check(extract))

    def test_without_the_first_record_tell_nothing(self, check, log):
        extract = log.extract(3)
        del extract["keys"][0]

        assert "nothing tells which key signs it" in sentences(check(extract))

    def test_that_were_changed_without_the_old_key_count_as_a_forgery(self, check):
        log = SmallLog()
        log.seal()
        log.rotate("second", endorsement=Signer.of("x", 1, "y").sign("x"))
        log.seal()
        log.state()
        log.seal()

        told = sentences(check(log.extract(2)))

        assert f"Record number 1 (id {log.records[1].id}) claims to change the log's key" in told
        assert "is not signed with this log's key" in told

    def test_are_not_changed_by_a_record_that_spells_that_with_escapes(self, check):
        log = SmallLog()
        log.seal()
        log.rotate("second")
        log.waiting = [changed(one, body=one.body.replace(b"key-rotated", b"key\\u002drotated")) for one in log.waiting]
        log.seal()
        log.state()
        log.seal()
        extract = log.extract(2)
        extract["keys"].append(log.proven(1))

        assert "it does not have the form of a change" in sentences(check(extract))

    def test_that_retired_long_ago_sign_no_checkpoint(self, check):
        log = SmallLog()
        for name in ("second", "third"):
            log.rotate(name)
            log.seal()
            log.state()
            log.seal()
        extract = log.extract(2)
        text = extract["checkpoint"].split("\n\n")[0] + "\n"
        extract["checkpoint"] = f"{text}\n{log.signers[0][1].line(text)}\n"

        assert "is not signed with this log's key" in sentences(check(extract))

    def test_leave_the_check_incomplete_where_the_old_one_signed_the_change(self, check, log):
        """Whoever kept the old key can make such a file, from the public records of the log and any others."""
        forged = SmallLog()
        forged.records, forged.waiting = log.records[:3], []
        forged.checkpoints, forged.made = [log.checkpoints[0]], 50
        record = forged.learn(BEN, "passed")
        forged.take(log.records[4])
        forged.seal()
        own = log.checkpoints[0].note
        for key in (None, *(read_key(one.key) for _, one in log.signers)):
            report = check(forged.extract(3, since=3), key=key, own=own)

            assert (report.result, report.summary["record"]) == ("incomplete", f"number 3 (id {record.id})")
            assert "signed while the key was being changed" in report.incomplete
            assert ("The key that you gave." in report.checked) == (key == read_key(log.key))

    def test_of_another_log_are_refused(self, check, log):
        extract = log.extract(3)
        other = SmallLog("other")
        extract["log"]["iri"] = "https://elsewhere.example.org/log"

        assert "nothing tells which key signs it" in sentences(check(extract))
        extract["log"] = {"id": str(other.id), "iri": other.iri, "origin": other.origin}
        assert check(extract).result == "tampered"


class TestTheAuditorSCheckpoint:
    @pytest.mark.parametrize("seen", [0, 1])
    def test_is_shown_to_be_the_beginning(self, check, log, seen):
        own = log.checkpoints[seen]

        report = check(of_ada(log, since=own.size), own=own.note)

        assert report.result == "verified", sentences(report)
        assert f"over {own.size} records." in " ".join(report.checked)

    def test_may_be_this_one(self, check, log):
        assert check(log.extract(3), own=log.checkpoints[-1].note).result == "verified"

    def test_without_a_proof_from_it_leaves_the_check_incomplete(self, check, log):
        for extract in (log.extract(3), log.extract(3, since=2)):
            report = check(extract, own=log.checkpoints[0].note)

            assert report.result == "incomplete"
            assert "together with a proof from the size 3" in report.incomplete

    def test_that_is_newer_leaves_the_check_incomplete(self, check, log):
        extract = log.extract(3)
        log.state()

        report = check(extract, own=log.seal().note)

        assert report.result == "incomplete"
        assert "This file is older than your checkpoint, which saw 9 records; it speaks of 8." in report.incomplete

    def test_finds_a_log_that_was_rewritten(self, check, log):
        other = ada_s_log()
        other.records[1] = changed(other.records[1], body=other.records[1].body + b" ")
        other.checkpoints = [other.sign(3, 0), other.sign(5, 3), other.sign(8, 5)]

        for own, since in ((log.checkpoints[0], 3), (log.checkpoints[2], None)):
            told = sentences(check(other.extract(3, since=since), own=own.note))
            assert told == f"The log was rewritten: its first {own.size} records are not those of your checkpoint."

    def test_of_another_log_or_key_is_told(self, check, log):
        other, forged = SmallLog("other"), ada_s_log(key_name="other")
        other.seal()

        assert "is of another log" in sentences(check(log.extract(3), own=other.checkpoints[0].note))
        assert "is not signed with this log's key" in sentences(check(log.extract(3), own=forged.checkpoints[0].note))


class TestTheWitness:
    @pytest.fixture
    def extract(self, log):
        log.cosign(WITNESS)
        log.cosign(witness("another.example.org"))
        return log.extract(3)

    def test_vouches_for_the_checkpoint(self, check, extract):
        report = check(extract, witness=read_key(WITNESS.key, 4))

        assert report.result == "verified"
        assert report.summary["witness_saw"] == "2026-11-22 17:01:40 UTC"
        assert not any("another log" in told for told in report.not_checked)

    def test_that_did_not_see_it_leaves_the_check_incomplete(self, check, log):
        assert check(log.extract(3), witness=read_key(WITNESS.key, 4)).result == "incomplete"

    def test_whose_line_was_changed_is_found(self, check, extract):
        line = extract["cosignatures"][0]
        extract["cosignatures"][0] = line[:-9] + ("A" if line[-9] != "A" else "B") + line[-8:]

        assert check(extract, witness=read_key(WITNESS.key, 4)).result == "tampered"


class TestTheCommand:
    def test_reads_an_extract_like_a_bundle(self, check, log, path, tmp_path, capsys):
        check(log.extract(3))
        kept = tmp_path / "kept.txt"

        assert main([str(path), "--keep", str(kept)]) == 0
        told = capsys.readouterr().out
        assert told.startswith("VERIFIED.")
        assert f"Record:             number 3 (id {log.records[3].id})" in told
        assert "Word for word:      {" in told
        assert "Keys of this log, each vouched for by the one before" in told
        assert kept.read_bytes() == log.checkpoints[-1].note

    def test_reports_as_json(self, check, log, path, capsys):
        check(of_ada(log))

        assert main([str(path), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["summary"]["kind"] == "person"

    def test_refuses_archives(self, check, log, path):
        check(log.extract(3))

        assert "are for bundles" in verify(str(path), archives=["x"]).incomplete
