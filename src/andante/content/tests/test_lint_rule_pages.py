"""The pages of docs/reference/lint-rules are tested facts: every bad example is found, every good one is not."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from andante.content.findings import Severity
from andante.content.linting import RULES, TITLES, lint
from andante.content.parsing.problems import ID_WRONG, UNREADABLE, WARNINGS
from andante.content.tests.folders import TODAY, give_ids, merge, put, spill

PAGES = Path(__file__).parents[4] / "docs" / "reference" / "lint-rules"
BLOCK = re.compile(r"^````\w+ (?P<path>\S+)(?: (?P<how>\S+))?\n(?P<text>.*?)^````$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    path: str
    how: str
    text: str

    def put_into(self, folder: Path) -> None:
        whole = merge(folder, self.path, self.text)
        if self.how.startswith("x"):
            whole = re.sub(r"(?m)^(## .*\n)(.*\n)", lambda m: m[1] + m[2] * int(self.how[1:]), whole, count=1)
        put(folder, self.path, whole.encode("latin-1" if self.how == "latin-1" else "utf-8"))


def examples(rule: str, part: str) -> list[Example]:
    page = (PAGES / f"{rule}.md").read_text()
    bad, good = page.split("## Bad\n")[1].split("\n## Good\n")
    found = BLOCK.finditer({"Bad": bad, "Good": good}[part])
    return [Example(match["path"], match["how"] or "", match["text"]) for match in found]


def findings_on(rule: str, part: str, folder: Path):
    spill(folder)
    shown = examples(rule, part)
    assert shown, "the page has no example"
    for example in shown:
        example.put_into(folder)
    if rule != ID_WRONG and (rule, part) != (UNREADABLE, "Bad"):
        give_ids(folder)
    return lint(folder, today=TODAY)


class TestLintRulePages:
    @pytest.mark.parametrize("rule", TITLES)
    def test_the_bad_example_is_found(self, rule, tmp_path):
        findings = findings_on(rule, "Bad", tmp_path / "course")
        assert rule in {finding.rule for finding in findings}

    @pytest.mark.parametrize("rule", TITLES)
    def test_the_good_example_is_not_found_and_can_be_read(self, rule, tmp_path):
        findings = findings_on(rule, "Good", tmp_path / "course")
        unreadable = {finding.rule for finding in findings if finding.rule < "A1"}
        assert rule not in {finding.rule for finding in findings}
        assert not unreadable

    @pytest.mark.parametrize("rule", TITLES)
    def test_the_page_is_headed_by_id_title_and_severity(self, rule):
        severity = RULES[rule].severity if rule in RULES else Severity.ERROR
        if rule in WARNINGS:
            severity = Severity.WARNING
        heading, _, first = (PAGES / f"{rule}.md").read_text().split("\n")[:3]
        assert heading == f"# {rule}: {TITLES[rule]}"
        assert first.startswith(f"**{severity.capitalize()}.**")

    def test_no_page_stands_for_a_rule_that_does_not_exist(self):
        assert {page.stem for page in PAGES.glob("*.md")} - {"README"} == set(TITLES)

    def test_the_index_lists_every_rule(self):
        index = (PAGES / "README.md").read_text()
        assert [rule for rule in TITLES if f"| [{rule}]({rule}.md) |" not in index] == []

    def test_the_course_that_the_examples_change_is_clean(self, tmp_path):
        assert lint(spill(tmp_path / "course"), today=TODAY) == ()
