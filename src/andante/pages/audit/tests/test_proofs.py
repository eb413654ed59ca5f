"""An auditor takes a receipt of any record, and everything about a person; with what they kept last time."""

import base64
import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.test import Client

from andante.evidence import queries
from andante.evidence.tests.checking import checked, consistent
from andante.kernel.ids import new_id
from andante.ledger.queries import facts, newest_checkpoint
from andante.pages.audit.tests.test_pages import words
from andante.people.tests.fixtures import member

pytestmark = pytest.mark.slow


def file_of(answer):
    assert answer.status_code == 200, words(answer)
    assert answer["Cache-Control"] == "no-store"
    return checked(b"".join(answer.streaming_content))


@pytest.fixture
def seal_now(own_database, sealer):
    def _seal():
        with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
            sealer.seal(cursor)

    yield _seal
    connections["sealer"].close()


@pytest.fixture
def amara_alone(seal_now):
    found = member("Amara Okafor", "America/Chicago")
    seal_now()
    return found


@pytest.fixture
def auditor(amara_alone, seal_now):
    client = Client()
    client.force_login(get_user_model().objects.get(pk=member("Mei Lin Tan", "Asia/Singapore", role="auditor").account))
    seal_now()
    return client


@pytest.fixture
def record(amara_alone):
    return next(each.fact.id for each in facts() if each.fact.object == f"person:{amara_alone.person}")


class TestARecord:
    def test_is_shown_with_its_proof_and_its_values(self, auditor, record):
        answer = auditor.get(f"/audit/records/{record}/")
        assert re.search(r"Amara Okafor added Sealed as record \d+", words(answer))
        assert f'href="/admin/changes/{record}/"' in answer.content.decode()

    def test_is_handed_out_as_a_receipt_and_listed_as_given(self, auditor, record):
        told = file_of(auditor.post(f"/audit/records/{record}/"))
        assert [each["id"] for each in told["records"]] == [str(record)]
        line = queries.handed()[0]
        assert (line.what, line.of, line.by) == ("receipt", record, "Mei Lin Tan")
        assert re.search(r"Receipt given of record \d+", words(auditor.get("/audit/")))

    def test_that_is_none_is_not_found(self, auditor):
        assert auditor.get(f"/audit/records/{new_id()}/").status_code == 404
        assert auditor.post(f"/audit/records/{new_id()}/").status_code == 404


class TestEverythingAboutAPerson:
    def test_is_handed_out_and_listed_as_given(self, auditor, amara_alone):
        url = f"/audit/people/{amara_alone.person}/extract/"
        assert "Everything about Amara Okafor, with its proof" in words(auditor.get(url))
        told = file_of(auditor.post(url))
        assert told["scope"]["person"] == str(amara_alone.person)
        actions = [json.loads(each["body"])["action"] for each in told["records"]]
        assert actions == ["person-created", "account-created", "password-set"]
        line = queries.handed()[0]
        assert (line.what, line.person, line.about) == ("extract", amara_alone.person, "Amara Okafor")
        assert "Extract given Amara Okafor" in words(auditor.get("/audit/"))

    def test_of_nobody_is_not_found(self, auditor):
        assert auditor.get(f"/audit/people/{new_id()}/extract/").status_code == 404

    def test_is_reached_from_the_person_s_file(self, auditor, amara_alone):
        page = auditor.get(f"/audit/people/{amara_alone.person}/").content.decode()
        assert f'href="/audit/people/{amara_alone.person}/extract/"' in page


class TestAnEarlierCheckpoint:
    def test_given_as_a_file_is_what_the_file_agrees_with(self, auditor, record, seal_now):
        before = newest_checkpoint()
        member("Noor Haddad", "UTC")
        seal_now()
        kept = SimpleUploadedFile("kept.txt", before.note.encode(), content_type="text/plain")
        told = file_of(auditor.post(f"/audit/records/{record}/", {"checkpoint": kept}))
        assert told["consistency"]["from"] == before.size
        assert consistent(told, base64.b64encode(before.root).decode())

    def test_given_as_a_number_is_too(self, auditor, record):
        told = file_of(auditor.post(f"/audit/records/{record}/", {"size": "2"}))
        assert told["consistency"]["from"] == 2

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"size": "99999"}, "only"),
            ({"size": "x"}, "names no size"),
            ({"checkpoint": b"\xff\xfe\n4\n"}, "no checkpoint of this log"),
            ({"checkpoint": b"x" * 5_000}, "more than four lines"),
        ],
    )
    def test_that_does_not_fit_is_refused_beside_its_field(self, auditor, record, given, said):
        data = {name: SimpleUploadedFile("k", it) if isinstance(it, bytes) else it for name, it in given.items()}
        answer = auditor.post(f"/audit/records/{record}/", data)
        assert answer.status_code == 422
        assert said in words(answer)
        assert [line for line in queries.handed() if line.what == "receipt"] == []
