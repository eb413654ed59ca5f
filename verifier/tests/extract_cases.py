"""The golden extracts: good, tampered with, and incomplete."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from verifier.tests.small_log import SmallLog, changed, witness

ADA = UUID("01930000-0000-7000-8000-000000000001")
BEN = UUID("01930000-0000-7000-8000-000000000002")


@dataclass(frozen=True)
class ExtractCase:
    """One extract, and what the verifier must say of it."""

    name: str
    status: int
    about: str
    extract: dict[str, Any]
    names: tuple[str, ...] = ()
    """ids of records that the findings must name"""
    own: bytes | None = None
    """the auditor's earlier checkpoint, given along"""
    witness: str | None = None
    """the key of the auditor's witness, given along"""
    lost: int = 0
    """bytes that the end of the file lost"""

    @property
    def data(self) -> bytes:
        data = json.dumps(self.extract, indent=1, ensure_ascii=False).encode() + b"\n"
        return data[: len(data) - self.lost]


def learned() -> SmallLog:
    """Record 1, 3, 5 and 6 are about Ada, 2 about Ben; 4 changed the key; sealed after 3, 5 and 8; a witness saw it."""
    log = SmallLog()
    log.learn(ADA)
    log.learn(BEN)
    log.seal()
    log.learn(ADA, "completed")
    log.rotate("second")
    log.seal()
    log.audit("placed", f"person:{ADA}", new={"unit": "Füllung"})
    log.learn(ADA)
    log.state()
    log.seal()
    log.cosign(witness())
    return log


def erased() -> SmallLog:
    log = learned()
    log.erase(log.records[3])
    log.seal()
    return log


def good() -> list[ExtractCase]:
    log = learned()
    first, seen = log.checkpoints[0], witness().key
    ada = (1, 3, 5, 6)
    return [
        ExtractCase("receipt", 0, "of one record", log.extract(3)),
        ExtractCase("receipt-grown", 0, "and a checkpoint of before", log.extract(3, since=3), own=first.note),
        ExtractCase("receipt-witnessed", 0, "and a witness", log.extract(3), witness=seen),
        ExtractCase("receipt-erased", 0, "of a record that was erased", erased().extract(3, 8)),
        ExtractCase("person", 0, "what concerns one person", log.extract(*ada, person=ADA)),
        ExtractCase("person-erased", 0, "one of them was erased", erased().extract(*ada, 8, person=ADA)),
    ]


def forged(name: str, about: str, forge: Callable[[dict[str, Any]], None], *named: int, **given: Any) -> ExtractCase:
    log = learned()
    extract = log.extract(1, 3, person=ADA, since=3)
    forge(extract)
    return ExtractCase(name, 1, about, extract, tuple(str(log.records[number].id) for number in named), **given)


def tampered() -> list[ExtractCase]:
    log = learned()
    first, seen = log.checkpoints[0], witness().key
    rewritten = learned()
    rewritten.records[1] = changed(rewritten.records[1], body=rewritten.records[1].body + b" ")
    rewritten.checkpoints[-1] = rewritten.sign(8, 5)

    def record(**values: Any) -> Callable[[dict[str, Any]], None]:
        return lambda extract: extract["records"][1].update(values)

    def unsign(extract: dict[str, Any]) -> None:
        extract["checkpoint"] = extract["checkpoint"].replace("2026-11", "2025-11")

    def swap(extract: dict[str, Any]) -> None:
        one, other = extract["records"]
        one["proof"], other["proof"] = other["proof"], one["proof"]

    def drop_change(extract: dict[str, Any]) -> None:
        del extract["keys"][1]

    def drop_opened(extract: dict[str, Any]) -> None:
        del extract["keys"][0]

    def unprove(extract: dict[str, Any]) -> None:
        extract["consistency"]["proof"][0] = base64.b64encode(bytes(32)).decode()

    def of_another(extract: dict[str, Any]) -> None:
        extract["scope"]["person"] = str(BEN)

    def uncosign(extract: dict[str, Any]) -> None:
        extract["checkpoint"] = log.checkpoints[-2].note.decode()

    return [
        forged("extract-record-changed", "a word of record 3 is another", record(body="{}"), 3),
        forged("extract-record-dated-back", "record 3 was stored earlier", record(stored=1), 3),
        forged("extract-kind-changed", "record 3 is called an audit event", record(kind=2), 3),
        forged("extract-proofs-swapped", "records 1 and 3 with each other's proof", swap, 1, 3),
        forged("extract-checkpoint-changed", "another time in the checkpoint", unsign),
        forged("extract-change-left-out", "the change of key is not there", drop_change),
        forged("extract-opening-left-out", "the record that opened the log is not there", drop_opened),
        forged("extract-not-consistent", "a false proof from the auditor's checkpoint", unprove, own=first.note),
        forged("extract-of-another", "another person's records", of_another, 1, 3),
        forged("extract-cosigned-otherwise", "the witness signed another", uncosign, witness=seen),
        ExtractCase("extract-rewritten", 1, "anew", rewritten.extract(3, since=3), own=first.note),
        ExtractCase("extract-erased-unnamed", 1, "nothing says why", erased().extract(1, 3, person=ADA)),
    ]


def incomplete() -> list[ExtractCase]:
    log = learned()
    extract = log.extract(3)
    changing = SmallLog()
    changing.learn(ADA)
    changing.rotate("second")
    changing.seal()
    return [
        ExtractCase("extract-key-changing", 2, "its checkpoint holds the change of key", changing.extract(1)),
        ExtractCase("extract-cut-off", 2, "the end of the file is missing", extract, lost=100),
        ExtractCase("extract-format-later", 2, "a later format", {**extract, "format": "andante-extract/2"}),
        ExtractCase("extract-unproven", 2, "no proof from the auditor's", extract, own=log.checkpoints[0].note),
        ExtractCase("extract-unwitnessed", 2, "not seen", extract, witness=witness("another.example.org").key),
    ]


def cases() -> list[ExtractCase]:
    return [*good(), *tampered(), *incomplete()]
