"""The golden files of docs/reference/vectors: frozen, made anew the same, and judged as they say."""

import base64
import hashlib
import json
from pathlib import Path
from uuid import UUID

import pytest

from verifier.andante_verify import (
    ENTRY,
    Change,
    Signed,
    Tree,
    bad_signatures,
    chain_of,
    is_consistent,
    leaf_hash,
    read_answer,
    read_cosignature,
    read_key,
    read_note,
    root_of,
    verify,
    written_key,
)
from verifier.tests.make_vectors import make

VECTORS = Path(__file__).parents[2] / "docs" / "reference" / "vectors"
BUNDLES = json.loads((VECTORS / "bundles.json").read_text(encoding="utf-8"))
EXTRACTS = json.loads((VECTORS / "extracts.json").read_text(encoding="utf-8"))
ATOMS_2 = json.loads((VECTORS / "atoms-2.json").read_text(encoding="utf-8"))
ATOMS = json.loads((VECTORS / "atoms.json").read_text(encoding="utf-8"))

# What was sealed once is never encoded again: these bytes may never change. A new format brings new files.
FROZEN = {
    "atoms.json": "a17ec8d7ba3f455cad22604247e84bca0b0a3729159a05c936f0b71b0516d687",
    "good/small.zip": "a9445e629ba8c4d32c9ea4b0e5d90366b6d21032e4ec1ebd5754869a95d0e733",
    "good/tile.zip": "4d8bcfe07b23b619c0f8244b768a1a62f59cd51603645a47f71f7670591a30b2",
}


class TestTheGoldenFiles:
    @pytest.mark.parametrize("name", FROZEN)
    def test_are_frozen(self, name):
        assert hashlib.sha256((VECTORS / name).read_bytes()).hexdigest() == FROZEN[name]

    def test_are_what_their_generator_makes(self, tmp_path):
        make(tmp_path)

        kept, made = (
            {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
            for folder in (VECTORS, tmp_path)
        )
        assert kept.keys() - {"README.md"} == made.keys()
        assert [name for name in made if made[name] != kept[name]] == []


class TestABundle:
    @pytest.mark.parametrize("name", BUNDLES)
    def test_is_judged_as_it_should_be(self, name):
        told = BUNDLES[name]
        own = (VECTORS / f"{name}.checkpoint.txt").read_bytes() if told["checkpoint"] else None

        witness = read_key(told["witness"], 4) if "witness" in told else None
        archives = [str(VECTORS / f"{name}.archive-{number + 1}.zip") for number in range(told.get("archives", 0))]

        answer = read_answer((VECTORS / f"{name}.answer.json").read_bytes()) if "answer" in told else None

        report = verify(str(VECTORS / f"{name}.zip"), own=own, witness=witness, archives=archives, question=answer)

        sentences = "\n".join(one.sentence for one in report.findings)
        assert {"verified": 0, "tampered": 1, "incomplete": 2}[report.result] == told["status"], sentences
        assert [id for id in told["names"] if id not in sentences] == []

    def test_was_forged_in_every_way_that_the_page_lists(self):
        assert sum(name.startswith("tampered/") for name in BUNDLES) >= 30


class TestAnExtract:
    @pytest.mark.parametrize("name", EXTRACTS)
    def test_is_judged_as_it_should_be(self, name):
        told = EXTRACTS[name]
        own = (VECTORS / f"{name}.checkpoint.txt").read_bytes() if told["checkpoint"] else None
        witness = read_key(told["witness"], 4) if "witness" in told else None

        report = verify(str(VECTORS / f"{name}.json"), own=own, witness=witness)

        sentences = "\n".join(one.sentence for one in report.findings)
        assert {"verified": 0, "tampered": 1, "incomplete": 2}[report.result] == told["status"], sentences
        assert [id for id in told["names"] if id not in sentences] == []


class TestAnAtom:
    @pytest.mark.parametrize("record", ATOMS["records"], ids=lambda record: record["id"][:8])
    def test_of_a_leaf_is_read_back(self, record):
        entry = bytes.fromhex(record["entry"])

        version, log, upper, lower, kind, stored, commitment = ENTRY.unpack(entry)

        assert (version, UUID(bytes=log)) == (1, UUID(ATOMS["log"]["id"]))
        assert UUID(int=upper << 64 | lower) == UUID(record["id"])
        assert (kind, stored, commitment.hex()) == (record["kind"], record["stored"], record["commitment"])
        assert leaf_hash(entry).hex() == record["leaf_hash"]

    def test_of_the_tree_is_its_root_at_every_size(self):
        tree = Tree()
        roots = [tree.root().hex()]
        for record in ATOMS["records"]:
            tree.add(leaf_hash(bytes.fromhex(record["entry"])))
            roots.append(tree.root().hex())

        assert roots == ATOMS["roots"]

    def test_of_the_checkpoint_is_read_and_its_signature_holds(self):
        key, note = read_key(ATOMS["key"]["text"]), read_note(ATOMS["checkpoint"]["note"].encode())

        assert key.public.hex() == ATOMS["key"]["public"]
        assert key.fingerprint.replace(" ", "") == ATOMS["key"]["fingerprint"]
        assert (note.size, note.root.hex(), note.time) == (20, ATOMS["roots"][20], ATOMS["checkpoint"]["time"])
        assert note.key_id.hex() == ATOMS["key"]["id"]
        assert bad_signatures(key.public, [note.signed]) == []
        assert bad_signatures(key.public, [Signed(20, note.signed.text + b" ", note.signed.signature)])

    def test_of_the_change_of_key_is_followed(self):
        told = ATOMS_2["change_of_key"]
        body = json.loads(told["body"])
        first = read_key(body["old"]["key"])
        change = Change(told["number"], UUID(body["id"]), 0, told["body"].encode())

        chain, forged = chain_of(first, UUID(ATOMS["log"]["id"]), [change])

        assert forged == []
        assert [written_key(one.key) for one in chain.keys] == [body["old"]["key"], body["new"]["key"]]
        for key, name in ((first, "endorsement"), (read_key(body["new"]["key"]), "possession")):
            signature = base64.b64decode(body["new"][name])
            assert bad_signatures(key.public, [Signed(0, told["signed_text"].encode(), signature)]) == []

    def test_of_the_cosignature_holds(self):
        told = ATOMS_2["cosignature"]
        key, note = read_key(told["key"], 4), read_note(told["note"].encode())

        cosignature = read_cosignature(told["line"].encode())

        assert (cosignature.name, cosignature.key_id, cosignature.time) == (key.origin, key.id, told["time"])
        assert bad_signatures(key.public, [cosignature.over(note)]) == []

    def test_of_the_proofs_leads_to_the_root(self):
        hashes = [leaf_hash(bytes.fromhex(entry)) for entry in ATOMS_2["entries"]]
        roots = [bytes.fromhex(root) for root in ATOMS["roots"]]
        for size in range(1, 9):
            for number, proof in enumerate(ATOMS_2["inclusion"][size - 1]):
                assert root_of(number, hashes[number], size, [bytes.fromhex(one) for one in proof]) == roots[size]
            for old, proof in enumerate(ATOMS_2["consistency"][size - 1]):
                assert is_consistent(old, roots[old], size, roots[size], [bytes.fromhex(one) for one in proof])
