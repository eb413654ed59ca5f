"""Inclusion and consistency proofs, against the definitions of RFC 6962 word for word."""

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from verifier.andante_verify import is_consistent, leaf_hash, root_of
from verifier.tests.small_log import consistency_proof, inclusion_proof, tree_root

LEAVES = [b"%d" % number for number in range(70)]
ROOTS = [tree_root(LEAVES[:size]) for size in range(71)]
SIZES = st.integers(1, 70)


def flipped(hash: bytes, bit: int) -> bytes:
    return (int.from_bytes(hash, "big") ^ 1 << bit).to_bytes(32, "big")


class TestAnInclusionProof:
    def test_of_every_leaf_leads_to_the_root_at_every_size(self):
        for size in range(1, 71):
            for number in range(size):
                proof = inclusion_proof(number, LEAVES[:size])
                assert root_of(number, leaf_hash(LEAVES[number]), size, proof) == ROOTS[size]

    def test_of_the_only_leaf_is_empty(self):
        assert root_of(0, leaf_hash(b"0"), 1, []) == ROOTS[1]

    @given(size=SIZES, data=st.data())
    def test_leads_elsewhere_from_any_other_number(self, size, data):
        number, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size))
        assume(number != other)
        proof = inclusion_proof(number, LEAVES[:size])

        assert root_of(other, leaf_hash(LEAVES[number]), size, proof) != ROOTS[size]

    @given(size=SIZES, data=st.data())
    def test_with_a_hash_more_less_or_changed_leads_elsewhere(self, size, data):
        number = data.draw(st.integers(0, size - 1))
        proof = inclusion_proof(number, LEAVES[:size])
        forged = [[*proof, bytes(32)], [bytes(32), *proof], [*proof, proof[-1] if proof else bytes(32)]]
        if proof:
            place = data.draw(st.integers(0, len(proof) - 1))
            changed = flipped(proof[place], data.draw(st.integers(0, 255)))
            forged += [proof[:-1], proof[1:], [*proof[:place], changed, *proof[place + 1 :]]]

        for one in forged:
            assert root_of(number, leaf_hash(LEAVES[number]), size, one) != ROOTS[size]

    @pytest.mark.parametrize(("number", "size"), [(-1, 3), (3, 3), (0, 0), (0, -1)])
    def test_of_a_number_that_the_tree_does_not_have_is_none(self, number, size):
        assert root_of(number, bytes(32), size, []) is None

    @pytest.mark.parametrize("hash", [b"", bytes(31), bytes(33)])
    def test_of_something_else_than_hashes_is_none(self, hash):
        assert root_of(0, bytes(32), 2, [hash]) is None


class TestAConsistencyProof:
    def test_between_all_sizes_shows_that_one_is_the_beginning_of_the_other(self):
        for size in range(71):
            for old in range(size + 1):
                proof = consistency_proof(old, LEAVES[:size])
                assert is_consistent(old, ROOTS[old], size, ROOTS[size], proof), (old, size)

    @given(size=SIZES, data=st.data())
    def test_shows_nothing_of_another_older_tree(self, size, data):
        old = data.draw(st.integers(1, size))
        proof = consistency_proof(old, LEAVES[:size])
        other = tree_root([*LEAVES[: old - 1], b"another"])

        assert not is_consistent(old, other, size, ROOTS[size], proof)

    @given(size=SIZES, data=st.data())
    def test_shows_nothing_of_another_newer_tree(self, size, data):
        old = data.draw(st.integers(1, size))
        proof = consistency_proof(old, LEAVES[:size])
        other = tree_root([b"another", *LEAVES[1:size]])

        assert not is_consistent(old, ROOTS[old], size, other, proof)

    @given(size=SIZES, data=st.data())
    def test_shows_nothing_from_another_size(self, size, data):
        old, other = data.draw(st.integers(0, size)), data.draw(st.integers(-1, size + 1))
        assume(old != other)
        proof = consistency_proof(old, LEAVES[:size])

        assert not is_consistent(other, ROOTS[old], size, ROOTS[size], proof)

    @given(size=SIZES, data=st.data())
    def test_with_a_hash_more_less_or_changed_shows_nothing(self, size, data):
        old = data.draw(st.integers(0, size))
        proof = consistency_proof(old, LEAVES[:size])
        forged = [[*proof, bytes(32)], [bytes(32), *proof], [*proof, proof[-1] if proof else bytes(32)]]
        if proof:
            place = data.draw(st.integers(0, len(proof) - 1))
            changed = flipped(proof[place], data.draw(st.integers(0, 255)))
            forged += [proof[:-1], proof[1:], [*proof[:place], changed, *proof[place + 1 :]]]

        for one in forged:
            assert not is_consistent(old, ROOTS[old], size, ROOTS[size], one)

    @pytest.mark.parametrize("hash", [b"", bytes(31), bytes(33)])
    def test_of_something_else_than_hashes_shows_nothing(self, hash):
        assert not is_consistent(1, ROOTS[1], 2, ROOTS[2], [hash])

    def test_from_an_empty_tree_demands_the_root_of_the_empty_tree(self):
        assert is_consistent(0, hashlib.sha256(b"").digest(), 3, ROOTS[3], [])
        assert not is_consistent(0, bytes(32), 3, ROOTS[3], [])
