"""How the facts of this package look: audit events."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from andante.kernel.ids import PersonId, new_id
from andante.kernel.principals import Principal
from andante.ledger.queries import Checkpoint, Log
from andante.ledger.statements import Fact, audit

BUNDLE_EXPORTED = "bundle-exported"
QUESTION_ASKED = "question-asked"
EVIDENCE_EXPORTED = "evidence-exported"
RECEIPT_EXPORTED = "receipt-exported"
EXTRACT_EXPORTED = "extract-exported"


def bundle_exported(*, log: Log, newest: Checkpoint | None, by: Principal, at: datetime) -> Fact:
    """
    Somebody took a copy of the whole log.

    :param newest: the newest checkpoint when the export began; the bundle may hold a later one
    """
    return audit(
        id=new_id(),
        by=by,
        action=BUNDLE_EXPORTED,
        subject=f"log:{log.id}",
        at=at,
        new={"scope": "whole", **_top(newest)},
    )


def question_asked(
    *,
    requirement: str,
    question: Mapping[str, Any],
    counts: Mapping[str, int],
    sha256: str,
    by: Principal,
    at: datetime,
) -> Fact:
    """
    Somebody asked who was qualified.

    :param counts: how many the answer lists, and how many of them were qualified
    :param sha256: of the answer as CSV, in hexadecimal
    """
    new = {"question": dict(question), "counts": dict(counts), "sha256": sha256}
    return audit(id=new_id(), by=by, action=QUESTION_ASKED, subject=f"requirement:{requirement}", at=at, new=new)


def evidence_exported(
    *,
    id: UUID,
    asked: UUID,
    what: str,
    requirement: str,
    question: Mapping[str, Any],
    counts: Mapping[str, int],
    sha256: str,
    newest: Checkpoint | None,
    by: Principal,
    at: datetime,
) -> Fact:
    """
    Somebody took the answer to a question away.

    :param asked: the record of the question
    :param what: "csv", or "bundle" for the answer with the whole log
    """
    new: dict[str, Any] = {
        "asked": str(asked),
        "what": what,
        "question": dict(question),
        "counts": dict(counts),
        "sha256": sha256,
    }
    if what == "bundle":
        new |= {"scope": "whole", **_top(newest)}
    return audit(id=id, by=by, action=EVIDENCE_EXPORTED, subject=f"requirement:{requirement}", at=at, new=new)


def receipt_exported(*, record: UUID, number: int, newest: Checkpoint, by: Principal, at: datetime) -> Fact:
    """
    Somebody took one record away, with its proof.

    :param number: of the record's leaf
    :param newest: the newest checkpoint; the file may lead to a later one
    """
    new = {"number": number, **_top(newest)}
    return audit(id=new_id(), by=by, action=RECEIPT_EXPORTED, subject=f"record:{record}", at=at, new=new)


def extract_exported(*, person: PersonId, records: int, newest: Checkpoint, by: Principal, at: datetime) -> Fact:
    """
    Somebody took every record away that concerns a person, with the proofs.

    :param records: how many there were when the export began
    """
    new = {"records": records, **_top(newest)}
    return audit(id=new_id(), by=by, action=EXTRACT_EXPORTED, subject=f"person:{person}", at=at, new=new)


def _top(newest: Checkpoint | None) -> dict[str, Any]:
    return {
        "size": newest.size if newest else 0,
        "root": base64.b64encode(newest.root).decode() if newest else None,
    }
