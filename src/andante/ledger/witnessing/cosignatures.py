"""Cosignatures (C2SP tlog-cosignature, `cosignature/v1`): reading and checking one line."""

from __future__ import annotations

import base64
import binascii
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from andante.kernel.witness_key import WitnessKey

_LINE = re.compile(r"— (?P<name>[^ +\n]+) (?P<data>[A-Za-z0-9+/]+={0,2})")
_LENGTH = 4 + 8 + 64


def cosigned(lines: str, *, key: WitnessKey, text: str) -> tuple[str, int] | None:
    """
    Find the key's cosignature of a checkpoint among signature lines.

    :param text: what the checkpoint signs
    :return: the line without its line feed, and the witness' Unix time in seconds; None where there is none of this key
        and text
    """
    for line in lines.split("\n"):
        found = _LINE.fullmatch(line)
        data = _decoded(found["data"]) if found and found["name"] == key.name else b""
        if data[:4] != key.id or len(data) != _LENGTH:
            continue
        time = int.from_bytes(data[4:12], "big")
        message = f"cosignature/v1\ntime {time}\n{text}"
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(data[12:], message.encode())
        except InvalidSignature:
            continue
        return line, time
    return None


def _decoded(text: str) -> bytes:
    """The bytes, of the one canonical spelling; none of another."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
    return data if base64.b64encode(data).decode() == text else b""
