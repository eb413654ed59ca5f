import pytest

from andante.content.document import ChoiceUnknown, Decide, walk
from andante.content.parsing import read_course
from andante.content.tests.folders import MODULE, line_of, spill

SCENARIO = """## Decide: The drum {#zz2}
state: safe 2, minutes 10
It is night.

### note: a drum hisses.
It stands beside the *door*.

* It is unlabelled.
- Read -> the label -> label (safe -1, minutes \N{EN DASH} 2)
- Leave → out (safe +1)
  > Distance first.
  > Always.
### label: You cough.
The label is wet.
- Leave now → out (minutes -1)
> Too near.
### out: You are out. END
> Good.
"""


@pytest.fixture
def folder(tmp_path):
    return spill(tmp_path / "course")


def with_scenario(folder, text=SCENARIO):
    path = folder / MODULE
    path.write_text(f"{path.read_text()}\n{text}")
    return folder


def scenario_in(folder) -> Decide:
    reading = read_course(folder)
    assert reading.findings == ()
    card = reading.course.modules[0].cards[-1]
    assert isinstance(card, Decide)
    return card


class TestReadingAScenario:
    def test_gives_nodes_choices_effects_and_verdicts(self, folder):
        scenario = scenario_in(with_scenario(folder))
        start = scenario.nodes[scenario.start]
        assert scenario.body == "It is night."
        assert scenario.variables == {"safe": 2, "minutes": 10}
        assert list(scenario.nodes) == ["start", "label", "out"]
        assert start.situation == ("note: a drum hisses.\n\nIt stands beside the *door*.\n\n* It is unlabelled.")
        assert [choice.text for choice in start.choices] == ["Read -> the label", "Leave"]
        assert start.choices[0].effects == {"safe": -1, "minutes": -2}
        assert start.choices[1].reason == "Distance first.\nAlways."
        assert scenario.nodes["label"].consequence == "You cough."
        assert scenario.nodes["label"].situation == "The label is wet."
        assert scenario.nodes["label"].verdict == "Too near."
        assert scenario.nodes["out"].end

    def test_the_first_node_has_a_key_if_a_choice_leads_back_to_it(self, folder):
        text = SCENARIO.replace("- Leave now → out (minutes -1)", "- Leave now → out\n- Go back → note")
        scenario = scenario_in(with_scenario(folder, text))
        assert scenario.start == "note"
        assert scenario.nodes["note"].situation.startswith("a drum hisses.")

    def test_variables_that_nobody_declares_start_at_nought(self, folder):
        text = SCENARIO.replace("state: safe 2, minutes 10\n", "")
        assert scenario_in(with_scenario(folder, text)).variables == {"safe": 0, "minutes": 0}

    @pytest.mark.parametrize(
        ("old", "new", "at", "rule"),
        [
            ("→ out (safe +1)", "→ outt (safe +1)", "outt", "A006"),
            ("→ out (safe +1)", "→ END", "→ END", "A006"),
            ("→ out (safe +1)", "(safe +1)", "- Leave (safe", "A006"),
            ("→ out (safe +1)", "→ out (safe up)", "safe up", "A006"),
            ("→ out (safe +1)", "→ out (if safe)", "if safe", "A010"),
            ("→ out (safe +1)", "→ out (saef +1)", "saef", "A006"),
            ("state: safe 2, minutes 10", "state: safe two", "safe two", "A006"),
            ("### label: You cough.", "### You cough.", "### You cough.", "A006"),
            ("### out: You are out. END", "### out: END", "### out: END", "A006"),
            ("### out: You are out. END", "### out: You are out. END well", "END well", "A006"),
            ("### out: You are out. END", "### label: You are out. END", "### label: You are out", "A006"),
            ("> Good.", "> Good.\n- Again → label", "- Again", "A006"),
            ("> Too near.", "> Too near.\nStray", "Stray", "A006"),
            ("  > Always.", "  Always.", "  Always.", "A006"),
            ("### note: a drum hisses.", "### note: a drum hisses. END", "hisses. END", "A006"),
        ],
    )
    def test_what_does_not_fit_is_found_on_its_line(self, folder, old, new, at, rule):
        with_scenario(folder, SCENARIO.replace(old, new))
        found = {(finding.rule, finding.place.line) for finding in read_course(folder).findings}
        assert (rule, line_of(folder, MODULE, at)) in found

    def test_a_slip_in_a_key_is_answered_with_the_nearest(self, folder):
        with_scenario(folder, SCENARIO.replace("→ out (safe +1)", "→ oot (safe +1)"))
        assert [finding.mend for finding in read_course(folder).findings] == ["Did you mean “out”?"]

    def test_a_scenario_without_a_node_is_an_error(self, folder):
        with_scenario(folder, "## Decide: Nothing {#zz2}\nWords.\n")
        assert [finding.rule for finding in read_course(folder).findings] == ["A006"]

    def test_names_that_differ_in_case_only_are_one_mistake(self, folder):
        text = SCENARIO.replace("state: safe 2, minutes 10\n", "").replace("(safe +1)", "(Safe +1)")
        with_scenario(folder, text)
        assert [finding.mend for finding in read_course(folder).findings] == ["Did you mean “safe”?"]


class TestWalkingThroughAScenario:
    def test_choices_lead_from_node_to_node_and_change_the_state(self, folder):
        way = walk(scenario_in(with_scenario(folder)), ["a", "a"])
        assert [step.choice.text for step in way.steps] == ["Read -> the label", "Leave now"]
        assert way.steps[0].state == {"safe": 1, "minutes": 8}
        assert way.state == {"safe": 1, "minutes": 7}
        assert way.finished
        assert way.outcome == "bad"

    def test_is_good_when_something_is_better_and_nothing_worse(self, folder):
        assert walk(scenario_in(with_scenario(folder)), ["b"]).outcome == "good"

    def test_what_the_author_wrote_after_end_wins(self, folder):
        scenario = scenario_in(with_scenario(folder, SCENARIO.replace("out. END", "out. END mixed")))
        assert walk(scenario, ["b"]).outcome == "mixed"

    def test_has_no_outcome_before_the_end(self, folder):
        way = walk(scenario_in(with_scenario(folder)), ["a"])
        assert not way.finished
        assert way.outcome is None

    def test_is_refused_where_there_is_no_such_choice(self, folder):
        scenario = scenario_in(with_scenario(folder))
        with pytest.raises(ChoiceUnknown):
            walk(scenario, ["c"])
        with pytest.raises(ChoiceUnknown):
            walk(scenario, ["b", "a"])

    def test_variables_stay_within_their_bounds(self, folder):
        text = SCENARIO.replace("safe 2", "safe 99")
        assert walk(scenario_in(with_scenario(folder, text)), ["b"]).state["safe"] == 99
