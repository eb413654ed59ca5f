"""The reference cannot fall behind the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from andante.cli.main import COMMANDS
from andante.cli.reference import pages
from andante.kernel.environment import SETTINGS

DOCS = Path(__file__).parents[4] / "docs"


@pytest.mark.parametrize("name", list(pages()))
class TestGeneratedPage:
    def test_is_what_the_code_says(self, name):
        assert (DOCS / "reference" / name).read_text() == pages()[name](), "type: make docs"


class TestSettings:
    def test_are_explained_one_by_one(self):
        page = (DOCS / "reference/settings.md").read_text()

        assert re.findall(r"^\| `(\w+)`", page, re.MULTILINE) == [setting.name for setting in SETTINGS]


class TestCommands:
    def test_each_have_a_section(self):
        page = (DOCS / "reference/commands.md").read_text()

        assert set(re.findall(r"^## andante (\w+)$", page, re.MULTILINE)) == set(COMMANDS)
