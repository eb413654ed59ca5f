"""How the records are kept honest: the newest seal, the keys, the witnesses, and what waits."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from andante.evidence import parcels
from andante.ledger import queries as ledger
from andante.ledger.queries import Checkpoint, Cosignature, Lag, LeafRecord, Log
from andante.ledger.statements import instant

FORMAT = "andante-seal/1"
LATE = 5.0
"""Seconds that a record may wait."""


@dataclass(frozen=True)
class SealingKey:
    """A key that signs, or signed, checkpoints of this log."""

    key: str
    """As `ORIGIN+KEYID+KEY` of the ledger's format."""
    fingerprint: str
    since: datetime
    """When the record that names it was stored."""
    number: int
    """Of that record."""
    signs: bool
    """Whether it signed the newest checkpoint."""


@dataclass(frozen=True)
class Seal:
    """Everything that somebody needs who asks how the records are kept honest."""

    log: Log
    checkpoint: Checkpoint | None
    """The newest; none before the first record is sealed."""
    keys: tuple[SealingKey, ...]
    """The one that signs first, then the others, the newest before the older."""
    witnesses: tuple[Cosignature, ...]
    """The newest line of each witness, by name."""
    waiting: Lag

    @property
    def root(self) -> str:
        """The newest checkpoint's root in base64; empty before the first."""
        return base64.b64encode(self.checkpoint.root).decode() if self.checkpoint else ""

    @property
    def key(self) -> SealingKey | None:
        """The key that signs."""
        return self.keys[0] if self.keys and self.keys[0].signs else None

    @property
    def earlier_keys(self) -> tuple[SealingKey, ...]:
        """The keys that do not sign any more."""
        return tuple(each for each in self.keys if not each.signs)

    @property
    def is_late(self) -> bool:
        """Whether records wait longer than a sealer that runs lets them."""
        return self.waiting.seconds > LATE

    def data(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        newest = self.checkpoint
        return {
            "format": FORMAT,
            "log": {"id": str(self.log.id), "iri": self.log.iri, "origin": self.log.origin},
            "checkpoint": newest
            and {"size": newest.size, "root": self.root, "made": instant(newest.made), "note": newest.note},
            "keys": [
                {
                    "key": each.key,
                    "fingerprint": each.fingerprint,
                    "since": instant(each.since),
                    "record": each.number,
                    "signs": each.signs,
                }
                for each in self.keys
            ],
            "witnesses": [
                {"witness": each.witness, "size": each.size, "made": instant(each.made)} for each in self.witnesses
            ],
            "waiting": {"records": self.waiting.waiting, "seconds": round(self.waiting.seconds, 3)},
        }


def seal() -> Seal:
    """Return what is to be said of the seal now. A constant number of queries."""
    newest = ledger.newest_checkpoint()
    named = [_key(each, newest) for each in ledger.key_records(size=newest.size)] if newest else []
    keys = [each for each in named if each]
    return Seal(
        log=ledger.current_log(),
        checkpoint=newest,
        keys=tuple(sorted(keys, key=lambda each: (each.signs, each.number), reverse=True)),
        witnesses=tuple(ledger.newest_cosignatures()),
        waiting=ledger.sealing_lag(),
    )


def verifier() -> Path:
    """Where the program stands that checks bundles, extracts and receipts: one file."""
    return parcels.verifier()


def _key(record: LeafRecord, newest: Checkpoint | None) -> SealingKey | None:
    """
    The key that a record names; none where its body is gone.

    Shown, not judged: whether a change of key was endorsed is for `andante verify` and the verifier to say.
    """
    if record.body is None or newest is None:
        return None
    key = str(msgspec.json.decode(record.body)["new"]["key"])
    try:
        return SealingKey(
            key=key,
            fingerprint=ledger.key_fingerprint(key),
            since=record.stored,
            number=record.number,
            signs=ledger.signed_with(newest.note, key),
        )
    except ValueError:
        return None
