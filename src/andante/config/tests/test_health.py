"""What machines that watch are told when somebody else says that the log was changed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from andante.kernel import clock
from andante.kernel.ids import new_id
from andante.kernel.principals import system_principal
from andante.ledger import operations, queries
from andante.ledger.statements import audit
from andante.ledger.witnessing import ask
from andante.ledger.witnessing.files import FileWitness
from verifier.tests.small_log import SmallLog

pytestmark = pytest.mark.django_db


def readyz(client) -> tuple[int, dict]:
    answer = client.get("/readyz")
    return answer.status_code, json.loads(answer.content)


@pytest.fixture
def fresh(db, seal):
    """A database that was verified just now: the template may be older than two periods."""
    verified(findings=0)
    seal()


def verified(*, findings: int, ago: timedelta = timedelta(0)) -> None:
    new = {
        "records": 7,
        "waiting": 0,
        "rows": 3,
        "findings": findings,
        "places": ["record 3"][:findings],
        "digest": str(findings),
        "seconds": 0.1,
    }
    append(new, ago)


def append(new: dict, ago: timedelta = timedelta(0)) -> None:
    at = clock.now() - ago
    subject = f"log:{queries.current_log().id}"
    by = system_principal("verification")
    operations.append([audit(id=new_id(), by=by, action="database-verified", subject=subject, at=at, new=new)])


@pytest.fixture
def witness(fresh, seal, tmp_path, settings) -> FileWitness:
    seal()
    path = tmp_path / "checkpoints.txt"
    path.touch()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, witness_file=path)
    return FileWitness(path)


class TestReady:
    def test_is_what_a_verified_database_is(self, fresh, client):
        status, body = readyz(client)

        assert (status, body["ready"], body["verification"]["findings"]) == (200, True, 0)
        assert "warning" not in body

    def test_is_not_a_database_that_differs_until_a_later_check_is_clean(self, fresh, client):
        verified(findings=1)
        status, body = readyz(client)

        assert (status, body["ready"]) == (503, False)
        assert "differences: 1" in body["problem"]

        verified(findings=0)
        assert readyz(client)[0] == 200

    def test_is_not_a_database_that_nobody_verifies_when_it_is_time(self, fresh, client, settings):
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, verify_every=0)

        status, body = readyz(client)

        assert status == 503
        assert "was not verified for more than two periods" in body["problem"]

    @pytest.mark.parametrize("at", [timedelta(days=-400), timedelta(days=400)])
    def test_is_not_told_by_a_check_that_dates_itself(self, fresh, client, at):
        """By the time of its own choosing it would come first, or last, for ever."""
        verified(findings=1, ago=at)

        assert readyz(client)[0] == 503

    def test_is_told_also_where_somebody_forged_the_last_check(self, fresh, client):
        append({"findings": "none"})

        _status, body = readyz(client)

        assert body["verification"] is None

    def test_is_a_log_whose_witness_agrees(self, witness, client):
        ask(witness, alarm=lambda _: None)

        status, body = readyz(client)

        assert status == 200
        assert body["witnesses"]["file"]["records"] == queries.newest_checkpoint().size
        assert str(witness.path) not in json.dumps(body)

    def test_is_not_a_log_whose_witness_refuses(self, witness, client):
        witness.path.write_bytes(SmallLog(name="another").seal().note)
        ask(witness, alarm=lambda _: None)

        status, body = readyz(client)

        assert status == 503
        assert "not an extension of what it has seen" in body["problem"]

    def test_is_a_log_whose_witness_is_late_with_a_warning(self, witness, client):
        ask(witness, alarm=lambda _: None)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_witness SET agreed = agreed - interval '61 minutes'")

        status, body = readyz(client)

        assert (status, body["ready"]) == (200, True)
        assert "silent for too long" in body["warning"]
        assert body["witnesses"]["file"]["age_seconds"] > 3600

    def test_is_a_log_whose_witness_was_never_asked(self, witness, client):
        status, body = readyz(client)

        assert (status, body["witnesses"]["file"]) == (200, {"records": None, "age_seconds": None})
