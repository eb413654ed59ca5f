"""A tile that does not hold the hashes of its records is found."""

import hashlib

import pytest

from verifier.tests.forging import name, sentences
from verifier.tests.small_log import SmallLog


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
