"""
Makes the golden files of docs/reference/vectors: `python -m verifier.tests.make_vectors FOLDER`.

They follow from a seed, so making them again gives the same bytes. What they say is frozen: a later format adds files,
it never changes these.
"""

import base64
import hashlib
import io
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from verifier.tests import extract_cases
from verifier.tests.extract_cases import ExtractCase
from verifier.tests.small_log import (
    AUDIT,
    MEMBERS,
    START,
    STRAY,
    Bundle,
    Signer,
    SmallLog,
    changed,
    consistency_proof,
    inclusion_proof,
    instant,
    small_log,
    tree_root,
    witness,
    write_zip,
)


@dataclass(frozen=True)
class Case:
    """One bundle, and what the verifier must say of it."""

    name: str
    status: int
    about: str
    names: tuple[str, ...] = ()
    """ids of records that the findings must name"""
    members: dict[str, bytes] | None = None
    lost: int = 0
    """bytes that the end of the file lost"""
    own: bytes | None = None
    """the auditor's earlier checkpoint, given along"""
    witness: str | None = None
    """the key of the auditor's witness, given along"""
    archives: tuple[bytes, ...] = ()
    """files of archived months, given along"""


def sound() -> SmallLog:
    return small_log((2, 1, 3), waiting=1)


def with_tile() -> SmallLog:
    log = SmallLog()
    for _ in range(256):
        log.take(log.record(1, {}))
    log.seal()
    return log


def good() -> list[Case]:
    log, first, last = sound(), sound().checkpoints[0], sound().checkpoints[-1]
    grown = "the same log, and a checkpoint of it that the auditor kept"
    return [
        Case("one-record", 0, "a log that was just opened", members=small_log((1,)).bundle().members()),
        Case("small", 0, "six records in three checkpoints; one waits", members=log.bundle().members()),
        Case("small-grown", 0, grown, members=log.bundle().members(), own=first.note),
        Case("small-same", 0, grown, members=log.bundle().members(), own=last.note),
        Case("tile", 0, "257 records, so one full tile", members=with_tile().bundle().members()),
    ]


def forged(name: str, about: str, forge: Callable[[SmallLog, Bundle], tuple[int, ...]]) -> Case:
    """A forgery of the small log; `forge` gives the numbers of the records to be named."""
    log = sound()
    bundle = log.bundle()
    numbers = forge(log, bundle)
    ids = tuple(str(log.records[number].id) for number in numbers)
    return Case(name, 1, about, ids, members=bundle.count_again().members())


def record_cases() -> list[Case]:
    def put(**values: Any) -> Callable[[SmallLog, Bundle], tuple[int, ...]]:
        def forge(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
            bundle.records[4] = (4, changed(log.records[4], **values))
            return (4,)

        return forge

    def lengthen_salt(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        return put(salt=log.records[4].salt + b"\0")(log, bundle)

    def remove(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        del bundle.records[4]
        return (4,)

    def exchange(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        bundle.records[3], bundle.records[4] = (3, log.records[4]), (4, log.records[3])
        return (3, 4)

    def swap_bodies(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        one, other = log.records[3], log.records[4]
        bundle.records[3] = (3, changed(one, body=other.body, salt=other.salt))
        bundle.records[4] = (4, changed(other, body=one.body, salt=one.salt))
        return (3, 4)

    def reorder(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        bundle.records[3], bundle.records[4] = bundle.records[4], bundle.records[3]
        return (3,)

    def repeat(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        bundle.records.insert(4, bundle.records[4])
        return (4,)

    body = sound().records[4].body.replace(b"answered", b"passed")
    stored = sound().records[4].stored - 86_400_000_000
    return [
        forged("record-changed", "a word of record 4 is another", put(body=body)),
        forged("record-salt-changed", "another salt", put(salt=bytes(32))),
        forged("record-salt-longer", "a zero byte more in the salt, so that the commitment fits", lengthen_salt),
        forged("record-dated-back", "stored a day earlier, but not in the leaf", put(stored=stored)),
        forged("record-kind-changed", "a statement is called an audit event", put(kind=AUDIT)),
        forged("record-removed", "the leaf is there, the record is not", remove),
        forged("records-exchanged", "records 3 and 4 under each other's number", exchange),
        forged("record-bodies-swapped", "records 3 and 4 with each other's body and salt", swap_bodies),
        forged("records-reordered", "record 4 stands before record 3", reorder),
        forged("record-repeated", "record 4 stands twice", repeat),
    ]


def leaf_cases() -> list[Case]:
    def remove(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        del bundle.leaves[4]
        return ()

    def take_out(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        del bundle.leaves[4], bundle.records[4]
        bundle.unsealed.append((STRAY, log.records[4], None))
        return (4,)

    def close_gap(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        del bundle.leaves[2], bundle.records[2]
        bundle.leaves = [(number, entry) for number, (_, entry) in enumerate(bundle.leaves)]
        bundle.records = [(number, record) for number, (_, record) in enumerate(bundle.records)]
        return (3,)

    def rewrite(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        better = changed(log.records[2], body=log.records[2].body.replace(b"answered", b"passed"))
        bundle.records[2], bundle.leaves[2] = (2, better), (2, better.entry(log.id))
        return (2,)

    def append(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        extra = log.waiting.pop()
        bundle.unsealed = []
        log.records.append(extra)
        bundle.leaves.append((6, extra.entry(log.id)))
        bundle.records.append((6, extra))
        return (6,)

    def repeat(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        bundle.leaves.append((6, log.records[4].entry(log.id)))
        bundle.records.append((6, log.records[4]))
        return (4,)

    def exchange(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        for number, other in ((4, 5), (5, 4)):
            bundle.leaves[number] = (number, log.records[other].entry(log.id))
            bundle.records[number] = (number, log.records[other])
        return (4, 5)

    def of_another_log(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        bundle.leaves[4] = (4, log.records[4].entry(SmallLog("other").id))
        return (4,)

    return [
        forged("leaf-removed", "a gap in the leaves; the record is still there", remove),
        forged("leaf-taken-out", "record 4 has lost its leaf", take_out),
        forged("leaf-removed-gap-closed", "record 2 is gone, those after it moved up", close_gap),
        forged("leaf-rewritten", "record 2 was changed, and its leaf to fit", rewrite),
        forged("leaf-after-checkpoint", "a leaf that no checkpoint covers", append),
        forged("leaf-repeated", "record 4 stands in the tree a second time", repeat),
        forged("leaves-exchanged", "records 4 and 5 changed places, leaves and all", exchange),
        forged("leaf-of-another-log", "another log's id in the leaf of record 4", of_another_log),
    ]


def checkpoint_cases() -> list[Case]:
    def change_time(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        old = bundle.checkpoints[0]
        bundle.checkpoints[0] = replace(old, note=old.note.replace(b"2026-11", b"2025-11"))
        return ()

    def move_signature(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        text, line = bundle.checkpoints[2].note.split(b"\n\n")[0], bundle.checkpoints[1].note.split(b"\n\n")[1]
        bundle.checkpoints[2] = replace(bundle.checkpoints[2], note=text + b"\n\n" + line)
        return ()

    def remove(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        del bundle.checkpoints[1]
        return ()

    def remove_newest(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        del bundle.checkpoints[2]
        return (3, 4, 5)

    def repeat(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        bundle.checkpoints.insert(1, bundle.checkpoints[1])
        return ()

    def invent(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        bundle.checkpoints[1] = log.sign(3, 2, root=bytes(32))
        return ()

    def sign_otherwise(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        bundle.checkpoints[2] = SmallLog(key_name="other").sign(6, 3, root=tree_root(log.entries()))
        return ()

    return [
        forged("checkpoint-time-changed", "another time in an old checkpoint", change_time),
        forged("checkpoint-signature-moved", "the signature of another checkpoint", move_signature),
        forged("checkpoint-removed", "one from the middle is gone", remove),
        forged("checkpoint-newest-removed", "an older checkpoint as the newest", remove_newest),
        forged("checkpoint-repeated", "two checkpoints of one size", repeat),
        forged("checkpoint-false-root", "signed, but over a root that the log never had", invent),
        forged("checkpoint-other-key", "signed with another key", sign_otherwise),
    ]


def other_cases() -> list[Case]:
    def stray(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        log.records.append(log.waiting[0])
        bundle.unsealed = [(STRAY, log.waiting[0], None)]
        return (6,)

    def change_waiting(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        waiting = log.waiting[0]
        log.records.append(waiting)
        bundle.unsealed = [(1, changed(waiting, body=b"{}"), waiting.commitment)]
        return (6,)

    def wait_again(log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        bundle.unsealed.append((1, log.records[4], log.records[4].commitment))
        return (4,)

    def insert_tile(_log: SmallLog, bundle: Bundle) -> tuple[int, ...]:
        bundle.tiles.append((0, 0, bytes(8192)))
        return ()

    return [
        forged("record-in-neither", "a record that has no leaf and does not wait", stray),
        forged("waiting-changed", "a record was changed while it waited", change_waiting),
        forged("waiting-although-sealed", "record 4 waits to be sealed again", wait_again),
        forged("tile-inserted", "a tile that six records do not fill", insert_tile),
        *tile_cases(),
        *whole_log_cases(),
    ]


def tile_cases() -> list[Case]:
    log = with_tile()
    altered, removed = log.bundle(), log.bundle()
    level, index, hashes = altered.tiles[0]
    altered.tiles[0] = (level, index, hashes[:3200] + bytes(32) + hashes[3232:])
    removed.tiles = []
    named = (str(log.records[100].id),)
    return [
        Case("tile-changed", 1, "the kept hash of record 100 is another", named, altered.members()),
        Case("tile-removed", 1, "the full tile is gone", members=removed.count_again().members()),
    ]


def whole_log_cases() -> list[Case]:
    own = sound().checkpoints[1].note
    rewritten = SmallLog()
    rewritten.waiting += [changed(record, body=record.body + b" ") for record in sound().records[1:]]
    rewritten.seal()
    other_key = SmallLog(key_name="other")
    other_key.seal()
    replaced = sound()
    replaced.iri = "https://elsewhere.example.org/log"
    bundle = replaced.bundle()
    return [
        Case(
            "log-rewritten", 1, "anew from record 1, with the same key", members=rewritten.bundle().members(), own=own
        ),
        Case("log-cut-back", 1, "to its first checkpoint", members=small_log((2,)).bundle().members(), own=own),
        Case("log-other-key", 1, "anew under another key", members=other_key.bundle().members(), own=own),
        Case(
            "first-record-contradicted",
            1,
            "the bundle names another address than the record that opened the log",
            (str(replaced.records[0].id),),
            bundle.members(),
        ),
    ]


def incomplete_cases() -> list[Case]:
    sealed_nothing = sound().bundle()
    waiting = sound().records[0]
    sealed_nothing.leaves, sealed_nothing.records, sealed_nothing.checkpoints = [], [], []
    sealed_nothing.unsealed = [(1, waiting, waiting.commitment)]
    members = sound().bundle().members()
    later = {**members, "manifest.json": members["manifest.json"].replace(b"andante-bundle/1", b"andante-bundle/2")}
    short = {**members, "records": members["records"][:-1]}
    return [
        Case("cut-off", 2, "the end of the file is missing", members=members, lost=100),
        Case("part-missing", 2, "no tiles", members={name: members[name] for name in MEMBERS if name != "tiles"}),
        Case("part-cut-off", 2, "the last byte of the records is missing", members=short),
        Case("format-unknown", 2, "a later format", members=later),
        Case("nothing-sealed", 2, "the only record waits", members=sealed_nothing.count_again().members()),
    ]


def rotated(**forged: str) -> SmallLog:
    """Opened, key changed by record 2, and sealed twice after that."""
    log = small_log((2,))
    log.rotate("second", **forged)
    log.seal()
    for _ in range(2):
        log.state()
        log.seal()
    return log


def erased() -> SmallLog:
    """Seven records, of which number 3 was erased; number 5 says so."""
    log = small_log((2, 3))
    log.erase(log.records[3])
    log.state()
    log.seal()
    return log


def witnessed() -> SmallLog:
    """Sealed three times; a witness saw the first two checkpoints, another one the second."""
    log = SmallLog()
    for number, witnesses in enumerate((("witness",), ("witness", "another"), ())):
        log.state()
        log.seal()
        for name in witnesses:
            log.cosign(witness(f"{name}.example.org"), time=1_795_366_901 + number)
    return log


def archived(folder: Path) -> tuple[SmallLog, bytes]:
    """Four records of October, three of them in an archive; and two of November."""
    log = SmallLog(begin=datetime(2026, 10, 30, tzinfo=UTC))
    for _ in range(3):
        log.state()
    log.seal()
    log.begin = START
    log.state()
    log.archive(folder / "archive.zip", "2026-10")
    log.seal()
    return log, (folder / "archive.zip").read_bytes()


def good_2(folder: Path) -> list[Case]:
    month, file = archived(folder)
    key = rotated()
    seen, first = witness().key, key.checkpoints[0].note
    return [
        Case("small-2", 0, "the small log in version 2", members=sound().bundle_2().members()),
        Case("changed-key", 0, "record 2 changes the key", members=key.bundle_2().members()),
        Case("changed-key-grown", 0, "and a checkpoint of the old key", (), key.bundle_2().members(), 0, first),
        Case("erased", 0, "record 3 was erased, record 5 says so", members=erased().bundle_2().members()),
        Case("witnessed", 0, "a witness saw two checkpoints", members=witnessed().bundle_2().members(), witness=seen),
        Case("archived", 0, "October is in an archive", members=month.bundle_2().members(), archives=(file,)),
    ]


def key_cases_2() -> list[Case]:
    stranger = Signer.of("x", 1, "stranger").sign("x")
    unendorsed, unpossessed = (rotated(**{name: stranger}) for name in ("endorsement", "possession"))
    late, early = rotated(), rotated()
    bundles = late.bundle_2(), early.bundle_2()
    for bundle, index, signer in ((bundles[0], 3, late.signers[0][1]), (bundles[1], 1, early.signers[1][1])):
        old = bundle.checkpoints[index]
        text = old.note.decode().split("\n\n")[0] + "\n"
        bundle.checkpoints[index] = replace(old, note=f"{text}\n{signer.line(text)}\n".encode())
    ids = (str(unendorsed.records[2].id),)
    return [
        Case("key-unendorsed", 1, "the old key did not sign the change", ids, unendorsed.bundle_2().members()),
        Case("key-unpossessed", 1, "the new key did not sign the change", ids, unpossessed.bundle_2().members()),
        Case("key-old-after-change", 1, "signed with the old key after the change", members=bundles[0].members()),
        Case("key-new-too-early", 1, "signed with the new key too early", members=bundles[1].members()),
        Case("key-change-unknown-to-1", 1, "version 1 knows no changed key", members=rotated().bundle().members()),
    ]


def removed_cases_2(folder: Path) -> list[Case]:
    log = erased()
    unnamed, lasting = log.bundle_2(), erased()
    del unnamed.records[3]
    lasting.audit("record-erased", f"record:{lasting.records[0].id}")
    lasting.seal()
    month, file = archived(folder)
    named = (str(log.records[4].id),)
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    forged = {**parts, "records": parts["records"].replace(b"answered", b"answeres", 1)}
    other = write_zip(folder / "forged.zip", forged).read_bytes()
    return [
        Case("erased-unnamed", 1, "record 4 is gone, and nothing says why", named, unnamed.count_again().members()),
        Case("erased-lasting", 1, "what opened the log is said to be erased", members=lasting.bundle_2().members()),
        Case("erased-unknown-to-1", 1, "version 1 knows no erasure", (str(log.records[3].id),), log.bundle().members()),
        Case(
            "archive-changed", 1, "a word in the archive is another", (), month.bundle_2().members(), archives=(other,)
        ),
    ]


def witness_cases_2() -> list[Case]:
    seen = witness().key
    other, gone, rewritten = witnessed(), witnessed(), witnessed()
    size, line = other.cosignatures[0]
    other.cosignatures[0] = (size + 1, line)
    bundle = gone.bundle_2()
    del bundle.checkpoints[1]
    anew = SmallLog()
    for record in rewritten.records[1:]:
        anew.take(changed(record, body=record.body + b" "))
        anew.seal()
    anew.cosignatures = rewritten.cosignatures
    return [
        Case("witness-other-checkpoint", 1, "a line of another", members=other.bundle_2().members(), witness=seen),
        Case("witness-checkpoint-removed", 1, "it is gone", members=bundle.count_again().members(), witness=seen),
        Case("witness-log-rewritten", 1, "anew, same key", members=anew.bundle_2().members(), witness=seen),
    ]


def incomplete_cases_2(folder: Path) -> list[Case]:
    members = sound().bundle_2().members()
    manifest = members["manifest.json"].replace(b"andante-bundle/2", b"andante-bundle/3")
    month, _ = archived(folder)
    return [
        Case("format-later", 2, "a format that is yet to come", members={**members, "manifest.json": manifest}),
        Case("archive-not-given", 2, "October is elsewhere", members=month.bundle_2().members()),
        Case("witness-saw-nothing", 2, "no line of this one", members=members, witness=witness().key),
    ]


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


def bundle_cases() -> list[Case]:
    first = (*good(), *record_cases(), *leaf_cases(), *checkpoint_cases(), *other_cases(), *incomplete_cases())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        second = (
            *good_2(folder),
            *key_cases_2(),
            *removed_cases_2(folder),
            *witness_cases_2(),
            *incomplete_cases_2(folder),
        )
    return [*first, *second]


def write_case(folder: Path, case: Case) -> tuple[str, dict[str, Any]]:
    """Write the files of a case, and say what it is."""
    kind = {0: "good", 1: "tampered", 2: "incomplete"}[case.status]
    path = folder / kind / f"{case.name}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_zip(path, case.members or {})
    path.write_bytes(path.read_bytes()[: path.stat().st_size - case.lost])
    if case.own is not None:
        path.with_suffix(".checkpoint.txt").write_bytes(case.own)
    for number, data in enumerate(case.archives, 1):
        path.with_suffix(f".archive-{number}.zip").write_bytes(data)
    told: dict[str, Any] = {"about": case.about, "status": case.status, "names": list(case.names)}
    told["checkpoint"] = case.own is not None
    if case.witness:
        told["witness"] = case.witness
    if case.archives:
        told["archives"] = len(case.archives)
    return f"{kind}/{case.name}", told


def write_extract(folder: Path, case: ExtractCase) -> tuple[str, dict[str, Any]]:
    """Write the files of an extract's case, and say what it is."""
    kind = {0: "good", 1: "tampered", 2: "incomplete"}[case.status]
    path = folder / kind / f"{case.name}.json"
    path.write_bytes(case.data)
    if case.own is not None:
        path.with_suffix(".checkpoint.txt").write_bytes(case.own)
    told: dict[str, Any] = {"about": case.about, "status": case.status, "names": list(case.names)}
    told["checkpoint"] = case.own is not None
    if case.witness:
        told["witness"] = case.witness
    return f"{kind}/{case.name}", told


def make(folder: Path) -> None:
    """Write everything; the folder may hold an earlier make of it."""
    told = dict(write_case(folder, case) for case in bundle_cases())
    extracts = dict(write_extract(folder, case) for case in extract_cases.cases())
    for name, content in (("bundles", told), ("extracts", extracts), ("atoms", atoms()), ("atoms-2", atoms_2())):
        text = json.dumps(content, indent=1, ensure_ascii=name == "bundles") + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
