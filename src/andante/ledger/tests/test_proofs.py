"""Proofs, against pymerkle: an implementation that shares nothing with ours but RFC 6962."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_inclusion

from andante.ledger.merkle import Tree, leaf_hash, node_hash, perfect_root
from andante.ledger.proofs import Nodes, consistency_proof, inclusion_proof

sizes = st.integers(min_value=1, max_value=300)


def entries(size: int) -> list[bytes]:
    return [hashlib.sha256(number.to_bytes(8, "big")).digest() + bytes(42) for number in range(size)]


def nodes(leaves: list[bytes]) -> Nodes:
    def root(height: int, number: int) -> bytes:
        hashes = [leaf_hash(entry) for entry in leaves[number << height : (number + 1) << height]]
        assert len(hashes) == 1 << height, "only complete subtrees may be asked for"
        return perfect_root(hashes)

    return root


def their_tree(leaves: list[bytes]) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for entry in leaves:
        tree.append_entry(entry)
    return tree


def roots_from(proof: list[bytes], old: int, size: int, old_root: bytes) -> tuple[bytes, bytes]:
    """Both roots that a consistency proof leads to (RFC 9162, section 2.1.4.2)."""
    if old == size:
        assert proof == []
        return old_root, old_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    first, second = old - 1, size - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    older = newer = path[0]
    for hash in path[1:]:
        assert second > 0, "the proof is too long"
        if first & 1 or first == second:
            older, newer = node_hash(hash, older), node_hash(hash, newer)
            while first and not first & 1:
                first, second = first >> 1, second >> 1
        else:
            newer = node_hash(newer, hash)
        first, second = first >> 1, second >> 1
    assert second == 0, "the proof is too short"
    return older, newer


class TestRoot:
    @given(sizes)
    def test_is_theirs(self, size):
        leaves = entries(size)
        ours = Tree()
        ours.extend(leaves)

        assert ours.root() == their_tree(leaves).get_root()


class TestInclusionProof:
    @given(sizes, st.data())
    def test_is_theirs(self, size, data):
        leaves = entries(size)
        number = data.draw(st.integers(min_value=0, max_value=size - 1))

        ours = inclusion_proof(number, size=size, nodes=nodes(leaves))

        theirs = their_tree(leaves).prove_inclusion(number + 1, size)
        assert [leaf_hash(leaves[number]), *ours] == theirs.path
        verify_inclusion(leaf_hash(leaves[number]), their_tree(leaves).get_root(), theirs)

    @pytest.mark.parametrize(("number", "size"), [(-1, 4), (4, 4), (0, 0)])
    def test_of_a_leaf_that_is_not_there_is_refused(self, number, size):
        with pytest.raises(ValueError, match="There is no leaf"):
            inclusion_proof(number, size=size, nodes=nodes(entries(8)))


class TestConsistencyProof:
    @given(sizes, st.data())
    def test_leads_from_their_older_root_to_their_newer_one(self, size, data):
        leaves = entries(size)
        old = data.draw(st.integers(min_value=1, max_value=size))
        theirs = their_tree(leaves)

        proof = consistency_proof(old, size=size, nodes=nodes(leaves))

        assert roots_from(proof, old, size, theirs.get_root(old)) == (theirs.get_root(old), theirs.get_root(size))

    def test_from_nothing_and_to_itself_is_empty(self):
        assert consistency_proof(0, size=5, nodes=nodes(entries(5))) == []
        assert consistency_proof(5, size=5, nodes=nodes(entries(5))) == []

    def test_from_a_larger_tree_is_refused(self):
        with pytest.raises(ValueError, match="no beginning"):
            consistency_proof(6, size=5, nodes=nodes(entries(6)))
