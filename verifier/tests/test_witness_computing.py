"""What a witness computes: signatures against RFC 8032 and another implementation, proofs against RFC 6962's words."""

import hashlib
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.andante_witness import extends, is_signed, public_of, sign
from verifier.tests.small_log import tree_root
from verifier.tests.test_ed25519 import RFC_8032
from verifier.tests.watched_log import consistency

SECRETS = {
    "1": "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "2": "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3": "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "SHA(abc)": "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
}
"""The private keys of RFC 8032, section 7.1."""


class TestSigning:
    @pytest.mark.parametrize("name", SECRETS)
    def test_gives_the_vectors_of_the_rfc(self, name):
        public, text, signature = map(bytes.fromhex, RFC_8032[name])
        secret = bytes.fromhex(SECRETS[name])

        assert (public_of(secret), sign(secret, text)) == (public, signature)
        assert is_signed(public, text, signature)

    @settings(max_examples=40, deadline=None)
    @given(seed=st.binary(min_size=32, max_size=32), text=st.binary(max_size=300))
    def test_gives_what_another_implementation_gives(self, seed, text):
        theirs = Ed25519PrivateKey.from_private_bytes(seed)

        assert public_of(seed) == theirs.public_key().public_bytes_raw()
        assert sign(seed, text) == theirs.sign(text)

    @pytest.mark.parametrize("place", range(64))
    def test_is_not_believed_with_any_byte_changed(self, place):
        public, text, signature = map(bytes.fromhex, RFC_8032["3"])
        changed = bytearray(signature)
        changed[place] ^= 1

        assert not is_signed(public, text, bytes(changed))

    @pytest.mark.parametrize("order", [1, 2, 4, 8])
    def test_under_a_key_of_small_order_is_not_believed(self, order):
        keys = {
            1: "0100000000000000000000000000000000000000000000000000000000000000",
            2: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            4: "0000000000000000000000000000000000000000000000000000000000000000",
            8: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        }

        assert not is_signed(bytes.fromhex(keys[order]), b"anything", (1).to_bytes(32, "little") + bytes(32))


class TestAProof:
    leaves = tuple(struct.pack(">I", number) for number in range(40))

    @given(st.integers(0, 40), st.integers(0, 40))
    def test_of_an_extension_is_believed(self, old, new):
        old, new = min(old, new), max(old, new)
        proof = consistency(old, self.leaves[:new])

        assert self.believed(old, new, proof)

    @given(st.integers(1, 39), st.data())
    def test_with_anything_changed_is_not(self, old, data):
        new = data.draw(st.integers(old + 1, 40))
        proof = consistency(old, self.leaves[:new])
        place = data.draw(st.integers(0, len(proof) - 1))
        other = [*proof[:place], hashlib.sha256(proof[place]).digest(), *proof[place + 1 :]]

        assert not self.believed(old, new, other)
        assert not self.believed(old, new, proof[:place] + proof[place + 1 :])
        assert not self.believed(old, new, [*proof, proof[place]])
        assert not self.believed(old, new, proof, forged=data.draw(st.integers(0, old - 1)))

    def believed(self, old: int, new: int, proof, *, forged: int | None = None) -> bool:
        later = [b"forged" if number == forged else leaf for number, leaf in enumerate(self.leaves[:new])]
        roots = {"old_root": tree_root(self.leaves[:old]), "new_root": tree_root(later)}
        return extends(old=old, new=new, proof=proof, **roots)

    def test_from_nothing_is_empty(self):
        assert extends(old=0, old_root=tree_root([]), new=3, new_root=b"any", proof=[])
        assert not extends(old=0, old_root=tree_root([]), new=3, new_root=b"any", proof=[bytes(32)])

    def test_from_itself_needs_the_same_root(self):
        assert not extends(old=3, old_root=bytes(32), new=3, new_root=b"1" * 32, proof=[])

    def test_backwards_is_none(self):
        assert not extends(old=3, old_root=bytes(32), new=2, new_root=bytes(32), proof=[bytes(32)])
