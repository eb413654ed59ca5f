"""Archiving a month: what its records say goes into a file, which is whole before anything is taken out."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.utils.module_loading import import_string
from psycopg.conninfo import conninfo_to_dict

from andante.kernel import clock
from andante.kernel.ids import new_id
from andante.ledger import archiving, operations, queries
from andante.ledger.append import prepared
from andante.ledger.archives import read_archive, sha256_of
from andante.ledger.archiving import (
    Archived,
    ArchiveRefused,
    FileExists,
    archive_preview,
    months,
)
from andante.ledger.following import Follower, follow
from andante.ledger.statements import Fact, audit
from andante.ledger.tests.months import MONTH, WHY, archive, archived, bodies, facts, findings, forge, move_pending, out
from andante.ledger.tests.test_append import BY, completed
from andante.ledger.tests.test_erasure import append, erase, named
from andante.ledger.tests.test_sealing import run

__all__ = ["archived", "facts", "forge", "out"]

pytestmark = pytest.mark.slow


class TestTheFile:
    def test_holds_what_the_month_s_records_say_but_for_those_that_never_leave(self, archived, facts, out):
        records = list(read_archive(out))

        assert [record.id for record in records] == [fact.id for fact in facts[:3]]
        assert [json.loads(record.body) for record in records] == [fact.body for fact in facts[:3]]
        assert (archived.records, archived.staying) == (3, 1)

    def test_has_the_form_of_the_page_on_its_format(self, archived, out):
        with zipfile.ZipFile(out) as file:
            assert file.namelist() == ["records", "manifest.json"]
            manifest = json.loads(file.read("manifest.json"))
        log = queries.current_log()
        assert set(manifest) == {"format", "log", "month", "records", "made"}
        assert manifest["log"] == {"id": str(log.id), "iri": log.iri, "origin": log.origin}
        assert (manifest["format"], manifest["month"], manifest["records"]) == ("andante-archive/1", MONTH, 3)

    def test_is_its_owner_s_alone_and_stands_there_alone(self, archived, out):
        assert out.stat().st_mode & 0o777 == 0o600
        assert list(out.parent.iterdir()) == [out]


class TestArchiving:
    def test_is_on_record_with_the_file_s_hash_and_the_reason(self, archived, out):
        told = queries.fact(archived.fact).fact.body

        assert (told["action"], told["subject"], told["why"]) == ("month-archived", f"month:{MONTH}", WHY)
        assert told["new"] == {"records": 3, "sha256": sha256_of(out), "format": "andante-archive/1"}

    def test_takes_out_the_bodies_of_the_month_and_nothing_else(self, archived, facts):
        first = queries.facts(limit=1)[0].fact

        assert bodies() == {first.id, facts[3].id, archived.fact}
        assert set(queries.records([fact.id for fact in facts])) == {fact.id for fact in facts}

    def test_keeps_every_id_taken(self, archived, facts):
        append(facts[0])  # the same again: nothing happens
        with pytest.raises(operations.StatementConflict):
            append(Fact(facts[0].id, facts[0].kind, facts[0].timestamp, {**facts[0].body, "result": {}}))

    def test_keeps_what_the_log_itself_needs(self, own_database, sealer, owner_connection, out):
        ada = named("Ada Byron")
        append(ada, completed())
        move_pending(owner_connection, "2026-08")
        run(sealer)
        erase(ada.id)
        kept = [named("x", action=action) for action in ("key-rotated", "month-archived")]
        odd = audit(
            id=new_id(), by=BY, action="noted", subject="x", at=clock.now(), new={"quoted": {"action": "record-erased"}}
        )
        append(completed(), *kept, odd)
        move_pending(owner_connection, MONTH)
        run(sealer)

        done = archive(out)

        assert (done.records, done.staying) == (1, 4)
        assert {each.id for each in (*kept, odd)} | set(queries.erasures([ada.id]).values()) <= bodies()

    def test_goes_on_where_records_of_the_month_were_erased(self, facts, out):
        erase(facts[1].id)

        assert archive(out).records == 2
        assert findings(out) == []


class TestIsRefused:
    @pytest.mark.parametrize(
        ("month", "told"),
        [
            ("2026-9", "is no month"),
            ("September", "is no month"),
            ("2026-01", "no records"),
            (f"{clock.now():%Y-%m}", "not finished"),
        ],
    )
    def test_for_what_is_no_finished_month_with_records(self, facts, out, month, told):
        with pytest.raises(ArchiveRefused, match=told):
            archive(out, month)
        assert not out.exists()

    def test_a_second_time(self, archived, tmp_path):
        with pytest.raises(ArchiveRefused, match="archived before"):
            archive(tmp_path / "again.zip")

    def test_while_a_record_waits_for_the_sealer(self, facts, owner_connection, out):
        append(completed())
        move_pending(owner_connection, MONTH)

        with pytest.raises(ArchiveRefused, match="1 record of the month 2026-09 is not sealed"):
            archive(out)

    def test_where_nothing_may_leave(self, own_database, sealer, owner_connection, out):
        move_pending(owner_connection, MONTH)  # the log's first record
        run(sealer)

        with pytest.raises(ArchiveRefused, match="No record of the month"):
            archive(out)

    def test_without_a_reason(self, facts, out):
        with pytest.raises(ArchiveRefused, match="Say why"):
            archive(out, why=" ")

    def test_where_a_file_stands(self, facts, out):
        out.write_text("something else")

        with pytest.raises(FileExists, match="stands there already"):
            archive(out)
        assert out.read_text() == "something else"

    def test_before_all_followers_have_seen_the_month(self, facts, out):
        with pytest.raises(ArchiveRefused, match="was seen by tests"):
            archive(out, followers=["tests"])
        follow(Follower("tests", lambda _batch: None))

        assert archive(out, followers=["tests"]).records == 3

    @pytest.mark.parametrize("part", ["body", "salt"])
    def test_where_a_record_is_not_what_was_sealed(self, facts, forge, out, part):
        changed = {"body": "body = body || ' '", "salt": "salt = sha256('x')"}[part]
        forge(f"UPDATE ledger_body SET {changed} WHERE id = %s", facts[0].id)

        with pytest.raises(ArchiveRefused, match="is not what was sealed"):
            archive(out)
        assert list(out.parent.iterdir()) == []
        assert facts[0].id in bodies()

    def test_where_a_record_is_missing(self, facts, forge, out):
        forge("DELETE FROM ledger_body WHERE id = %s", facts[0].id)

        with pytest.raises(ArchiveRefused, match="1 record of the month 2026-09 is missing"):
            archive(out)

    def test_where_a_record_was_erased_after_the_file_was_written(self, facts, out, held_up):
        with ThreadPoolExecutor(1) as threads, held_up() as go_on:
            running = threads.submit(_archive_and_close, out)
            _until(out.exists)
            erase(facts[0].id)
            go_on()
            with pytest.raises(ArchiveRefused, match="something changed meanwhile"):
                running.result()

        assert not out.exists()
        assert facts[1].id in bodies()
        assert archive(out).records == 2


@pytest.fixture
def held_up(owner_connection) -> Callable[[], AbstractContextManager[Callable[[], None]]]:
    """Let archiving wait where it would begin its transaction's work, until it is told to go on."""

    @contextmanager
    def _held_up() -> Iterator[Callable[[], None]]:
        owner_connection.execute("SELECT pg_advisory_lock(4107, 4)")
        try:
            yield lambda: owner_connection.execute("SELECT pg_advisory_unlock(4107, 4)")
        finally:
            owner_connection.execute("SELECT pg_advisory_unlock_all()")

    return _held_up


def _archive_and_close(out: Path) -> Archived:
    try:
        return archive(out)
    finally:
        connections.close_all()


def _until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


class TestWhoeverDies:
    @pytest.mark.parametrize(
        ("call", "left"),
        [
            ((zipfile.ZipFile, "open", 0), False),
            ((os, "fsync", 0), False),
            ((hashlib, "file_digest", 0), False),
            ((Path, "rename", 0), False),
            ((os, "fsync", 1), True),
        ],
    )
    def test_while_the_file_is_made_has_lost_nothing(self, facts, out, monkeypatch, call, left):
        place, name, times = call
        before, calls, real = bodies(), [], getattr(place, name)

        def die(*arguments, **values):
            calls.append(name)
            if len(calls) > times:
                raise KeyboardInterrupt
            return real(*arguments, **values)

        with monkeypatch.context() as patched:
            patched.setattr(place, name, die)
            with pytest.raises(KeyboardInterrupt):
                archive(out)

        assert bodies() == before
        assert not [one for one in months() if one.archived]
        assert list(out.parent.iterdir()) == ([out] if left else [])

    def test_killed_between_file_and_transaction_leaves_all_bodies(
        self, facts, out, held_up, databases, tmp_path_factory
    ):
        for follower in import_string(f"{settings.ANDANTE_COMPOSITION}.FOLLOWERS"):
            follow(Follower(follower.name, lambda _batch: None))
        before = bodies()
        parts = conninfo_to_dict(databases.urls.tester, dbname=connection.settings_dict["NAME"])
        url = "postgresql://?" + urlencode(parts | {"options": "-c role=andante_application"}, quote_via=quote)
        owner = "postgresql://?" + urlencode(
            conninfo_to_dict(databases.urls.owner, dbname=parts["dbname"]), quote_via=quote
        )
        command = [sys.executable, "-m", "andante.cli.main", "ledger", "archive", MONTH, str(out), "--reason", WHY]
        environment = os.environ | {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": owner,
            "DATABASE_SEALER_URL": url,
            "ANDANTE_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        }

        with held_up():
            process = subprocess.Popen(command, env=environment)
            try:
                _until(lambda: out.exists() or process.poll() is not None)
                assert process.poll() is None
                assert bodies() == before
            finally:
                process.kill()
                process.wait()

        _until(lambda: not _is_waited_for())
        assert bodies() == before
        assert not [one for one in months() if one.archived]
        assert len(list(read_archive(out))) == 3
        with pytest.raises(FileExists, match="If an earlier run was stopped"):
            archive(out)
        out.unlink()
        assert archive(out).records == 3


def _is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4 AND classid = 4107)"
        )
        return bool(cursor.fetchone()[0])


class TestMonths:
    def test_are_listed_with_what_may_be_archived(self, facts):
        september, now = months()

        assert (september.month, september.records, september.archived, september.refusal) == (MONTH, 4, False, "")
        assert september.size > 0
        assert (now.records, now.waiting) == (1, 0)
        assert "not finished" in now.refusal

    def test_that_were_archived_say_so(self, archived):
        september, now = months()

        assert (september.records, september.archived, now.waiting) == (4, True, 1)

    def test_are_previewed_without_doing_anything(self, facts, out):
        before = bodies()
        preview = archive_preview(month=MONTH)

        assert (preview.records, preview.staying, preview.fact) == (3, 1, None)
        assert bodies() == before


class TestNobodyElse:
    @pytest.mark.parametrize(
        "change",
        [
            "DELETE FROM ledger_body",
            "TRUNCATE ledger_body",
            "TRUNCATE ledger_body_2026_09",
            "DROP TABLE ledger_body_2026_09",
            "ALTER TABLE ledger_body DETACH PARTITION ledger_body_2026_09",
            "INSERT INTO ledger_archive VALUES ('2026-09-01+00', '2026-10-01+00', gen_random_uuid())",
            "DELETE FROM ledger_archive",
            "SELECT ledger_append_event(gen_random_uuid(), now(), '', '', '', '{}', '', '', '')",
            "SELECT ledger_archive_month('2026-09-01+00', 0, gen_random_uuid(), now(), '', '{}', '', '', '')",
        ],
    )
    def test_of_the_application_may_take_bodies_out_by_hand(self, facts, change):
        refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)

    def test_of_the_sealer_may_archive(self, facts):
        refused = pytest.raises(DatabaseError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE andante_sealer")
            cursor.execute("SELECT ledger_archive_month(now(), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL)")

    @pytest.mark.parametrize(
        "change",
        [
            "DELETE FROM ledger_body WHERE id = %(now)s",
            "DELETE FROM ledger_body WHERE id = %(first)s",
            "UPDATE ledger_statement SET actor = '', verb = '', object = '' WHERE id = %(gone)s",
            "UPDATE ledger_statement_key SET digest = NULL WHERE id = %(gone)s",
            "DELETE FROM ledger_leaf WHERE id = %(gone)s",
            "DELETE FROM ledger_archive",
            "TRUNCATE ledger_archive",
        ],
    )
    def test_and_not_the_owner_may_do_what_no_archive_explains(self, archived, facts, owner_connection, change):
        first = queries.facts(limit=1)[0].fact
        values = {"now": facts[3].id, "first": first.id, "gone": facts[0].id}

        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner_connection.execute(change, values)

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"action": "tried"}, "does not say"),
            ({"subject": "month:2026-08"}, "does not say"),
            ({"new": {"records": 3, "sha256": "0" * 64, "format": "other"}}, "names no archive"),
            ({"new": {"records": 3, "sha256": "x", "format": "andante-archive/1"}}, "names no archive"),
            ({"new": {"records": 2, "sha256": "0" * 64, "format": "andante-archive/1"}}, "just the records"),
            ({"numbers": 5}, "just the records"),
            ({"month": "2026-09-02 00:00:00+00"}, "No month begins"),
            ({"month": None}, "No month begins"),
        ],
    )
    def test_is_served_where_the_record_says_something_else(self, facts, wrong, told):
        values = {
            "action": "month-archived",
            "subject": "month:2026-09",
            "new": {"records": 3, "sha256": "0" * 64, "format": "andante-archive/1"},
        }
        fact = audit(id=new_id(), by=BY, at=clock.now(), **values | {k: v for k, v in wrong.items() if k in values})
        given = {**prepared(fact), "month": "2026-09-01 00:00:00+00", "numbers": 6}
        given |= {name: value for name, value in wrong.items() if name in given}

        refused = pytest.raises(DatabaseError, match=told)
        with refused, transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT ledger_archive_month(%(month)s, %(numbers)s, %(id)s, %(timestamp)s, %(actor)s, %(body)s, "
                "%(digest)s, %(salt)s, %(commitment)s)",
                given,
            )
        assert facts[0].id in bodies()


class TestTheMigration:
    def test_goes_back_while_nothing_was_archived(self, facts, owner_connection):
        sql = (Path(archiving.__file__).parent / "sql" / "drop_archive.sql").read_text()
        owner_connection.execute(sql)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner_connection.execute("DELETE FROM ledger_body")

    def test_does_not_go_back_afterwards(self, archived, owner_connection):
        sql = (Path(archiving.__file__).parent / "sql" / "drop_archive.sql").read_text()
        with pytest.raises(psycopg.errors.RaiseException, match="no way back"):
            owner_connection.execute(sql)
