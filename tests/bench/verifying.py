"""
What verifying a long bundle costs: `python -m tests.bench.verifying [RECORDS]`.

Makes a bundle of so many records (a million unless told otherwise) in a temporary folder, then prints how long the
verifier takes, the CPU time of its processes and the memory of the larger one. Other work on the machine makes the
time longer; the CPU time says more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import os
import random
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VERIFIER = Path(__file__).parents[2] / "verifier" / "andante_verify.py"
RECORDS = 1_000_000
SEALED_TOGETHER = 50
BODY = 800
ROUNDS = 3
SEED = 20261122
LOG = UUID("01930000-0000-7000-8000-00000000ffff")
IRI = "https://learn.example.org/log"
ORIGIN = f"andante/{LOG}"
START = 1_795_366_800_000_000
STATEMENT = (
    '{"id":"%s","timestamp":"2026-11-22T16:%02d:%02d.%06dZ","version":"2.0.0","actor":{"objectType":"Agent","account":'
    '{"homePage":"https://learn.example.org/log","name":"%s"}},"verb":{"id":"http://adlnet.gov/expapi/verbs/answered",'
    '"display":{"en":"answered"}},"object":{"objectType":"Activity","id":"https://learn.example.org/log/course/%d/card/%d",'
    '"definition":{"type":"http://adlnet.gov/expapi/activities/cmi.interaction","interactionType":"choice"}},"context":'
    '{"registration":"%s","platform":"Andante","extensions":{"urn:x-andante:attempt":"%s"}},"result":{"success":%s}%s}'
)


class Tree:
    """Grows leaf by leaf; tells its root and the hashes of full tiles."""

    def __init__(self) -> None:
        self.size = 0
        self.hashes: dict[int, bytearray] = {}
        self._peaks: list[bytes] = []

    def add(self, entry: bytes) -> None:
        hash = hashlib.sha256(b"\0" + entry).digest()
        self.size += 1
        for height in itertools.count():
            if not height & 7:
                self.hashes.setdefault(height >> 3, bytearray()).extend(hash)
            if self.size >> height & 1:
                break
            hash = hashlib.sha256(b"\1" + self._peaks.pop() + hash).digest()
        self._peaks.append(hash)

    def root(self) -> bytes:
        *others, root = self._peaks
        for peak in reversed(others):
            root = hashlib.sha256(b"\1" + peak + root).digest()
        return root


class LongLog:
    """A log of many records, written as a bundle while it is made."""

    def __init__(self, records: int) -> None:
        self.records = records
        self.tree = Tree()
        self.leaves = bytearray()
        self.checkpoints: list[bytes] = []
        self.root = b""
        self._random = random.Random(SEED)  # noqa: S311 - the same bytes in every run
        self._private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"bench").digest())
        public = b"\1" + self._private.public_key().public_bytes_raw()
        self._key_id = hashlib.sha256(f"{ORIGIN}\n".encode() + public).digest()[:4]
        self.key = f"{ORIGIN}+{self._key_id.hex()}+{base64.b64encode(public).decode()}"

    def write(self, path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            # The leaves stand first, and are known last.
            with tempfile.TemporaryFile() as records:
                for frame in self._records():
                    records.write(frame)
                archive.writestr("leaves", bytes(self.leaves))
                records.seek(0)
                with archive.open("records", "w", force_zip64=True) as member:
                    for data in iter(lambda: records.read(1 << 20), b""):
                        member.write(data)
            archive.writestr("unsealed", b"")
            archive.writestr("tiles", b"".join(self._tiles()))
            archive.writestr("checkpoints", b"".join(self.checkpoints))
            archive.writestr("manifest.json", json.dumps(self._manifest(), indent=1))

    def _records(self) -> Iterator[bytes]:
        for number in range(self.records):
            id = UUID(int=self._random.getrandbits(128))
            kind, body = (1, self._statement(id)) if number else (2, self._opened(id))
            salt, stored = self._random.randbytes(32), START + number * 1000
            commitment = hmac.digest(salt, body, "sha256")
            entry = b"\1" + LOG.bytes + id.bytes + struct.pack(">Bq", kind, stored) + commitment
            self.leaves += struct.pack(">qI", number, 74) + entry
            self.tree.add(entry)
            if (number + 1) % SEALED_TOGETHER == 0 or number + 1 == self.records:
                self._seal()
            yield struct.pack(">q16shqHI", number, id.bytes, kind, stored, 32, len(body)) + salt + body

    def _statement(self, id: UUID) -> bytes:
        draw = self._random.getrandbits
        parts = (id, draw(5), draw(5), draw(16), *(UUID(int=draw(128)) for _ in range(3)))
        told = (*parts[:5], draw(6), draw(8), *parts[5:], "true" if draw(1) else "false")
        room = BODY - len(STATEMENT % (*told, ""))
        return (STATEMENT % (*told, " " * room)).encode()

    def _opened(self, id: UUID) -> bytes:
        new = {"iri": IRI, "origin": ORIGIN, "key": self.key}
        opened = {"format": "andante-audit/1", "id": str(id), "timestamp": "2026-11-22T16:45:00.000000Z", "by": "cli:x"}
        return json.dumps(
            {**opened, "action": "log-opened", "subject": f"log:{LOG}", "old": {}, "new": new, "why": ""}
        ).encode()

    def _seal(self) -> None:
        previous = struct.unpack(">q", self.checkpoints[-1][:8])[0] if self.checkpoints else 0
        self.root = self.tree.root()
        root = base64.b64encode(self.root).decode()
        text = f"{ORIGIN}\n{self.tree.size}\n{root}\nandante-checkpoint/1 2026-11-22T16:45:00.000000Z\n"
        signature = base64.b64encode(self._key_id + self._private.sign(text.encode())).decode()
        note = f"{text}\n— {ORIGIN} {signature}\n".encode()
        self.checkpoints.append(struct.pack(">qqHI", self.tree.size, previous, 32, len(note)) + self.root + note)

    def _tiles(self) -> Iterator[bytes]:
        for level, hashes in sorted(self.tree.hashes.items()):
            for index in range(len(hashes) // 8192):
                yield struct.pack(">hqI", level, index, 8192) + hashes[index * 8192 : index * 8192 + 8192]

    def _manifest(self) -> dict[str, object]:
        tiles = sum(len(hashes) // 8192 for hashes in self.tree.hashes.values())
        counts = {"leaves": self.records, "records": self.records, "unsealed": 0, "tiles": tiles}
        return {
            "format": "andante-bundle/1",
            "scope": "whole",
            "log": {"id": str(LOG), "iri": IRI, "origin": ORIGIN},
            "key": self.key,
            "checkpoint": {"size": self.records, "root": base64.b64encode(self.root).decode()},
            "counts": {**counts, "checkpoints": len(self.checkpoints)},
            "made": "2026-11-22T16:45:00.000000Z",
        }


def measured(path: Path, program: Path) -> tuple[float, float, float]:
    """Seconds that passed, seconds of CPU in all its processes, megabytes of the largest."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([sys.executable, "-I", str(program), str(path)], check=True, stdout=subprocess.DEVNULL)
    passed, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return passed, cpu, after.ru_maxrss / 1024


def main(arguments: list[str]) -> int:
    records = int(arguments[0]) if arguments else RECORDS
    programs = [Path(name) for name in arguments[1:]] or [VERIFIER]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        LongLog(records).write(path)
        print(f"{records:,} records of {BODY} bytes, {path.stat().st_size / 1e6:,.0f} MB, {os.cpu_count()} processors")
        rounds = [[measured(path, program) for program in programs] for _ in range(ROUNDS)]
        for place, program in enumerate(programs):
            passed, cpu, memory = (statistics.median(one[place][part] for one in rounds) for part in range(3))
            print(f"{program}: {passed:.1f} s, {cpu:.1f} s of CPU, {memory:.0f} MB (median of {ROUNDS})", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
