import hashlib

from andante.content.parsing import read_course
from andante.content.parsing.source import SourceFile
from andante.content.tests.folders import MODULE, put, spill
from andante.content.versions import version_hash


def file(path: str, data: bytes) -> SourceFile:
    return SourceFile(path=path, sha256=hashlib.sha256(data).hexdigest(), size=len(data), data=data)


class TestTheHashOfAVersion:
    def test_is_what_it_was_when_the_format_was_fixed(self):
        # Golden: if this changes, every statement that was ever made points to nothing.
        files = [file("modules/01-a.md", b"text\n"), file("course.yaml", b"title: x\n"), file("media/a-b.svg", b"")]
        assert version_hash(files) == "4d8241cb6c8ded445bbd0aad4031058e72affbc2dc66a23ce3711df7404f54cf"

    def test_is_the_sha_256_of_the_list_that_the_reference_describes(self):
        a, b = file("b/2", b"two"), file("b.", b"x")
        listed = f"andante-course/1\n{b.sha256} 1 b.\n{a.sha256} 3 b/2\n"
        assert version_hash([a, b]) == hashlib.sha256(listed.encode()).hexdigest()

    def test_changes_with_any_byte_and_any_name(self):
        one = version_hash([file("a", b"x")])
        assert one != version_hash([file("a", b"y")])
        assert one != version_hash([file("b", b"x")])
        assert one != version_hash([file("a", b"x"), file("b", b"x")])

    def test_of_a_folder_counts_the_files_of_the_format_only(self, tmp_path):
        folder = spill(tmp_path / "course")
        before = version_hash(read_course(folder).source.files.values())
        put(folder, "README.md", "x")
        put(folder, "notes.txt", "x")
        assert version_hash(read_course(folder).source.files.values()) == before
        put(folder, MODULE, (folder / MODULE).read_text() + "\n")
        assert version_hash(read_course(folder).source.files.values()) != before
