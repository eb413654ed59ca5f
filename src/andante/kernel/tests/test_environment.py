import pytest

from andante.kernel.environment import SETTINGS, Environment, SettingInvalid


class TestReading:
    def test_of_nothing_gives_an_environment_that_works_on_this_machine_only(self):
        environment = Environment.read({})

        assert environment.bind == "127.0.0.1"
        assert environment.base_url == "http://localhost:8000"
        assert environment.content_url == "http://127.0.0.1:8000"
        assert not environment.demo
        assert not environment.secure

    def test_follows_the_port(self):
        environment = Environment.read({"ANDANTE_PORT": "8123"})

        assert (environment.base_url, environment.content_url) == ("http://localhost:8123", "http://127.0.0.1:8123")

    def test_knows_https(self):
        environment = Environment.read(
            {"ANDANTE_BASE_URL": "https://learn.example.org/", "ANDANTE_CONTENT_URL": "https://files.example.net"}
        )

        assert environment.secure
        assert environment.base_url == "https://learn.example.org"
        assert environment.log_iri == "https://learn.example.org/log"


class TestAWrongSetting:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ANDANTE_PORT", "eighty"),
            ("ANDANTE_PORT", "0"),
            ("ANDANTE_PORT", "70000"),
            ("ANDANTE_PORT", "٣"),
            ("ANDANTE_BIND", "everywhere"),
            ("ANDANTE_BASE_URL", "localhost:8000"),
            ("ANDANTE_BASE_URL", "ftp://localhost"),
            ("ANDANTE_BASE_URL", "http://[::1"),
            ("ANDANTE_BASE_URL", "http://localhost:0"),
            ("ANDANTE_DATA_DIR", "here"),
            ("ANDANTE_DEMO", "yes"),
            ("ANDANTE_IDLE_MINUTES", "0"),
            ("ANDANTE_SECRET_KEY", "short"),
            ("ANDANTE_SMTP_URL", "mail.example.org"),
            ("ANDANTE_MAIL_FROM", "Andante"),
            ("ANDANTE_LOG_FORMAT", "xml"),
            ("DATABASE_URL", "mysql://localhost/andante"),
            ("ANDANTE_COLOUR", "blue"),
            ("ANDANTE_WITNESS_FILE", "checkpoints.txt"),
            ("ANDANTE_ARCHIVES", "archives"),
            ("ANDANTE_WITNESS_EVERY", "4"),
            ("ANDANTE_WITNESS_EVERY", "often"),
            ("ANDANTE_VERIFY_EVERY", "0"),
            ("ANDANTE_VERIFY_EVERY", "daily"),
        ],
    )
    def test_is_refused_with_its_name_and_the_mend(self, name, value):
        with pytest.raises(SettingInvalid) as refused:
            Environment.read({name: value})

        assert refused.value.name == name
        assert str(refused.value).startswith(name)
        assert refused.value.mend

    def test_never_shows_a_secret(self):
        with pytest.raises(SettingInvalid) as refused:
            Environment.read({"DATABASE_URL": "mysql://andante:hunter2@db/andante"})

        assert "hunter2" not in str(refused.value)

    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost."])
    def test_refuses_one_host_for_pages_and_content(self, host):
        with pytest.raises(SettingInvalid, match="same host"):
            Environment.read({"ANDANTE_CONTENT_URL": f"http://{host}:9000"})


def test_every_setting_says_what_it_is_for():
    assert all(setting.meaning.endswith(".") and setting.default for setting in SETTINGS)


class TestAWitness:
    key = "w.example/1+bcd5f9c1+BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"

    def test_is_an_address_with_a_key(self):
        environment = Environment.read(
            {"ANDANTE_WITNESS_URL": "http://w.example:8766/", "ANDANTE_WITNESS_KEY": f"{self.key}\n"}
        )

        assert environment.witness_url == "http://w.example:8766"
        assert environment.witness_key is not None
        assert (environment.witness_key.name, environment.witness_key.public) == ("w.example/1", bytes(range(32)))

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("KEY", {"URL": "http://w.example"}),
            ("URL", {"KEY": key}),
            ("URL", {"URL": "w.example", "KEY": key}),
            ("URL", {"URL": "http://me:secret@w.example", "KEY": key}),
            ("URL", {"URL": "http://w.example/?a=b", "KEY": key}),
            ("KEY", {"URL": "http://w.example", "KEY": "w.example"}),
            ("KEY", {"URL": "http://w.example", "KEY": key.replace("+bcd5", "+0000")}),
            ("KEY", {"URL": "http://w.example", "KEY": key.replace("+BAAB", "+AQAB")}),
            ("KEY", {"URL": "http://w.example", "KEY": key + "=="}),
            ("KEY", {"URL": "http://w.example", "KEY": key[:-4]}),
        ],
    )
    def test_that_cannot_be_used_is_refused(self, name, values):
        with pytest.raises(SettingInvalid) as refused:
            Environment.read({f"ANDANTE_WITNESS_{each}": value for each, value in values.items()})

        assert refused.value.name == f"ANDANTE_WITNESS_{name}"
        assert "secret" not in str(refused.value)
