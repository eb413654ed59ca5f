"""
A log, its sealing and its bundle, built for tests from docs/reference/*.md alone.

Shares no code with the verifier nor with the server, and computes the tree in the slow words of RFC 6962, so that
agreement between the three means something. Everything is deterministic: ids, salts, times and the key follow from a
seed.
"""

import base64
import hashlib
import hmac
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

STATEMENT, AUDIT, SIGNATURE = 1, 2, 3
PENDING, STRAY = 1, 2
SEED = UUID("00000000-0000-4000-8000-00616e64616e")
START = datetime(2026, 11, 22, 16, 45, tzinfo=UTC)
MEMBERS = ("leaves", "records", "unsealed", "tiles", "checkpoints", "manifest.json")
MEMBERS_2 = (*MEMBERS[:-1], "cosignatures", "manifest.json")


def microseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n]), word for word (RFC 6962, section 2.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_root(leaves[:k]) + tree_root(leaves[k:])).digest()


def _split(size: int) -> int:
    """The largest power of two that is less than the size."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(number: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]), word for word (RFC 6962, section 2.1.1)."""
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if number < k:
        return [*inclusion_proof(number, leaves[:k]), tree_root(leaves[k:])]
    return [*inclusion_proof(number - k, leaves[k:]), tree_root(leaves[:k])]


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n]), word for word (RFC 6962, section 2.1.2); from nothing, nothing is to be proven."""
    return _subproof(old_size, leaves, known=True) if old_size else []


def _subproof(old_size: int, leaves: Sequence[bytes], *, known: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if known else [tree_root(leaves)]
    k = _split(len(leaves))
    if old_size <= k:
        return [*_subproof(old_size, leaves[:k], known=known), tree_root(leaves[k:])]
    return [*_subproof(old_size - k, leaves[k:], known=False), tree_root(leaves[:k])]


@dataclass(frozen=True)
class Record:
    """A fact with its salt."""

    id: UUID
    kind: int
    stored: int
    body: bytes
    salt: bytes

    @property
    def commitment(self) -> bytes:
        return hmac.new(self.salt, self.body, hashlib.sha256).digest()

    def entry(self, log: UUID) -> bytes:
        return b"\x01" + log.bytes + self.id.bytes + struct.pack(">Bq", self.kind, self.stored) + self.commitment


@dataclass(frozen=True)
class Signer:
    """A key pair with the name that it signs for: a log's, or a witness's."""

    name: str
    kind: int
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, name: str, kind: int, seed: str) -> "Signer":
        return cls(name, kind, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest()))

    @property
    def _data(self) -> bytes:
        return bytes([self.kind]) + self.private.public_key().public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self._data).digest()[:4]

    @property
    def key(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self._data).decode()}"

    def sign(self, text: str) -> str:
        return base64.b64encode(self.private.sign(text.encode())).decode()

    def line(self, text: str) -> str:
        """The line that signs a log's note."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.private.sign(text.encode())).decode()}"

    def cosign(self, checkpoint: "Checkpoint", time: int) -> str:
        """A witness's line for a checkpoint."""
        text = checkpoint.note.decode().split("\n\n")[0] + "\n"
        signature = self.private.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return f"— {self.name} {base64.b64encode(self.key_id + struct.pack('>Q', time) + signature).decode()}"


def witness(name: str = "witness.example.org") -> Signer:
    return Signer.of(name, 4, name)


@dataclass(frozen=True)
class Checkpoint:
    size: int
    previous: int
    root: bytes
    note: bytes


@dataclass
class Bundle:
    """What stands in a bundle, each part as a list that a forger can change."""

    leaves: list[tuple[int, bytes]]
    records: list[tuple[int, Record]]
    unsealed: list[tuple[int, Record, bytes | None]]
    tiles: list[tuple[int, int, bytes]]
    checkpoints: list[Checkpoint]
    manifest: dict[str, Any]
    cosignatures: list[tuple[int, str]] = field(default_factory=list)

    @property
    def parts(self) -> tuple[str, ...]:
        return MEMBERS if self.manifest["format"] == "andante-bundle/1" else MEMBERS_2

    def copy(self) -> "Bundle":
        return Bundle(
            list(self.leaves),
            list(self.records),
            list(self.unsealed),
            list(self.tiles),
            list(self.checkpoints),
            json.loads(json.dumps(self.manifest)),
            list(self.cosignatures),
        )

    def count_again(self) -> "Bundle":
        """Let the manifest say what now is there, as an honest exporter of a forged database does."""
        newest = self.checkpoints[-1] if self.checkpoints else None
        self.manifest["checkpoint"] = newest and {
            "size": newest.size,
            "root": base64.b64encode(newest.root).decode(),
        }
        self.manifest["counts"] = {name: len(getattr(self, name)) for name in self.parts[:-1]}
        return self

    def members(self) -> dict[str, bytes]:
        """The bytes of each part."""
        parts = {
            "leaves": b"".join(struct.pack(">qI", number, len(entry)) + entry for number, entry in self.leaves),
            "records": records_part(self.records),
            "unsealed": b"".join(_unsealed(*one) for one in self.unsealed),
            "tiles": b"".join(struct.pack(">hqI", lv, ix, len(hashes)) + hashes for lv, ix, hashes in self.tiles),
            "checkpoints": b"".join(
                struct.pack(">qqHI", one.size, one.previous, len(one.root), len(one.note)) + one.root + one.note
                for one in self.checkpoints
            ),
            "cosignatures": b"".join(
                struct.pack(">qH", size, len(line.encode())) + line.encode() for size, line in self.cosignatures
            ),
            "manifest.json": json.dumps(self.manifest, indent=1).encode() + b"\n",
        }
        return {name: parts[name] for name in self.parts}

    def write(self, path: Path) -> Path:
        return write_zip(path, self.members())


def records_part(records: Sequence[tuple[int, Record]]) -> bytes:
    return b"".join(_record(number, record) for number, record in records)


def _record(number: int, record: Record) -> bytes:
    head = struct.pack(
        ">q16shqHI", number, record.id.bytes, record.kind, record.stored, len(record.salt), len(record.body)
    )
    return head + record.salt + record.body


def _unsealed(standing: int, record: Record, committed: bytes | None) -> bytes:
    committed = b"" if committed is None else committed
    parts = bool(record.salt) + 2 * bool(committed) + 4 * bool(record.body)
    lengths = (len(record.salt), len(committed), len(record.body))
    head = struct.pack(">BB16shqHHI", standing, parts, record.id.bytes, record.kind, record.stored, *lengths)
    return head + record.salt + committed + record.body


def write_zip(path: Path, members: Mapping[str, bytes], *, compression: int = zipfile.ZIP_STORED) -> Path:
    """An archive that is the same wherever it is made."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr, info.compress_type = 3, 0o644 << 16, compression
            archive.writestr(info, data)
    return path


@dataclass
class SmallLog:
    """Takes records and seals them, in memory."""

    name: str = "small"
    key_name: str = "key"
    records: list[Record] = field(default_factory=list)
    waiting: list[Record] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    cosignatures: list[tuple[int, str]] = field(default_factory=list)
    removed: set[UUID] = field(default_factory=set)
    """ids of records that were erased, or moved to an archive"""
    made: int = 0
    begin: datetime = START

    def __post_init__(self) -> None:
        self.id = uuid5(SEED, self.name)
        self.iri = "https://learn.example.org/log"
        self.origin = f"andante/{self.id}"
        self.signers = [(-1, Signer.of(self.origin, 1, self.key_name))]
        """each with the number of the record that brought it in"""
        opened = {"iri": self.iri, "origin": self.origin, "key": self.key}
        self.audit("log-opened", f"log:{self.id}", new=opened)

    @property
    def private(self) -> Ed25519PrivateKey:
        return self.signers[0][1].private

    @property
    def key(self) -> str:
        return self.signers[0][1].key

    @property
    def key_id(self) -> bytes:
        return self.signers[0][1].key_id

    def record(self, kind: int, body: Mapping[str, Any]) -> Record:
        """A record that nobody took yet."""
        self.made += 1
        id = uuid5(self.id, str(self.made))
        salt = hashlib.sha256(b"salt" + id.bytes).digest()
        stored = self.begin + timedelta(seconds=self.made)
        content = {"id": str(id), "timestamp": instant(stored), **body}
        return Record(id, kind, microseconds(stored), json.dumps(content).encode(), salt)

    def audit(self, action: str, subject: str, **values: Any) -> Record:
        body = {"by": "cli:test", "action": action, "subject": subject, "old": {}, "new": {}, "why": "", **values}
        return self.take(self.record(AUDIT, {"format": "andante-audit/1", **body}))

    def state(self, verb: str = "answered") -> Record:
        return self.take(self.record(STATEMENT, {"verb": verb}))

    def rotate(self, key_name: str, **forged: str) -> Record:
        """
        Change the key.

        :param forged: what the record says otherwise: endorsement, possession, old
        """
        old, new = self.signers[-1][1], Signer.of(self.origin, 1, key_name)
        id = uuid5(self.id, str(self.made + 1))
        text = f"andante-key/1\n{self.origin}\n{forged.get('old', old.key)}\n{new.key}\n{id}\n"
        signatures = {"endorsement": old.sign(text), "possession": new.sign(text)}
        signatures.update((name, forged[name]) for name in signatures if name in forged)
        number = len(self.records) + len(self.waiting)
        record = self.audit(
            "key-rotated",
            f"log:{self.id}",
            old={"key": forged.get("old", old.key)},
            new={"key": new.key, **signatures},
        )
        self.signers.append((number, new))
        return record

    def erase(self, record: Record) -> Record:
        """Remove a record as the law asks for."""
        self.removed.add(record.id)
        return self.audit("record-erased", f"record:{record.id}", new={"law": "GDPR Art. 17(1)(a)"}, why="asked")

    def archive(
        self,
        path: Path,
        month: str,
        *,
        format: str = "andante-archive/1",
        beside: Sequence[tuple[int, Record]] = (),
    ) -> list[tuple[int, Record]]:
        """
        Move the records of a month into a file; those that tell about the log itself stay.

        :param beside: what a forger puts into the file, before them
        """
        lasting = (b'"log-opened"', b'"key-rotated"', b'"record-erased"', b'"month-archived"')
        moved = [
            (number, record)
            for number, record in enumerate(self.records)
            if instant(datetime.fromtimestamp(record.stored / 1e6, UTC)).startswith(month)
            and record.id not in self.removed
            and not any(action in record.body for action in lasting)
        ]
        log = {"id": str(self.id), "iri": self.iri, "origin": self.origin}
        manifest = {"format": format, "log": log, "month": month, "records": len(moved), "made": instant(START)}
        records = records_part([*beside, *moved])
        write_zip(path, {"records": records, "manifest.json": json.dumps(manifest, indent=1).encode()})
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self.removed.update(record.id for _, record in moved)
        new = {"records": len(moved), "sha256": sha256, "format": format}
        self.audit("month-archived", f"month:{month}", new=new)
        return moved

    def cosign(self, by: Signer, *, time: int = 1_795_366_900) -> None:
        """Let a witness sign the newest checkpoint."""
        self.cosignatures.append((self.checkpoints[-1].size, by.cosign(self.checkpoints[-1], time)))

    def learn(self, person: UUID, verb: str = "answered", **values: Any) -> Record:
        """A statement about somebody, as the server writes it."""
        actor = {"objectType": "Agent", "account": {"homePage": self.iri, "name": str(person)}}
        authority = {"objectType": "Agent", "account": {"homePage": self.iri, "name": "andante"}}
        iri = f"http://adlnet.gov/expapi/verbs/{verb}"
        return self.take(
            self.record(STATEMENT, {"actor": actor, "verb": {"id": iri}, "authority": authority, **values})
        )

    def take(self, record: Record) -> Record:
        self.waiting.append(record)
        return record

    def seal(self) -> Checkpoint:
        """Move everything that waits into the tree, and sign."""
        previous = len(self.records)
        self.records += self.waiting
        self.waiting = []
        checkpoint = self.sign(len(self.records), previous)
        self.checkpoints.append(checkpoint)
        return checkpoint

    def sign(self, size: int, previous: int, *, root: bytes | None = None) -> Checkpoint:
        root = tree_root(self.entries()[:size]) if root is None else root
        time = instant(START + timedelta(seconds=size))
        text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\nandante-checkpoint/1 {time}\n"
        signer = next(signer for number, signer in reversed(self.signers) if number < previous)
        return Checkpoint(size, previous, root, f"{text}\n{signer.line(text)}\n".encode())

    def entries(self) -> list[bytes]:
        return [record.entry(self.id) for record in self.records]

    def tiles(self) -> list[tuple[int, int, bytes]]:
        entries, tiles = self.entries(), []
        for level in range(8):
            width = 256**level
            for index in range(len(entries) // (256 * width)):
                starts = range(index * 256 * width, (index + 1) * 256 * width, width)
                tiles.append((level, index, b"".join(tree_root(entries[s : s + width]) for s in starts)))
        return tiles

    def bundle(self, tiles: list[tuple[int, int, bytes]] | None = None) -> Bundle:
        """
        Everything in a bundle.

        :param tiles: where they are known already; a large log is slow to hash word for word
        """
        return Bundle(
            leaves=list(enumerate(self.entries())),
            records=[one for one in enumerate(self.records) if one[1].id not in self.removed],
            unsealed=[(PENDING, record, record.commitment) for record in self.waiting],
            tiles=self.tiles() if tiles is None else tiles,
            checkpoints=list(self.checkpoints),
            manifest={
                "format": "andante-bundle/1",
                "scope": "whole",
                "log": {"id": str(self.id), "iri": self.iri, "origin": self.origin},
                "key": self.key,
                "checkpoint": None,
                "counts": {},
                "made": instant(START),
            },
        ).count_again()

    def proven(self, number: int) -> dict[str, Any]:
        """A record as an extract holds it."""
        record, entries = self.records[number], self.entries()
        told = {"number": number, "id": str(record.id), "kind": record.kind, "stored": record.stored}
        proof = [base64.b64encode(one).decode() for one in inclusion_proof(number, entries)]
        if record.id in self.removed:
            entry = base64.b64encode(entries[number]).decode()
            return {**told, "salt": None, "body": None, "proof": proof, "entry": entry}
        return {**told, "salt": base64.b64encode(record.salt).decode(), "body": record.body.decode(), "proof": proof}

    def extract(self, *numbers: int, person: UUID | None = None, since: int | None = None) -> dict[str, Any]:
        """
        An extract of these records.

        :param since: the size that a consistency proof begins with
        """
        size, entries = len(self.records), self.entries()
        proof = [base64.b64encode(one).decode() for one in consistency_proof(since or 0, entries)]
        keys = [0, *(number for number, record in enumerate(self.records) if b'"key-rotated"' in record.body)]
        return {
            "format": "andante-extract/1",
            "scope": {"kind": "person", "person": str(person)} if person else {"kind": "receipt"},
            "log": {"id": str(self.id), "iri": self.iri, "origin": self.origin},
            "checkpoint": self.checkpoints[-1].note.decode(),
            "cosignatures": [line for at, line in self.cosignatures if at == size],
            "keys": [self.proven(number) for number in keys],
            "records": [self.proven(number) for number in numbers],
            "consistency": None if since is None else {"from": since, "proof": proof},
            "made": instant(START),
        }

    def bundle_2(self) -> Bundle:
        """Everything in a bundle of version 2."""
        bundle = self.bundle()
        bundle.manifest["format"] = "andante-bundle/2"
        bundle.cosignatures = list(self.cosignatures)
        return bundle.count_again()


def small_log(batches: Sequence[int] = (2, 1, 2), *, waiting: int = 0) -> SmallLog:
    """
    A log that was sealed in batches of these sizes; the record that opened it is the first of the first.

    :param waiting: records after them that wait
    """
    log = SmallLog()
    for number, size in enumerate(batches):
        for _ in range(size - (number == 0)):
            log.state()
        log.seal()
    for _ in range(waiting):
        log.state("experienced")
    return log


def changed(record: Record, **values: Any) -> Record:
    """The record as a forger leaves it."""
    return replace(record, **values)
