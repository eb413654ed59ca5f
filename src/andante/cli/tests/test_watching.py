"""Witnesses and verifications from the command line, and by themselves in the worker."""

import json
import logging
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from click.testing import CliRunner
from django.db import transaction

from andante.cli.verify import verify
from andante.cli.watching import verify_until, witness_until
from andante.cli.witness import witness
from andante.ledger import operations, queries
from andante.ledger.self_check import alone
from andante.ledger.tests.test_append import completed
from andante.ledger.witnessing import configured
from andante.people.tests.fixtures import member
from tests.running import running
from verifier.tests.small_log import SmallLog
from verifier.tests.watched_log import Program


@pytest.fixture
def log(own_database, seal):
    with transaction.atomic():
        member("Tomás Byrne", "Europe/Dublin", role="administrator")
        operations.append([completed() for _ in range(3)])
    seal()


@pytest.fixture
def file(log, tmp_path, settings):
    path = tmp_path / "checkpoints.txt"
    path.touch()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, witness_file=path, witness_every=5)
    return path


def mails() -> int:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return ProcrastinateJob.objects.filter(task_name="engagement.warn").count()


def call(command, *arguments: str):
    return CliRunner().invoke(command, arguments)


def forge(owner) -> None:
    owner.execute("ALTER TABLE ledger_body DISABLE TRIGGER USER")
    for (part,) in owner.execute("SELECT relname FROM pg_class WHERE relname LIKE 'ledger\\_body\\_%' AND relkind='r'"):
        owner.execute(f"ALTER TABLE {part} DISABLE TRIGGER USER")
    assert owner.execute("UPDATE ledger_body SET body = replace(body, '0.9', '1.0')").rowcount > 0


@pytest.mark.slow
class TestAndanteWitness:
    def test_tells_how_to_begin_where_there_is_none(self, log):
        done = call(witness, "status")

        assert "ANDANTE_WITNESS_FILE" in str(done.exception)

    def test_shows_the_newest_checkpoint_now_and_tells_how_it_stands(self, file):
        before = call(witness, "status")
        now = call(witness, "now")
        after = call(witness, "status")

        size = queries.newest_checkpoint().size
        assert (before.exit_code, before.output) == (0, "file: never agreed yet.\n")
        assert (now.exit_code, now.output) == (0, f"file:{file}: agrees, {size} records.\n")
        assert (after.exit_code, after.output) == (
            0,
            f"file: agrees, {size} records, last seen less than a minute ago.\n",
        )

    def test_of_one_that_refuses_exits_with_1_and_mails_once(self, file, caplog):
        call(witness, "now")
        file.write_bytes(SmallLog(name="another").seal().note)

        done = [call(witness, "now"), call(witness, "now"), call(witness, "status")]

        assert [each.exit_code for each in done] == [1, 1, 1]
        assert "REFUSED" in done[0].output
        assert "REFUSES" in done[2].output
        assert mails() == 1
        assert [record.levelname for record in caplog.records if "witness-refused" in record.getMessage()] == [
            "ERROR"
        ] * 2

    def test_of_one_that_cannot_be_reached_exits_with_1_and_mails_nobody(self, file):
        file.unlink()

        assert call(witness, "now").exit_code == 1
        assert mails() == 0


@pytest.mark.slow
class TestAndanteVerify:
    def test_records_what_came_of_it(self, log):
        assert call(verify).exit_code == 0

        last = queries.last_verification()
        assert last.clean
        assert last.by.startswith("cli:")

    def test_leaves_no_record_when_told_so(self, log, owner_connection):
        forge(owner_connection)

        assert call(verify, "--no-record").exit_code == 1
        assert queries.last_verification() is None
        assert mails() == 0

    def test_of_a_forged_record_exits_with_1_logs_it_and_mails_once(self, log, owner_connection, caplog):
        forge(owner_connection)

        done = [call(verify), call(verify)]

        assert [each.exit_code for each in done] == [1, 1]
        assert mails() == 1
        (first, _second) = [record for record in caplog.records if "database-differs" in record.getMessage()]
        assert first.levelname == "ERROR"
        assert "changed after it was sealed" in first.getMessage()

    def test_when_due_runs_only_then(self, log, monkeypatch):
        monkeypatch.setattr("os.nice", lambda _: None)  # the test's own process keeps its priority
        call(verify)
        first = queries.last_verification()

        assert call(verify, "--when-due").output == ""
        assert queries.last_verification() == first

    def test_waits_for_another_one(self, log):
        began, done = threading.Event(), []

        def hold():
            from django.db import connection

            with alone(wait=True):
                began.set()
                time.sleep(1)
                done.append("other")
            connection.close()

        thread = threading.Thread(target=hold)
        thread.start()
        began.wait(10)
        result = call(verify)
        done.append("ours")
        thread.join()

        assert done == ["other", "ours"]
        assert "Another verification is running" in result.output


@pytest.mark.slow
class TestTheWorker:
    def test_shows_checkpoints_again_and_again_and_tries_soon_after_a_failure(self, file, seal):
        stop = threading.Event()
        file.unlink()
        thread = threading.Thread(target=witness_until, args=(stop, *configured_now()))
        thread.start()
        until(lambda: [view for view in queries.witnesses() if view.problem], "it was tried in vain")
        file.touch()
        until(lambda: [view for view in queries.witnesses() if view.agreed], "it was shown")
        first = queries.witnesses()[0].agreed
        file.unlink()
        until(lambda: queries.witnesses()[0].problem, "it was shown again, in vain")
        file.touch()
        until(lambda: queries.witnesses()[0].agreed > first, "it was shown once more")
        stop.set()
        thread.join(10)

        assert not thread.is_alive()

    def test_runs_a_verification_when_it_is_due_and_ends_it_when_told(self, log, owner_connection, tmp_path):
        began = tmp_path / "began"
        command = [sys.executable, "-c", f"import pathlib, time; pathlib.Path({str(began)!r}).touch(); time.sleep(60)"]
        stop = threading.Event()
        thread = threading.Thread(target=partial(verify_until, stop, command=command, look=0.2))
        owner_connection.execute("UPDATE django_migrations SET applied = now()")
        thread.start()
        time.sleep(1)
        assert not began.exists()

        owner_connection.execute("UPDATE django_migrations SET applied = now() - interval '11 minutes'")
        until(began.exists, "it began")
        stop.set()
        thread.join(10)

        assert not thread.is_alive()

    def test_verifies_in_a_process_of_its_own(self, log, own_database, databases, owner_connection, monkeypatch):
        parts = urlsplit(databases.urls.tester)
        query = f"{parts.query}&options={quote('-c role=andante_application')}"
        monkeypatch.setenv("DATABASE_URL", urlunsplit(parts._replace(path=f"/{own_database}", query=query)))
        owner_connection.execute("UPDATE django_migrations SET applied = now() - interval '11 minutes'")
        stop = threading.Event()
        thread = threading.Thread(target=partial(verify_until, stop, look=0.2))
        thread.start()
        until(queries.last_verification, "it is on record")
        stop.set()
        thread.join(20)

        last = queries.last_verification()
        assert (last.by, last.clean, last.records) == ("system:verification", True, queries.newest_checkpoint().size)

    def test_says_that_a_verification_failed(self, log, owner_connection, caplog):
        owner_connection.execute("UPDATE django_migrations SET applied = now() - interval '11 minutes'")
        stop = threading.Event()
        thread = threading.Thread(
            target=partial(verify_until, stop, command=[sys.executable, "-c", "raise SystemExit(3)"], look=0.1)
        )
        with caplog.at_level(logging.ERROR):
            thread.start()
            until(lambda: "verification-failed" in caplog.text, "it is told")
        stop.set()
        thread.join(10)


def configured_now():
    from django.conf import settings

    return configured(settings.ENVIRONMENT)


def until(condition, what: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.1)


@pytest.mark.processes
class TestTheWholeGroup:
    def test_is_watched_by_a_file_and_by_a_service(self, tmp_path):
        """`andante run` with both sorts; the witness goes down and comes again, and nobody else notices."""
        path = tmp_path / "checkpoints.txt"
        path.touch()
        with running(ANDANTE_DEMO="0", ANDANTE_WITNESS_FILE=str(path), ANDANTE_WITNESS_EVERY="5") as group:
            until(lambda: path.read_text().startswith("andante/"), "the file has a checkpoint")
            body = json.loads(group.get("/readyz")[1])
            assert body["ready"]
            assert body["witnesses"]["file"]["records"] >= 1
            key = next(
                line
                for line in group.command("bundle", "export", tmp_path / "b.zip").stdout.splitlines()
                if "Key:" in line
            )
            program = Program.start(tmp_path / "w", "--log", key.split()[-1])
            group.environment |= {
                "ANDANTE_WITNESS_URL": f"http://127.0.0.1:{program.port}",
                "ANDANTE_WITNESS_KEY": program.key,
            }
            try:
                done = group.command("witness", "now")
                assert done.stdout.count("agrees") == 2, done
            finally:
                program.stop()
            assert group.command("witness", "now", check=False).returncode == 1
            assert group.command("verify", "--when-due").stdout == ""
            done = group.command("verify")
            assert "Everything agrees." in done.stdout
            assert json.loads(group.get("/readyz")[1])["verification"]["findings"] == 0
