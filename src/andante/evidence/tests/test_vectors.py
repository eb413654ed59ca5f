"""The server writes, byte for byte, what the golden files of docs/reference/vectors hold."""

import io
import json
import struct
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from andante.evidence.bundle import BundleWriter
from andante.ledger.encoding import (
    Entry,
    checkpoint_text,
    commitment,
    decode_key,
    encode_key,
    from_microseconds,
    origin,
    signed_note,
)
from andante.ledger.merkle import Tree, leaf_hash
from andante.ledger.queries import Cosignature, Log, SealedRecord, Unsealed
from verifier.tests.small_log import START, small_log

VECTORS = Path(__file__).parents[4] / "docs" / "reference" / "vectors"
ATOMS = json.loads((VECTORS / "atoms.json").read_text(encoding="utf-8"))
LOG = UUID(ATOMS["log"]["id"])


class TestTheLedger:
    @pytest.mark.parametrize("record", ATOMS["records"], ids=lambda record: record["id"][:8])
    def test_seals_a_record_as_the_vectors_do(self, record):
        committed = commitment(salt=bytes.fromhex(record["salt"]), body=record["body"].encode())
        stored = from_microseconds(record["stored"])

        entry = Entry(LOG, UUID(record["id"]), record["kind"], stored, committed).encode()

        assert committed.hex() == record["commitment"]
        assert entry.hex() == record["entry"]
        assert leaf_hash(entry).hex() == record["leaf_hash"]

    def test_grows_the_tree_as_the_vectors_do(self):
        tree = Tree()
        roots = [tree.root().hex()]
        for record in ATOMS["records"]:
            tree.extend([bytes.fromhex(record["entry"])])
            roots.append(tree.root().hex())

        assert roots == ATOMS["roots"]

    def test_signs_a_checkpoint_as_the_vectors_do(self):
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(ATOMS["key"]["private"]))
        public = private.public_key().public_bytes_raw()
        at = datetime.fromisoformat(ATOMS["checkpoint"]["time"])
        root = bytes.fromhex(ATOMS["roots"][20])

        text = checkpoint_text(name=origin(LOG), size=20, root=root, at=at)
        note = signed_note(text=text, name=origin(LOG), public_key=public, signature=private.sign(text.encode()))

        assert note == ATOMS["checkpoint"]["note"]

    def test_writes_and_reads_a_key_as_the_vectors_do(self):
        public = bytes.fromhex(ATOMS["key"]["public"])

        assert encode_key(origin(LOG), public) == ATOMS["key"]["text"]
        assert decode_key(ATOMS["key"]["text"]) == (origin(LOG), public)


class GoldenSnapshot:
    """What a database would give that holds the golden log."""

    def __init__(self) -> None:
        self._log = small_log((2, 1, 3), waiting=1)
        self.log = Log(self._log.id, self._log.iri, self._log.origin, self._log.key)

    @staticmethod
    def _stored(microseconds):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)

    def leaves(self):
        return iter(enumerate(self._log.entries()))

    def records(self):
        for number, one in enumerate(self._log.records):
            yield SealedRecord(number, one.id, one.kind, self._stored(one.stored), one.salt, one.body)

    def unsealed(self):
        for one in self._log.waiting:
            yield Unsealed("pending", one.id, one.kind, self._stored(one.stored), one.salt, one.commitment, one.body)

    def tiles(self):
        return iter(())

    def checkpoints(self):
        for one in self._log.checkpoints:
            yield one.size, one.previous, one.root, one.note.decode()

    def cosignatures(self):
        yield Cosignature(3, "witness.example", "— witness.example signed", START)
        yield Cosignature(6, "witness.example", "— witness.example again", START)


class TestTheExport:
    @pytest.fixture
    def made(self):
        file = io.BytesIO()
        BundleWriter(GoldenSnapshot(), lambda _part, _count: None).write(file, made=START)
        with zipfile.ZipFile(file) as archive:
            yield archive

    def test_writes_what_both_versions_hold_as_the_golden_bundle_does(self, made):
        with zipfile.ZipFile(VECTORS / "good/small.zip") as golden:
            *parts, manifest = golden.namelist()
            assert made.namelist() == [*parts, "cosignatures", manifest]
            for name in parts:
                assert made.read(name) == golden.read(name), name

    def test_writes_cosignatures_as_the_format_says(self, made):
        first, second = "— witness.example signed".encode(), "— witness.example again".encode()
        assert made.read("cosignatures") == (
            struct.pack(">qH", 3, len(first)) + first + struct.pack(">qH", 6, len(second)) + second
        )

    def test_says_in_the_manifest_which_version_it_is(self, made):
        with zipfile.ZipFile(VECTORS / "good/small.zip") as golden:
            expected = json.loads(golden.read("manifest.json"))
        expected["format"] = "andante-bundle/2"
        expected["counts"]["cosignatures"] = 2
        assert json.loads(made.read("manifest.json")) == expected
