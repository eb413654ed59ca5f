"""The golden bundles of version 2: changed keys, erasures, archives, witnesses, answers."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from verifier.tests.cases import Case
from verifier.tests.cases_1 import sound
from verifier.tests.qualified_cases import ADA, BEN, works
from verifier.tests.small_log import (
    START,
    Record,
    Signer,
    SmallLog,
    changed,
    small_log,
    witness,
    write_zip,
)


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


def archived(folder: Path, *, beside: Sequence[tuple[int, Record]] = ()) -> tuple[SmallLog, bytes]:
    """
    Four records of October, three of them in an archive; and two of November.

    :param beside: what else stands in the archive, before them
    """
    log = SmallLog(begin=datetime(2026, 10, 30, tzinfo=UTC))
    for _ in range(3):
        log.state()
    log.seal()
    log.begin = START
    log.state()
    log.archive(folder / "archive.zip", "2026-10", beside=beside)
    log.seal()
    return log, (folder / "archive.zip").read_bytes()


def good(folder: Path) -> list[Case]:
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


def key_cases() -> list[Case]:
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


def removed_cases(folder: Path) -> list[Case]:
    log = erased()
    unnamed, lasting = log.bundle_2(), erased()
    del unnamed.records[3]
    lasting.audit("record-erased", f"record:{lasting.records[0].id}")
    lasting.seal()
    month, file = archived(folder)
    opened, moved = small_log((2, 3)), small_log((2, 3))
    opened.erase(opened.records[0])
    moved.removed.add(moved.records[3].id)
    moved.audit(
        "month-archived", "month:2026-11", new={"records": 1, "sha256": "0" * 64, "format": "andante-archive/1"}
    )
    first, third = (str(small_log((2, 3)).records[number].id) for number in (0, 3))
    named = (str(log.records[4].id),)
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    forged = {**parts, "records": parts["records"].replace(b"answered", b"answeres", 1)}
    other = write_zip(folder / "forged.zip", forged).read_bytes()
    padded, file_padded = archived(folder, beside=((0, changed(month.records[1], body=b"{}")),))
    return [
        Case("erased-unnamed", 1, "record 4 is gone, and nothing says why", named, unnamed.count_again().members()),
        Case("erased-lasting", 1, "what opened the log is said to be erased", members=lasting.bundle_2().members()),
        Case("opened-by-waiting", 1, "a waiting one names the first", (first,), opened.bundle_2().members()),
        Case("archived-by-waiting", 1, "but the month's others are here", (third,), moved.bundle_2().members()),
        Case("erased-unknown-to-1", 1, "version 1 knows no erasure", (str(log.records[3].id),), log.bundle().members()),
        Case("archive-padded", 1, "one more", (), padded.bundle_2().members(), archives=(file_padded,)),
        Case(
            "archive-changed", 1, "a word in the archive is another", (), month.bundle_2().members(), archives=(other,)
        ),
    ]


def witness_cases() -> list[Case]:
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


def incomplete_cases(folder: Path) -> list[Case]:
    members = sound().bundle_2().members()
    manifest = members["manifest.json"].replace(b"andante-bundle/2", b"andante-bundle/3")
    month, _ = archived(folder)
    changing = small_log((2,))
    changing.rotate("second")
    changing.seal()
    waiting = small_log((2, 3))
    waiting.erase(waiting.records[3])
    return [
        Case("key-changing", 2, "the newest checkpoint holds the change", members=changing.bundle_2().members()),
        Case("erased-by-waiting", 2, "only what waits says that it was erased", members=waiting.bundle_2().members()),
        Case("format-later", 2, "a format that is yet to come", members={**members, "manifest.json": manifest}),
        Case("archive-not-given", 2, "October is elsewhere", members=month.bundle_2().members()),
        Case("witness-saw-nothing", 2, "no line of this one", members=members, witness=witness().key),
    ]


def answer_cases() -> list[Case]:
    log, answer = works()
    members = log.bundle_2().members()

    def forged(name: str, about: str, forge: Callable[[list[dict[str, Any]]], Any]) -> Case:
        rows = [dict(row) for row in answer["rows"]]
        forge(rows)
        return Case(name, 1, about, members=members, answer={**answer, "rows": rows})

    def row(rows: list[dict[str, Any]], person: object) -> dict[str, Any]:
        return next(one for one in rows if one["person"] == str(person))

    return [
        Case("answer", 0, "an answer about three people", members=members, answer=answer),
        forged("answer-qualified", "one whose version does not count", lambda it: row(it, BEN).update(qualified="yes")),
        forged("answer-valid-longer", "for ever", lambda it: row(it, ADA).update(valid_until=None)),
        forged("answer-leaves-out", "one who was not qualified", lambda it: it.remove(row(it, BEN))),
        forged("answer-renamed", "under another name", lambda it: row(it, ADA).update(name="Eve")),
    ]


def cases(folder: Path) -> list[Case]:
    """
    Make all of them.

    :param folder: for files that are made on the way
    """
    removed = removed_cases(folder)
    return [*good(folder), *key_cases(), *removed, *witness_cases(), *answer_cases(), *incomplete_cases(folder)]
