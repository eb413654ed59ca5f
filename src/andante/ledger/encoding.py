"""
The bytes that are sealed. docs/reference/ledger-format.md is the specification; nothing here may ever change
its output for a format version that exists.
"""

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

ENTRY_VERSION = 1
ENTRY_LENGTH = 74
SALT_LENGTH = 32
_ENTRY = struct.Struct(">B16s16sBq32s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

CHECKPOINT_VERSION = "andante-checkpoint/1"
_ED25519 = b"\x01"


def commitment(*, salt: bytes, body: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104) over the stored bytes, keyed by the record's salt: 32 bytes."""
    return hmac.digest(salt, body, "sha256")


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970-01-01T00:00:00Z."""
    return (at - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    return _EPOCH + value * _MICROSECOND


@dataclass(frozen=True)
class Entry:
    """What a leaf commits to."""

    log: UUID
    record: UUID
    kind: int
    stored: datetime
    commitment: bytes

    def encode(self) -> bytes:
        """The 74 bytes of format version 1."""
        return _ENTRY.pack(
            ENTRY_VERSION,
            self.log.bytes,
            self.record.bytes,
            self.kind,
            microseconds(self.stored),
            self.commitment,
        )

    @classmethod
    def decode(cls, data: bytes) -> "Entry":
        """
        Read an entry back.

        :raises ValueError: a length or a format version that does not exist
        """
        if len(data) != ENTRY_LENGTH or data[0] != ENTRY_VERSION:
            raise ValueError("not a leaf entry of format version 1")
        _, log, record, kind, stored, committed = _ENTRY.unpack(data)
        return cls(UUID(bytes=log), UUID(bytes=record), kind, from_microseconds(stored), committed)


def origin(log: UUID) -> str:
    """The log's name in checkpoints."""
    return f"andante/{log}"


def key_id(name: str, public_key: bytes) -> bytes:
    """Four bytes that tell one key of a name from another (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def encode_key(name: str, public_key: bytes) -> str:
    """A public key as `NAME+KEYID+KEY` (C2SP signed-note)."""
    return f"{name}+{key_id(name, public_key).hex()}+{base64.b64encode(_ED25519 + public_key).decode()}"


def decode_key(text: str) -> tuple[str, bytes]:
    """
    The name and the 32 bytes of a public key.

    :raises ValueError: not such a text, or its id does not fit
    """
    # From the left: base64 has plus signs of its own, a name has none.
    name, id_text, key_text = text.split("+", 2)
    data = base64.b64decode(key_text, validate=True)
    if len(data) != 33 or data[:1] != _ED25519 or key_id(name, data[1:]).hex() != id_text:
        raise ValueError("not a public key of this log")
    return name, data[1:]


def fingerprint(public_key: bytes) -> str:
    """What two people read to each other to compare keys: sixteen groups of four digits."""
    text = hashlib.sha256(public_key).hexdigest()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def checkpoint_text(*, name: str, size: int, root: bytes, at: datetime) -> str:
    """The text that a checkpoint signs, with its last line feed."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return f"{name}\n{size}\n{base64.b64encode(root).decode()}\n{CHECKPOINT_VERSION} {moment}\n"


def signed_note(*, text: str, name: str, public_key: bytes, signature: bytes) -> str:
    """The text with its signature line (C2SP signed-note)."""
    return f"{text}\n— {name} {base64.b64encode(key_id(name, public_key) + signature).decode()}\n"


def split_note(note: str) -> tuple[str, str, bytes, bytes]:
    """
    The signed text, the signer's name, the key's id and the signature of a note with one signature.

    :raises ValueError: not such a note
    """
    text, separator, rest = note.partition("\n\n")
    lines = rest.splitlines()
    if not separator or len(lines) != 1 or not lines[0].startswith("— "):
        raise ValueError("not a signed note")
    name, _, signature = lines[0][2:].partition(" ")
    data = base64.b64decode(signature, validate=True)
    if len(data) != 68:
        raise ValueError("not a signature of an Ed25519 key")
    return text + "\n", name, data[:4], data[4:]
