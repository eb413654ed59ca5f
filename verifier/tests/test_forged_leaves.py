"""A leaf that was removed, rewritten or inserted is found, and the finding names its record."""

import pytest

from verifier.tests.forging import name, rewritten, sentences
from verifier.tests.small_log import STRAY, SmallLog, small_log


class TestALeaf:
    def test_that_is_missing_is_named_with_the_record_that_its_tile_tells(self, check, long_log):
        bundle = long_log.bundle()
        del bundle.leaves[300], bundle.records[300]
        bundle.unsealed = [(STRAY, long_log.records[300], None)]

        report = check(bundle)

        assert name(long_log, 300) in sentences(report)
        assert [one.what for one in report.findings] == ["stray", "leaf"]

    def test_that_was_rewritten_together_with_its_record_is_named_by_its_tile(self, check, long_log):
        bundle = rewritten(long_log, 200)

        report = check(bundle)

        assert sentences(report) == (
            f"Record {name(long_log, 200)}: its leaf in the tree is not the one that was sealed."
        )

    def test_that_was_rewritten_with_its_record_and_its_tile_is_among_the_named(self, check, log):
        report = check(rewritten(log, 3))

        assert name(log, 3) in sentences(report)
        assert name(log, 4) in sentences(report)
        assert name(log, 2) not in sentences(report)

    def test_that_was_rewritten_alone_in_its_batch_is_named_alone(self, check, log):
        report = check(rewritten(log, 2))

        assert sentences(report) == f"Record {name(log, 2)}: its leaf in the tree is not the one that was sealed."

    def test_beyond_the_newest_checkpoint_is_named(self, check, log):
        bundle = log.bundle()
        extra = log.waiting[0]
        bundle.leaves.append((5, extra.entry(log.id)))
        bundle.records.append((5, extra))
        del bundle.unsealed[0]

        report = check(bundle)

        assert sentences(report) == (
            f"Record number 5 (id {extra.id}) was inserted in the tree after the newest checkpoint was signed."
        )

    def test_of_another_log_is_named(self, check, log):
        bundle = log.bundle()
        bundle.leaves[3] = (3, log.records[3].entry(SmallLog("other").id))

        assert f"Record {name(log, 3)}: its leaf is not one of this log." in sentences(check(bundle))

    @pytest.mark.parametrize("length", [0, 1, 73, 75])
    def test_of_another_length_is_named(self, check, log, length):
        bundle = log.bundle()
        bundle.leaves[3] = (3, (bundle.leaves[3][1] + b"x")[:length])

        report = check(bundle)

        assert report.result == "tampered"
        assert "number 3 (id " in sentences(report)

    def test_far_behind_a_gap_ends_the_check_and_not_the_machine(self, check, log):
        bundle = log.bundle()
        bundle.leaves[4] = (2**62, bundle.leaves[4][1])

        assert check(bundle).result == "tampered"

    def test_with_a_negative_number_is_found(self, check, log):
        bundle = log.bundle()
        bundle.leaves.insert(0, (-1, bundle.leaves[4][1]))

        assert "A leaf was inserted or reordered: number -1" in sentences(check(bundle))

    def test_that_the_sealer_was_made_to_seal_twice_is_named(self, check):
        """Validly signed, but a record has one leaf."""
        log = small_log((2, 1))
        log.take(log.records[1])
        log.seal()

        report = check(log.bundle())

        assert sentences(report) == (
            f"The record with the id {log.records[1].id} stands more than once: as number 1 and as number 3."
        )
