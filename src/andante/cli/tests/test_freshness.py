"""What makes the next start look at everything again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from andante.cli.freshness import is_up_to_date, note_up_to_date
from andante.kernel.environment import Environment


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "postgresql").mkdir()
    (tmp_path / "postgresql/PG_VERSION").write_text("18\n")
    for name in ("keys", "static"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def environment() -> Environment:
    return Environment.read()


class TestTheNextStart:
    def test_has_nothing_to_do_where_nothing_changed(self, data, environment):
        assert not is_up_to_date(environment, data)

        note_up_to_date(environment, data)

        assert is_up_to_date(environment, data)

    @pytest.mark.parametrize("name", ["keys", "static", "postgresql"])
    def test_looks_again_where_a_folder_was_removed(self, data, environment, name):
        note_up_to_date(environment, data)

        shutil.rmtree(data / name)

        assert not is_up_to_date(environment, data)

    def test_looks_again_where_another_cluster_was_put_there(self, data, environment):
        note_up_to_date(environment, data)

        (data / "postgresql/PG_VERSION").rename(data / "postgresql/old")
        (data / "postgresql/PG_VERSION").write_text("18\n")

        assert not is_up_to_date(environment, data)

    def test_looks_again_for_the_demonstration(self, data, environment, monkeypatch):
        note_up_to_date(environment, data)

        monkeypatch.setenv("ANDANTE_DEMO", "1")

        assert not is_up_to_date(Environment.read(), data)

    def test_looks_again_where_a_source_changed(self, data, environment, tmp_path, monkeypatch):
        package = tmp_path / "andante"
        (package / "cli").mkdir(parents=True)
        (package / "models.py").write_text("")
        monkeypatch.setattr("andante.cli.freshness.__file__", str(package / "cli/freshness.py"))
        note_up_to_date(environment, data)

        (package / "models.py").write_text("changed = True")

        assert not is_up_to_date(environment, data)
