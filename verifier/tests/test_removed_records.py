"""Records that are gone: erased by law, moved to an archive, or taken away."""

import hashlib
import tracemalloc
import zipfile
from datetime import UTC, datetime

import pytest

from verifier.andante_verify import verify
from verifier.tests.forging import name, sentences
from verifier.tests.small_log import SmallLog, changed, records_part, small_log, write_zip


@pytest.fixture
def erased():
    """Six records; number 3 was erased, and number 5 says so."""
    log = small_log((2, 3))
    log.erase(log.records[3])
    log.seal()
    return log


class TestAnErasedRecord:
    def test_is_no_finding_and_is_counted(self, check, erased):
        report = check(erased.bundle_2())

        assert report.result == "verified", sentences(report)
        assert report.summary["erased"] == 1
        assert "That the one erased record is named by a record that says by which law." in report.checked
        assert "What the erased records said (1): nobody can know that any more." in report.not_checked

    def test_is_not_known_while_the_record_that_names_it_waits(self, check):
        log = small_log((2, 3))
        log.erase(log.records[3])

        report = check(log.bundle_2())

        assert (report.result, report.summary["erased"]) == ("incomplete", 0)
        assert "Make the bundle again when it is sealed." in report.incomplete
        assert "Content, time and place of each of the 4 records against the sealed tree." in report.checked

    def test_that_only_a_waiting_record_names_does_not_hide_that_another_was_removed(self, check):
        log = small_log((2, 3))
        log.erase(log.records[3])
        bundle = log.bundle_2()
        del bundle.records[1]

        told = sentences(check(bundle))

        assert f"{name(log, 1)} was removed" in told
        assert "number 3" not in told

    def test_in_a_bundle_of_version_1_was_removed(self, check, erased):
        assert f"{name(erased, 3)} was removed" in sentences(check(erased.bundle()))

    def test_that_nobody_named_was_removed(self, check, erased):
        bundle = erased.bundle_2()
        del bundle.records[3]

        assert f"{name(erased, 4)} was removed: its leaf is there" in sentences(check(bundle))

    def test_that_is_named_by_a_record_which_was_changed_was_removed(self, check, erased):
        bundle = erased.bundle_2()
        other = changed(erased.records[5], body=erased.records[5].body.replace(b"cli:test", b"cli:else"))
        bundle.records[-1] = (5, other)

        assert f"{name(erased, 3)} was removed" in sentences(check(bundle))

    def test_that_is_here_again_is_told_among_what_was_not_checked(self, check, erased):
        erased.removed.clear()

        report = check(erased.bundle_2())

        assert report.result == "verified"
        assert any("still here (1)" in told for told in report.not_checked)

    @pytest.mark.parametrize("subject", ["record:x", "record:", "x", None, 1, [], {}])
    def test_is_not_erased_by_a_record_that_names_none(self, check, subject):
        log = small_log((2, 3))
        log.removed.add(log.records[3].id)
        log.audit("record-erased", subject)
        log.seal()

        assert f"{name(log, 3)} was removed" in sentences(check(log.bundle_2()))

    def test_is_not_erased_by_a_record_that_spells_that_with_escapes(self, check):
        """Also where another text in it is spelled as the action should be."""
        log = small_log((2, 3))
        eraser = log.erase(log.records[3])
        body = eraser.body.replace(b'"record-erased"', b'"record\\u002derased"')
        log.waiting = [changed(eraser, body=body.replace(b'"old": {}', b'"old": {"action": "log-opened"}'))]
        log.seal()

        assert f"{name(log, 3)} was removed" in sentences(check(log.bundle_2()))

    def test_is_not_erased_by_a_statement_that_speaks_of_it(self, check):
        log = small_log((2, 3))
        log.removed.add(log.records[3].id)
        log.take(log.record(1, {"action": "record-erased", "subject": f"record:{log.records[3].id}"}))
        log.seal()

        assert f"{name(log, 3)} was removed" in sentences(check(log.bundle_2()))

    def test_does_not_excuse_that_its_leaf_is_gone(self, check, erased):
        bundle = erased.bundle_2()
        del bundle.leaves[3]

        assert "its leaf is missing" in sentences(check(bundle))


class TestARecordThatIsNeverErased:
    @pytest.mark.parametrize("sealed", [True, False])
    def test_and_opened_the_log_is_missed_whatever_names_it(self, check, sealed):
        log = small_log((2, 3))
        log.erase(log.records[0])
        if sealed:
            log.seal()

        report = check(log.bundle_2())

        assert report.result == "tampered"
        assert f"{name(log, 0)} was removed: it opened the log" in sentences(report)

    def test_and_opened_the_log_is_missed_so_that_nobody_gives_the_log_another_address(self, check):
        log = small_log((2, 3))
        log.erase(log.records[0])
        bundle = log.bundle_2()
        bundle.manifest["log"]["iri"] = "https://elsewhere.example.org/log"

        assert check(bundle).result == "tampered"

    @pytest.mark.parametrize("which", ["log-opened", "key-rotated", "record-erased", "month-archived"])
    def test_is_a_finding_where_it_is_named(self, check, tmp_path, which):
        log = small_log((2,))
        made = {
            "log-opened": lambda: log.records[0],
            "key-rotated": lambda: log.rotate("second"),
            "record-erased": lambda: log.erase(log.records[1]),
            "month-archived": lambda: (log.archive(tmp_path / "a.zip", "2025-01"), log.waiting[-1])[1],
        }[which]()
        log.audit("record-erased", f"record:{made.id}")
        log.seal()

        told = sentences(check(log.bundle_2()))

        assert f"claims to erase the record with the id {made.id}, which is never erased" in told

    def test_and_is_gone_leaves_what_it_explained_unexplained(self, check, erased):
        eraser = erased.records[5]
        erased.erase(eraser)
        erased.seal()

        assert f"{name(erased, 3)} was removed" in sentences(check(erased.bundle_2()))


@pytest.fixture
def archived(tmp_path):
    """Four records of October, of which the first opened the log; then some of November, one says what was moved."""
    log = SmallLog(begin=datetime(2026, 10, 30, tzinfo=UTC))
    for _ in range(3):
        log.state()
    log.seal()
    log.begin = datetime(2026, 11, 22, tzinfo=UTC)
    log.state()
    log.archive(tmp_path / "october.zip", "2026-10")
    log.seal()
    return log


class TestAnArchivedMonth:
    def test_is_read_from_its_file(self, check, archived, tmp_path):
        report = check(archived.bundle_2(), archives=[str(tmp_path / "october.zip")])

        assert report.result == "verified", sentences(report) or report.incomplete
        assert report.summary["archived"] == 3
        assert "Content, time and place of each of the 6 records against the sealed tree." in report.checked

    def test_without_its_file_leaves_the_check_incomplete(self, check, archived):
        report = check(archived.bundle_2())

        assert report.result == "incomplete"
        assert "2026-10 (3)" in report.incomplete
        assert "Content, time and place of each of the 3 records against the sealed tree." in report.checked
        assert report.findings == []

    def test_that_a_waiting_record_names_leaves_the_check_incomplete(self, check, tmp_path):
        log = SmallLog(begin=datetime(2026, 10, 30, tzinfo=UTC))
        log.state()
        log.seal()
        log.archive(tmp_path / "october.zip", "2026-10")

        for given in ([], [str(tmp_path / "october.zip")]):
            report = check(log.bundle_2(), archives=given)
            assert (report.result, report.findings) == ("incomplete", [])
            assert "Make the bundle again when it is sealed." in report.incomplete

    def test_that_a_waiting_record_names_is_none_while_others_of_its_records_are_here(self, check):
        log = small_log((2, 3))
        log.removed.add(log.records[3].id)
        new = {"records": 1, "sha256": "0" * 64, "format": "andante-archive/1"}
        log.audit("month-archived", "month:2026-11", new=new)

        report = check(log.bundle_2())

        assert report.result == "tampered"
        assert f"{name(log, 3)} was removed" in sentences(report)

    def test_that_a_waiting_record_names_lost_no_more_records_than_that_says(self, check):
        log = small_log((2, 3))
        log.removed.update(record.id for record in log.records[1:])
        new = {"records": 3, "sha256": "0" * 64, "format": "andante-archive/1"}
        log.audit("month-archived", "month:2026-11", new=new)

        assert f"{name(log, 4)} was removed" in sentences(check(log.bundle_2()))

    def test_without_its_file_does_not_hide_that_another_record_was_removed(self, check, archived):
        bundle = archived.bundle_2()
        del bundle.records[1]

        report = check(bundle)

        assert report.result == "tampered"
        assert f"{name(archived, 4)} was removed" in sentences(report)

    def test_in_a_bundle_of_version_1_was_removed(self, check, archived, tmp_path):
        report = check(archived.bundle(), archives=[str(tmp_path / "october.zip")])

        assert f"{name(archived, 1)} was removed" in sentences(report)

    def test_may_hold_a_record_that_was_erased_since(self, check, archived, tmp_path):
        archived.erase(archived.records[2])
        archived.seal()

        report = check(archived.bundle_2(), archives=[str(tmp_path / "october.zip")])

        assert (report.result, report.summary["erased"], report.summary["archived"]) == ("verified", 1, 2)


class TestTheFileOfAMonth:
    @pytest.fixture
    def told(self, check, archived, tmp_path):
        """What is said of the bundle with a file that replaced the archive."""

        def _told(members=None, **arguments):
            path = tmp_path / "other.zip"
            if members:
                write_zip(path, members)
            report = check(archived.bundle_2(), archives=[str(path)], **arguments)
            return report.result, sentences(report) + (report.incomplete or "")

        return _told

    @pytest.fixture
    def members(self, archived, tmp_path):
        with zipfile.ZipFile(tmp_path / "october.zip") as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def test_that_was_changed_is_found(self, told, members, archived):
        forged = changed(archived.records[2], body=archived.records[2].body.replace(b"answered", b"passed"))
        records = [(1, archived.records[1]), (2, forged), (3, archived.records[3])]

        result, text = told({**members, "records": records_part(records)})

        assert result == "tampered"
        assert "is not the one that was made of 2026-10: it was changed or replaced" in text

    @pytest.mark.parametrize(("old", "new"), [(b"2026-10", b"2026-09"), (b'"records": 3', b'"records": 4')])
    def test_whose_manifest_was_changed_is_found(self, told, members, old, new):
        result, _ = told({**members, "manifest.json": members["manifest.json"].replace(old, new)})

        assert result == "tampered"

    @pytest.mark.parametrize(
        ("old", "new"), [(b"archive/1", b"archive/2"), (b'"made"', b'"more"'), (b"example", b"elsewhere"), (b"{", b"")]
    )
    def test_whose_manifest_is_another_is_told(self, told, members, old, new):
        result, text = told({**members, "manifest.json": members["manifest.json"].replace(old, new, 1)})

        assert result == "incomplete"
        assert "its manifest is not that of an archive of this log" in text

    def test_that_was_damaged_on_its_way_is_told_as_such(self, check, archived, tmp_path):
        path = tmp_path / "october.zip"
        path.write_bytes(path.read_bytes().replace(b"answered", b"answeres", 1))

        report = check(archived.bundle_2(), archives=[str(path)])

        assert report.result == "incomplete"
        assert "The archive october.zip was damaged on its way" in report.incomplete

    def test_that_is_not_there_is_told(self, told):
        assert told() == ("incomplete", "The archive other.zip cannot be opened: No such file or directory.")

    def test_that_is_no_archive_is_told(self, told, members):
        assert "does not hold the parts of an archive" in told({"x": b""})[1]
        assert "does not hold the parts of an archive" in told({"records": b"", "y": b""})[1]

    def test_that_lacks_a_record_is_found(self, check, tmp_path):
        """Whoever made the archive left it out, and sealed the archive's hash all the same."""
        log = SmallLog(begin=datetime(2026, 10, 30, tzinfo=UTC))
        left_out = log.state()
        log.state()
        log.seal()
        log.removed.add(left_out.id)
        log.begin = datetime(2026, 11, 22, tzinfo=UTC)
        log.archive(tmp_path / "october.zip", "2026-10")
        log.seal()

        report = check(log.bundle_2(), archives=[str(tmp_path / "october.zip")])

        assert f"{name(log, 1)} was removed: its archive does not hold it" in sentences(report)

    def test_that_holds_another_record_is_found(self, check, archived, tmp_path):
        """Whoever made the archive changed it, and sealed the archive's hash all the same."""
        log = SmallLog(begin=datetime(2026, 10, 30, tzinfo=UTC))
        log.state()
        log.seal()
        right = log.records[1]
        log.records[1] = changed(right, body=b"{}")
        log.archive(tmp_path / "october.zip", "2026-10")
        log.records[1] = right
        log.seal()

        report = check(log.bundle_2(), archives=[str(tmp_path / "october.zip")])

        assert f"{name(log, 1)}: its content was changed" in sentences(report)

    @pytest.fixture
    def moved(self, tmp_path):
        """Say what stands in a file that was sealed as the archive of October, whose records 1 to 3 left for it."""

        def _moved(change, promised=None):
            log = SmallLog(begin=datetime(2026, 10, 30, tzinfo=UTC))
            for _ in range(3):
                log.state()
            log.seal()
            path = tmp_path / "october.zip"
            log.archive(path, "2026-10")
            log.waiting.clear()
            with zipfile.ZipFile(path) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
            parts["records"] = records_part(change(list(enumerate(log.records))[1:]))
            if promised is not None:
                parts["manifest.json"] = parts["manifest.json"].replace(b'"records": 3', b'"records": %d' % promised)
            sha256 = hashlib.sha256(write_zip(path, parts).read_bytes()).hexdigest()
            new = {"records": promised or 3, "sha256": sha256, "format": "andante-archive/1"}
            log.begin = datetime(2026, 11, 22, tzinfo=UTC)
            log.audit("month-archived", "month:2026-10", new=new)
            log.seal()
            return log

        return _moved

    @pytest.mark.parametrize("number", [0, 2, 4, 9])
    def test_that_holds_what_was_never_sealed_is_found(self, check, moved, tmp_path, number):
        """Beside a record of the bundle, of the archive itself, of another month, or of none."""
        forged = SmallLog("forger").records or SmallLog("forger").waiting

        log = moved(lambda records: sorted([*records, (number, forged[0])], key=lambda one: one[0]), promised=4)
        report = check(log.bundle_2(), archives=[str(tmp_path / "october.zip")])

        assert report.result == "tampered"
        assert f"The archive of 2026-10 holds {'something else as ' if number == 0 else ''}record" in sentences(report)

    @pytest.mark.slow
    @pytest.mark.parametrize("number", [1, 10**9])
    def test_that_holds_records_without_end_takes_little_memory(self, check, moved, tmp_path, number):
        long = SmallLog("forger").audit("record-erased", "x" * 60_000)
        log = moved(lambda records: [*records, *[(number, long)] * 700], promised=703)
        bundle = log.bundle_2()
        tracemalloc.start()

        report = check(bundle, archives=[str(tmp_path / "october.zip")])

        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(report.findings) + report.more == 700
        assert peak < 10_000_000

    def test_that_holds_more_or_fewer_records_than_it_was_made_with_is_found(self, check, moved, tmp_path):
        log = moved(lambda records: records, promised=4)

        told = sentences(check(log.bundle_2(), archives=[str(tmp_path / "october.zip")]))

        assert told == "The archive of 2026-10 holds 3 records; it was made with 4."

    def test_that_holds_a_record_of_the_bundle_too_is_no_finding(self, check, moved, tmp_path):
        log = moved(lambda records: records)
        log.removed.remove(log.records[2].id)

        report = check(log.bundle_2(), archives=[str(tmp_path / "october.zip")])

        assert (report.result, report.summary["archived"]) == ("verified", 2), sentences(report)

    def test_that_holds_something_else_as_an_erased_record_is_found(self, check, moved, tmp_path):
        log = moved(lambda records: [*records[:2], (3, changed(records[2][1], body=b"{}"))])
        log.erase(log.records[3])
        log.seal()

        told = sentences(check(log.bundle_2(), archives=[str(tmp_path / "october.zip")]))

        assert told == f"The archive of 2026-10 holds something else as record {name(log, 3)} than was sealed."

    def test_that_holds_a_record_which_is_never_archived_is_found(self, check, tmp_path):
        log = SmallLog(begin=datetime(2026, 10, 30, tzinfo=UTC))
        log.seal()
        log.rotate("second")
        log.seal()
        log.state()
        log.seal()
        moved = [(1, log.records[1]), (2, log.records[2])]
        log.archive(tmp_path / "october.zip", "2026-10")
        log.waiting.clear()
        with zipfile.ZipFile(tmp_path / "october.zip") as archive:
            manifest = archive.read("manifest.json").replace(b'"records": 1', b'"records": 2')
        write_zip(tmp_path / "october.zip", {"records": records_part(moved), "manifest.json": manifest})
        sha256 = hashlib.sha256((tmp_path / "october.zip").read_bytes()).hexdigest()
        log.removed.add(log.records[1].id)
        log.audit(
            "month-archived",
            "month:2026-10",
            new={"records": 2, "sha256": sha256, "format": "andante-archive/1"},
        )
        log.seal()

        told = sentences(check(log.bundle_2(), archives=[str(tmp_path / "october.zip")]))

        assert "it is of a kind that is never archived" in told

    def test_of_a_record_that_was_changed_itself_excuses_nothing(self, check, archived, tmp_path):
        bundle = archived.bundle_2()
        bundle.records[-1] = (5, changed(archived.records[5], body=archived.records[5].body + b" "))

        report = check(bundle, archives=[str(tmp_path / "october.zip")])

        assert f"{name(archived, 1)} was removed" in sentences(report)


class TestTheCommand:
    def test_takes_archives(self, archived, tmp_path, capsys):
        from verifier.andante_verify import main

        path = str(archived.bundle_2().write(tmp_path / "bundle.zip"))

        assert main([path, "--archive", str(tmp_path / "october.zip")]) == 0
        assert "In archives:        3" in capsys.readouterr().out
        assert verify(path).result == "incomplete"
