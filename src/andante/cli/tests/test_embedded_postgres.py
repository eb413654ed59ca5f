"""The embedded server: started, taken over, killed, crowded out."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from andante.cli.embedded_postgres import Binaries
from andante.cli.problems import Problem

pytestmark = pytest.mark.processes
NOBODY = pwd.getpwnam("nobody")
SOURCES = Path(__file__).parents[3]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


class TestFirstStart:
    def test_lets_every_role_sign_in_as_itself(self, server):
        urls = server.start()

        users = [ask(url, "SELECT current_user") for url in (urls.owner, urls.application, urls.sealer)]
        assert users == ["andante_owner", "andante_app", "andante_seal"]
        assert ask(urls.owner, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'andante'")
        assert ask(urls.owner, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False

    def test_makes_a_server_that_loses_nothing_and_sorts_the_same_everywhere(self, make_server, folder):
        urls = make_server(folder / "data", for_tests=False).start()

        assert [ask(urls.owner, f"SHOW {name}") for name in ("fsync", "full_page_writes", "data_checksums")] == [
            "on",
            "on",
            "on",
        ]
        assert ask(urls.owner, "SELECT 'Z' < 'a' AND 'z' < 'é' AND upper('é') = 'É'") is True

    def test_does_not_offer_a_login_for_testers_outside_tests(self, make_server, folder):
        urls = make_server(folder / "data", for_tests=False).start()

        assert urls.tester is None
        assert ask(urls.owner, "SELECT count(*) FROM pg_roles WHERE rolname = 'andante_tester'") == 0

    def test_lets_nobody_else_reach_data_passwords_or_socket(self, server, folder):
        urls = server.start()

        where = Path(psycopg.conninfo.conninfo_to_dict(urls.owner)["host"])
        assert mode(folder / "data/postgresql") == 0o700
        assert mode(folder / "data/passwords") == 0o700
        assert {mode(path) for path in (folder / "data/passwords").iterdir()} == {0o600}
        assert mode(where) & stat.S_IRWXO == 0
        assert ask(urls.owner, "SHOW listen_addresses") == ""

    def test_refuses_a_wrong_password(self, server):
        urls = server.start()

        wrong = urls.owner.replace("andante_owner:", "andante_owner:not-")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)

    def test_begins_anew_where_an_earlier_one_was_interrupted(self, make_server, folder):
        (folder / "data/postgresql.new/base").mkdir(parents=True)
        (folder / "data/postgresql.new/PG_VERSION").write_text("18")

        assert ask(make_server(folder / "data").start().owner, "SELECT 1") == 1


class TestNextStart:
    def test_takes_over_a_server_that_runs(self, server, make_server, folder):
        urls = server.start()
        first = server.status()

        other = make_server(folder / "data")
        assert other.start() == urls
        assert other.status() == first
        assert first.accepting

    def test_finds_everything_that_was_committed_before_a_stop(self, server):
        with psycopg.connect(server.start().owner) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        server.stop()
        assert server.status().pid is None

        assert ask(server.start().owner, "SELECT answer FROM kept") == 42

    def test_takes_over_what_outlived_a_killed_process_group(self, server, folder, binaries):
        starter = start_in_a_group_of_its_own(folder / "data", binaries)
        os.killpg(starter.pid, signal.SIGKILL)
        starter.wait()

        before = server.status()
        assert before.accepting
        assert ask(server.start().owner, "SELECT 1") == 1
        assert server.status().pid == before.pid

    def test_recovers_from_a_kill_of_the_server_itself(self, make_server, server, folder):
        server = make_server(folder / "data", for_tests=False)
        with psycopg.connect(server.start().owner) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        pid = server.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

        urls = server.start()

        assert server.status().pid != pid
        assert ask(urls.owner, "SELECT answer FROM kept") == 42

    def test_is_not_misled_by_a_process_that_now_has_the_old_number(self, server, folder):
        urls = server.start()
        pid_file = folder / "data/postgresql/postmaster.pid"
        lines = pid_file.read_text().splitlines()
        server.stop()
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
        lock = Path(lines[4]) / ".s.PGSQL.5432.lock"
        lock.write_text("\n".join([str(os.getpid()), *lines[1:5]]))

        assert server.status().pid is None
        assert server.start() == urls

    def test_reaches_a_server_that_was_started_with_another_tmpdir(self, server, make_server, folder, monkeypatch):
        urls = server.start()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))

        assert make_server(folder / "data").start() == urls


class TestTwoInstallations:
    def test_never_meet(self, make_server, folder):
        one = make_server(folder / "one").start()
        other = make_server(folder / "other").start()

        with psycopg.connect(one.owner) as connection:
            connection.execute("CREATE TABLE mine ()")
        assert ask(other.owner, "SELECT to_regclass('mine')") is None
        host = psycopg.conninfo.conninfo_to_dict(other.owner)["host"]
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(one.owner, host=host)


class TestInUse:
    def test_stops_the_server_when_the_last_user_leaves(self, server, make_server, folder):
        first, second = server, make_server(folder / "data")
        with contextlib.ExitStack() as stack:
            stack.enter_context(first.in_use())
            with second.in_use() as urls:
                assert ask(urls.owner, "SELECT 1") == 1
            assert first.status().accepting
        assert first.status().pid is None


class TestStop:
    def test_does_nothing_where_none_runs(self, server):
        server.stop()

        assert server.status().pid is None


class TestIsRefused:
    def test_when_a_foreign_server_listens_at_the_socket(self, server, folder, monkeypatch):
        server.start()
        path = Path(psycopg.conninfo.conninfo_to_dict(server.start().owner)["host"]) / ".s.PGSQL.5432"
        server.stop()
        with socket.socket(socket.AF_UNIX) as foreign:
            foreign.bind(str(path))
            foreign.listen()
            with pytest.raises(Problem, match="not ours already listens"):
                server.start()

    def test_when_the_path_of_the_socket_is_too_long(self, server, folder, monkeypatch):
        deep = folder / ("x" * 60) / ("y" * 60)
        deep.mkdir(parents=True)
        monkeypatch.setattr(tempfile, "tempdir", str(deep))

        with pytest.raises(Problem, match=r"longer than 107 bytes. Set TMPDIR"):
            server.start()

    def test_when_temporary_files_cannot_be_written(self, server, folder, monkeypatch):
        (folder / "a-file").touch()
        monkeypatch.setattr(tempfile, "tempdir", str(folder / "a-file"))

        with pytest.raises(Problem, match=r"cannot be used: Not a directory. Make its parent"):
            server.start()

    def test_when_the_disk_has_no_room_for_a_new_server(self, make_server, folder, monkeypatch):
        usage = shutil.disk_usage("/")
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))

        with pytest.raises(Problem, match=r"is full. Free at least 200 MB"):
            make_server(folder / "data").start()

    def test_when_another_version_wrote_the_data(self, server, folder):
        server.start()
        server.stop()
        (folder / "data/postgresql/PG_VERSION").write_text("14\n")

        with pytest.raises(Problem, match="belong to PostgreSQL 14"):
            server.start()

    def test_with_what_the_server_said_when_it_ends_at_once(self, server, folder):
        server.start()
        server.stop()
        (folder / "data/postgresql/global/pg_control").unlink()

        with pytest.raises(Problem, match="ended while starting"):
            server.start()

    def test_when_its_passwords_were_lost(self, server, folder):
        shutil.rmtree(folder / "data/passwords")

        with pytest.raises(Problem, match="passwords lost"):
            server.start()

    @pytest.mark.skipif(os.geteuid() != 0, reason="a normal user runs the server itself")
    def test_when_the_server_s_own_user_cannot_pass_to_the_data(self, make_server, folder):
        (folder / "closed").mkdir(mode=0o700)

        with pytest.raises(Problem, match=r"cannot pass through .*/closed to its data"):
            make_server(folder / "closed/data").start()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
    def test_when_the_socket_s_folder_belongs_to_somebody_else(self, server, folder, monkeypatch):
        server.start()
        where = psycopg.conninfo.conninfo_to_dict(server.start().owner)["host"]
        server.stop()
        os.chown(where, NOBODY.pw_uid, NOBODY.pw_gid)

        with pytest.raises(Problem, match="belongs to another user"):
            server.start()
        shutil.rmtree(where)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests already run as a normal user")
class TestAsANormalUser:
    def test_starts_takes_over_and_stops(self, folder):
        python = python_for_everybody()
        data = folder / "data"
        os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
        script = (
            "import sys; from pathlib import Path; from andante.cli.embedded_postgres import EmbeddedServer\n"
            "one = EmbeddedServer(Path(sys.argv[1]), for_tests=True); urls = one.start()\n"
            "two = EmbeddedServer(Path(sys.argv[1]), for_tests=True); assert two.start() == urls\n"
            "assert one.status() == two.status(); two.stop(); print(one.status().pid)\n"
        )
        done = subprocess.run(
            [python, "-c", script, data],
            user=NOBODY.pw_uid,
            group=NOBODY.pw_gid,
            extra_groups=[],
            env={"PYTHONPATH": os.pathsep.join([str(SOURCES), *sys.path]), "PATH": os.environ["PATH"]},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.stdout.strip(), done.stderr) == ("None", "")
        assert mode(data) == 0o700
        assert (data / "postgresql").stat().st_uid == NOBODY.pw_uid


def python_for_everybody() -> str:
    """A Python of this version that a stranger may run: our own may lie in root's home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = (str(Path(sys.executable).resolve()), f"/usr/bin/{version}", f"/usr/local/bin/{version}")
    for candidate in candidates:
        closed = any(not parent.stat().st_mode & stat.S_IXOTH for parent in Path(candidate).parents)
        if Path(candidate).exists() and not closed:
            return candidate
    pytest.skip(f"no {version} outside closed folders")


def start_in_a_group_of_its_own(data: Path, binaries: Binaries | None) -> subprocess.Popen[bytes]:
    script = (
        "import sys, time; from pathlib import PosixPath\n"
        "from andante.cli.embedded_postgres import Binaries, EmbeddedServer\n"
        f"server = EmbeddedServer(PosixPath(sys.argv[1]), binaries={binaries!r}, for_tests=True)\n"
        "server.start(); print('ready', flush=True); time.sleep(60)\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script, data],
        start_new_session=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"ready\n"
    starter.stdout.close()
    return starter
