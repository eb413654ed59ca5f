"""
Does the ledger still say what was sealed: each record against its leaf, tile and checkpoint, each signature against the
key that was in force.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from andante.kernel.counting import counted
from andante.ledger import queries, rows
from andante.ledger.append import equality_digest, extracted
from andante.ledger.archives import MONTH_ARCHIVED, Archives, month_of
from andante.ledger.chain import KEY_ROTATED, LOG_OPENED, KeyChain, claims_change
from andante.ledger.encoding import Entry, checkpoint_text, commitment, split_note
from andante.ledger.erasure import RECORD_ERASED
from andante.ledger.findings import Report
from andante.ledger.log import Log, current_log
from andante.ledger.merkle import Tree
from andante.ledger.statements import Fact, Kind

Erasures = Mapping[UUID, Sequence[UUID]]
"""What records say was erased, and which do."""

_LASTING = (LOG_OPENED, KEY_ROTATED, RECORD_ERASED, MONTH_ARCHIVED)
"""Events that are never erased and never archived."""


def facts_checked(report: Report, archives: Archives) -> Iterator[Fact]:
    """
    Check everything that the ledger's tables hold; hand on each fact that is still there, sealed ones first.

    What was archived is read from the archives that were given.
    """
    keys = KeyChain(current_log())
    erasures = rows.told_erasures()
    yield from _sealed(keys, erasures, archives, report)
    yield from _unsealed(keys, report)
    _check_erasures(erasures, report)
    _check_archives(archives, report)


def _sealed(keys: KeyChain, erasures: Erasures, archives: Archives, report: Report) -> Iterator[Fact]:
    """Check every leaf with its record, tiles and checkpoints."""
    tree = Tree()
    tiles: dict[tuple[int, int], bytes] = {}
    checkpoints = rows.checkpoint_rows()
    checkpoint = next(checkpoints, None)
    previous = 0
    for row in rows.sealed_rows():
        if row.seq != tree.size:
            report.find(f"record {tree.size}", "its leaf is missing; the sequence has a gap")
            report.records = tree.size
            return
        tiles.update({(tile.level, tile.index): tile.hashes for tile in tree.extend([row.entry])})
        fact = _check_record(keys.log, row, erasures, archives, report)
        if fact is not None:
            if claims_change(fact, row.body or ""):
                _check_change(f"record {row.seq} ({row.id})", keys.follow(fact, row.seq), report)
            yield fact
        if checkpoint is not None and checkpoint.size == tree.size:
            _check_checkpoint(keys, checkpoint, previous, tree.root(), report)
            previous = checkpoint.size
            checkpoint = next(checkpoints, None)
    report.records = tree.size
    if checkpoint is not None:
        report.find(f"checkpoint {checkpoint.size}", f"covers more records than the {tree.size} that are there")
    newest = queries.newest_checkpoint()
    if tree.size != (newest.size if newest else 0):
        report.find(f"record {newest.size if newest else 0}", "stands after the newest checkpoint")
    _check_tiles(tiles, report)


def _check_change(where: str, forgery: str | None, report: Report) -> None:
    if forgery is not None:
        report.find(where, f"is a forged change of key: {forgery}")


def _check_record(log: Log, row: rows.SealedRow, erasures: Erasures, archives: Archives, report: Report) -> Fact | None:
    where = f"record {row.seq} ({row.id})"
    try:
        entry = Entry.decode(row.entry)
    except ValueError as error:
        report.find(where, f"its leaf cannot be read: {error}")
        return None
    if (entry.log, entry.record, entry.stored) != (log.id, row.id, row.stored):
        report.find(where, "its leaf names another record, log or time than its row")
    if row.kind is not None and row.kind != entry.kind:
        report.find(where, f"is marked as kind {row.kind}, but was sealed as kind {entry.kind}")
    if row.id in erasures:
        if row.body is None:
            _check_erased(where, row, report)
            return None
        report.find(where, "is named as erased, but its body is still there")
    if row.body is None and month_of(row.stored) in archives.months:
        restored = _from_archive(where, row, archives, report)
        if restored is None:
            return None
        row = restored
    if row.body is None or row.salt is None or row.kind is None or row.timestamp is None:
        report.find(where, "is sealed, but its body or its columns were removed")
        return None
    if commitment(salt=row.salt, body=row.body.encode()) != entry.commitment:
        report.find(where, "its body or its salt was changed after it was sealed")
    return _check_columns(where, row, report)


def _check_erased(where: str, row: rows.SealedRow, report: Report) -> None:
    """What was erased must be gone wholly, and nothing more than that."""
    if row.seq == 0:
        report.find(where, "was erased, but is of a kind that never is")
    if row.kind is None:
        report.find(where, "was erased, and its columns were removed besides")
    left = [name for name in ("digest", "actor", "verb", "object", "registration") if getattr(row, name)]
    if left:
        report.find(where, f"was erased, but some of its columns were not: {', '.join(left)}")
    report.erased += 1


def _from_archive(where: str, row: rows.SealedRow, archives: Archives, report: Report) -> rows.SealedRow | None:
    """A row with what its month's archive holds of it; None where that is not to be had."""
    month = month_of(row.stored)
    if row.seq == 0 or (row.kind == Kind.AUDIT and row.verb in _LASTING):
        report.find(where, "is of a kind that is never archived, but its body was removed")
        return None
    report.archived += 1
    if not archives.has(month):
        report.not_given[month] = report.not_given.get(month, 0) + 1
        if row.kind is None or row.timestamp is None or row.digest is None:
            report.find(where, "was archived, and its columns were removed besides")
        return None
    record = archives.at(month, row.seq)
    if record is None:
        report.find(where, "was removed: the archive of its month does not hold it")
        return None
    try:
        return replace(row, salt=record.salt, body=record.body.decode())
    except UnicodeDecodeError:
        report.find(where, "cannot be read in the archive of its month")
        return None


def _check_archives(archives: Archives, report: Report) -> None:
    """What is noted as archived, and what records say was, must be the same; and no more may be gone than was taken."""
    for told in archives.told:
        if told.month not in archives.noted:
            report.find(f"record {told.fact}", f"says that the month {told.month} was archived, which was never done")
    for month, fact in archives.noted.items():
        if fact not in {told.fact for told in archives.told if told.month == month}:
            report.find(f"month {month}", "is noted as archived, but no record says so")
    for month, gone in report.not_given.items():
        most = max(told.records for told in archives.told if told.month == month)
        if gone > most:
            report.find(f"month {month}", f"lacks {counted(gone, 'record')}, but its archive was made of {most}")


def _check_erasures(told: Erasures, report: Report) -> None:
    """What is noted as erased, and what records say was, must be the same."""
    noted = dict(rows.erasure_rows())
    for record, facts in told.items():
        if len(facts) > 1:
            report.find(f"record {record}", f"was erased once, but {len(facts)} records say so")
        if record not in noted:
            report.find(f"record {facts[0]}", f"says that record {record} was erased, which was never done")
    for record, fact in noted.items():
        if fact not in told.get(record, ()):
            report.find(f"record {record}", "is noted as erased, but no record says so")


def _check_columns(where: str, row: rows.RecordRow, report: Report) -> Fact | None:
    """The columns that queries search by must follow from the body."""
    if row.body is None or row.kind is None or row.timestamp is None:
        report.find(where, "its body or its columns were removed")
        return None
    try:
        fact = rows.read_fact(row.id, row.kind, row.timestamp, row.body)
        expected = extracted(fact)
        digest = equality_digest(fact.body)
        told = (UUID(fact.body["id"]), datetime.fromisoformat(fact.body["timestamp"]))
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        report.find(where, f"its body cannot be read: {error!r}")
        return None
    if told != (row.id, row.timestamp):
        report.find(where, "its body tells another id or time than its row")
    changed = [name for name, value in expected.items() if getattr(row, name) != value]
    if changed:
        report.find(where, f"its columns were changed: {', '.join(changed)}")
    if row.digest != digest:
        report.find(where, "its key is missing or was changed")
    return fact


def _check_checkpoint(
    keys: KeyChain, checkpoint: rows.CheckpointRow, previous: int, root: bytes, report: Report
) -> None:
    origin = keys.log.origin
    where = f"checkpoint {checkpoint.size}"
    if checkpoint.root != root:
        report.find(where, "its root is not the root of the records before it")
    if checkpoint.previous != previous:
        report.find(where, f"names {checkpoint.previous} as the size before it, but that was {previous}")
    if keys.changes_between(previous, checkpoint.size) > 1:
        report.find(where, "covers more than one change of key")
    try:
        text, name, key, signature = split_note(checkpoint.note)
        signer = keys.signer_of(key, previous)
        if name != origin or signer is None:
            raise ValueError("signed under another name")
        Ed25519PublicKey.from_public_bytes(signer.public_key).verify(signature, text.encode())
    except (ValueError, InvalidSignature):
        report.find(where, "its signature is not the log's")
        return
    if not signer.in_force:
        report.find(where, "is signed with a key of the log that was not the one in force")
    if text != checkpoint_text(name=origin, size=checkpoint.size, root=root, at=checkpoint.made):
        report.find(where, "the signed text tells another name, size, root or time than its row")


def _check_tiles(expected: Mapping[tuple[int, int], bytes], report: Report) -> None:
    found: set[tuple[int, int]] = set()
    for level, index, hashes in rows.tile_rows():
        found.add((level, index))
        if expected.get((level, index)) != hashes:
            report.find(f"tile {level}/{index}", "does not hold the hashes of its records")
    for level, index in sorted(expected.keys() - found):
        report.find(f"tile {level}/{index}", "is missing")


def _unsealed(keys: KeyChain, report: Report) -> Iterator[Fact]:
    for id in rows.repeated():
        report.find(f"record {id}", "is sealed, and waits for the sealer once more")
    for row in rows.unsealed_rows():
        where = f"record {row.id}"
        if row.commitment is None:
            report.find(where, "stands neither in the sealed sequence nor among those that wait for it")
            continue
        report.waiting += 1
        if row.body is None or row.salt is None:
            report.find(where, "waits for the sealer, but its body was removed")
            continue
        if commitment(salt=row.salt, body=row.body.encode()) != row.commitment:
            report.find(where, "was changed while it waited for the sealer")
        fact = _check_columns(where, row, report)
        if fact is not None:
            if claims_change(fact, row.body or ""):
                _check_change(where, keys.forgery(fact), report)
            yield fact
