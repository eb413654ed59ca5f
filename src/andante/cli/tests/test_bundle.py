"""`andante bundle export`, as whoever runs the server calls it."""

import os
import re

import pytest
from click.testing import CliRunner

from andante.cli.bundle import bundle
from andante.cli.problems import Problem
from andante.evidence.tests.ledgers import ledger

__all__ = ["ledger"]


class TestTheCommand:
    @pytest.fixture
    def run(self, ledger):
        return lambda *arguments: CliRunner().invoke(bundle, ["export", *map(str, arguments)], catch_exceptions=False)

    def test_says_what_to_do_next(self, run, tmp_path):
        done = run(tmp_path / "log.zip")

        assert done.exit_code == 0
        assert "9 sealed records, and 1 that waits to be sealed" in done.output
        assert "python3 andante_verify.py log.zip" in done.output
        assert re.search(r"^Key's fingerprint:( [0-9a-f]{4}){16}$", done.output, re.MULTILINE)
        place = next(line for line in done.output.splitlines() if "The verifier is one file" in line)
        assert os.access(place.split(": ")[1].split(". ")[0], os.X_OK)

    def test_refuses_to_overwrite(self, run, tmp_path):
        (tmp_path / "log.zip").write_text("something else")

        with pytest.raises(Problem, match="--force"):
            run(tmp_path / "log.zip")

        assert run(tmp_path / "log.zip", "--force").exit_code == 0

    def test_says_in_a_sentence_that_the_folder_is_missing(self, run, tmp_path):
        with pytest.raises(Problem, match="could not be written"):
            run(tmp_path / "none" / "log.zip")
