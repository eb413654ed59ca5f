"""Every byte of golden files of version 2 and of extracts counts: flipped, it is refused, or says the same."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.andante_verify import read_key, verify
from verifier.tests.small_log import MEMBERS_2, small_log, witness, write_zip

pytestmark = pytest.mark.slow

VECTORS = Path(__file__).parents[2] / "docs" / "reference" / "vectors"
WITNESS = read_key(witness().key, 4)
BUNDLES = {}
for name in ("changed-key", "erased", "witnessed", "tile"):
    with ZipFile(VECTORS / "good" / f"{name}.zip") as archive:
        BUNDLES[name] = {part: archive.read(part) for part in archive.namelist()}
EXTRACTS = {
    name: (VECTORS / "good" / f"{name}.json").read_bytes()
    for name in ("receipt", "receipt-grown", "receipt-witnessed", "receipt-erased", "person", "person-erased")
}
PLACES = st.tuples(st.integers(0, 10**9), st.integers(1, 255))


def flipped(data: bytes, place: int, mask: int) -> bytes:
    place %= len(data)
    return data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]


def but_for_the_writer_s_clock(data: bytes) -> object:
    try:
        return {**json.loads(data), "made": None}
    except ValueError:
        return None


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("changed") / "file"


class TestAFlippedByte:
    @settings(max_examples=400, deadline=None)
    @given(name=st.sampled_from(sorted(BUNDLES)), part=st.sampled_from(MEMBERS_2), where=PLACES)
    def test_of_a_bundle_is_found_or_says_the_same(self, path, name, part, where):
        members = BUNDLES[name]
        if not members.get(part):
            return
        data = flipped(members[part], *where)
        seen = WITNESS if name == "witnessed" else None

        report = verify(str(write_zip(path, {**members, part: data})), witness=seen)

        if report.result == "verified":
            if part == "cosignatures":
                # A line may now look like another witness's, which is not judged; those that count are the real ones.
                assert report.summary["witness_saw"] in {"2026-11-22 17:01:41 UTC", "2026-11-22 17:01:42 UTC"}
            else:
                assert part == "manifest.json"
                assert but_for_the_writer_s_clock(data) == but_for_the_writer_s_clock(members[part])

    @settings(max_examples=600, deadline=None)
    @given(name=st.sampled_from(sorted(EXTRACTS)), where=PLACES)
    def test_of_an_extract_is_found_or_says_the_same(self, path, name, where):
        data = flipped(EXTRACTS[name], *where)
        path.write_bytes(data)

        report = verify(str(path), **brought(name))

        if report.result == "verified":
            assert but_for_the_writer_s_clock(data) == but_for_the_writer_s_clock(EXTRACTS[name]), where

    @settings(max_examples=100, deadline=None)
    @given(name=st.sampled_from(sorted(EXTRACTS)), place=st.integers(0, 10**9), more=st.binary(max_size=40))
    def test_or_one_more_or_less_of_an_extract_is_found_or_says_the_same(self, path, name, place, more):
        data = EXTRACTS[name]
        place %= len(data)
        data = data[:place] + more + data[place + (not more) :]
        path.write_bytes(data)

        report = verify(str(path), **brought(name))

        if report.result == "verified":
            assert but_for_the_writer_s_clock(data) == but_for_the_writer_s_clock(EXTRACTS[name]), (place, more)


def brought(name):
    """What the auditor brings, so that every part of the extract is judged."""
    own = VECTORS / "good" / f"{name}.checkpoint.txt"
    # Its proof, or its cosignature, says nothing to who brings nothing.
    return {"own": own.read_bytes() if own.exists() else None, "witness": WITNESS if needs_witness(name) else None}


def needs_witness(name):
    return bool(json.loads(EXTRACTS[name])["cosignatures"])


class TestAnExtract:
    def test_that_is_cut_off_anywhere_is_incomplete(self, path):
        whole = EXTRACTS["receipt"].rstrip()
        for length in range(len(whole)):
            path.write_bytes(whole[:length])

            assert verify(str(path)).result == "incomplete", length


class TestABundleOfVersion2:
    def test_that_lacks_a_part_is_incomplete(self, path):
        members = small_log((2,)).bundle_2().members()
        for part in MEMBERS_2:
            write_zip(path, {name: data for name, data in members.items() if name != part})

            assert verify(str(path)).result == "incomplete"
