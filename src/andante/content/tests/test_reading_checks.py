import pytest

from andante.content.document import Check
from andante.content.parsing import read_course
from andante.content.tests.folders import BANK, MODULE, change, line_of, spill


@pytest.fixture
def folder(tmp_path):
    return spill(tmp_path / "course")


def with_check(folder, text):
    path = folder / MODULE
    path.write_text(f"{path.read_text()}\n{text}")
    return folder


def last_check(folder) -> Check:
    reading = read_course(folder)
    assert reading.findings == ()
    card = reading.course.modules[0].cards[-1]
    assert isinstance(card, Check)
    return card


def only_finding(folder):
    findings = read_course(folder).findings
    assert len(findings) == 1, "\n".join(map(str, findings))
    return findings[0]


class TestACheck:
    def test_has_text_options_and_reasons(self, folder):
        check = last_check(
            with_check(
                folder,
                "## Check: Which? {#zz2}\nLook at *this*:\n\n> A quotation.\n\n"
                "- [x] Right\n  goes on\n  > Because\n  > of this.\n\n- [ ] Wrong\n\t> No.\n\n> In all.\n> Really.\n",
            )
        )
        assert check.body == "Look at *this*:\n\n> A quotation."
        assert [option.key for option in check.options] == ["a", "b"]
        assert [option.correct for option in check.options] == [True, False]
        assert check.options[0].text == "Right\ngoes on"
        assert check.options[0].reason == "Because\nof this."
        assert check.options[1].reason == "No."
        assert check.reason == "In all.\nReally."
        assert check.multiple is False

    def test_asks_for_all_that_apply_when_several_are_right(self, folder):
        assert last_check(with_check(folder, "## Check: Which? {#zz2}\n- [x] A\n- [X] B\n- [ ] C\n")).multiple

    def test_asks_for_all_that_apply_when_it_says_so(self, folder):
        check = last_check(with_check(folder, "## Check (all that apply): Which? {#zz2}\n- [x] A\n- [ ] B\n"))
        assert check.multiple

    def test_an_option_may_hold_code_that_looks_like_options(self, folder):
        text = "## Check: Which? {#zz2}\n- [x] Code\n  ```\n  - [ ] no option\n  ```\n  > So.\n- [ ] None\n"
        check = last_check(with_check(folder, text))
        assert check.options[0].text == "Code\n```\n- [ ] no option\n```"
        assert len(check.options) == 2

    def test_a_list_of_links_is_no_list_of_options(self, folder):
        text = "## Check: Which? {#zz2}\n- [x](https://example.org)\n- [yes][ref]\n\n* [x] A\n* [ ] B\n"
        assert len(last_check(with_check(folder, text)).options) == 2

    def test_knows_where_its_options_and_reasons_stand(self, folder):
        check = last_check(with_check(folder, "## Check: Which? {#zz2}\n- [x] Alpha\n  > Gamma\n- [ ] Beta\n"))
        assert check.options[0].place.line == line_of(folder, MODULE, "Alpha")
        assert check.options[0].reason_place.line == line_of(folder, MODULE, "Gamma")

    @pytest.mark.parametrize(
        ("lines", "at", "message"),
        [
            ("- [x] A\n", "## Check: Which", "The check has 1 option."),
            ("Only words.\n", "## Check: Which", "The check has no options."),
            ("- [ ] A\n- [ ] B\n", "## Check: Which", "No option of the check is right."),
            ("- [x] A\n- [ ] B\n-[ ] Near\n", "Near", "This looks like an option, but is not written as one."),
            ("- [x] A\n- [ ] B\n- [] Near\n", "Near", "This looks like an option, but is not written as one."),
            ("- [x] A\n- [ ] B\n- [y] Near\n", "Near", "This looks like an option, but is not written as one."),
            ("- [x] A\n- [ ] B\n  - [ ] Near\n", "Near", "This looks like an option, but is not written as one."),
            ("- [x] A\n- [ ] B\nStray\n", "Stray", "This text stands after the options."),
            ("- [x] A\n- [ ] B\n> Why\n- [ ] Late\n", "Late", "This option stands after the question's reason."),
            ("- [x] A\n  > Why\n\n  Stray\n- [ ] B\n", "Stray", "This text stands after the option's reason."),
            ("objective: x\n- [x] A\n- [ ] B\n", "objective: x", "Objective, level and must pass are fields of "),
        ],
    )
    def test_what_does_not_fit_is_found_on_its_line(self, folder, lines, at, message):
        with_check(folder, f"## Check: Which one is it? {{#zz2}}\n{lines}")
        finding = only_finding(folder)
        at = "## Check: Which one is it?" if at.startswith("##") else at
        assert (finding.rule, finding.place.line) == ("A005", line_of(folder, MODULE, at))
        assert finding.message.startswith(message)

    def test_more_than_ten_options_are_too_many(self, folder):
        with_check(folder, "## Check: Which? {#zz2}\n- [x] A\n" + "".join(f"- [ ] B{n}\n" for n in range(10)))
        assert only_finding(folder).message == "The check has 11 options; 10 are the most."


class TestABank:
    def test_gives_items_with_objective_level_and_must_pass(self, folder):
        first, second, *_ = read_course(folder).course.bank
        assert (first.objective, first.level, first.must_pass) == ("first-minute", "decide", True)
        assert (second.level, second.must_pass) == ("apply", False)

    def test_an_item_s_own_fields_win_over_the_front_matter(self, folder):
        change(folder, BANK, "objective: first-minute\n", "objective: first-minute\nlevel: apply\n")
        assert [item.level for item in read_course(folder).course.bank][:3] == ["decide", "apply", "recall"]

    def test_works_without_front_matter(self, folder):
        text = (folder / BANK).read_text().split("---\n", 2)[2]
        (folder / BANK).write_text(text.replace("level:", "objective: first-minute\nlevel:"))
        reading = read_course(folder)
        assert reading.findings == ()
        assert {item.objective for item in reading.course.bank} == {"first-minute"}

    @pytest.mark.parametrize(
        ("old", "new", "at"),
        [
            ("level: recall", "level: guess", "level: guess"),
            ("level: recall\n", "", "Which two questions"),
            ("must pass: yes", "must pass: maybe", "must pass: maybe"),
            ("level: recall", "level: recall\nlevel: apply  ", "level: apply  "),
            ("objective: first-minute", "objective: first-minute\ntopic: x", "topic: x"),
        ],
    )
    def test_a_wrong_field_is_found_where_it_stands(self, folder, old, new, at):
        change(folder, BANK, old, new)
        finding = only_finding(folder)
        assert (finding.rule, finding.place.line) == ("A003", line_of(folder, BANK, at))

    def test_holds_checks_only(self, folder):
        change(folder, BANK, "## Check: Which two", "## Idea: Which two")
        assert only_finding(folder).rule == "A004"
