"""
Witnesses, asked by the server as it runs: the real program on loopback, and a file.

The forger has every right in the database, and the sealer's key: what such a log signs is sound in itself, and only
somebody outside can tell.
"""

import contextlib
import http.server
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from andante.kernel.witness_key import WitnessKey
from andante.ledger import operations, queries
from andante.ledger.tests.test_append import completed
from andante.ledger.witnessing import Because, Witness, ask
from andante.ledger.witnessing.files import FileWitness
from andante.ledger.witnessing.services import ServiceWitness
from verifier.tests.small_log import SmallLog
from verifier.tests.watched_log import Program, cosigned_at

pytestmark = pytest.mark.slow


@dataclass
class Log:
    """The log of this test's database: it grows, and a forger is at it."""

    seal: object
    sealer: object
    owner: psycopg.Connection

    def grow(self, count: int) -> int:
        with transaction.atomic():
            operations.append([completed() for _ in range(count)])
        self.seal()
        return self.size

    @property
    def size(self) -> int:
        newest = queries.newest_checkpoint()
        assert newest is not None
        return newest.size

    def cut_off(self, size: int) -> None:
        """Bring back the log as it was at a checkpoint, as an older copy of the database would."""
        for (table,) in self.owner.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'ledger\\_%' AND relkind IN ('r', 'p')"
        ).fetchall():
            self.owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.owner.execute("ALTER TABLE ledger_cosignature DROP CONSTRAINT IF EXISTS of_a_checkpoint")
        assert self.owner.execute("SELECT 1 FROM ledger_checkpoint WHERE size = %s", [size]).fetchone()
        assert self.owner.execute("DELETE FROM ledger_leaf WHERE seq >= %s", [size]).rowcount > 0
        self.owner.execute("DELETE FROM ledger_tile WHERE (index + 1) * (256::bigint ^ (level + 1)) > %s", [size])
        self.owner.execute("DELETE FROM ledger_checkpoint WHERE size > %s", [size])
        self.sealer.forget()


@pytest.fixture
def log(own_database, seal, sealer, owner_connection) -> Log:
    log = Log(seal, sealer, owner_connection)
    log.grow(4)
    return log


@pytest.fixture
def program(log, tmp_path):
    running = Program.start(tmp_path / "witness", "--log", queries.current_log().key)
    yield running
    running.stop()


@pytest.fixture
def service(program, settings) -> ServiceWitness:
    key = WitnessKey.parse(program.key)
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, witness_url="http://127.0.0.1", witness_key=key)
    return ServiceWitness(f"http://127.0.0.1:{program.port}", key)


@pytest.fixture
def file(log, tmp_path, settings) -> FileWitness:
    path = tmp_path / "checkpoints.txt"
    path.touch()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, witness_file=path)
    return FileWitness(path)


@pytest.fixture(params=["service", "file"])
def witness(request) -> Witness:
    return request.getfixturevalue(request.param)


@pytest.fixture
def alarms():
    return []


@pytest.fixture
def show(alarms):
    def _show(witness: Witness):
        return ask(witness, alarm=alarms.append)

    return _show


def events(action: str) -> list[dict]:
    return [event.fact.body["new"] for event in queries.audit_events(actions=[action])]


class TestAnExtension:
    def test_is_agreed_with_however_much_was_added(self, witness, log, show, alarms):
        for more in (0, 1, 3, 300, 17):
            if more:
                log.grow(more)

            assert show(witness).size == log.size

        (view,) = queries.witnesses()
        assert (view.size, view.problem, view.refused, view.late) == (log.size, "", None, False)
        assert view.age < timedelta(minutes=1)
        assert alarms == []

    def test_is_agreed_with_once_more_when_nothing_was_added(self, witness, show):
        show(witness)
        (first,) = queries.witnesses()

        assert show(witness).size == first.size
        (second,) = queries.witnesses()
        assert second.agreed > first.agreed

    def test_of_nothing_asks_nobody(self, own_database, show, tmp_path):
        (tmp_path / "f").touch()

        assert show(FileWitness(tmp_path / "f")).size is None


class TestARewrittenLog:
    @pytest.mark.parametrize("more", [3, 2, 300])
    def test_is_refused_alarmed_once_and_on_record(self, witness, log, show, alarms, more):
        show(witness)
        kept = log.size
        log.grow(2)
        show(witness)
        log.cut_off(kept)
        log.grow(more)

        asked = [show(witness), show(witness)]

        assert all(each.refused for each in asked)
        (alarm,) = alarms
        assert (alarm.because, alarm.seen) == (Because.REWRITTEN, kept + 2)
        (event,) = events("witness-refused")
        assert event["because"] == "rewritten"
        (view,) = queries.witnesses()
        assert view.refused
        assert "rewritten" in view.problem


class TestACutOffLog:
    def test_is_refused(self, witness, log, show, alarms):
        kept = log.size
        log.grow(3)
        show(witness)
        log.cut_off(kept)

        assert show(witness).refused
        assert [(alarm.because, alarm.seen) for alarm in alarms] == [(Because.CUT_OFF, kept + 3)]

    def test_is_refused_although_the_database_forgot_that_it_was_ever_seen(self, witness, log, show, alarms):
        """An older copy of the whole database knows of no later agreement."""
        kept = log.size
        log.grow(3)
        show(witness)
        log.cut_off(kept)
        log.owner.execute("DELETE FROM ledger_witness")
        log.owner.execute("DELETE FROM ledger_cosignature")

        assert show(witness).refused
        assert alarms[0].because is Because.CUT_OFF


class TestALogThatLacksAPart:
    def test_cannot_show_that_it_goes_on(self, witness, log, show, alarms):
        show(witness)
        log.grow(300)
        log.owner.execute("ALTER TABLE ledger_tile DISABLE TRIGGER USER")
        log.owner.execute("ALTER TABLE ledger_leaf DISABLE TRIGGER USER")
        log.owner.execute("DELETE FROM ledger_tile")
        log.owner.execute("DELETE FROM ledger_leaf WHERE seq = 2")

        assert show(witness).refused
        assert alarms[0].because is Because.INCOMPLETE


class TestARefusal:
    def test_stands_while_the_witness_is_down_and_ends_when_it_agrees(self, file, log, show, alarms):
        show(file)
        data = file.path.read_bytes()
        file.path.write_bytes(note_of_another_log())
        show(file)
        file.path.unlink()
        show(file)
        (view,) = queries.witnesses()
        assert view.refused

        file.path.write_bytes(data)

        assert show(file).size == log.size
        (view,) = queries.witnesses()
        assert (view.refused, view.problem) == (None, "")
        assert [event["witness"] for event in events("witness-agreed-again")] == ["file"]

    def test_whose_alarm_cannot_be_raised_is_raised_the_next_time(self, file, show, alarms):
        file.path.write_bytes(note_of_another_log())

        def fail(_refusal):
            raise RuntimeError

        with pytest.raises(RuntimeError):
            ask(file, alarm=fail)

        assert show(file).refused
        assert len(alarms) == 1


class TestCosignatures:
    def test_are_kept_as_the_witness_made_them(self, service, program, log, show):
        show(service)
        log.grow(1)
        show(service)

        rows = cosignatures()

        assert [size for size, *_ in rows] == [log.size - 1, log.size]
        newest = queries.newest_checkpoint()
        _, name, line, made = rows[-1]
        assert name == service.key.name
        assert cosigned_at(line + "\n", program.key, newest.note.encode()) == made.timestamp()

    def test_are_kept_once_for_a_size(self, service, show):
        show(service)
        before = cosignatures()
        show(service)

        assert cosignatures() == before

    @pytest.mark.parametrize(
        "forgery", ["UPDATE ledger_cosignature SET line = 'x'", "DELETE FROM ledger_cosignature", "TRUNCATE {}"]
    )
    def test_cannot_be_changed_even_by_the_owner(self, service, show, owner_connection, forgery):
        show(service)

        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner_connection.execute(forgery.format("ledger_cosignature"))


class TestAService:
    def test_that_was_killed_before_it_answered_is_asked_from_where_it_is(self, log, tmp_path, show):
        kill = (
            "import os, signal; replace = os.replace\ndef then(a, b):\n replace(a, b)\n"
            " if str(b).endswith('newest'): os.kill(os.getpid(), signal.SIGKILL)\nos.replace = then"
        )
        dying = Program.start(tmp_path / "w", "--log", queries.current_log().key, before=kill)
        key = WitnessKey.parse(dying.key)
        assert "cannot be reached" in show(ServiceWitness(f"http://127.0.0.1:{dying.port}", key)).problem
        dying.stop()
        again = Program.start(tmp_path / "w")
        with contextlib.ExitStack() as stack:
            stack.callback(again.stop)

            assert show(ServiceWitness(f"http://127.0.0.1:{again.port}", key)).size == log.size

    def test_that_lost_its_memory_is_told_of(self, service, program, log, show):
        show(service)
        log.grow(2)
        (newest,) = program.folder.glob("*/newest")
        newest.unlink()

        asked = show(service)

        assert asked.lost
        assert asked.size == log.size

    def test_that_is_shown_an_older_copy_by_somebody_else_in_between_is_not_confused(self, service, log, show):
        """Two servers over one database ask at once; both end with the newest."""
        log.grow(3)

        def one(_):
            try:
                return ask(service, alarm=lambda _: None)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            asked = list(pool.map(one, range(8)))

        assert [each.problem for each in asked] == [""] * 8
        assert len(cosignatures()) == 1

    def test_that_is_down_is_a_problem_and_no_refusal(self, service, program, show, alarms):
        show(service)
        program.stop()

        asked = show(service)

        assert "cannot be reached" in asked.problem
        assert not asked.refused
        assert alarms == []
        assert not asked.late

    def test_that_is_down_for_long_is_late(self, service, program, show, owner_connection):
        show(service)
        program.stop()
        owner_connection.execute("UPDATE ledger_witness SET agreed = agreed - interval '61 minutes'")

        assert show(service).late
        (view,) = queries.witnesses()
        assert view.late

    def test_of_another_log_says_so(self, service, log, tmp_path, show):
        other = Program.start(tmp_path / "other", "--log", SmallLog(name="other").key)
        asked = show(ServiceWitness(f"http://127.0.0.1:{other.port}", WitnessKey.parse(other.key)))
        other.stop()

        assert "does not know this log" in asked.problem


@contextlib.contextmanager
def answering(status: int, body: bytes, kind: str = "text/plain", *, trickle: float = 0):
    """A stranger in the place of the witness."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                for start in range(len(body)):
                    self.wfile.write(body[start : start + 1])
                    time.sleep(trickle)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class TestAStranger:
    @pytest.mark.parametrize(
        "answer",
        [
            (200, b""),
            (200, b"fine\n"),
            (200, b"\xff\xfe" * 40),
            (200, "— w.example AAAA\n".encode()),
            (200, b"x" * 200_000),
            (301, b""),
            (400, b""),
            (403, b""),
            (404, b""),
            (409, b"3\n"),
            (409, b"many\n", "text/x.tlog.size"),
            (500, b"oops"),
        ],
    )
    def test_in_its_place_is_not_believed(self, service, log, show, alarms, answer):
        with answering(*answer) as url:
            asked = show(replace(service, url=url))

        assert asked.problem
        assert not asked.refused
        assert cosignatures() == []
        assert alarms == []

    def test_who_signs_with_another_key_under_the_same_name_is_not_believed(
        self, service, program, log, show, tmp_path
    ):
        name = service.key.name
        other = Program.start(tmp_path / "thief", "--log", queries.current_log().key, "--name", name)
        asked = show(replace(service, url=f"http://127.0.0.1:{other.port}"))
        other.stop()

        assert "without a signature" in asked.problem
        assert cosignatures() == []

    def test_who_signed_another_checkpoint_is_not_believed(self, service, log, show):
        show(service)
        ((_, _, line, _),) = cosignatures()
        log.grow(1)

        with answering(200, f"{line}\n".encode()) as url:
            assert "without a signature" in show(replace(service, url=url)).problem

    def test_who_keeps_changing_the_size_is_left(self, service, log, show):
        with answering(409, b"1\n", "text/x.tlog.size") as url:
            asked = show(replace(service, url=url))

        assert "another size each time" in asked.problem

    def test_who_answers_as_an_earlier_version_of_the_protocol_is_understood(self, service, log, show):
        """It said 409 where the same size has another root."""
        show(service)
        with answering(409, f"{log.size}\n".encode(), "text/x.tlog.size") as url:
            assert show(replace(service, url=url)).refused

    def test_who_never_comes_to_an_end_is_cut_off(self, service, log, show):
        began = time.monotonic()
        with answering(200, b"x" * 1000, trickle=0.05) as url:
            asked = show(replace(service, url=url, patience=0.5))

        assert asked.problem
        assert time.monotonic() - began < 5


class TestAFile:
    def test_holds_one_whole_checkpoint_after_the_other(self, file, log, show):
        show(file)
        first = queries.newest_checkpoint().note
        log.grow(1)
        show(file)
        show(file)

        assert file.path.read_text() == first + queries.newest_checkpoint().note

    def test_that_ends_in_the_middle_is_gone_on_with(self, file, log, show):
        show(file)
        whole = file.path.read_bytes()
        for cut in range(1, len(whole)):
            file.path.write_bytes(whole + whole[:cut])

            assert show(file).size == log.size
        file.path.write_bytes(whole + whole[:100])
        log.grow(2)
        assert show(file).size == log.size

        assert file.path.read_text().endswith("\n" + queries.newest_checkpoint().note)

    def test_that_is_not_there_is_never_made(self, file, log, show, alarms):
        """Where a share is not mounted, a file of ours would witness nothing."""
        file.path.unlink()

        assert "Is the share mounted" in show(file).problem
        assert not file.path.exists()
        assert alarms == []

    def test_that_was_emptied_is_told_of(self, file, log, show):
        show(file)
        file.path.write_bytes(b"")

        assert show(file).lost

    def test_with_something_else_in_it_is_left_alone(self, file, log, show, alarms):
        file.path.write_text("Minutes of the meeting\n")

        assert "no checkpoint" in show(file).problem
        assert file.path.read_text() == "Minutes of the meeting\n"

    @pytest.mark.parametrize("make", [lambda path: path.mkdir(), os.mkfifo])
    def test_that_is_no_file_keeps_nobody_waiting(self, file, log, show, make):
        file.path.unlink()
        make(file.path)

        assert show(file).problem

    def test_of_another_log_is_a_refusal(self, file, log, show, alarms):
        file.path.write_bytes(note_of_another_log())

        assert show(file).refused
        assert alarms[0].because is Because.ANOTHER_LOG

    def test_with_a_checkpoint_that_nobody_signed_is_a_refusal(self, file, log, show, alarms):
        show(file)
        file.path.write_bytes(file.path.read_bytes().replace(f"\n{log.size}\n".encode(), b"\n3\n"))

        assert show(file).refused
        assert alarms[0].because is Because.ANOTHER_LOG


def note_of_another_log() -> bytes:
    other = SmallLog(name="another")
    return other.seal().note


def cosignatures() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, witness, line, made FROM ledger_cosignature ORDER BY size, witness")
        return cursor.fetchall()
