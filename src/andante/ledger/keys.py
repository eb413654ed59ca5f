"""The sealer's Ed25519 key (RFC 8032), in a file that only the sealer's user may read."""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class KeyMissing(Exception):  # noqa: N818
    """The key file is not there. Without it nothing can be sealed under the log's name."""


@dataclass(frozen=True)
class SigningKey:
    """Signs checkpoints."""

    _private: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(message)


def key_path(data_dir: Path) -> Path:
    return data_dir / "keys" / "sealer-ed25519.pem"


def make_key(path: Path) -> SigningKey:
    """
    Make a key and write it to a file that only this user may read.

    :raises FileExistsError: a key is never overwritten
    """
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return SigningKey(key)


def read_key(path: Path) -> SigningKey:
    """
    Read the key.

    :raises KeyMissing: the file is not there, or holds something else
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise KeyMissing(f"The sealer's key is missing: {path}. Restore it from your backup.") from None
    except ValueError:
        raise KeyMissing(f"{path} holds no private key. Restore it from your backup.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyMissing(f"{path} holds no Ed25519 key. Restore it from your backup.")
    return SigningKey(key)
