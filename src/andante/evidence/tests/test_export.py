"""Exporting a bundle: what it leaves behind, what it refuses, how much it takes."""

import stat
import threading
import tracemalloc
from datetime import timedelta

import pytest
from django.db import connections, transaction

from andante.evidence.operations import FileExists, export_bundle
from andante.evidence.tests.ledgers import NOW, verify
from andante.kernel.principals import cli_principal
from andante.ledger import operations
from andante.ledger.queries import facts

pytestmark = pytest.mark.slow


def export(path, **values):
    return export_bundle(path=path, by=cli_principal(), at=NOW, **values)


def erase(record):
    with transaction.atomic():
        operations.erase_records(records=[record], law="GDPR Art. 17(1)(a)", why="asked", by=cli_principal(), at=NOW)


class TestAnExport:
    def test_tells_what_it_wrote(self, ledger, tmp_path):
        summary = export(tmp_path / "log.zip")

        told = verify(summary.path).told["summary"]
        assert (summary.size, summary.waiting) == (told["records"], told["waiting"]) == (9, 1)
        assert (summary.root, summary.key) == (told["root"], told["key"])
        assert summary.length == summary.path.stat().st_size

    def test_is_itself_recorded_with_who_and_how_much(self, ledger, tmp_path):
        export(tmp_path / "log.zip")
        ledger.seal()

        (recorded,) = [one.fact for one in facts() if one.fact.verb == "bundle-exported"]

        assert recorded.body["by"] == cli_principal()
        assert recorded.body["new"]["size"] == 9

    def test_can_be_read_by_its_owner_only(self, ledger, tmp_path):
        path = export(tmp_path / "log.zip").path

        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_leaves_a_file_that_stands_there_alone(self, ledger, tmp_path):
        path = tmp_path / "log.zip"
        path.write_text("something else")

        with pytest.raises(FileExists):
            export(path)

        assert path.read_text() == "something else"

    def test_replaces_a_file_when_told_to(self, ledger, tmp_path):
        path = tmp_path / "log.zip"
        path.write_text("something else")

        assert verify(export(path, replace=True).path).status == 0

    def test_leaves_nothing_where_it_fails(self, ledger, tmp_path):
        def fail(_part, _count):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            export(tmp_path / "log.zip", progress=fail)

        assert list(tmp_path.iterdir()) == []

    def test_waits_until_what_names_an_erased_record_is_sealed(self, ledger, tmp_path):
        erase(ledger.ids()[2])

        def seal():
            ledger.seal()
            connections.close_all()

        sealing = threading.Timer(0.3, seal)
        sealing.start()
        told = verify(export(tmp_path / "log.zip").path)
        sealing.join()

        assert (told.status, told.told["summary"]["erased"]) == (0, 1), told.told

    def test_does_not_wait_for_it_for_ever(self, ledger, tmp_path):
        erase(ledger.ids()[2])

        told = verify(export(tmp_path / "log.zip", patience=timedelta(0)).path)

        assert told.status == 2
        assert "Make the bundle again when it is sealed." in told.told["reason"]

    def test_sees_one_moment_while_others_write(self, ledger, tmp_path):
        def append_and_seal():
            ledger.append(2)
            ledger.seal()
            connections.close_all()

        def write_on(part, _count):
            if part == "leaves":
                other = threading.Thread(target=append_and_seal)
                other.start()
                other.join()

        path = export(tmp_path / "log.zip", progress=write_on).path

        verdict = verify(path)
        assert (verdict.status, verdict.told["summary"]["records"]) == (0, 9)
        assert len(ledger.ids()) == 12

    def test_before_anything_is_sealed_says_so(self, own_database, tmp_path):
        summary = export(tmp_path / "log.zip")

        assert (summary.size, summary.root) == (0, None)
        assert verify(summary.path).status == 2

    def test_of_many_records_takes_no_more_memory_than_of_few(self, ledger, tmp_path):
        def peak(name):
            tracemalloc.start()
            export(tmp_path / name)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most

        peak("warm.zip")
        for _ in range(4):
            ledger.append(1000)
            ledger.seal()
        some = peak("some.zip")
        for _ in range(6):
            ledger.append(1000)
            ledger.seal()

        assert peak("many.zip") < some * 1.2
