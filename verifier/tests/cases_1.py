"""The golden bundles of version 1. What they say is frozen."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from verifier.tests.cases import Case
from verifier.tests.small_log import (
    AUDIT,
    MEMBERS,
    STRAY,
    Bundle,
    SmallLog,
    changed,
    small_log,
    tree_root,
)


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


def cases() -> list[Case]:
    return [*good(), *record_cases(), *leaf_cases(), *checkpoint_cases(), *other_cases(), *incomplete_cases()]
