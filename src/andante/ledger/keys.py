"""The sealer's Ed25519 keys (RFC 8032), in files that only the sealer's user may read."""

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class KeyMissing(Exception):  # noqa: N818
    """The key file is not there, or is not the log's. Without it nothing can be sealed under the log's name."""


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


@dataclass(frozen=True)
class KeyFiles:
    """
    The sealer's key file, and beside it one for each change of key that is under way.

    A new key's file bears the id of the record that says so: `sealer-ed25519.RECORD.pem`. Whether that record has a
    leaf tells which key signs, so nothing else has to be remembered, and a process may die between any two steps. When
    the new key has signed, its file takes the old one's name, and so the old private key is gone.
    """

    path: Path

    def current(self) -> SigningKey:
        """
        The key that signs as long as no change is sealed.

        :raises KeyMissing: the file is not there, or holds something else
        """
        return read_key(self.path)

    def successors(self) -> dict[UUID, SigningKey]:
        """The keys that follow, by the record that says so."""
        found = {}
        for path in self.path.parent.glob(f"{self.path.stem}.*.pem"):
            try:
                record = UUID(path.stem.removeprefix(f"{self.path.stem}."))
            except ValueError:
                continue  # somebody's own copy, under a name of their own
            found[record] = read_key(path)
        return found

    def make_successor(self, record: UUID) -> SigningKey:
        return make_key(self._successor(record))

    def promote(self, record: UUID) -> None:
        """Let a key that has followed take the place of the one before it, whose private part is lost by this."""
        self._successor(record).replace(self.path)
        _sync_folder(self.path.parent)

    def discard(self, record: UUID) -> None:
        """Remove a key whose record was never appended."""
        self._successor(record).unlink()

    def _successor(self, record: UUID) -> Path:
        return self.path.with_name(f"{self.path.stem}.{record}.pem")


def make_key(path: Path) -> SigningKey:
    """
    Make a key and write it to a file that only this user may read. Whole or not at all; one call at a time.

    :raises FileExistsError: a key is never overwritten
    """
    if path.exists():
        raise FileExistsError(path)
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Under one name, so that what a process leaves that dies here is written over by the next.
    unfinished = path.with_name("unfinished-key")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync_folder(path.parent)
    return SigningKey(key)


def _sync_folder(folder: Path) -> None:
    """Let a change of names outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
