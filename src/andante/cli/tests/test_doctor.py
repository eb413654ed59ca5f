"""`andante doctor`: each thing that can be wrong, and its mend."""

from __future__ import annotations

import socket

import pytest

from andante.cli.doctor import examine
from andante.cli.embedded_postgres import prepare_roles
from tests.servers import chosen_server


@pytest.fixture
def surroundings(folder, monkeypatch):
    """Settings that begin empty, with a data folder that exists, and a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("ANDANTE_DATA_DIR", str(folder))
    monkeypatch.setenv("ANDANTE_PORT", str(port))
    return monkeypatch


def to_mend() -> dict[str, str]:
    return {finding.what: finding.mend for finding in examine() if finding.mend is not None}


class TestDoctor:
    def test_has_nothing_to_mend_on_a_sound_machine(self, surroundings):
        assert to_mend() == {}

    def test_explains_a_setting_that_cannot_work_and_looks_no_further(self, surroundings):
        surroundings.setenv("ANDANTE_BASE_URL", "http://127.0.0.1:8000")

        ((what, mend),) = to_mend().items()
        assert what == "Settings: ANDANTE_CONTENT_URL has the same host as ANDANTE_BASE_URL (127.0.0.1)."
        assert "another host" in mend

    def test_names_secrets_that_others_can_read(self, surroundings, folder):
        (folder / "keys").mkdir()
        (folder / "keys").chmod(0o755)

        assert to_mend() == {f"Others can read {folder}/keys.": f"Type: chmod -R go= {folder}/keys"}

    def test_says_who_is_in_the_way_of_the_port(self, surroundings):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            surroundings.setenv("ANDANTE_PORT", str(port))

            ((what, mend),) = to_mend().items()
        assert what == f"Web: Port {port} is in use by another program."
        assert "ANDANTE_PORT" in mend

    def test_says_that_the_mail_server_does_not_answer(self, surroundings):
        surroundings.setenv("ANDANTE_SMTP_URL", "smtp://127.0.0.1:9")

        ((what, mend),) = to_mend().items()
        assert what.startswith("Mail: 127.0.0.1 does not answer")
        assert "ANDANTE_SMTP_URL" in mend

    def test_says_that_the_file_of_a_witness_is_not_there(self, surroundings, tmp_path):
        path = tmp_path / "checkpoints.txt"
        surroundings.setenv("ANDANTE_WITNESS_FILE", str(path))
        assert list(to_mend()) == [f"Witness: {path} is not there."]

        path.touch()

        assert to_mend() == {}

    def test_says_that_nobody_can_sign_in_to_the_database(self, surroundings):
        surroundings.setenv("DATABASE_URL", "postgresql://a:b@127.0.0.1:9/andante")

        ((what, mend),) = to_mend().items()
        assert what.startswith("Database: nobody can sign in")
        assert "DATABASE_URL" in mend

    def test_says_that_a_login_is_in_no_group(self, surroundings):
        surroundings.setenv("DATABASE_URL", chosen_server().start().owner)

        assert to_mend() == {
            "Roles: andante_owner is no member of andante_application.": (
                "Run `andante migrate`, which creates roles, or let an administrator grant it."
            )
        }

    def test_says_that_tables_are_missing(self, surroundings):
        urls = chosen_server().start()
        prepare_roles(urls)
        surroundings.setenv("DATABASE_URL", urls.application)

        assert to_mend() == {"Tables: there are none yet.": "Run `andante migrate`."}

    @pytest.mark.django_db
    def test_counts_what_waits_for_the_sealer_and_finds_all_tables(self, surroundings, databases):
        from django.db import connections

        name = connections["default"].settings_dict["NAME"]
        surroundings.setenv("DATABASE_URL", databases.urls.application.replace("/andante?", f"/{name}?"))

        found = [finding.what for finding in examine() if finding.what.startswith(("Tables", "Sealer"))]
        assert found[0] == "Tables: up to date."
        assert found[1].startswith("Sealer: ")
