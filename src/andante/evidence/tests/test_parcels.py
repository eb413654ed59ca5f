"""What an auditor takes away: the answer, with a bundle that the verifier takes."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction

from andante.evidence import operations
from andante.evidence.tests.ledgers import verify
from andante.kernel.principals import system_principal
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, publish
from andante.obligations.tests.organisation import complete, found, require

AUDITOR = system_principal("auditor")
APPLIED = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULE = "{id: night-calls, title: Night calls, course: night-call, due: 7 days}"


def seal(sealer):
    with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
        sealer.seal(cursor)


@pytest.fixture
def parcel(own_database, sealer, tmp_path):
    """What was handed out for a question about one nurse, unpacked; and the record of the question."""
    from andante.content import queries

    queries.version.cache_clear()
    publish(NIGHT_CALL_FOLDER)
    ada = found().hire("Ada")
    require(RULE, at=APPLIED)
    with transaction.atomic():
        complete(ada, APPLIED + timedelta(days=1))
    seal(sealer)
    asked = operations.ask(requirement="night-calls", moment=NOW, zone="Europe/Dublin", by=AUDITOR, at=NOW)
    given = operations.export_evidence(question=asked, by=AUDITOR, at=NOW, patience=timedelta())
    with given.file:
        data = given.file.read()
    assert (len(data), given.name) == (given.length, "evidence-night-calls-2026-11-22.zip")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path)
    yield tmp_path
    connections["sealer"].close()


class TestAParcel:
    def test_holds_the_answer_the_log_the_verifier_and_what_to_do(self, parcel):
        names = {path.name for path in parcel.iterdir()}
        assert names == {"README.txt", "answer.csv", "answer.json", "andante_verify.py", "records.zip"}
        assert "1 of 1 were qualified" in (parcel / "README.txt").read_text()

    def test_is_verified_by_the_verifier_in_it(self, parcel):
        verdict = verify(parcel / "records.zip", program=parcel / "andante_verify.py")
        assert verdict.status == 0, verdict.sentences

    def test_that_was_changed_in_one_byte_is_refused(self, parcel, tmp_path):
        with zipfile.ZipFile(parcel / "records.zip") as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
        place = members["records"].rindex(b"night-calls")
        members["records"] = members["records"][:place] + b"N" + members["records"][place + 1 :]
        forged = tmp_path / "forged.zip"
        with zipfile.ZipFile(forged, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        assert verify(forged).status == 1

    def test_belongs_together_by_the_hash_in_the_record(self, parcel):
        table = hashlib.sha256((parcel / "answer.csv").read_bytes()).hexdigest()
        assert json.loads((parcel / "answer.json").read_text())["csv_sha256"] == table
        with zipfile.ZipFile(parcel / "records.zip") as archive:
            waiting = archive.read("unsealed").decode("utf-8", "replace")
        assert table in waiting
        assert "evidence-exported" in waiting
