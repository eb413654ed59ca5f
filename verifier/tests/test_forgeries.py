"""Every removal, repetition and exchange of an entry of a bundle is found, and the finding names the record."""

import hashlib
import json
from dataclasses import replace

import pytest

from verifier.andante_verify import read_key, verify
from verifier.tests.small_log import AUDIT, STRAY, Bundle, SmallLog, changed, small_log

PARTS = ("leaves", "records", "unsealed", "tiles", "checkpoints")


@pytest.fixture(scope="module")
def log():
    return small_log((2, 1, 2), waiting=2)


@pytest.fixture(scope="module")
def long_log():
    """With two full tiles, sealed in batches whose ends lie apart from the tiles'."""
    return small_log((100, 300, 120))


@pytest.fixture
def check(tmp_path):
    def _check(bundle: Bundle, **arguments):
        return verify(str(bundle.count_again().write(tmp_path / "bundle.zip")), **arguments)

    return _check


def sentences(report):
    return "\n".join(one.sentence for one in report.findings)


def name(log, number):
    return f"number {number} (id {log.records[number].id})"


class TestASoundBundle:
    @pytest.mark.parametrize(
        "batches", [(1,), (2, 1, 2), (1, 1, 1, 1, 1, 1, 1), (255,), (256,), (257,), (250, 12, 250, 1)]
    )
    def test_is_verified_however_it_was_sealed(self, check, batches):
        report = check(small_log(batches).bundle())

        assert (report.result, report.findings) == ("verified", [])
        assert report.summary["records"] == sum(batches)

    def test_is_verified_with_records_that_wait(self, check, log):
        report = check(log.bundle())

        assert report.result == "verified"
        assert report.summary["waiting"] == 2


class TestAnyEntry:
    """Systematically: whatever is taken out, doubled or moved, wherever it stands."""

    @staticmethod
    def places(bundle, part):
        return range(len(getattr(bundle, part)))

    @pytest.mark.parametrize("part", ["leaves", "records", "checkpoints"])
    def test_that_is_taken_out_is_found(self, check, log, part):
        for place in self.places(log.bundle(), part):
            bundle = log.bundle()
            del getattr(bundle, part)[place]

            assert check(bundle).result == "tampered", (part, place)

    @pytest.mark.parametrize("part", PARTS)
    def test_that_is_doubled_is_found(self, check, log, long_log, part):
        sound = long_log if part == "tiles" else log
        for place in self.places(sound.bundle(), part):
            bundle = sound.bundle()
            entries = getattr(bundle, part)
            entries.insert(place, entries[place])

            assert check(bundle).result == "tampered", (part, place)

    @pytest.mark.parametrize("part", ["leaves", "records", "checkpoints", "tiles"])
    def test_that_changes_places_with_another_is_found(self, check, log, long_log, part):
        sound = long_log if part == "tiles" else log
        count = len(getattr(sound.bundle(), part))
        for one in range(count):
            for other in range(one):
                bundle = sound.bundle()
                entries = getattr(bundle, part)
                entries[one], entries[other] = entries[other], entries[one]

                assert check(bundle).result == "tampered", (part, one, other)

    @pytest.mark.parametrize("part", ["leaves", "records"])
    def test_that_changes_places_under_the_other_s_number_is_found_and_named(self, check, log, part):
        for one in range(5):
            for other in range(one):
                bundle = log.bundle()
                entries = getattr(bundle, part)
                entries[one], entries[other] = (one, entries[other][1]), (other, entries[one][1])
                report = check(bundle)

                assert report.result == "tampered"
                assert f"number {one} (id " in sentences(report)
                assert f"number {other} (id " in sentences(report)

    def test_of_the_tiles_that_is_taken_out_is_found(self, check, long_log):
        for place in range(2):
            bundle = long_log.bundle()
            del bundle.tiles[place]

            assert sentences(check(bundle)) == f"A tile was removed: level 0, index {place}."


class TestALeaf:
    def test_that_is_missing_is_named_with_the_record_that_its_tile_tells(self, check, long_log):
        bundle = long_log.bundle()
        del bundle.leaves[300], bundle.records[300]
        bundle.unsealed = [(STRAY, long_log.records[300], None)]

        report = check(bundle)

        assert name(long_log, 300) in sentences(report)
        assert [one.what for one in report.findings] == ["stray", "leaf"]

    def test_that_was_rewritten_together_with_its_record_is_named_by_its_tile(self, check, long_log):
        bundle = self.rewritten(long_log, 200)

        report = check(bundle)

        assert sentences(report) == (
            f"Record {name(long_log, 200)}: its leaf in the tree is not the one that was sealed."
        )

    def test_that_was_rewritten_with_its_record_and_its_tile_is_among_the_named(self, check, log):
        report = check(self.rewritten(log, 3))

        assert name(log, 3) in sentences(report)
        assert name(log, 4) in sentences(report)
        assert name(log, 2) not in sentences(report)

    def test_that_was_rewritten_alone_in_its_batch_is_named_alone(self, check, log):
        report = check(self.rewritten(log, 2))

        assert sentences(report) == f"Record {name(log, 2)}: its leaf in the tree is not the one that was sealed."

    @staticmethod
    def rewritten(log: SmallLog, number: int) -> Bundle:
        bundle = log.bundle()
        forged = changed(log.records[number], body=log.records[number].body.replace(b"answered", b"passed"))
        bundle.leaves[number] = (number, forged.entry(log.id))
        bundle.records[number] = (number, forged)
        return bundle

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


class TestARecord:
    @pytest.mark.parametrize(
        ("values", "told"),
        [
            ({"body": b"{}"}, "its content was changed"),
            ({"body": b""}, "its content was changed"),
            ({"salt": bytes(32)}, "its content was changed"),
            ({"salt": b""}, "its content was changed"),
            ({"kind": AUDIT}, "its kind was changed from 1 to 2"),
            ({"kind": -1}, "its kind was changed from 1 to -1"),
            ({"stored": 0}, "was changed from 2026-11-22 16:45:04 UTC to 1970-01-01 00:00:00 UTC"),
            ({"stored": 2**63 - 1}, "microseconds after 1970 after it was sealed"),
        ],
    )
    def test_that_is_not_as_its_leaf_says_is_named(self, check, log, values, told):
        bundle = log.bundle()
        bundle.records[3] = (3, changed(log.records[3], **values))

        report = check(bundle)

        assert len(report.findings) == 1
        assert name(log, 3) in sentences(report)
        assert told in sentences(report)

    def test_whose_salt_gained_a_zero_byte_is_named_although_the_commitment_is_the_same(self, check, log):
        bundle = log.bundle()
        longer = changed(log.records[3], salt=log.records[3].salt + b"\0")
        assert longer.commitment == log.records[3].commitment
        bundle.records[3] = (3, longer)

        assert name(log, 3) in sentences(check(bundle))

    def test_that_is_gone_is_named(self, check, log):
        bundle = log.bundle()
        del bundle.records[3]

        assert sentences(check(bundle)) == (
            f"Record {name(log, 3)} was removed: its leaf is there, its content is not."
        )

    def test_without_a_leaf_at_its_number_is_named(self, check, log):
        bundle = log.bundle()
        bundle.records.append((9, log.waiting[0]))

        assert f"Record number 9 (id {log.waiting[0].id}): its content stands where it does not belong" in sentences(
            check(bundle)
        )

    def test_that_moved_is_told_as_moved_and_not_as_removed(self, check, log):
        bundle = log.bundle()
        bundle.records.append(bundle.records.pop(2))

        report = check(bundle)

        assert [one.what for one in report.findings] == ["record"]
        assert name(log, 2) in sentences(report)


class TestARecordWithoutALeaf:
    def test_that_does_not_wait_either_is_named(self, check, log):
        bundle = log.bundle()
        bundle.unsealed[0] = (STRAY, log.waiting[0], None)

        assert f"The record with the id {log.waiting[0].id} stands neither in the tree nor waits for it" in sentences(
            check(bundle)
        )

    @pytest.mark.parametrize("values", [{"body": b"{}"}, {"body": b""}, {"salt": b""}, {"salt": bytes(32)}])
    def test_that_was_changed_while_it_waited_is_named(self, check, log, values):
        bundle = log.bundle()
        waiting = log.waiting[1]
        bundle.unsealed[1] = (1, changed(waiting, **values), waiting.commitment)

        assert f"The record with the id {waiting.id} was changed or removed while it waited" in sentences(check(bundle))

    def test_that_waits_without_a_commitment_is_named(self, check, log):
        bundle = log.bundle()
        bundle.unsealed[1] = (1, log.waiting[1], None)

        assert str(log.waiting[1].id) in sentences(check(bundle))

    def test_that_waits_although_it_is_sealed_is_named(self, check, log):
        bundle = log.bundle()
        bundle.unsealed.append((1, log.records[2], log.records[2].commitment))

        assert sentences(check(bundle)) == (
            f"The record with the id {log.records[2].id} stands more than once: as number 2 and among the records "
            "without a leaf."
        )

    def test_in_an_unknown_standing_is_found(self, check, log):
        bundle = log.bundle()
        bundle.unsealed[0] = (7, log.waiting[0], log.waiting[0].commitment)

        assert check(bundle).result == "tampered"


class TestATile:
    @pytest.mark.parametrize("place", [0, 17, 255])
    def test_whose_entry_was_changed_is_named_with_its_record(self, check, long_log, place):
        bundle = long_log.bundle()
        level, index, hashes = bundle.tiles[1]
        bundle.tiles[1] = (level, index, hashes[: 32 * place] + bytes(32) + hashes[32 * place + 32 :])

        report = check(bundle)

        assert [one.what for one in report.findings] == ["tile"]
        assert name(long_log, 256 + place) in sentences(report)

    @pytest.mark.parametrize("tile", [(0, 2), (1, 0), (0, -1), (-1, 0), (7, 9)])
    def test_that_the_tree_does_not_have_is_found(self, check, long_log, tile):
        bundle = long_log.bundle()
        bundle.tiles = sorted([*bundle.tiles, (*tile, bytes(8192))])

        assert "A tile was inserted" in sentences(check(bundle))

    def test_of_another_length_is_found(self, check, long_log):
        bundle = long_log.bundle()
        bundle.tiles[0] = (0, 0, bundle.tiles[0][2][:-1])

        assert sentences(check(bundle)) == "A tile was changed: level 0, index 0 has a wrong length."


def fold(hashes):
    """The root over a power of two of hashes; 65,536 leaves would take long to hash word for word."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


@pytest.fixture(scope="module")
def tall_bundle():
    """65,536 records, so that there is one tile of level 1."""
    log = SmallLog()
    log.records = [*log.waiting, *(log.record(1, {}) for _ in range(65535))]
    log.waiting = []
    leaves = [hashlib.sha256(b"\x00" + entry).digest() for entry in log.entries()]
    groups = [leaves[start : start + 256] for start in range(0, 65536, 256)]
    roots = [fold(group) for group in groups]
    log.checkpoints = [log.sign(65536, 0, root=fold(roots))]
    tiles = [(0, index, b"".join(group)) for index, group in enumerate(groups)]
    return log.bundle([*tiles, (1, 0, b"".join(roots))])


@pytest.mark.slow
class TestAnUpperTile:
    def test_is_checked(self, check, tall_bundle):
        assert check(tall_bundle).result == "verified"

    def test_that_was_changed_is_named(self, check, tall_bundle):
        bundle = tall_bundle.copy()
        level, index, hashes = bundle.tiles[-1]
        bundle.tiles[-1] = (level, index, bytes(32) + hashes[32:])

        assert sentences(check(bundle)) == "A tile was changed: level 1, index 0."

    def test_that_was_removed_is_named(self, check, tall_bundle):
        bundle = tall_bundle.copy()
        del bundle.tiles[-1]

        assert sentences(check(bundle)) == "A tile was removed: level 1, index 0."


class TestACheckpoint:
    def test_removed_from_the_middle_is_named(self, check, log):
        bundle = log.bundle()
        del bundle.checkpoints[1]

        assert sentences(check(bundle)) == (
            "A checkpoint was removed or changed: the one over 5 names 3 as its previous size, but 2 stands before it."
        )

    def test_removed_from_the_end_leaves_records_that_nothing_vouches_for(self, check, log):
        bundle = log.bundle()
        del bundle.checkpoints[2]

        told = sentences(check(bundle))

        assert name(log, 3) in told
        assert name(log, 4) in told

    def test_signed_with_another_key_is_named(self, check, log):
        bundle = log.bundle()
        bundle.checkpoints[2] = small_log_with_key("other").sign(5, 3, root=bundle.checkpoints[2].root)

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


def small_log_with_key(key_name):
    log = SmallLog(key_name=key_name)
    log.seal()
    return log


class TestTheFirstRecord:
    @pytest.mark.parametrize(
        "content",
        [
            {"action": "log-closed"},
            {"subject": "log:00000000-0000-0000-0000-000000000000"},
            {"new": {}},
            {"new": {"iri": "https://elsewhere.example.org"}},
            {"format": "andante-audit/2"},
        ],
    )
    def test_that_opens_another_log_is_named_although_it_is_validly_sealed(self, check, content):
        log = SmallLog()
        opened = log.waiting.pop()
        body = {**json.loads(opened.body), **content}
        log.take(changed(opened, body=json.dumps(body).encode()))
        log.seal()

        report = check(log.bundle())

        assert [one.what for one in report.findings] == ["key"]
        assert name(log, 0) in sentences(report)

    @pytest.mark.parametrize("body", [b"", b"[]", b"null", b"[" * 100_000, b"\xff", b'{"new": {}, "new": {}}'])
    def test_that_cannot_be_read_is_named(self, check, body):
        log = SmallLog()
        log.take(changed(log.waiting.pop(), body=body))
        log.seal()

        assert [one.what for one in check(log.bundle()).findings] == ["key"]


class TestAWholeRewrite:
    """Out of reach for the bundle alone; the auditor's own checkpoint or key finds it."""

    @pytest.fixture
    def rewritten(self, log):
        other = SmallLog()
        other.waiting += [changed(record, body=record.body + b" ") for record in log.records[1:]]
        other.seal()
        return other

    def test_with_the_same_key_looks_sound_by_itself(self, check, rewritten):
        assert check(rewritten.bundle()).result == "verified"

    def test_with_the_same_key_is_found_by_the_auditor_s_checkpoint(self, check, log, rewritten):
        report = check(rewritten.bundle(), own=log.checkpoints[0].note)

        assert sentences(report) == "The log was rewritten: its first 2 records are not those of your checkpoint."

    def test_with_another_key_is_found_by_the_auditor_s_checkpoint(self, check, log):
        report = check(small_log_with_key("other").bundle(), own=log.checkpoints[0].note)

        assert "Your checkpoint is not signed with this log's key" in sentences(report)

    def test_with_another_key_is_found_by_the_key(self, check, log):
        report = check(small_log_with_key("other").bundle(), key=read_key(log.key))

        assert "The log's key is not the one that you gave" in sentences(report)

    def test_as_another_log_is_found_by_the_auditor_s_checkpoint(self, check, log):
        other = SmallLog("other")
        other.seal()

        assert "Your checkpoint is of another log" in sentences(check(other.bundle(), own=log.checkpoints[0].note))

    def test_that_cuts_the_end_off_is_found_by_the_auditor_s_checkpoint(self, check, log):
        report = check(small_log((2, 1)).bundle(), own=log.checkpoints[2].note)

        assert sentences(report) == "The log was cut back: your checkpoint saw 5 records, the newest here 3."

    @pytest.mark.parametrize("seen", [0, 1, 2])
    def test_is_not_cried_where_the_log_only_grew(self, check, log, seen):
        assert check(log.bundle(), own=log.checkpoints[seen].note).result == "verified"


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
        bundle = TestALeaf.rewritten(log, 1)
        log.records[1] = bundle.records[1][1]
        for place in (1, 2, 3):
            forged = log.sign(place + 1, place)
            bundle.checkpoints[place] = replace(forged, note=forged.note.replace(b"2026-11", b"2025-11"))

        told = sentences(check(bundle))

        assert f"number 1 (id {log.records[1].id})" in told
        assert "over 2 records was changed" in told


class TestManyFindings:
    def test_are_listed_to_a_limit_and_then_counted(self, check, long_log):
        bundle = long_log.bundle()
        bundle.records = [(number, changed(record, body=b"{}")) for number, record in bundle.records]

        report = check(bundle)

        assert len(report.findings) == 100
        assert report.more == 420
