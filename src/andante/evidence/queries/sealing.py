"""How the records are kept honest: the newest seal, the keys, the witnesses, and what waits."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from andante.evidence import parcels
from andante.ledger import queries as ledger
from andante.ledger.queries import Checkpoint, Cosignature, Lag, Log, LogKey, Verification, WitnessView
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
    cosigned: tuple[Cosignature, ...]
    """The newest line of each witness that ever signed, by name."""
    witnesses: tuple[WitnessView, ...]
    """Those that this server asks now, and how it stands with each."""
    verification: Verification | None
    """The last one of the whole database; none before the first."""
    is_overdue: bool
    """Whether it should have been verified again by now."""
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
            "cosigned": [
                {"witness": each.witness, "size": each.size, "made": instant(each.made)} for each in self.cosigned
            ],
            "witnesses": [
                {
                    "witness": each.name,
                    "size": each.size,
                    "agreed": each.agreed and instant(each.agreed),
                    "refused": each.refused and instant(each.refused),
                    "late": each.late,
                }
                for each in self.witnesses
            ],
            "verification": self._verified(),
            "waiting": {"records": self.waiting.waiting, "seconds": round(self.waiting.seconds, 3)},
        }

    def _verified(self) -> dict[str, Any] | None:
        last = self.verification
        if last is None:
            return None
        return {
            "finished": instant(last.finished),
            "records": last.records,
            "rows": last.rows,
            "months_not_read": list(last.months_not_read),
            "findings": last.findings,
            "overdue": self.is_overdue,
        }


def seal() -> Seal:
    """Return what is to be said of the seal now. A constant number of queries."""
    newest = ledger.newest_checkpoint()
    keys = [_key(each, newest) for each in ledger.keys()] if newest else []  # noqa: SIM118 - no mapping
    last = ledger.last_verification()
    return Seal(
        log=ledger.current_log(),
        checkpoint=newest,
        keys=tuple(sorted(keys, key=lambda each: (each.signs, each.number), reverse=True)),
        cosigned=tuple(ledger.newest_cosignatures()),
        witnesses=tuple(ledger.witnesses()),
        verification=last,
        is_overdue=ledger.verification_overdue(last, ledger.database_time()),
        waiting=ledger.sealing_lag(),
    )


def verifier() -> Path:
    """Where the program stands that checks bundles, extracts and receipts: one file."""
    return parcels.verifier()


def _key(found: LogKey, newest: Checkpoint) -> SealingKey:
    return SealingKey(
        key=found.key,
        fingerprint=found.fingerprint,
        since=found.since,
        number=found.number,
        signs=ledger.signed_with(newest.note, found.key),
    )
