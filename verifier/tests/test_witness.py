"""The witness signs what extends what it has seen, and nothing else. Each test names what is tried."""

import base64
import hashlib
import stat
import threading
import time
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidSignature

from verifier.andante_witness import MOST_REFUSED
from verifier.tests.small_log import Signer, SmallLog, small_log
from verifier.tests.watched_log import Program, call, consistency, cosigned_at, request, submission

pytestmark = pytest.mark.slow


@pytest.fixture
def log() -> SmallLog:
    return small_log((2, 1, 2))


@pytest.fixture
def start(tmp_path) -> Iterator:
    """Start the witness on the folder of this test, however often."""
    started: list[Program] = []

    def _start(*arguments: str, before: str = "") -> Program:
        started.append(Program.start(tmp_path / "witness", *arguments, before=before))
        return started[-1]

    yield _start
    for program in started:
        program.stop()


@pytest.fixture
def witness(start, log) -> Program:
    return start("--log", log.key)


def rewritten(size: int) -> SmallLog:
    """The same log under its own key, in which everybody has passed."""
    forged = SmallLog()
    for _ in range(size - 1):
        forged.state("passed")
    forged.seal()
    return forged


def evidence(witness: Program) -> list[str]:
    return [path.read_text() for path in sorted(witness.folder.glob("*/refused/*.txt"))]


class TestAnExtension:
    def test_is_signed_from_nothing_and_from_each_checkpoint(self, witness, log):
        old = 0
        for checkpoint in log.checkpoints:
            answer = witness.post(submission(log, old, checkpoint))

            assert answer.status == 200, answer
            assert abs(cosigned_at(answer.text, witness.key, checkpoint.note) - time.time()) < 60
            old = checkpoint.size

    def test_is_signed_again_when_nothing_was_added(self, witness, log):
        witness.post(submission(log, 0))

        answer = witness.post(submission(log, log.checkpoints[-1].size))

        assert answer.status == 200
        assert cosigned_at(answer.text, witness.key, log.checkpoints[-1].note)

    def test_may_bear_signatures_of_others(self, witness, log):
        others = "— somebody.example/else AAAAAAAA\n".encode()

        answer = witness.post(request(0, [], log.checkpoints[-1].note + others))

        assert answer.status == 200
        assert "somebody" not in witness.get(f"/{origin_hash(log)}/checkpoint").text

    def test_is_there_to_be_read_for_everybody(self, witness, log):
        line = witness.post(submission(log, 0)).text

        answer = witness.get(f"/{origin_hash(log)}/checkpoint")

        assert (answer.status, answer.text) == (200, log.checkpoints[-1].note.decode() + line)


class TestARewrittenLog:
    def test_is_refused_and_kept_as_proof(self, witness, log):
        witness.post(submission(log, 0))
        forged = rewritten(7)

        answer = witness.post(submission(forged, 5))

        assert answer.status == 422
        (kept,) = evidence(witness)
        assert forged.checkpoints[-1].note.decode() in kept
        assert log.checkpoints[-1].note.decode() in kept

    def test_of_the_same_length_is_refused_and_kept_as_proof(self, witness, log):
        witness.post(submission(log, 0))

        assert witness.post(submission(rewritten(5), 5)).status == 422
        assert "another root for the same number" in evidence(witness)[0]

    def test_that_is_submitted_again_and_again_is_kept_once(self, witness, log):
        witness.post(submission(log, 0))
        for _ in range(3):
            witness.post(submission(rewritten(7), 5))

        assert len(evidence(witness)) == 1

    def test_leaves_no_more_proof_than_there_is_room_for(self, witness, log):
        witness.post(submission(log, 0))
        (folder,) = witness.folder.glob("*/keys")
        (folder.parent / "refused").mkdir()
        for number in range(MOST_REFUSED):
            (folder.parent / "refused" / f"{number}.txt").write_text("earlier")

        assert witness.post(submission(rewritten(7), 5)).status == 422
        assert len(evidence(witness)) == MOST_REFUSED


class TestACutOffLog:
    def test_is_refused(self, witness, log):
        witness.post(submission(log, 0))

        answer = witness.post(submission(log, 3, log.checkpoints[1]))

        assert (answer.status, answer.kind, answer.text) == (409, "text/x.tlog.size", "5\n")

    def test_is_refused_when_it_claims_that_we_know_more_than_it_has(self, witness, log):
        witness.post(submission(log, 0))

        assert witness.post(request(5, [], log.checkpoints[0].note)).status == 400

    def test_that_went_on_is_kept_as_proof(self, witness, log):
        """Cut back to 2 records, then signed anew at 3, at a later time than what we know."""
        witness.post(submission(log, 0))
        later = log.sign(3, 2)
        text = later.note.rpartition(b"\n\n")[0].replace(b"16:45:03", b"17:45:03") + b"\n"
        signature = base64.b64encode(log.key_id + log.private.sign(text)).decode()

        assert witness.post(request(5, [], text + f"\n— {log.origin} {signature}\n".encode())).status == 400
        assert "fewer records than before" in evidence(witness)[0]

    def test_replayed_from_an_old_checkpoint_changes_nothing(self, witness, log):
        for old, checkpoint in zip((0, 2, 3), log.checkpoints, strict=True):
            witness.post(submission(log, old, checkpoint))

        assert witness.post(submission(log, 0, log.checkpoints[0])).status == 409
        assert log.checkpoints[-1].note.decode() in witness.get(f"/{origin_hash(log)}/checkpoint").text
        assert evidence(witness) == []


class TestARequest:
    def test_of_a_log_that_is_not_known_is_refused(self, witness):
        other = SmallLog(name="another")
        other.seal()

        assert witness.post(submission(other, 0)).status == 404

    def test_that_nobody_signed_whom_we_trust_is_refused(self, witness):
        thief = SmallLog(key_name="a thief's")
        thief.seal()

        assert witness.post(submission(thief, 0)).status == 403

    def test_whose_signature_is_not_that_of_its_text_is_refused(self, witness, log):
        note = log.checkpoints[-1].note.replace(b"16:45", b"16:46")

        assert witness.post(request(0, [], note)).status == 403
        assert witness.get(f"/{origin_hash(log)}/checkpoint").status == 404

    def test_with_a_proof_from_nothing_is_refused(self, witness, log):
        assert witness.post(request(0, [bytes(32)], log.checkpoints[0].note)).status == 422

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda _body: b"",
            lambda _body: b"\xff" * 50,
            lambda body: body[: len(body) // 2],
            lambda body: body.replace(b"old 0", b"old 00"),
            lambda body: body.replace(b"old 0", b"old -1"),
            lambda body: body.replace(b"old 0", b"old 9223372036854775808000"),
            lambda body: body.replace(b"old 0\n", b"old 0\n" + b"AAAA\n"),
            lambda body: body.replace(b"old 0\n", b"old 0\n" + 64 * (base64.b64encode(bytes(32)) + b"\n")),
            lambda body: body.replace(b"\n\nandante", b"\nandante"),
            lambda body: body.replace("—".encode(), b"-"),
            lambda body: body + b"more",
            lambda body: body.replace(b"\n5\n", b"\n05\n"),
            lambda body: body.replace(b"\n5\n", b"\n\x005\n"),
            lambda body: body.rpartition(b"\n\n")[0] + b"\n\n",
        ],
    )
    def test_that_is_none_is_refused_and_harms_nothing(self, witness, log, spoil):
        assert witness.post(spoil(submission(log, 0))).status == 400
        assert witness.post(submission(log, 0)).status == 200

    def test_that_is_too_long_is_not_read(self, witness):
        assert witness.post(b"x" * 70_000).status == 400

    def test_to_another_place_is_not_found(self, witness, log):
        assert witness.post(submission(log, 0), path="/other").status == 404
        assert witness.get("/../witness-key/checkpoint").status == 404
        assert witness.get("/").status == 404


class TestTwoAtOnce:
    def test_never_take_the_newest_checkpoint_back(self, witness, log):
        """All come from nothing. Whichever is first, the others are told its size and none of them undoes it."""
        for _ in range(3):
            log.state()
            log.seal()
        answers = []

        def submit(checkpoint):
            answers.append(witness.post(submission(log, 0, checkpoint)))

        threads = [threading.Thread(target=submit, args=[checkpoint]) for checkpoint in log.checkpoints * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        (taken,) = [answer for answer in answers if answer.status == 200]
        (size,) = {int(answer.text) for answer in answers if answer.status == 409}
        (first,) = [checkpoint for checkpoint in log.checkpoints if checkpoint.size == size]
        assert len(answers) == len(threads)
        assert cosigned_at(taken.text, witness.key, first.note)


class TestAWitnessThatIsKilled:
    def test_before_it_could_answer_remembers_what_it_signed(self, start, log):
        """The disk has the checkpoint, the log has no answer: it asks again and is told."""
        folder = "import os, signal; replace = os.replace\n"
        kill = "def then(a, b):\n replace(a, b)\n if str(b).endswith('newest'): os.kill(os.getpid(), signal.SIGKILL)\n"
        dying = start("--log", log.key, before=f"{folder}{kill}os.replace = then")
        with pytest.raises(OSError, match=r"(?i)closed|reset"):
            dying.post(submission(log, 0, log.checkpoints[1]))

        witness = start()

        assert witness.key == dying.key
        assert witness.post(submission(log, 0, log.checkpoints[1])).text == "3\n"
        assert witness.post(submission(log, 3)).status == 200

    def test_before_the_checkpoint_was_on_disk_has_not_signed_it(self, start, log):
        kill = "import os, signal; os.replace = os.rename = lambda a, b, **_: os.kill(os.getpid(), signal.SIGKILL)"
        start("--log", log.key).stop()
        dying = start(before=kill)
        with pytest.raises(OSError, match=r"(?i)closed|reset"):
            dying.post(submission(log, 0))

        assert start().post(submission(log, 0)).status == 200

    def test_whose_memory_was_damaged_signs_nothing(self, start, log):
        witness = start("--log", log.key)
        witness.post(submission(log, 0, log.checkpoints[0]))
        (newest,) = witness.folder.glob("*/newest")
        newest.write_bytes(newest.read_bytes()[:-40])

        assert witness.post(submission(log, 2)).status == 500


class TestItsKey:
    def test_is_made_once_and_for_its_user_alone(self, start, log, tmp_path):
        first = start("--log", log.key, "--name", "quality.example/witness")
        first.stop()

        assert first.key.startswith("quality.example/witness+")
        assert start().key == first.key
        assert stat.S_IMODE((tmp_path / "witness/witness-key").stat().st_mode) == 0o600

    def test_that_others_can_read_is_not_used(self, start, log, tmp_path):
        start("--log", log.key).stop()
        (tmp_path / "witness/witness-key").chmod(0o644)

        done = call("show", "--folder", tmp_path / "witness")

        assert done.returncode == 2
        assert "chmod 600" in done.stderr

    @pytest.mark.parametrize("content", ["", "PRIVATE+KEY+a+00000000+AAAA\n", "nothing"])
    def test_that_was_damaged_is_not_replaced(self, start, log, tmp_path, content):
        start("--log", log.key).stop()
        (tmp_path / "witness/witness-key").write_text(content)

        with pytest.raises(AssertionError, match="Restore it"):
            start()


class TestAChangedKeyOfTheLog:
    @pytest.fixture
    def after(self, log) -> SmallLog:
        """The same log after a change of its key."""
        changed = small_log((2, 1, 2))
        changed.signers = [(-1, Signer.of(changed.origin, 1, "the next"))]
        changed.state()
        changed.seal()
        return changed

    def test_is_refused_until_somebody_says_that_it_is_right(self, witness, log, after, tmp_path):
        witness.post(submission(log, 0))
        assert witness.post(submission(after, 5)).status == 403

        done = call("trust", "--folder", tmp_path / "witness", after.key)

        assert done.returncode == 0, done.stderr
        assert "fingerprint" in done.stdout
        assert witness.post(submission(after, 5)).status == 200

    def test_ends_the_key_before(self, witness, log, after, tmp_path):
        """Between the two the old key still counts: it signs the first checkpoint that covers the change."""
        witness.post(submission(log, 0, log.checkpoints[1]))
        call("trust", "--folder", tmp_path / "witness", after.key)
        assert witness.post(submission(log, 3)).status == 200
        assert witness.post(submission(after, 5)).status == 200
        log.state()
        log.state()
        log.seal()

        assert witness.post(request(6, consistency(6, log.entries()), log.checkpoints[-1].note)).status == 403

    def test_at_the_start_is_no_way_past_the_question(self, start, log, after):
        start("--log", log.key).stop()

        with pytest.raises(AssertionError, match="compare fingerprints"):
            start("--log", after.key)

    def test_of_a_log_that_is_not_watched_is_not_taken(self, witness, tmp_path):
        done = call("trust", "--folder", tmp_path / "witness", SmallLog(name="another").key)

        assert done.returncode == 2
        assert "not known here" in done.stderr


class TestShow:
    def test_prints_a_checkpoint_that_the_verifier_takes(self, witness, log, tmp_path):
        from verifier.andante_verify import verify

        witness.post(submission(log, 0))
        done = call("show", "--folder", tmp_path / "witness", "--checkpoint")
        bundle = log.bundle().write(tmp_path / "bundle.zip")

        assert verify(str(bundle), own=done.stdout.encode()).result == "verified"
        assert verify(str(bundle), own=done.stdout.replace("16:45", "16:46").encode()).result == "tampered"

    def test_tells_keys_the_newest_checkpoint_and_what_was_refused(self, witness, log, tmp_path):
        witness.post(submission(log, 0))
        witness.post(submission(rewritten(7), 5))

        said = call("show", "--folder", tmp_path / "witness").stdout

        assert witness.key in said
        assert log.key in said
        assert "5 records, signed here at 20" in said
        assert "REFUSED:          1 notes" in said

    def test_makes_no_witness_where_there_is_none(self, tmp_path):
        done = call("show", "--folder", tmp_path / "nothing")

        assert done.returncode == 2
        assert not (tmp_path / "nothing").exists()


class TestTheCosignature:
    def test_of_one_checkpoint_is_none_of_another(self, witness, log):
        line = witness.post(submission(log, 0)).text

        with pytest.raises(InvalidSignature):
            cosigned_at(line, witness.key, log.checkpoints[0].note)


def origin_hash(log: SmallLog) -> str:
    return hashlib.sha256(log.origin.encode()).hexdigest()
