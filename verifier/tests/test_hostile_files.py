"""Files that somebody made to break the verifier: each gets a plain sentence, quickly and in little memory."""

import json
import struct
import tracemalloc
import zipfile

import pytest

from verifier.andante_verify import verify
from verifier.tests.small_log import small_log, write_zip

SOUND = small_log((2, 1)).bundle().members()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bundle.zip"


def told(path):
    report = verify(str(path))
    assert report.result == "incomplete"
    return report.damaged or report.incomplete


def with_manifest(path, **values):
    manifest = {**json.loads(SOUND["manifest.json"]), **values}
    return write_zip(path, {**SOUND, "manifest.json": json.dumps(manifest).encode()})


class TestAFile:
    def test_that_is_not_there_is_told(self, path):
        assert told(path) == "There is no such file."

    def test_that_is_a_folder_is_told(self, tmp_path):
        assert told(tmp_path).startswith("The file cannot be read")

    @pytest.mark.parametrize("content", [b"", b"PK", b"x" * 21, b"x" * 22, b"x" * 100_000, b"PK\x05\x06" + bytes(17)])
    def test_that_is_no_archive_is_told(self, path, content):
        path.write_bytes(content)

        assert "bundle" in told(path)

    def test_that_is_an_empty_archive_is_told(self, path):
        path.write_bytes(b"PK\x05\x06" + bytes(18))

        assert "the parts of a bundle" in told(path)

    def test_whose_directory_claims_to_lie_elsewhere_is_told(self, path):
        write_zip(path, SOUND)
        content = bytearray(path.read_bytes())
        struct.pack_into("<L", content, len(content) - 6, 2**31)
        path.write_bytes(content)

        assert told(path)

    def test_with_a_zip64_directory_of_a_huge_size_is_refused_before_it_is_read(self, path):
        content = write_zip(path, SOUND).read_bytes()
        end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 6, 6, 2**40, 0)
        place = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(content) - 22, 1)
        path.write_bytes(content[:-22] + end + place + content[-22:])

        assert told(path) == "The archive does not hold the parts of a bundle."

    def test_with_two_zip64_directories_is_refused_whichever_the_zip_module_reads(self, path):
        """The pointer names a small one, and the zip module would read the huge one that stands before the pointer."""
        content = write_zip(path, SOUND).read_bytes()
        small, huge = (
            struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, 400 * count, 0)
            for count in (6, 2**20)
        )
        place = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(content) - 22, 1)
        path.write_bytes(content[:-22] + small + huge + place + content[-22:])

        assert "directory does not stand where" in told(path)

    def test_with_a_zip64_pointer_to_nothing_is_refused(self, path):
        content = write_zip(path, SOUND).read_bytes()
        place = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(content) - 22 - 56, 1)
        path.write_bytes(content[:-22] + place + content[-22:])

        assert "directory does not stand where" in told(path)


class TestAnArchive:
    @pytest.mark.parametrize("missing", SOUND)
    def test_without_one_of_its_parts_is_told(self, path, missing):
        write_zip(path, {name: data for name, data in SOUND.items() if name != missing})

        assert "the parts of a bundle" in told(path)

    def test_with_a_part_too_many_is_told(self, path):
        write_zip(path, {"../../etc/passwd": b"x", **SOUND})

        assert "the parts of a bundle" in told(path)

    def test_with_a_name_that_leads_out_of_a_folder_writes_nothing(self, path, tmp_path):
        members = {("../leaves" if name == "leaves" else name): data for name, data in SOUND.items()}

        assert "the parts of a bundle" in told(write_zip(path, members))
        assert list(tmp_path.iterdir()) == [path]
        assert not (tmp_path.parent / "leaves").exists()

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_with_a_part_twice_is_told(self, path):
        names = ["leaves", "records", "unsealed", "tiles", "leaves", "manifest.json"]
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, SOUND[name])

        assert "the parts of a bundle" in told(path)

    def test_in_another_order_is_told(self, path):
        assert "in order" in told(write_zip(path, dict(reversed(SOUND.items()))))

    def test_that_is_encrypted_is_told(self, path):
        content = bytearray(write_zip(path, SOUND).read_bytes())
        at = content.index(b"PK\x01\x02")
        content[at + 8] |= 1
        path.write_bytes(content)

        assert "encrypted" in told(path)

    @pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_that_is_packed_otherwise_is_told(self, path, packing):
        assert "packed" in told(write_zip(path, SOUND, compression=packing))

    def test_that_is_deflated_is_read(self, path):
        assert verify(str(write_zip(path, SOUND, compression=zipfile.ZIP_DEFLATED))).result == "verified"

    def test_with_a_comment_is_told(self, path):
        write_zip(path, SOUND)
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = b"hello"

        assert "does not end as a bundle" in told(path)

    def test_with_a_wrong_checksum_is_told_as_damaged_and_not_as_tampered(self, path):
        content = bytearray(write_zip(path, SOUND).read_bytes())
        content[content.index(b"answered")] ^= 1
        path.write_bytes(content)

        assert "damaged on its way" in told(path)


@pytest.mark.slow
class TestABomb:
    def test_that_claims_to_unpack_beyond_the_limit_is_not_read(self, path, monkeypatch):
        monkeypatch.setattr("verifier.andante_verify.MOST_UNPACKED", 1000)
        members = {**SOUND, "unsealed": bytes(10_000_000)}

        assert "would unpack to a size" in told(write_zip(path, members, compression=zipfile.ZIP_DEFLATED))

    def test_below_the_limit_is_read_in_little_memory(self, path):
        stray = struct.pack(">BB16shqHHI", 2, 4, bytes(16), 1, 0, 0, 0, 60_000) + bytes(60_000)
        members = {**SOUND, "unsealed": stray * 700}
        write_zip(path, members, compression=zipfile.ZIP_DEFLATED)
        del members
        tracemalloc.start()

        assert verify(str(path)).result != "verified"

        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5_000_000

    @pytest.mark.parametrize("part", ["leaves", "records", "unsealed", "tiles", "checkpoints"])
    def test_of_a_huge_length_is_refused_before_it_is_read(self, path, part):
        heads = {
            "leaves": struct.pack(">qI", 0, 2**32 - 1),
            "records": struct.pack(">q16shqHI", 0, bytes(16), 1, 0, 32, 2**32 - 1),
            "unsealed": struct.pack(">BB16shqHHI", 1, 7, bytes(16), 1, 0, 32, 32, 2**32 - 1),
            "tiles": struct.pack(">hqI", 0, 0, 2**32 - 1),
            "checkpoints": struct.pack(">qqHI", 1, 0, 32, 2**32 - 1) + bytes(32),
        }
        write_zip(path, {**SOUND, part: heads[part] + bytes(64)})

        report = verify(str(path))

        assert report.result in {"tampered", "incomplete"}
        assert "no real one is so long" in (report.incomplete or "")

    def test_of_frames_without_end_keeps_its_findings_few(self, path):
        empty = struct.pack(">BB16shqHHI", 2, 0, bytes(16), 1, 0, 0, 0, 0)
        write_zip(path, {**SOUND, "unsealed": empty * 20_000})

        report = verify(str(path))

        assert report.result == "tampered"
        assert len(report.findings) == 100
        assert report.more > 19_000


class TestAManifest:
    @pytest.mark.parametrize(
        "content",
        [b"", b"{", b"[]", b"null", b'"andante-bundle/1"', b"\xff\xfe", b"[" * 60_000, b'{"a": ' * 10_000, b"1" * 5000],
    )
    def test_that_is_not_one_is_told(self, path, content):
        assert told(write_zip(path, {**SOUND, "manifest.json": content}))

    def test_that_is_too_long_is_told(self, path):
        assert "longer than any" in told(write_zip(path, {**SOUND, "manifest.json": b" " * 70_000}))

    @pytest.mark.parametrize("form", ["andante-bundle/3", "", None, 1, {}])
    def test_of_another_format_asks_for_no_more_than_can_be(self, path, form):
        assert "this program knows andante-bundle/1 and andante-bundle/2 only" in told(with_manifest(path, format=form))

    def test_of_version_2_without_its_seventh_part_is_told(self, path):
        assert "the parts of andante-bundle/2" in told(with_manifest(path, format="andante-bundle/2"))

    def test_of_another_scope_is_told(self, path):
        assert "whole log" in told(with_manifest(path, scope="person"))

    def test_with_a_name_twice_is_told(self, path):
        content = SOUND["manifest.json"].replace(b'"scope"', b'"scope": "whole", "scope"')

        assert told(write_zip(path, {**SOUND, "manifest.json": content})) == "The manifest is not readable JSON."

    @pytest.mark.parametrize(
        "values",
        [
            {"more": 1},
            {"log": None},
            {"log": {}},
            {"log": {"id": "x", "iri": "x", "origin": "x"}},
            {"key": ""},
            {"key": None},
            {"key": "a+b"},
            {"checkpoint": []},
            {"checkpoint": {"size": True, "root": ""}},
            {"checkpoint": {"size": 3, "root": "é"}},
            {"counts": {}},
            {"counts": dict.fromkeys(("leaves", "records", "unsealed", "tiles", "checkpoints"), -1)},
            {"counts": dict.fromkeys(("leaves", "records", "unsealed", "tiles", "checkpoints"), 1.0)},
            {"made": None},
            {"made": "yesterday"},
        ],
    )
    def test_in_another_form_is_told(self, path, values):
        assert "does not have the form" in told(with_manifest(path, **values))

    @pytest.mark.parametrize("part", ["leaves", "records", "unsealed", "tiles", "checkpoints"])
    def test_that_counts_otherwise_is_told(self, path, part):
        counts = json.loads(SOUND["manifest.json"])["counts"]

        report = verify(str(with_manifest(path, counts={**counts, part: counts[part] + 1})))

        assert report.result == "tampered"
        assert f"The manifest promises {counts[part] + 1} {part}" in report.findings[-1].sentence

    def test_that_names_another_newest_checkpoint_is_told(self, path):
        newest = json.loads(SOUND["manifest.json"])["checkpoint"]

        report = verify(str(with_manifest(path, checkpoint={**newest, "size": 2})))

        assert [one.what for one in report.findings] == ["manifest"]


class TestALogThatSealedNothingYet:
    def test_is_incomplete(self, path):
        log = small_log((1,))
        bundle = log.bundle()
        bundle.leaves, bundle.records, bundle.checkpoints = [], [], []
        bundle.unsealed = [(1, log.records[0], log.records[0].commitment)]

        assert told(bundle.count_again().write(path)).startswith("Nothing is sealed yet")


@pytest.mark.slow
class TestALogWithHolesWithoutEnd:
    def test_ends_soon(self, path):
        """Validly signed by whoever made it, over more records than any disk holds; every leaf stands behind a gap."""
        log = small_log((3,))
        bundle = log.bundle()
        bundle.leaves = [(number * 900_000, bundle.leaves[number % 3][1]) for number in range(2_000)]
        bundle.checkpoints = [log.sign(10**10, 0, root=bytes(32))]

        report = verify(str(bundle.count_again().write(path)))

        assert report.result == "tampered"
