"""A log whose key was changed: which key must have signed what, and who may not pretend to change it."""

import pytest

from verifier.andante_verify import read_key
from verifier.tests.forging import sentences
from verifier.tests.small_log import Signer, SmallLog, changed


@pytest.fixture
def rotated():
    """Opened and sealed, record 2 changes the key, sealed, and sealed twice more."""
    log = SmallLog()
    log.state()
    log.seal()
    log.rotate("second")
    log.seal()
    for _ in range(2):
        log.state()
        log.seal()
    return log


def resign(bundle, index, log, signer):
    """The same checkpoint, signed by somebody else."""
    old = bundle.checkpoints[index]
    text = old.note.decode().split("\n\n")[0] + "\n"
    bundle.checkpoints[index] = changed(old, note=f"{text}\n{signer.line(text)}\n".encode())
    return bundle


class TestAChangedKey:
    def test_is_followed(self, check, rotated):
        report = check(rotated.bundle_2())

        assert report.result == "verified", sentences(report)
        assert [(one["key"], one["since_record"]) for one in report.summary["keys"]] == [
            (signer.key, max(number, 0)) for number, signer in rotated.signers
        ]
        assert "That each of the 2 keys was vouched for by the one before." in report.checked

    def test_twice_is_followed(self, check, rotated):
        rotated.rotate("third")
        rotated.seal()
        rotated.state()
        rotated.seal()

        assert len(check(rotated.bundle_2()).summary["keys"]) == 3
        assert check(rotated.bundle_2(), all_signatures=True).result == "verified"

    @pytest.mark.parametrize("which", [0, 1])
    def test_makes_each_key_of_the_log_one_that_the_auditor_may_give(self, check, rotated, which):
        report = check(rotated.bundle_2(), key=read_key(rotated.signers[which][1].key))

        assert report.result == "verified"
        assert "The key that you gave." in report.checked

    @pytest.mark.parametrize("seen", range(4))
    def test_leaves_every_earlier_checkpoint_of_the_auditor_good(self, check, rotated, seen):
        assert check(rotated.bundle_2(), own=rotated.checkpoints[seen].note).result == "verified"

    @pytest.mark.parametrize("which", [None, 0, 1])
    def test_leaves_the_check_incomplete_until_the_new_key_has_signed(self, check, which):
        log = SmallLog()
        log.rotate("second")
        log.seal()
        key = None if which is None else read_key(log.signers[which][1].key)

        report = check(log.bundle_2(), key=key)

        assert (report.result, report.findings) == ("incomplete", [])
        assert "signed while the key was being changed" in report.incomplete
        assert len(report.summary["keys"]) == 2
        assert ("The key that you gave." in report.checked) == (which == 0)

    def test_in_a_bundle_of_version_1_is_another_key(self, check, rotated):
        assert "is signed with another key" in sentences(check(rotated.bundle()))


class TestTheWrongKey:
    @pytest.mark.parametrize("index", [2, 3])
    def test_is_the_old_one_after_the_change(self, check, rotated, index):
        report = check(resign(rotated.bundle_2(), index, rotated, rotated.signers[0][1]))

        assert "is signed with a key that was not in force then" in sentences(report)

    def test_is_the_old_one_although_no_checkpoint_knows_the_new_one(self, check, rotated):
        bundle = rotated.bundle_2()
        for index in (2, 3):
            resign(bundle, index, rotated, rotated.signers[0][1])

        assert sentences(check(bundle)).count("not in force then") == 2

    @pytest.mark.parametrize("index", [0, 1])
    def test_is_the_new_one_before_the_change(self, check, rotated, index):
        report = check(resign(rotated.bundle_2(), index, rotated, rotated.signers[1][1]))

        assert "is signed with a key that was not in force then" in sentences(report)

    def test_is_a_stranger_s(self, check, rotated):
        stranger = Signer.of(rotated.origin, 1, "stranger")

        assert "is signed with another key" in sentences(check(resign(rotated.bundle_2(), 3, rotated, stranger)))
        assert "not the one that you gave" in sentences(check(rotated.bundle_2(), key=read_key(stranger.key)))

    def test_is_one_whose_signature_is_another_s(self, check, rotated):
        bundle = rotated.bundle_2()
        note = bundle.checkpoints[3].note.replace(b"2026", b"2025", 1)
        bundle.checkpoints[3] = changed(bundle.checkpoints[3], note=note)

        assert "the log's key did not sign it" in sentences(check(bundle))


class TestARetiredKey:
    """Somebody kept the old key, and knows the public records: the first one, and the one that changed the key."""

    @pytest.fixture
    def forged(self, rotated):
        """A log that the old key alone made, with the true change of key in it."""
        log = SmallLog()
        log.waiting, log.made = [rotated.records[0]], 50
        for _ in range(3):
            log.state("passed")
        log.take(rotated.records[2])
        log.seal()
        return log

    @pytest.mark.parametrize("all_signatures", [True, False])
    def test_proves_nothing_to_whom_gives_the_new_one(self, check, rotated, forged, all_signatures):
        report = check(forged.bundle_2(), key=read_key(rotated.signers[1][1].key), all_signatures=all_signatures)

        assert report.result == "incomplete"
        assert "The key that you gave." not in report.checked

    def test_proves_nothing_to_whom_compares_fingerprints(self, check, forged):
        assert check(forged.bundle_2()).result == "incomplete"

    def test_cannot_go_on_after_the_change(self, check, forged):
        forged.state()
        forged.seal()

        assert "not in force then" in sentences(check(forged.bundle_2()))


class TestAForgedChange:
    """Anybody who may write records can write one that claims to change the key."""

    @staticmethod
    def verdict(check, **forged):
        log = SmallLog()
        log.seal()
        log.rotate("second", **forged)
        log.signers.pop()
        log.seal()
        log.state()
        log.seal()
        return sentences(check(log.bundle_2()))

    def test_without_the_old_key_s_signature_counts_as_a_forgery(self, check):
        stranger = Signer.of("x", 1, "stranger")

        told = self.verdict(check, endorsement=stranger.sign("x"))

        assert told.startswith("Record number 1 (id ")
        assert told.endswith("the old key did not sign it: it changes nothing and counts as a forgery.")

    def test_without_the_new_key_s_signature_counts_as_a_forgery(self, check):
        assert "the new key did not sign it" in self.verdict(check, possession=Signer.of("x", 1, "y").sign("x"))

    def test_of_another_key_than_the_one_in_force_counts_as_a_forgery(self, check):
        stranger = Signer.of(SmallLog().origin, 1, "stranger")

        assert "was not the one in force" in self.verdict(check, old=stranger.key)

    @pytest.mark.parametrize("value", ["x", "é", "AB=="])
    def test_without_form_counts_as_a_forgery(self, check, value):
        assert "it does not have the form of a change" in self.verdict(check, endorsement=value)

    @pytest.mark.parametrize(
        "values",
        [
            {"old": {}, "new": {}},
            {"old": None, "new": []},
            {"old": {"key": 1}, "new": {"key": None}},
            {"subject": "log:x"},
        ],
    )
    def test_of_any_shape_counts_as_a_forgery(self, check, values):
        log = SmallLog()
        log.audit("key-rotated", **{"subject": f"log:{log.id}", **values})
        log.seal()

        assert "it does not have the form of a change" in sentences(check(log.bundle_2()))

    def test_to_a_key_that_was_used_before_counts_as_a_forgery(self, check, rotated):
        rotated.rotate(rotated.key_name)
        rotated.signers.pop()
        rotated.seal()

        assert "was used before" in sentences(check(rotated.bundle_2()))

    def test_that_is_the_second_between_two_checkpoints_counts_as_a_forgery(self, check):
        log = SmallLog()
        log.seal()
        log.rotate("second")
        log.rotate("third")
        log.signers.pop()
        log.seal()
        log.state()
        log.seal()

        assert "changed once already" in sentences(check(log.bundle_2()))

    def test_that_was_changed_after_it_was_sealed_is_told_as_changed(self, check, rotated):
        bundle = rotated.bundle_2()
        forged = changed(rotated.records[2], body=rotated.records[2].body.replace(b"cli:test", b"cli:else"))
        bundle.records[2] = (2, forged)

        assert "Record number 2" in sentences(check(bundle))

    def test_that_was_removed_leaves_the_new_key_a_stranger_s(self, check, rotated):
        bundle = rotated.bundle_2()
        del bundle.records[2]

        told = sentences(check(bundle))

        assert "Record number 2 (id" in told
        assert "is signed with another key" in told
