import os
import pwd

from andante.kernel.principals import cli_principal


class TestWhoTypesACommand:
    def test_is_who_the_system_says_whatever_the_environment_claims(self, monkeypatch):
        for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
            monkeypatch.setenv(name, "somebody.else")
        assert cli_principal() == f"cli:{pwd.getpwuid(os.getuid()).pw_name}"

    def test_is_a_number_where_the_system_knows_no_name(self, monkeypatch):
        monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
        assert cli_principal() == "cli:4000000000"
