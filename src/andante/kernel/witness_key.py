"""The public key of a witness, as C2SP tlog-cosignature writes it."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

_COSIGNS = b"\x04"
"""What stands before an Ed25519 key that signs cosignatures (C2SP signed-note)."""


@dataclass(frozen=True)
class WitnessKey:
    """A witness' name, the four bytes that tell its key from others, and the key's 32 bytes."""

    name: str
    id: bytes
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "WitnessKey":
        """
        Read `NAME+KEYID+KEY`.

        :raises ValueError: it is no such text, or the id is not that of the key
        """
        # From the left: base64 has plus signs of its own, a name has none.
        name, id_text, key_text = text.split("+", 2)
        try:
            data = base64.b64decode(key_text, validate=True)
        except binascii.Error as error:
            raise ValueError(str(error)) from None
        id = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
        if not name or any(sign.isspace() for sign in name) or len(data) != 33 or data[:1] != _COSIGNS:
            raise ValueError("not a key of a witness")
        if id.hex() != id_text or base64.b64encode(data).decode() != key_text:
            raise ValueError("the id is not that of the key, or the key is spelled in another way")
        return cls(name, id, data[1:])
