"""Receipts and extracts: what they hold, that they verify alone, what is put on record, and what is refused."""

import base64
import io
import json
import shutil
import threading
import tracemalloc
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connections, transaction

from andante.evidence import operations
from andante.evidence.extracts import Extract, ExtractWriter
from andante.evidence.operations import CheckpointUnfit, NothingSealed, RecordGone, RecordUnknown, RecordWaits
from andante.evidence.tests.checking import checked, consistent
from andante.evidence.tests.ledgers import NOW, Ledger, learned, verify
from andante.kernel.ids import PersonId, new_id
from andante.kernel.principals import cli_principal
from andante.ledger import operations as ledger_operations
from andante.ledger.keys import KeyFiles
from andante.ledger.queries import bundle_snapshot, current_log, facts, key_records, leaf_record, newest_checkpoint
from andante.ledger.rotation import rotate_key
from andante.ledger.sealing import Sealer
from andante.ledger.statements import audit
from andante.ledger.tests.test_sealing import run
from andante.people import operations as people

pytestmark = pytest.mark.slow

LEARNER = PersonId(UUID("01930000-0000-7000-8000-000000000001"))
BY = cli_principal()
COSIGN = "INSERT INTO ledger_cosignature (size, witness, line, made) VALUES (%s, %s, %s, clock_timestamp())"


def read(parcel):
    with parcel.file:
        data = parcel.file.read()
    assert len(data) == parcel.length
    return data


def receipt(record, **more):
    return checked(read(operations.export_receipt(record=record, by=BY, at=NOW, **more)))


def extract(person=LEARNER, **more):
    values = {"by": BY, "at": NOW, "patience": timedelta()}
    return checked(read(operations.export_extract(person=person, **values | more)))


def extract_of(person, **more):
    return operations.export_extract(**{"person": person, "by": BY, "at": NOW, **more})


def recorded(action):
    return [each.fact for each in facts(limit=10_000) if each.fact.verb == action]


class TestAReceipt:
    def test_of_every_record_verifies_alone(self, ledger):
        for number, id in enumerate(ledger.ids()):
            told = receipt(id)
            assert told["scope"] == {"kind": "receipt"}
            assert [(each["number"], each["id"]) for each in told["records"]] == [(number, str(id))]
            assert (told["consistency"], told["cosignatures"]) == (None, [])

    def test_leads_to_the_newest_checkpoint(self, ledger):
        assert receipt(ledger.ids()[4])["checkpoint"] == newest_checkpoint().note

    def test_under_a_full_tile_verifies_alone(self, long_ledger):
        for number in (0, 100, 255, 256, 260):
            assert receipt(long_ledger.ids()[number])["records"][0]["number"] == number

    def test_that_was_changed_in_one_byte_does_not_verify(self, ledger):
        data = read(operations.export_receipt(record=ledger.ids()[5], by=BY, at=NOW))
        assert data.count(b"0.5") == 1
        with pytest.raises(AssertionError):
            checked(data.replace(b"0.5", b"1.0"))

    def test_proves_that_the_log_grew_from_an_earlier_checkpoint(self, long_ledger):
        for more in (1, 3, 250, 40):
            before = newest_checkpoint()
            long_ledger.append(more)
            long_ledger.seal()
            told = receipt(long_ledger.ids()[7], since=operations.earlier_checkpoint(before.note))
            assert told["consistency"]["from"] == before.size
            assert consistent(told, base64.b64encode(before.root).decode())
            assert not consistent(told, base64.b64encode(bytes(32)).decode())

    def test_since_the_newest_checkpoint_needs_no_proof(self, ledger):
        newest = newest_checkpoint()
        told = receipt(ledger.ids()[7], since=newest.size)
        assert told["consistency"] == {"from": newest.size, "proof": []}

    def test_of_a_record_that_waits_is_not_given(self, ledger):
        (waiting,) = ledger.append(1)
        with pytest.raises(RecordWaits):
            receipt(waiting)
        ledger.seal()
        assert recorded("receipt-exported") == []
        assert receipt(waiting)["records"][0]["id"] == str(waiting)

    def test_of_an_unknown_record_is_not_given(self, ledger):
        with pytest.raises(RecordUnknown):
            receipt(new_id())

    def test_of_a_record_whose_body_was_removed_is_not_given(self, ledger):
        id = ledger.ids()[5]
        ledger.forge("DELETE FROM ledger_body WHERE id = %s", id)
        with pytest.raises(RecordGone, match="number 5"):
            receipt(id)

    def test_is_recorded_with_who_took_it(self, ledger):
        id = ledger.ids()[5]
        receipt(id)
        ledger.seal()
        (fact,) = recorded("receipt-exported")
        assert (fact.body["by"], fact.object) == (BY, f"record:{id}")
        assert (fact.body["new"]["number"], fact.body["new"]["size"]) == (5, 9)

    def test_before_anything_is_sealed_says_that_it_waits(self, own_database):
        fact = learned()
        with transaction.atomic():
            ledger_operations.append([fact])
        with pytest.raises(RecordWaits):
            receipt(fact.id)

    def test_holds_what_witnesses_signed_of_its_checkpoint(self, ledger):
        newest = newest_checkpoint()
        with connections["default"].cursor() as cursor:
            for size, witness in ((newest.size, "b.example"), (newest.size, "a.example"), (4, "c.example")):
                cursor.execute(COSIGN, [size, witness, f"— {witness} signed"])
        assert receipt(ledger.ids()[1])["cosignatures"] == ["— a.example signed", "— b.example signed"]


class TestTheVerifier:
    """The program that outsiders run, on what is handed out."""

    def keep(self, parcel, ledger):
        path = ledger.folder / parcel.name
        operations.keep(parcel, path=path, replace=True)
        return path

    def test_verifies_a_receipt_and_refuses_a_changed_one(self, ledger):
        path = self.keep(operations.export_receipt(record=ledger.ids()[5], by=BY, at=NOW), ledger)
        assert verify(path).status == 0
        path.write_bytes(path.read_bytes().replace(b"0.5", b"1.0"))
        assert verify(path).status == 1

    def test_verifies_that_a_receipt_agrees_with_an_earlier_checkpoint(self, ledger):
        kept = ledger.folder / "kept.txt"
        kept.write_text(newest_checkpoint().note)
        ledger.append(30)
        ledger.seal()
        given = operations.export_receipt(record=ledger.ids()[5], since=9, by=BY, at=NOW)
        assert verify(self.keep(given, ledger), "--checkpoint", kept).status == 0
        without = operations.export_receipt(record=ledger.ids()[5], by=BY, at=NOW)
        assert verify(self.keep(without, ledger), "--checkpoint", kept).status == 2

    def test_verifies_a_person_s_extract(self, ledger):
        assert verify(self.keep(operations.export_extract(person=LEARNER, by=BY, at=NOW), ledger)).status == 0

    def test_verifies_an_extract_with_the_person_s_account(self, ledger):
        person = people.create_person(name="Amara", time_zone="UTC", language="en", by=BY, at=NOW)
        people.create_account(person=person, login="amara", email=None, password=None, by=BY, at=NOW)
        ledger.seal()
        assert verify(self.keep(operations.export_extract(person=person, by=BY, at=NOW), ledger)).status == 0


class TestAnEarlierCheckpoint:
    def test_is_read_from_its_note_or_its_size(self, ledger):
        newest = newest_checkpoint()
        assert operations.earlier_checkpoint(newest.note) == newest.size
        assert operations.earlier_checkpoint(newest.note.replace("\n", "\r\n")) == newest.size
        assert operations.earlier_checkpoint(" 4\n") == 4

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ("", "names no size"),
            ("0", "names no size"),
            ("four", "names no size"),
            ("\u0664", "names no size"),
            ("9" * 30, "names no size"),
            ("10", "of 10 records, and only 9 are sealed here"),
            ("andante/another\n4\nroot\n", "no checkpoint of this log"),
        ],
    )
    def test_that_does_not_fit_is_refused_in_words(self, ledger, given, told):
        with pytest.raises(CheckpointUnfit, match=told):
            operations.earlier_checkpoint(given)


class TestAPersonSExtract:
    @pytest.fixture
    def amara(self, ledger):
        """Somebody with an account, beside the learner of the ledger."""
        person = people.create_person(name="Amara", time_zone="UTC", language="en", by=BY, at=NOW)
        people.create_account(person=person, login="amara", email=None, password=None, by=BY, at=NOW)
        ledger.seal()
        return person

    def test_holds_everything_that_the_person_did(self, ledger):
        told = extract()
        assert told["scope"] == {"kind": "person", "person": str(LEARNER)}
        assert [each["number"] for each in told["records"]] == list(range(1, 9))
        assert {json.loads(each["body"])["actor"]["account"]["name"] for each in told["records"]} == {str(LEARNER)}

    def test_holds_what_was_done_about_the_person_and_their_accounts_and_nothing_of_others(self, amara):
        bodies = [json.loads(each["body"]) for each in extract(amara)["records"]]
        assert [body["action"] for body in bodies] == ["person-created", "account-created"]
        assert bodies[0]["subject"] == f"person:{amara}"
        assert bodies[1]["new"]["person"] == str(amara)

    def test_is_recorded_and_stands_in_the_next_one(self, ledger):
        extract()
        ledger.seal()
        (fact,) = recorded("extract-exported")
        assert (fact.body["by"], fact.object, fact.body["new"]["records"]) == (BY, f"person:{LEARNER}", 8)
        assert json.loads(extract()["records"][-1]["body"])["action"] == "extract-exported"

    def test_waits_until_everything_is_sealed(self, ledger):
        ledger.append(1)
        with pytest.raises(RecordWaits):
            extract()
        ledger.seal()
        assert len(extract()["records"]) == 9

    def test_of_nobody_known_is_not_given(self, ledger):
        with pytest.raises(NothingSealed):
            extract(PersonId(new_id()))

    def test_agrees_with_an_earlier_checkpoint(self, ledger):
        before = newest_checkpoint()
        ledger.append(30)
        ledger.seal()
        assert consistent(extract(since=before.size), base64.b64encode(before.root).decode())

    def test_with_a_record_that_was_removed_is_not_given(self, ledger):
        ledger.forge("DELETE FROM ledger_body WHERE id = %s", ledger.ids()[5])
        with pytest.raises(RecordGone):
            extract()

    def test_keeps_the_stored_bytes_whatever_signs_they_hold(self, ledger, amara):
        odd = 'A " quote, a \\ backslash,\n a line, \u2028, é and 🗝'
        with transaction.atomic():
            subject = f"person:{amara}"
            ledger_operations.append([audit(id=new_id(), by=BY, action="placed", subject=subject, at=NOW, why=odd)])
        ledger.seal()
        assert json.loads(extract(amara)["records"][-1]["body"])["why"] == odd


def written(snapshot, records, file):
    """An extract of these records, whatever they are."""
    extract = Extract(
        log=snapshot.log,
        person=LEARNER,
        size=snapshot.size,
        checkpoint=snapshot.checkpoint,
        cosignatures=[],
        keys=key_records(size=snapshot.size),
        records=records,
        since=None,
        made=NOW,
    )
    return ExtractWriter(extract).write(file)


class TestTheWriter:
    def test_takes_no_more_memory_for_many_records_than_for_few(self, long_ledger, tmp_path):
        def peak(count):
            with bundle_snapshot() as snapshot, (tmp_path / "extract.json").open("wb") as file:
                ids = long_ledger.ids()
                records = (leaf_record(ids[number % 261], size=snapshot.size) for number in range(count))
                tracemalloc.start()
                assert written(snapshot, records, file) == count
                most = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
            return most

        # All 261 leaves, so that each hash of the tree has been kept once; and once before, for what is kept for ever.
        peak(300)
        # 1,200 records more are over a megabyte; the collector's own pace is a few ten thousand bytes.
        assert peak(1_500) < peak(300) + 150_000


class TestAnErasedRecord:
    def test_stands_with_its_leaf_alone(self, ledger):
        id = ledger.ids()[5]
        file = io.BytesIO()
        with bundle_snapshot() as snapshot:
            whole = leaf_record(id, size=snapshot.size)
            gone = type(whole)(**vars(whole) | {"salt": None, "body": None, "erased": True})
            written(snapshot, [gone], file)
        (record,) = checked(file.getvalue())["records"]
        assert (record["salt"], record["body"]) == (None, None)
        assert base64.b64decode(record["entry"])[17:33] == id.bytes


class TestCosignatures:
    def test_are_read_for_a_bundle_by_size_then_witness(self, ledger):
        with connections["default"].cursor() as cursor:
            cursor.executemany(COSIGN, [(9, "b", "— b 2"), (9, "B", "— B 1"), (4, "z", "— z 0")])
        with bundle_snapshot() as snapshot:
            found = [(each.size, each.line) for each in snapshot.cosignatures()]
        assert found == [(4, "— z 0"), (9, "— B 1"), (9, "— b 2")]

    @pytest.mark.parametrize("query", ["UPDATE ledger_cosignature SET line = 'x'", "DELETE FROM ledger_cosignature"])
    def test_are_never_changed(self, own_database, owner_connection, sealer, query):
        run(sealer)
        owner_connection.execute("INSERT INTO ledger_cosignature VALUES (1, 'w', '— w', now())")
        with pytest.raises(Exception, match="append-only"):
            owner_connection.execute(query)

    def test_of_what_was_never_sealed_are_refused(self, own_database):
        """Whoever could note one could accuse the log of having lost a checkpoint."""
        with pytest.raises(IntegrityError), connections["default"].cursor() as cursor:
            cursor.execute(COSIGN, [1_000, "w", "— w"])


class TestWhileTheKeyIsChanged:
    """The newest checkpoint holds the change, so the old key signed it, and the new one has signed nothing yet."""

    @pytest.fixture
    def changing(self, own_database, databases, tmp_path):
        folder = tmp_path / "keys"
        folder.mkdir(mode=0o700)
        shutil.copy(databases.key_file, folder / "sealer-ed25519.pem")
        files = KeyFiles(folder / "sealer-ed25519.pem")
        ledger = Ledger(Sealer(current_log(), files), None, tmp_path)
        ledger.append(2)
        ledger.seal()
        rotate_key(files=files, by=BY, at=NOW, why="A year is over")
        ledger.seal()
        yield ledger
        connections["sealer"].close()

    @pytest.fixture
    def later(self, changing):
        """Seal what waits a moment later, as the sealer does."""

        def seal():
            changing.seal()
            connections.close_all()

        sealing = threading.Timer(0.3, seal)
        sealing.start()
        yield
        sealing.join()

    def test_a_receipt_and_an_extract_wait_for_the_new_key(self, changing, later):
        (record,) = (fact.fact.id for fact in facts(limit=1))
        for parcel in (operations.export_receipt(record=record, by=BY, at=NOW), extract_of(LEARNER)):
            path = changing.folder / parcel.name
            path.write_bytes(read(parcel))
            assert verify(path).status == 0

    def test_neither_is_given_where_it_does_not_come(self, changing):
        (record,) = (fact.fact.id for fact in facts(limit=1))
        with pytest.raises(RecordWaits):
            operations.export_receipt(record=record, by=BY, at=NOW, patience=timedelta())
        with pytest.raises(RecordWaits):
            extract_of(LEARNER, patience=timedelta())

    def test_a_bundle_waits_for_the_new_key(self, changing, later):
        told = changing.verdict()

        assert (told.status, len(told.told["summary"]["keys"])) == (0, 2), told.told

    def test_a_bundle_that_could_not_wait_is_incomplete(self, changing):
        path = changing.folder / "log.zip"
        operations.export_bundle(path=path, by=BY, at=NOW, patience=timedelta())

        told = verify(path)

        assert told.status == 2
        assert "signed while the key was being changed" in told.told["reason"]
