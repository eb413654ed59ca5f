"""`andante key`, as whoever runs the server calls it, with the sealer running beside it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner
from django.db import connections

from andante.cli.key import key
from andante.cli.problems import Problem
from andante.cli.sealer import seal_until
from andante.ledger import queries
from andante.ledger.encoding import decode_key, key_id, split_note
from andante.ledger.keys import key_path
from andante.ledger.tests.test_sealing import append
from andante.ledger.verification import verify


@pytest.fixture
def folder(own_database, databases, settings, tmp_path):
    """The folder of keys of a data folder that only this test uses."""
    settings.DATA_DIR = tmp_path
    path = key_path(tmp_path)
    path.parent.mkdir(mode=0o700)
    shutil.copy(databases.key_file, path)
    return path.parent


@pytest.fixture
def running(folder) -> Iterator[threading.Thread]:
    """The sealer, as a process would run it."""
    stop = threading.Event()

    def work() -> None:
        try:
            seal_until(stop)
        finally:
            connections["sealer"].close()

    thread = threading.Thread(target=work)
    thread.start()
    until(queries.newest_checkpoint, what="the first record is sealed")
    yield thread
    stop.set()
    thread.join()


def until(holds: Callable[[], object], *, what: str) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def run(*arguments: str):
    return CliRunner().invoke(key, arguments, catch_exceptions=False)


def signer() -> bytes:
    newest = queries.newest_checkpoint()
    assert newest is not None
    return split_note(newest.note)[2]


def seal_one() -> None:
    append(1)
    until(lambda: queries.sealing_lag().waiting == 0, what="it is sealed")


class TestRotate:
    def test_is_taken_up_by_the_running_sealer_which_removes_the_old_private_key(self, running, folder):
        done = run("rotate", "--why", "A year is over")
        assert done.exit_code == 0, done.output
        new = done.output.split()[2]
        until(lambda: len(queries.keys()) == 2, what="the change is sealed")

        seal_one()

        name, public = decode_key(new)
        assert signer() == key_id(name, public)
        until(lambda: {path.name for path in folder.iterdir()} == {"sealer-ed25519.pem"}, what="the old key is gone")
        seal_one()
        assert signer() == key_id(name, public)
        assert running.is_alive()
        assert verify(()).findings == []

    def test_twice_at_once_is_refused_in_a_sentence(self, folder, seal):
        seal()
        assert run("rotate", "--why", "A year is over").exit_code == 0

        again = run("rotate", "--why", "Once more")

        assert again.exit_code == 1
        assert "The last change of key is not sealed yet." in again.output

    def test_of_a_key_that_is_not_the_log_s_is_a_problem_with_its_mend(self, folder, seal):
        seal()
        (folder / "sealer-ed25519.pem").unlink()

        with pytest.raises(Problem, match="Restore it from your backup"):
            run("rotate", "--why", "A year is over")


class TestShow:
    def test_tells_the_key_in_force_and_those_before_it(self, folder, seal):
        seal()
        run("rotate", "--why", "A year is over")
        seal()

        told = run("show").output

        first, second = queries.keys()
        in_force, earlier = told.split("Earlier")
        assert second.key in in_force
        assert second.fingerprint in in_force
        assert f"since record 1 ({second.record})" in in_force
        assert first.fingerprint in earlier

    def test_says_that_nothing_is_sealed_yet(self, own_database):
        done = run("show")

        assert done.exit_code == 1
        assert "Nothing is sealed yet" in done.output


class TestTheSealer:
    def test_says_what_to_mend_where_its_key_is_missing(self, folder):
        (folder / "sealer-ed25519.pem").unlink()

        with pytest.raises(Problem, match="Restore it from your backup"):
            seal_until(threading.Event())
