"""Every removal, repetition and exchange of an entry of a bundle is found, wherever it stands."""

import pytest

from verifier.tests.forging import sentences
from verifier.tests.small_log import changed, small_log

PARTS = ("leaves", "records", "unsealed", "tiles", "checkpoints")


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


class TestManyFindings:
    def test_are_listed_to_a_limit_and_then_counted(self, check, long_log):
        bundle = long_log.bundle()
        bundle.records = [(number, changed(record, body=b"{}")) for number, record in bundle.records]

        report = check(bundle)

        assert len(report.findings) == 100
        assert report.more == 420
