"""The verifier's own Ed25519, against RFC 8032 and against another implementation."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.andante_verify import Signed, bad_signatures

GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493

# RFC 8032, section 7.1: secret key, public key, message, signature. The message of "1024" is left out for its length.
RFC_8032 = {
    "1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    "2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    "3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    "SHA(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
            "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ),
}


def signed(text: bytes, signature: bytes, size: int = 1) -> Signed:
    return Signed(size, text, signature)


def is_good(key: bytes, text: bytes, signature: bytes) -> bool:
    return not bad_signatures(key, [signed(text, signature)])


class TestAVectorOfTheRFC:
    @pytest.mark.parametrize("name", RFC_8032)
    def test_is_accepted(self, name):
        key, text, signature = map(bytes.fromhex, RFC_8032[name])

        assert is_good(key, text, signature)

    @pytest.mark.parametrize("place", range(64))
    def test_is_refused_with_any_byte_of_the_signature_changed(self, place):
        key, text, signature = map(bytes.fromhex, RFC_8032["3"])
        changed = bytearray(signature)
        changed[place] ^= 1

        assert not is_good(key, text, bytes(changed))

    @pytest.mark.parametrize("place", range(32))
    def test_is_refused_under_any_other_key(self, place):
        key, text, signature = map(bytes.fromhex, RFC_8032["3"])
        changed = bytearray(key)
        changed[place] ^= 1

        assert not is_good(bytes(changed), text, signature)


class TestASignature:
    @settings(max_examples=40, deadline=None)
    @given(seed=st.binary(min_size=32, max_size=32), text=st.binary(max_size=300))
    def test_of_another_implementation_is_accepted(self, seed, text):
        private = Ed25519PrivateKey.from_private_bytes(seed)

        assert is_good(private.public_key().public_bytes_raw(), text, private.sign(text))

    def test_with_a_response_beyond_the_group_order_is_refused(self):
        key, text, signature = map(bytes.fromhex, RFC_8032["2"])
        response = int.from_bytes(signature[32:], "little") + GROUP_ORDER

        assert not is_good(key, text, signature[:32] + response.to_bytes(32, "little"))

    def test_with_a_point_written_beyond_the_field_is_refused(self):
        """y = p + 1 would name the neutral point a second time."""
        key, text, signature = map(bytes.fromhex, RFC_8032["2"])

        assert not is_good(key, text, (2**255 - 18).to_bytes(32, "little") + signature[32:])

    @pytest.mark.parametrize(
        "key",
        [
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        ],
    )
    def test_under_a_key_of_small_order_is_refused(self, key):
        """With such a key, R = the neutral point and S = 0 would sign any text."""
        neutral = (1).to_bytes(32, "little")

        assert not is_good(bytes.fromhex(key), b"anything", neutral + bytes(32))

    @pytest.mark.parametrize("length", [0, 63, 65])
    def test_of_another_length_is_refused(self, length):
        key, text, signature = map(bytes.fromhex, RFC_8032["2"])

        assert not is_good(key, text, (signature + signature)[:length])


class TestABatch:
    def test_tells_which_signatures_are_bad(self):
        private = Ed25519PrivateKey.from_private_bytes(bytes(32))
        batch = [signed(b"%d" % n, private.sign(b"%d" % n), n) for n in range(70)]
        for n in (3, 4, 69):
            batch[n] = batch[n]._replace(text=b"forged")

        bad = bad_signatures(private.public_key().public_bytes_raw(), batch, 20)

        assert sorted(one.size for one in bad) == [3, 4, 69]

    def test_cannot_be_fooled_by_errors_that_cancel_out(self):
        """Two responses shifted against each other keep the plain sum of the equations."""
        private = Ed25519PrivateKey.from_private_bytes(bytes(32))
        signatures = [private.sign(text) for text in (b"a", b"b")]
        shifted = [
            signature[:32] + ((int.from_bytes(signature[32:], "little") + shift) % GROUP_ORDER).to_bytes(32, "little")
            for signature, shift in zip(signatures, (1, -1), strict=True)
        ]
        batch = [signed(text, signature) for text, signature in zip((b"a", b"b"), shifted, strict=True)]

        assert len(bad_signatures(private.public_key().public_bytes_raw(), batch, 20)) == 2

    def test_of_many_bad_ones_ends_at_the_limit(self):
        key = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
        batch = [signed(b"%d" % n, bytes.fromhex(RFC_8032["1"][2]), n) for n in range(200)]

        assert len(bad_signatures(key, batch, 5)) == 5
