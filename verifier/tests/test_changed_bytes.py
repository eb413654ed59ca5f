"""Every single byte of a bundle counts: changed, lost or put in, the bundle is refused, or provably says the same."""

import json
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.andante_verify import verify
from verifier.tests.small_log import MEMBERS, small_log, write_zip

pytestmark = pytest.mark.slow

SOUND = small_log((1, 1)).bundle().members()
LONG = small_log((257,)).bundle().members()
SEED = 20261122


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("changed") / "bundle.zip"


def result(path, members):
    return verify(str(write_zip(path, members))).result


def says_the_same(changed: bytes) -> bool:
    """A manifest may be spaced otherwise, and the moment when the bundle was made is the writer's word."""
    try:
        one, other = json.loads(SOUND["manifest.json"]), json.loads(changed)
        return {**one, "made": None} == {**other, "made": None}
    except ValueError:
        return False


class TestAByteOfAPart:
    @pytest.mark.parametrize("part", ["leaves", "records", "checkpoints"])
    def test_that_is_changed_is_found_wherever_it_stands(self, path, part):
        choose = random.Random(SEED)  # noqa: S311 - the same bytes in every run
        for place in range(len(SOUND[part])):
            changed = bytearray(SOUND[part])
            changed[place] ^= choose.randrange(1, 256)

            assert result(path, {**SOUND, part: bytes(changed)}) in {"tampered", "incomplete"}, place

    def test_of_the_manifest_that_is_changed_is_found_or_says_the_same(self, path):
        choose = random.Random(SEED)  # noqa: S311 - the same bytes in every run
        for place in range(len(SOUND["manifest.json"])):
            changed = bytearray(SOUND["manifest.json"])
            changed[place] ^= choose.randrange(1, 256)
            if result(path, {**SOUND, "manifest.json": bytes(changed)}) == "verified":
                assert says_the_same(bytes(changed)), place

    @settings(max_examples=60, deadline=None)
    @given(place=st.integers(0, len(LONG["tiles"]) - 1), mask=st.integers(1, 255))
    def test_of_a_tile_that_is_changed_is_found(self, path, place, mask):
        changed = bytearray(LONG["tiles"])
        changed[place] ^= mask

        assert result(path, {**LONG, "tiles": bytes(changed)}) in {"tampered", "incomplete"}

    @settings(max_examples=100, deadline=None)
    @given(part=st.sampled_from(("leaves", "records", "checkpoints")), data=st.data())
    def test_that_is_lost_is_found(self, path, part, data):
        place = data.draw(st.integers(0, len(SOUND[part]) - 1))

        lost = SOUND[part][:place] + SOUND[part][place + 1 :]

        assert result(path, {**SOUND, part: lost}) in {"tampered", "incomplete"}

    @settings(max_examples=100, deadline=None)
    @given(part=st.sampled_from(MEMBERS[:-1]), data=st.data(), more=st.binary(min_size=1, max_size=100))
    def test_that_is_put_in_is_found(self, path, part, data, more):
        place = data.draw(st.integers(0, len(SOUND[part])))

        longer = SOUND[part][:place] + more + SOUND[part][place:]

        assert result(path, {**SOUND, part: longer}) in {"tampered", "incomplete"}


class TestAByteOfTheFile:
    def test_that_is_changed_is_found_or_changes_nothing_that_is_read(self, path):
        """Names, times and flags of the archive itself may change; what stands in the parts may not."""
        whole = write_zip(path, SOUND).read_bytes()
        choose = random.Random(SEED)  # noqa: S311 - the same bytes in every run
        for place in range(len(whole)):
            changed = bytearray(whole)
            changed[place] ^= choose.randrange(1, 256)
            path.write_bytes(bytes(changed))
            if verify(str(path)).result == "verified":
                with zipfile.ZipFile(path) as archive:
                    assert {name: archive.read(name) for name in MEMBERS} == SOUND, place

    def test_at_which_the_file_is_cut_off_makes_it_incomplete(self, path):
        whole = write_zip(path, SOUND).read_bytes()
        for length in range(len(whole)):
            path.write_bytes(whole[:length])

            assert verify(str(path)).result == "incomplete", length

    @pytest.mark.parametrize("more", [b"\0", b"PK", b"x" * 100])
    def test_that_is_added_at_an_end_makes_it_incomplete(self, path, more):
        whole = write_zip(path, SOUND).read_bytes()
        for changed in (whole + more, more + whole):
            path.write_bytes(changed)

            assert verify(str(path)).result == "incomplete"
