"""The verifier's tree, against known roots of Certificate Transparency and against RFC 6962 word for word."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.andante_verify import Tree, leaf_hash
from verifier.tests.small_log import tree_root

# The reference leaves and roots of google/certificate-transparency, for sizes 1 to 8.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def grown(leaves: list[bytes]) -> Tree:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf_hash(leaf))
    return tree


class TestARoot:
    def test_of_nothing_is_the_hash_of_nothing(self):
        assert Tree().root() == hashlib.sha256(b"").digest()

    @pytest.mark.parametrize("size", range(1, 9))
    def test_is_the_published_one(self, size):
        assert grown(LEAVES[:size]).root().hex() == ROOTS[size - 1]
        assert tree_root(LEAVES[:size]).hex() == ROOTS[size - 1]

    @given(st.lists(st.binary(max_size=8), max_size=70))
    def test_is_that_of_the_definition_at_every_size(self, leaves):
        tree = Tree()
        for size, leaf in enumerate(leaves, start=1):
            tree.add(leaf_hash(leaf))
            assert tree.root() == tree_root(leaves[:size])


class TestTheTilesAbove:
    def test_hold_the_roots_of_complete_subtrees(self):
        leaves = [b"%d" % number for number in range(256 * 5 + 3)]

        hashes = grown(leaves).upper[1]

        assert bytes(hashes) == b"".join(tree_root(leaves[start : start + 256]) for start in range(0, 256 * 5, 256))
