"""The tree, against RFC 6962's own definition written the slow way."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.ledger.merkle import EMPTY_ROOT, TILE_WIDTH, Tree, leaf_hash, node_hash, tile_root


def definition(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word by word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return hashlib.sha256(b"\x01" + definition(entries[:split]) + definition(entries[split:])).digest()


def entries(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


class TestRoot:
    def test_of_no_leaves_is_the_hash_of_nothing(self):
        assert Tree().root() == EMPTY_ROOT

    def test_of_certificate_transparency_s_reference_vectors(self):
        """The eight inputs and roots that certificate-transparency's own test suite uses."""
        inputs = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ]
        tree = Tree()
        tree.extend(bytes.fromhex(text) for text in inputs)
        assert tree.root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"

    @given(st.lists(st.binary(max_size=80), max_size=70))
    def test_is_what_the_definition_says(self, leaves):
        tree = Tree()
        tree.extend(leaves)
        assert tree.root() == definition(leaves)

    @pytest.mark.parametrize("size", [255, 256, 257, 511, 512, 513, 1000, 65_536, 65_537])
    def test_is_what_the_definition_says_at_the_edges_of_tiles(self, size):
        tree = Tree()
        tree.extend(entries(size))
        assert tree.root() == definition(entries(size))

    @given(st.lists(st.integers(min_value=0, max_value=300), max_size=6))
    def test_does_not_depend_on_the_batches(self, batches):
        at_once, in_batches = Tree(), Tree()
        everything = entries(sum(batches))
        at_once.extend(everything)
        start = 0
        for batch in batches:
            in_batches.extend(everything[start : start + batch])
            start += batch
        assert in_batches == at_once


class TestTiles:
    def test_are_given_once_full_lowest_level_first(self):
        tree = Tree()
        tiles = tree.extend(entries(TILE_WIDTH * TILE_WIDTH))
        assert len(tiles) == TILE_WIDTH + 1
        assert [(tile.level, tile.index) for tile in tiles[-2:]] == [(0, 255), (1, 0)]
        assert tile_root(tiles[-1].hashes) == tree.root()

    def test_hold_the_hashes_of_their_leaves(self):
        (tile,) = Tree().extend(entries(TILE_WIDTH))
        assert tile.hashes == b"".join(map(leaf_hash, entries(TILE_WIDTH)))

    def test_node_and_leaf_hashes_never_meet(self):
        assert node_hash(b"a" * 32, b"b" * 32) != leaf_hash(b"a" * 32 + b"b" * 32)
