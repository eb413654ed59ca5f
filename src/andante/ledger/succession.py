"""
Which of the sealer's keys signs the next checkpoint. Told by key files and leaves alone: the sealer reads no body.

A checkpoint that follows one of the size `previous` is signed with the key of the last change whose leaf's number is
less than `previous`; so the checkpoint that first covers a change is still signed with the key before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from andante.ledger.encoding import encode_key, key_id, split_note
from andante.ledger.keys import KeyMissing
from andante.ledger.log import Log


class LedgerDamaged(Exception):  # noqa: N818
    """The tables contradict the last checkpoint. Nothing is sealed until somebody has looked."""


class Cursor(Protocol):
    """What the sealer needs of a cursor: Django's or psycopg's, on a connection that is the sealer."""

    def execute(self, query: Any, params: Any = ..., /) -> Any: ...
    def executemany(self, query: Any, params: Any, /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Signer(Protocol):
    """A private key that signs checkpoints."""

    @property
    def public_key(self) -> bytes: ...
    def sign(self, message: bytes) -> bytes: ...


class Keys(Protocol):
    """The private keys that there are: see `keys.KeyFiles`."""

    def current(self) -> Signer: ...
    def successors(self) -> Mapping[UUID, Signer]: ...
    def promote(self, record: UUID, /) -> None: ...


def next_signer(cursor: Cursor, *, log: Log, keys: Keys, successors: Mapping[UUID, Signer]) -> Signer:
    """
    The key for the checkpoint after the newest.

    :raises KeyMissing: the newest checkpoint was not signed with the key that these files would have signed it with
    :raises LedgerDamaged: its note cannot be read
    """
    changes = sealed_changes(cursor, successors)
    signers = [keys.current(), *(successors[record] for _, record in changes)]
    cursor.execute("SELECT previous, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
    newest = cursor.fetchone()
    if newest is None:
        found = encode_key(log.origin, signers[0].public_key) == log.key
    else:
        previous, note = newest
        signed = signers[sum(number < previous for number, _ in changes)]
        found = _signer_of(note) == key_id(log.origin, signed.public_key)
    if not found:
        # Files from a backup of before a change, for one. What they would sign, nobody could verify.
        raise KeyMissing(
            "The sealer's key files hold another key than the one that signed the newest checkpoint. "
            "`andante key show` tells the fingerprint of the one in force: restore it from your backup."
        )
    return signers[-1]


def _signer_of(note: str) -> bytes:
    try:
        return split_note(note)[2]
    except ValueError as error:
        raise LedgerDamaged(f"The note of the newest checkpoint cannot be read: {error}.") from None


def promote_proven(cursor: Cursor, keys: Keys) -> int:
    """
    Let each new key that has signed a checkpoint take the place of the one before it; how many did.

    Not sooner: until then the database may lose its last moments, as when a standby takes over, and need the old key.
    """
    changes = sealed_changes(cursor, keys.successors())
    cursor.execute("SELECT coalesce(max(previous), 0) FROM ledger_checkpoint")
    (previous,) = cursor.fetchone()
    proven = [record for number, record in changes if number < previous]
    for record in proven:
        keys.promote(record)
    return len(proven)


def sealed_changes(cursor: Cursor, successors: Mapping[UUID, Signer]) -> list[tuple[int, UUID]]:
    """The changes of key that are sealed: number and record, in the order of leaves."""
    if not successors:
        return []
    cursor.execute("SELECT seq, id FROM ledger_leaf WHERE id = ANY(%s) ORDER BY seq", [list(successors)])
    return [(seq, id) for seq, id in cursor.fetchall()]
