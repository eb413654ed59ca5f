"""`andante ledger`, and what an archived month means for everybody who reads records."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils.module_loading import import_string

from andante.cli.extract import extract, receipt
from andante.cli.ledger import ledger
from andante.cli.people import person
from andante.cli.problems import Problem
from andante.cli.verify import verify
from andante.evidence import operations as handing_out
from andante.evidence import queries as evidence
from andante.evidence.tests.ledgers import verify as checked_by_the_auditor
from andante.kernel import clock
from andante.kernel.ids import new_id
from andante.kernel.principals import cli_principal
from andante.learning import queries as learning
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, Learner, publish
from andante.ledger import queries
from andante.ledger.append import prepared
from andante.ledger.operations import append, follow
from andante.ledger.self_check import verify_on_record
from andante.ledger.statements import audit
from andante.ledger.tests.months import move_pending, set_triggers
from andante.people.tests.fixtures import Member, member

pytestmark = pytest.mark.slow
MONTH = "2026-09"


def run(command, *arguments, **options):
    return CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False, **options)


def archive(out: Path, *more: str):
    return run(ledger, "archive", MONTH, out, "--reason", "Old", *more)


def go_on() -> None:
    """Let the worker tell followers what is new."""
    for follower in import_string(f"{settings.ANDANTE_COMPOSITION}.FOLLOWERS"):
        while follow(follower):
            pass


@pytest.fixture
def amara(own_database, seal, owner_connection) -> Member:
    """Somebody who completed a course in September; all of it is sealed, and a certificate of today."""
    amara = member("Amara Okafor", "America/Chicago")
    publish(NIGHT_CALL_FOLDER)
    learner = Learner(amara.person, amara.account).start()
    learner.walk_all()
    learner.sit_test()
    move_pending(owner_connection, MONTH)
    seal()
    go_on()
    seal()
    go_on()
    return amara


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "september.zip"


@pytest.fixture
def archived(amara, out, seal) -> Path:
    done = archive(out)
    assert done.exit_code == 0, done.output
    seal()
    return out


def completion(amara: Member) -> UUID:
    return learning.completions(people=[amara.person])[0].id


class TestMonths:
    def test_are_listed(self, amara):
        lines = run(ledger, "months").output.splitlines()

        assert lines[0].split("\t") == ["month", "records", "on disk", "archived", "may be archived"]
        assert re.fullmatch(r"2026-09\t\d+\t\d+\tno\tyes", lines[1])
        assert "is not finished" in lines[2]

    def test_that_were_archived_say_so(self, archived):
        assert re.fullmatch(r"2026-09\t\d+\t\d+\tyes\t-", run(ledger, "months").output.splitlines()[1])


class TestArchive:
    def test_tells_what_it_did_and_what_to_do_next(self, amara, out):
        done = archive(out)

        assert re.search(
            r"Moved what \d+ records of 2026-09 say \(1 stays: the log itself needs it\) into", done.output
        )
        assert f"andante verify --archive {out}" in done.output

    def test_asks_for_the_reason(self, amara, out):
        done = run(ledger, "archive", MONTH, out, input="Old enough\n")

        assert done.exit_code == 0, done.output
        (told,) = queries.audit_events(actions=["month-archived"])
        assert told.fact.body["why"] == "Old enough"

    def test_says_beforehand_what_it_would_do(self, amara, out):
        done = run(ledger, "archive", MONTH, out, "--dry-run")

        assert re.search(r"Would move what \d+ records of 2026-09 say .*Nothing was changed", done.output, re.DOTALL)
        assert not out.exists()
        assert not queries.audit_events(actions=["month-archived"])

    @pytest.mark.parametrize("how", [(), ("--dry-run",)])
    def test_is_refused_in_a_sentence(self, amara, out, how):
        out.write_text("something else")

        done = archive(out, *how)

        assert (done.exit_code, out.read_text()) == (1, "something else")
        assert "stands there already" in done.output

    def test_says_that_nothing_was_removed_where_the_file_cannot_be_written(self, amara, tmp_path):
        with pytest.raises(Problem, match="Nothing was removed from the database"):
            archive(tmp_path / "missing" / "september.zip")


class TestVerify:
    def test_with_the_archive_compares_everything(self, archived):
        done = run(verify, "--archive", archived)

        assert done.exit_code == 0, done.output
        assert re.search(r"\d+ of them archived; [1-9]\d* rows compared", done.output)
        assert "Everything agrees." in done.output

    def test_with_the_archive_finds_a_forged_row(self, archived, owner_connection):
        owner_connection.execute("UPDATE learning_completion SET completed_at = completed_at - interval '1 day'")

        done = run(verify, "--archive", archived)

        assert done.exit_code == 1
        assert "learning_completion" in done.output

    def test_without_it_is_incomplete_and_says_which(self, archived):
        done = run(verify)

        assert done.exit_code == 2, done.output
        assert re.search(r"records of these months stand in archives: 2026-09 \(\d+\)", done.output)
        assert "none was compared" in done.output

    def test_looks_for_archives_in_the_folder_of_the_settings(self, archived, settings):
        (archived.parent / "another.zip").write_text("no archive")
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, archives=archived.parent)

        assert run(verify).exit_code == 0
        assert queries.last_verification().months_not_read == ()

        archived.write_bytes(archived.read_bytes() + b" ")
        assert run(verify).exit_code == 2

    def test_refuses_a_file_that_was_changed(self, archived):
        data = bytearray(archived.read_bytes())
        data[100] ^= 1
        archived.write_bytes(data)

        with pytest.raises(Problem, match="was changed, or is another file"):
            run(verify, "--archive", archived)

    def test_finds_a_body_that_was_deleted_without_an_archive(self, archived, owner_connection, seal):
        set_triggers(owner_connection, "DISABLE")
        assert owner_connection.execute("DELETE FROM ledger_body WHERE stored > now() - interval '1 hour'").rowcount

        done = run(verify)
        assert done.exit_code == 1
        assert "is sealed, but its body or its columns were removed" in done.output

    def test_in_the_background_raises_no_alarm_and_says_what_it_did_not_read(self, archived):
        projections = import_string(f"{settings.ANDANTE_COMPOSITION}.PROJECTIONS")
        alarms: list[object] = []

        verify_on_record(projections, by=cli_principal(), told=lambda _: None, alarm=alarms.append)

        last = queries.last_verification()
        assert (alarms, last.clean, last.months_not_read) == ([], True, (MONTH,))
        (told,) = evidence.changes(evidence.ChangeFilter(action="database-verified"))
        assert "as far as it can be without archives" in told.sentence
        assert run(verify, "--when-due").exit_code == 0


class TestTheAuditor:
    def bundle(self, folder: Path) -> Path:
        return handing_out.export_bundle(path=folder / "log.zip", by=cli_principal(), at=clock.now()).path

    def test_finds_everything_proven_with_the_archive(self, archived, tmp_path):
        verdict = checked_by_the_auditor(self.bundle(tmp_path), "--archive", archived)

        assert (verdict.status, verdict.told["result"]) == (0, "verified"), verdict.told
        assert verdict.told["summary"]["archived"] > 10

    def test_finds_it_incomplete_without_the_archive(self, archived, tmp_path):
        verdict = checked_by_the_auditor(self.bundle(tmp_path))

        assert (verdict.status, verdict.told["result"], verdict.told["findings"]) == (2, "incomplete", [])
        assert MONTH in verdict.told["reason"]

    def test_refuses_an_archive_with_one_byte_changed(self, archived, tmp_path):
        bundle = self.bundle(tmp_path)
        data = bytearray(archived.read_bytes())
        data[len(data) // 2] ^= 1
        archived.write_bytes(data)

        assert checked_by_the_auditor(bundle, "--archive", archived).status in {1, 2}

    def test_never_gets_to_verify_what_was_archived_into_no_file(self, amara, seal, tmp_path):
        """With the owner's rights that can be done; not without a record that says so for ever."""
        new = {"records": 0, "sha256": "0" * 64, "format": "andante-archive/1"}
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*), sum(l.seq) FROM ledger_leaf l JOIN ledger_body b USING (id) "
                "JOIN ledger_statement s ON s.id = l.id "
                "WHERE b.stored < '2026-10-01Z' AND NOT ledger_stays(s.kind, s.verb, b.body)"
            )
            new["records"], numbers = cursor.fetchone()
            fact = audit(
                id=new_id(), by="cli:nobody", action="month-archived", subject="month:2026-09", at=clock.now(), new=new
            )
            cursor.execute(
                "SELECT ledger_archive_month('2026-09-01Z', %(numbers)s, %(id)s, %(timestamp)s, %(actor)s, %(body)s, "
                "%(digest)s, %(salt)s, %(commitment)s)",
                prepared(fact) | {"numbers": numbers},
            )
        seal()

        verdict = checked_by_the_auditor(self.bundle(tmp_path))
        assert (verdict.status, verdict.told["summary"]["archived"]) == (2, new["records"])
        assert run(verify).exit_code == 2

    def test_finds_a_body_that_was_deleted_besides(self, archived, tmp_path, owner_connection):
        set_triggers(owner_connection, "DISABLE")
        with owner_connection.transaction():
            (first,) = owner_connection.execute("SELECT id FROM ledger_leaf ORDER BY seq DESC LIMIT 1").fetchone()
            owner_connection.execute("DELETE FROM ledger_body WHERE id = %s", [first])

        verdict = checked_by_the_auditor(self.bundle(tmp_path), "--archive", archived)
        assert verdict.status == 1


class TestHandingOut:
    def test_a_receipt_says_in_which_archive_the_record_is(self, archived, amara, tmp_path):
        with pytest.raises(Problem, match=r"archives of months: 2026-09 \(1\).*andante bundle export"):
            run(receipt, completion(amara), tmp_path / "receipt.json")
        assert not queries.audit_events(actions=["receipt-exported"])

    def test_an_extract_says_so_too(self, archived, amara, tmp_path):
        with pytest.raises(Problem, match="archives of months: 2026-09"):
            run(extract, amara.login, tmp_path / "extract.json")
        assert not queries.audit_events(actions=["extract-exported"])


class TestPages:
    @pytest.fixture
    def auditor(self, archived, browser_of):
        return browser_of(member("Mei Lin Tan", "Asia/Singapore", role="auditor"))

    def test_say_of_a_record_that_it_is_in_an_archive(self, auditor, browser_of, amara):
        for browser, path in (
            (auditor, f"/audit/records/{completion(amara)}/"),
            (browser_of(amara), f"/record/held/{completion(amara)}/"),
        ):
            page = browser.get(path).content.decode()
            assert "This record is in the archive of 2026-09" in page
            assert "Download the receipt" not in page
            assert browser.post(path).status_code == 302

    def test_list_archived_records_among_the_others(self, auditor, browser_of, amara):
        for browser, path in ((auditor, f"/audit/people/{amara.person}/"), (browser_of(amara), "/record/held/")):
            page = browser.get(path).content.decode()
            assert "completed: what it says is in the archive of 2026-09" in page
        page = auditor.get("/admin/changes/").content.decode()
        assert "Person added: what it says is in the archive of 2026-09" in page
        assert re.search(r"What \d+ records of 2026-09 say was moved into an archive", page)

    def test_of_a_change_do_not_claim_that_there_was_no_reason(self, auditor, amara):
        (created,) = queries.audit_events(subjects=[f"person:{amara.person}"], actions=["person-created"])
        page = auditor.get(f"/admin/changes/{created.fact.id}/").content.decode()
        assert "in the archive of 2026-09" in page
        assert "no reason was given" not in page


class TestWhatWasAskedAndGiven:
    @pytest.fixture
    def asked(self, amara, out, seal, owner_connection) -> UUID:
        """A question and what was handed out, in a month that was archived; the question's record."""
        about = {"question-asked": "requirement:x", "evidence-exported": "requirement:x", "bundle-exported": "log:x"}
        about |= {"receipt-exported": f"record:{new_id()}", "extract-exported": f"person:{amara.person}"}
        facts = [
            audit(id=new_id(), by="cli:somebody", action=action, subject=subject, at=clock.now(), new={"what": "csv"})
            for action, subject in about.items()
        ]
        with transaction.atomic():
            append(facts)
        move_pending(owner_connection, MONTH)
        seal()
        go_on()
        assert archive(out).exit_code == 0
        return facts[0].id

    def test_stays_in_the_list_and_leads_to_the_record(self, asked, browser_of):
        browser = browser_of(member("Mei Lin Tan", "Asia/Singapore", role="auditor"))

        page = browser.get("/audit/")
        assert page.status_code == 200
        assert page.content.decode().count("In an archive") == 5
        answer = browser.get(f"/audit/answers/{asked}/")
        assert (answer.status_code, answer["Location"]) == (302, f"/audit/records/{asked}/")
        assert browser.post(f"/audit/answers/{asked}/table").status_code == 404


class TestErasing:
    def test_somebody_with_archived_records_says_what_to_do_with_the_archive(self, archived, amara, seal, tmp_path):
        law = ("--law", "GDPR Art. 17(1)(a)", "--why", "She asked", "--yes")
        done = run(person, "erase", "amara.okafor", *law)
        assert done.exit_code == 0, done.output
        assert "Archives still say who it was: 2026-09" in done.output
        seal()
        go_on()
        assert b"Amara" in _unpacked(archived)

        new = tmp_path / "new.zip"
        renewed = run(ledger, "renew", archived, new, "--reason", "Erasure")
        assert renewed.exit_code == 0, renewed.output
        assert "Then destroy every copy of that one" in renewed.output
        seal()

        assert b"Amara" not in _unpacked(new)
        assert run(verify, "--archive", new).exit_code == 0
        bundle = handing_out.export_bundle(path=tmp_path / "log.zip", by=cli_principal(), at=clock.now()).path
        assert checked_by_the_auditor(bundle, "--archive", new).status == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_body WHERE body LIKE '%%Amara%%'")
            assert cursor.fetchone() == (0,)


def _unpacked(path: Path) -> bytes:
    with zipfile.ZipFile(path) as file:
        return file.read("records")
