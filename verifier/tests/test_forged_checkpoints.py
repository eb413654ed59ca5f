"""A checkpoint that was removed, changed or invented is found, however many there are."""

from dataclasses import replace

from verifier.tests.forging import log_with_another_key, name, rewritten, sentences
from verifier.tests.small_log import small_log


class TestACheckpoint:
    def test_removed_from_the_middle_is_named(self, check, log):
        bundle = log.bundle()
        del bundle.checkpoints[1]

        assert sentences(check(bundle)) == (
            "A checkpoint was removed or changed: the one over 5 names 3 as its previous size, but 2 stands before it."
        )

    def test_removed_from_the_middle_so_that_the_others_fit_is_named_to_whoever_kept_it(self, check, log):
        """To nobody else, and the page says so: that one checkpoint follows another is not signed."""
        bundle = log.bundle()
        first, removed, last = bundle.checkpoints
        bundle.checkpoints = [first, replace(last, previous=first.size)]

        assert sentences(check(bundle, own=removed.note)) == (
            "Your checkpoint, over 3 records, is not among those of the bundle: it was removed."
        )
        assert check(bundle, own=first.note).result == "verified"

    def test_removed_from_the_end_leaves_records_that_nothing_vouches_for(self, check, log):
        bundle = log.bundle()
        del bundle.checkpoints[2]

        told = sentences(check(bundle))

        assert name(log, 3) in told
        assert name(log, 4) in told

    def test_signed_with_another_key_is_named(self, check, log):
        bundle = log.bundle()
        bundle.checkpoints[2] = log_with_another_key().sign(5, 3, root=bundle.checkpoints[2].root)

        assert "The checkpoint over 5 records is signed with another key" in sentences(check(bundle))

    def test_whose_signature_was_moved_from_another_is_named(self, check, log):
        bundle = log.bundle()
        text = bundle.checkpoints[2].note.split(b"\n\n")[0]
        line = bundle.checkpoints[1].note.split(b"\n\n")[1]
        bundle.checkpoints[2] = replace(bundle.checkpoints[2], note=text + b"\n\n" + line)

        assert sentences(check(bundle)) == "The checkpoint over 5 records was changed: the log's key did not sign it."

    def test_whose_time_was_changed_is_named(self, check, log):
        bundle = log.bundle()
        bundle.checkpoints[0] = replace(
            bundle.checkpoints[0], note=bundle.checkpoints[0].note.replace(b"2026-11", b"2025-11")
        )

        assert sentences(check(bundle)) == "The checkpoint over 2 records was changed: the log's key did not sign it."

    def test_with_a_root_that_the_log_never_had_is_named_and_not_the_records(self, check, log):
        bundle = log.bundle()
        bundle.checkpoints[1] = log.sign(3, 2, root=bytes(32))

        assert sentences(check(bundle)) == (
            "The checkpoint over 3 records was changed: it holds a root that the log never had."
        )

    def test_that_claims_more_than_there_is_without_a_signature_does_not_hide_behind_missing_records(self, check, log):
        bundle = log.bundle()
        forged = log.sign(900, 5, root=bytes(32))
        bundle.checkpoints.append(replace(forged, note=forged.note.replace(b"2026-11", b"2025-11")))

        assert sentences(check(bundle)) == "The checkpoint over 900 records was changed: the log's key did not sign it."

    def test_over_more_records_than_there_are_is_a_log_cut_back(self, check, log):
        bundle = log.bundle()
        bundle.checkpoints.append(log.sign(7, 5, root=bytes(32)))

        told = sentences(check(bundle))

        assert "Record number 5 (id not known) was removed from the tree" in told
        assert "Record number 6 (id not known) was removed from the tree" in told

    def test_of_a_size_that_is_there_already_is_found(self, check, log):
        bundle = log.bundle()
        bundle.checkpoints.append(bundle.checkpoints[-1])

        assert "inserted or reordered" in sentences(check(bundle))

    def test_none_of_which_is_left_is_found(self, check, log):
        bundle = log.bundle()
        bundle.checkpoints = []

        assert sentences(check(bundle)) == ("Every checkpoint was removed: nothing vouches for the records any more.")


class TestManyCheckpoints:
    def test_beyond_the_limit_are_checked_by_root_and_that_is_said(self, check, monkeypatch):
        monkeypatch.setattr("verifier.andante_verify.SIGNATURES_BY_DEFAULT", 3)
        log = small_log((1,) * 8)

        report = check(log.bundle())

        assert report.result == "verified"
        assert any("The signatures of the other 5 checkpoints" in sentence for sentence in report.not_checked)

    def test_are_all_checked_when_that_is_wanted(self, check, monkeypatch):
        monkeypatch.setattr("verifier.andante_verify.SIGNATURES_BY_DEFAULT", 3)
        bundle = small_log((1,) * 8).bundle()
        old = bundle.checkpoints[1]
        bundle.checkpoints[1] = replace(old, note=old.note.replace(b"2026-11", b"2025-11"))

        assert check(bundle).result == "verified"
        assert sentences(check(bundle, all_signatures=True)) == (
            "The checkpoint over 2 records was changed: the log's key did not sign it."
        )

    def test_forged_to_fit_a_forged_record_do_not_mislead_about_which_it_is(self, check, monkeypatch):
        monkeypatch.setattr("verifier.andante_verify.SIGNATURES_BY_DEFAULT", 3)
        log = small_log((1,) * 8)
        bundle = rewritten(log, 1)
        log.records[1] = bundle.records[1][1]
        for place in (1, 2, 3):
            forged = log.sign(place + 1, place)
            bundle.checkpoints[place] = replace(forged, note=forged.note.replace(b"2026-11", b"2025-11"))

        told = sentences(check(bundle))

        assert f"number 1 (id {log.records[1].id})" in told
        assert "over 2 records was changed" in told
