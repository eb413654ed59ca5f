"""
Checks an extract by the wording of RFC 9162 (2.1.3.2 and 2.1.4.2) and of docs/reference/extract-format.md alone.

Shares no code with the server: what the server writes is compared with what the pages say.
"""

import base64
import hashlib
import hmac
import json
import struct
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MEMBERS = ["format", "scope", "log", "checkpoint", "cosignatures", "keys", "records", "consistency", "made"]
RECORD = {"number", "id", "kind", "stored", "salt", "body", "proof"}


def checked(data: bytes) -> dict[str, Any]:
    """The extract, when everything in it is proven; an assertion fails where something is not."""
    extract = json.loads(data, object_pairs_hook=_no_name_twice)
    assert list(extract) == MEMBERS
    assert extract["format"] == "andante-extract/1"
    size, root = _checkpoint(extract)
    log = UUID(extract["log"]["id"])
    for part in ("keys", "records"):
        numbers = [record["number"] for record in extract[part]]
        assert numbers == sorted(set(numbers))
        for record in extract[part]:
            assert _leads_to(root, record["number"], size, _entry(record, log), _hashes(record["proof"]))
    return extract


def consistent(extract: dict[str, Any], old_root: str) -> bool:
    """RFC 9162, 2.1.4.2: whether the older tree is the beginning of the extract's."""
    size, root = _checkpoint(extract)
    old = extract["consistency"]["from"]
    path = _hashes(extract["consistency"]["proof"])
    first_hash = base64.b64decode(old_root)
    if old == size:
        return not path and first_hash == root
    if old & (old - 1) == 0:
        path = [first_hash, *path]
    first, second = old - 1, size - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    left = right = path[0]
    for each in path[1:]:
        assert second != 0
        if first & 1 or first == second:
            left, right = _node(each, left), _node(each, right)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            right = _node(right, each)
        first, second = first >> 1, second >> 1
    return second == 0 and left == first_hash and right == root


def _checkpoint(extract: dict[str, Any]) -> tuple[int, bytes]:
    """Size and root of the note, signed with the key that the log was opened with."""
    text, _, signature = extract["checkpoint"].partition("\n\n")
    origin, size, root, _version = text.split("\n")
    assert origin == extract["log"]["origin"]
    opened = json.loads(extract["keys"][0]["body"])
    assert (extract["keys"][0]["number"], opened["action"]) == (0, "log-opened")
    key = base64.b64decode(opened["new"]["key"].split("+", 2)[2])[1:]
    signed = base64.b64decode(signature.removeprefix(f"— {origin} "))[4:]
    Ed25519PublicKey.from_public_bytes(key).verify(signed, f"{text}\n".encode())
    return int(size), base64.b64decode(root)


def _entry(record: dict[str, Any], log: UUID) -> bytes:
    if record["salt"] is None:
        assert set(record) == RECORD | {"entry"}
        assert record["body"] is None
        return base64.b64decode(record["entry"])
    assert set(record) == RECORD
    salt = base64.b64decode(record["salt"])
    assert len(salt) == 32
    committed = hmac.digest(salt, record["body"].encode(), "sha256")
    head = struct.pack(">B16s16sBq", 1, log.bytes, UUID(record["id"]).bytes, record["kind"], record["stored"])
    return head + committed


def _leads_to(root: bytes, number: int, size: int, entry: bytes, path: list[bytes]) -> bool:
    """RFC 9162, 2.1.3.2."""
    assert number < size
    first, second = number, size - 1
    reached = hashlib.sha256(b"\x00" + entry).digest()
    for each in path:
        assert second != 0
        if first & 1 or first == second:
            reached = _node(each, reached)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            reached = _node(reached, each)
        first, second = first >> 1, second >> 1
    return second == 0 and reached == root


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _hashes(texts: list[str]) -> list[bytes]:
    return [base64.b64decode(text) for text in texts]


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    assert len(found) == len(pairs)
    return found
