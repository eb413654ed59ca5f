"""The golden small parts: what each step gives, for whoever writes a verifier or a log of their own."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

from verifier.tests.cases_2 import rotated, witnessed
from verifier.tests.small_log import (
    START,
    consistency_proof,
    inclusion_proof,
    instant,
    small_log,
    tree_root,
    witness,
)


def atoms_2() -> dict[str, Any]:
    """The small parts that came with version 2."""
    log, seen = rotated(), witnessed()
    change, by = log.records[2], witness()
    entries = small_log((8,)).entries()
    told = json.loads(change.body)
    text = f"andante-key/1\n{log.origin}\n{told['old']['key']}\n{told['new']['key']}\n{change.id}\n"
    return {
        "change_of_key": {"number": 2, "body": change.body.decode(), "signed_text": text},
        "cosignature": {
            "key": by.key,
            "note": seen.checkpoints[0].note.decode(),
            "time": 1_795_366_901,
            "line": seen.cosignatures[0][1],
        },
        "entries": [entry.hex() for entry in entries],
        "inclusion": [
            [[one.hex() for one in inclusion_proof(number, entries[:size])] for number in range(size)]
            for size in range(1, 9)
        ],
        "consistency": [
            [[one.hex() for one in consistency_proof(old, entries[:size])] for old in range(size + 1)]
            for size in range(1, 9)
        ],
    }


def atoms() -> dict[str, Any]:
    """The small parts: what each step gives, for whoever writes a verifier or a log of their own."""
    log = small_log((20,))
    entries = log.entries()
    checkpoint = log.checkpoints[0]
    public = log.private.public_key().public_bytes_raw()
    return {
        "log": {"id": str(log.id), "iri": log.iri, "origin": log.origin},
        "key": {
            "private": log.private.private_bytes_raw().hex(),
            "public": public.hex(),
            "id": log.key_id.hex(),
            "text": log.key,
            "fingerprint": hashlib.sha256(public).hexdigest(),
        },
        "records": [
            {
                "id": str(record.id),
                "kind": record.kind,
                "stored": record.stored,
                "salt": record.salt.hex(),
                "body": record.body.decode(),
                "commitment": record.commitment.hex(),
                "entry": entry.hex(),
                "leaf_hash": tree_root([entry]).hex(),
            }
            for record, entry in zip(log.records, entries, strict=True)
        ],
        "roots": [tree_root(entries[:size]).hex() for size in range(len(entries) + 1)],
        "checkpoint": {
            "size": checkpoint.size,
            "root": base64.b64encode(checkpoint.root).decode(),
            "time": instant(START + timedelta(seconds=checkpoint.size)),
            "note": checkpoint.note.decode(),
        },
    }
