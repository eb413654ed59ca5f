"""How the facts of this package look: audit events."""

from __future__ import annotations

import base64
from datetime import datetime

from andante.kernel.ids import new_id
from andante.kernel.principals import Principal
from andante.ledger.queries import Checkpoint, Log
from andante.ledger.statements import Fact, audit

BUNDLE_EXPORTED = "bundle-exported"


def bundle_exported(*, log: Log, newest: Checkpoint | None, by: Principal, at: datetime) -> Fact:
    """
    Somebody took a copy of the whole log.

    :param newest: the newest checkpoint when the export began; the bundle may hold a later one
    """
    new = {
        "scope": "whole",
        "size": newest.size if newest else 0,
        "root": base64.b64encode(newest.root).decode() if newest else None,
    }
    return audit(id=new_id(), by=by, action=BUNDLE_EXPORTED, subject=f"log:{log.id}", at=at, new=new)
