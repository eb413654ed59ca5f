"""
Which key was in force when: the key that the log was opened with, and every change of it.

A change is a record. It changes something only if the key before it endorsed the new one, and the new one shows that it
is there (docs/reference/ledger-format.md, "A change of key"); everything else that claims to be one is a forgery.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from andante.ledger.encoding import decode_key, encode_key, fingerprint, key_id
from andante.ledger.log import Log, current_log
from andante.ledger.rows import RECORD_OF_LEAF, read_fact
from andante.ledger.statements import Fact, Kind, spells_action

LOG_OPENED = "log-opened"
KEY_ROTATED = "key-rotated"


@dataclass(frozen=True)
class LogKey:
    """
    A key that is or was in force.

    `number` and `record` are those of the record that brought it, `since` is when the database stored that record.
    """

    number: int
    record: UUID
    key: str
    fingerprint: str
    since: datetime


def keys() -> list[LogKey]:
    """
    Every key that was ever in force, the one in force last. Empty before the log's first record is sealed.

    Forged changes are left out: they change nothing.
    """
    chain, found = KeyChain(current_log()), []
    for id, kind, timestamp, body, stored, seq in _records():
        fact = read_fact(id, kind, timestamp, body)
        if seq == 0 or (claims_change(fact, body) and chain.follow(fact, seq) is None):
            key = chain.newest
            found.append(LogKey(seq, id, key, fingerprint(decode_key(key)[1]), stored))
    return found


def claims_change(fact: Fact, text: str) -> bool:
    """
    Whether a fact says that it changes the key.

    :param text: its body as it is stored
    """
    return fact.kind is Kind.AUDIT and fact.body.get("action") == KEY_ROTATED and spells_action(text, KEY_ROTATED)


def change_text(*, origin: str, old: str, new: str, record: UUID) -> bytes:
    """What both keys sign; keys as `ORIGIN+KEYID+KEY`."""
    return f"andante-key/1\n{origin}\n{old}\n{new}\n{record}\n".encode()


@dataclass(frozen=True)
class KnownSigner:
    """A key of the log that signed something, and whether it was the one in force for that."""

    public_key: bytes
    in_force: bool


class KeyChain:
    """The keys of a log, followed from the first record on."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._changes = [(-1, log.key)]

    @property
    def newest(self) -> str:
        """The key that the last change brought."""
        return self._changes[-1][1]

    def follow(self, fact: Fact, number: int) -> str | None:
        """
        Take in what claims to be a change of key.

        :param number: of its leaf; numbers ascend
        :return: why it is a forgery and changes nothing; None where it is genuine
        """
        why = self.forgery(fact)
        if why is None:
            self._changes.append((number, fact.body["new"]["key"]))
        return why

    def forgery(self, fact: Fact) -> str | None:
        """Why a claim to change the key now in force is a forgery; None where it is genuine."""
        if fact.body.get("subject") != f"log:{self.log.id}":
            return "it is about another log"
        try:
            old, new = fact.body["old"]["key"], fact.body["new"]["key"]
            endorsement = _signature(fact.body["new"]["endorsement"])
            possession = _signature(fact.body["new"]["possession"])
            text = change_text(origin=self.log.origin, old=old, new=new, record=fact.id)
            if old != self.newest:
                return "the key it replaces was not the one in force"
            if not _signed(text, endorsement, self._public(old)):
                return "the old key did not endorse the new one"
            if not _signed(text, possession, self._public(new)):
                return "the new key did not sign it"
        except (KeyError, TypeError, ValueError, AttributeError):
            return "its keys or signatures are missing or cannot be read"
        return None

    def signer_of(self, id: bytes, previous: int) -> KnownSigner | None:
        """
        The key with this id, if it ever was in force.

        The one that signs the checkpoint after that of the size `previous` is that of the last change before it.
        """
        in_force = next(key for number, key in reversed(self._changes) if number < previous)
        for key in (in_force, *(key for _, key in self._changes)):
            name, public = decode_key(key)
            if key_id(name, public) == id:
                return KnownSigner(public, in_force=key == in_force)
        return None

    def changes_between(self, previous: int, size: int) -> int:
        """How many changes the leaves from `previous` to before `size` hold."""
        return sum(previous <= number < size for number, _ in self._changes)

    def _public(self, key: str) -> Ed25519PublicKey:
        name, public = decode_key(key)
        if name != self.log.origin or encode_key(name, public) != key:
            raise ValueError("not a key of this log")
        return Ed25519PublicKey.from_public_bytes(public)


def _signature(text: str) -> bytes:
    """The 64 bytes of a signature in base64, in its one canonical spelling."""
    try:
        signature = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if len(signature) != 64 or base64.b64encode(signature).decode() != text:
        raise ValueError("not a signature of an Ed25519 key")
    return signature


def _signed(text: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(signature, text)
    except InvalidSignature:
        return False
    return True


def _records() -> list[tuple[UUID, int, datetime, str, datetime, int]]:
    """The first record, and whatever claims to change the key, in leaf order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.id, s.kind, s."timestamp", b.body, l.stored, l.seq FROM (
                SELECT seq, id, stored FROM ledger_leaf WHERE seq = 0
                UNION SELECT seq, id, stored FROM ledger_leaf
                WHERE id IN (SELECT id FROM ledger_statement WHERE kind = 2 AND verb = %s)
            ) l {RECORD_OF_LEAF} ORDER BY l.seq
            """,  # noqa: S608 - a constant of this package
            [KEY_ROTATED],
        )
        found: list[tuple[UUID, int, datetime, str, datetime, int]] = cursor.fetchall()
        return found
