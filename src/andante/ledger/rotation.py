"""
Changing the sealer's key: a new key file, and the record in which the old key endorses the new one.

The file comes before the record, under the record's id, so that a change that was sealed always has its key. A change
that died in between leaves a file that nothing speaks of; the next one removes it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from andante.kernel.ids import new_id
from andante.kernel.principals import Principal
from andante.ledger import queries
from andante.ledger.append import append_facts
from andante.ledger.chain import KEY_ROTATED, change_text
from andante.ledger.encoding import encode_key
from andante.ledger.keys import KeyFiles, KeyMissing, SigningKey
from andante.ledger.log import Log, current_log
from andante.ledger.statements import Fact, audit


class ChangeRefused(Exception):  # noqa: N818
    """The key cannot be changed now; the sentence says why, and what to do."""


@dataclass(frozen=True)
class KeyChange:
    """A change of key that was appended: its record, and the new public key."""

    record: UUID
    key: str


@transaction.atomic
def rotate_key(*, files: KeyFiles, by: Principal, at: datetime, why: str) -> KeyChange:
    """
    Make a new key and append the record that it follows the one in force.

    The sealer signs with it from the checkpoint after the one that covers the record.

    :param why: for the record
    :raises ChangeRefused: there is no reason, nothing is sealed yet, or the change before waits to be sealed
    :raises KeyMissing: the key files here do not hold the key in force
    """
    if not why.strip():
        raise ChangeRefused("Say why: the reason goes on record.")
    with connection.cursor() as cursor:
        # One change at a time: what is found below then stays true until this one is committed.
        cursor.execute("SELECT pg_advisory_xact_lock(4107, 3)")
    log = current_log()
    old = _in_force(files, log)
    record = new_id()
    new = files.make_successor(record)
    fact = _key_rotated(log, record, old=old, new=new, by=by, at=at, why=why.strip())
    append_facts([fact])
    return KeyChange(record, fact.body["new"]["key"])


def _in_force(files: KeyFiles, log: Log) -> SigningKey:
    """The key in force, which must be the one that the log's records lead to."""
    successors = files.successors()
    places = queries.records(successors)
    sealed = {}
    for record in successors:
        if record not in places:
            files.discard(record)
        elif (number := places[record].seq) is None:
            raise ChangeRefused("The last change of key is not sealed yet. Let the sealer run, then ask again.")
        else:
            sealed[number] = record
    key = successors[sealed[max(sealed)]] if sealed else files.current()
    known = queries.keys()
    if not known:
        raise ChangeRefused("Nothing is sealed yet. Let the sealer run, then ask again.")
    if encode_key(log.origin, key.public_key) != known[-1].key:
        raise KeyMissing(
            f"{files.path} does not hold the key in force, whose fingerprint is {known[-1].fingerprint}. "
            "Restore the folder of keys from your backup."
        )
    return key


def _key_rotated(
    log: Log, record: UUID, *, old: SigningKey, new: SigningKey, by: Principal, at: datetime, why: str
) -> Fact:
    before, after = (encode_key(log.origin, key.public_key) for key in (old, new))
    text = change_text(origin=log.origin, old=before, new=after, record=record)
    return audit(
        id=record,
        by=by,
        action=KEY_ROTATED,
        subject=f"log:{log.id}",
        at=at,
        old={"key": before},
        new={
            "key": after,
            "endorsement": base64.b64encode(old.sign(text)).decode(),
            "possession": base64.b64encode(new.sign(text)).decode(),
        },
        why=why,
    )
