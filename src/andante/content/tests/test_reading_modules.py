import pytest

from andante.content.document import Aid, Check, Decide, Example, Idea, Reflect
from andante.content.parsing import read_course
from andante.content.tests.folders import BANK, MODULE, change, line_of, put, spill


@pytest.fixture
def folder(tmp_path):
    return spill(tmp_path / "course")


def only_finding(folder):
    findings = read_course(folder).findings
    assert len(findings) == 1, "\n".join(map(str, findings))
    return findings[0]


def card_of(folder, kind):
    (card,) = (card for card in read_course(folder).course.modules[0].cards if isinstance(card, kind))
    return card


def add_cards(folder, text):
    (folder / MODULE).write_text((folder / MODULE).read_text() + "\n" + text)


class TestAModule:
    def test_has_the_fields_of_its_front_matter(self, folder):
        module = read_course(folder).course.modules[0]
        assert (module.number, module.title, module.objective_type) == (1, "The first minute", "decide")
        assert module.why.for_job("Nurse") == "A spilled infusion is a spill too."
        assert module.why.for_job("operator") == "Most injuries in spills happen in the first minute."
        assert module.why.for_job(None) == module.why.default
        assert module.procedure == ("SOP-0231 rev 4",)
        assert module.manager_question == "Which spill do you never fight?"

    def test_inherits_from_the_course_what_it_does_not_say(self, folder):
        module = read_course(folder).course.modules[0]
        assert module.owner == "Site safety"
        assert module.clauses == ("29 CFR 1910.120(q)",)
        assert module.reinforcement == (2, 9, 30, 90)

    def test_keeps_what_it_says_itself(self, folder):
        change(folder, MODULE, "type: decide", "type: decide\nowner: Line 4\nreview: 2030-01-02\nclause: [a, b]")
        module = read_course(folder).course.modules[0]
        assert (module.owner, str(module.review_date), module.clauses) == ("Line 4", "2030-01-02", ("a", "b"))

    def test_has_its_cards_in_order(self, folder):
        cards = read_course(folder).course.modules[0].cards
        assert [type(card) for card in cards] == [Idea, Example, Example, Check, Decide, Reflect, Aid]
        assert len({card.id for card in cards}) == 7

    def test_modules_are_played_in_the_order_of_their_numbers(self, folder):
        text = (folder / MODULE).read_text()
        for number, name in (("10", "ten"), ("02", "two")):
            put(folder, f"modules/{number}-{name}.md", text.replace("id: first-minute", f"id: {name}"))
        course = read_course(folder).course
        assert [module.id for module in course.modules] == ["first-minute", "two", "ten"]

    @pytest.mark.parametrize(
        ("old", "new", "rule", "column"),
        [
            ("title: The first minute", "title: The: first", "A002", 11),
            ("title: The first minute", "title: *first", "A002", 8),
            ("title: The first minute", "title: &a first", "A002", 8),
            ("title: The first minute", "title: !!python/name:os.system x", "A002", 8),
            ("title: The first minute", "title: [a, b]", "A003", 1),
            ("type: decide", "type: guess", "A003", 1),
            ("type: decide", "tpye: decide\ntype: decide", "A003", 1),
            ("type: decide", "type: decide\nreview: soon", "A003", 1),
            ("type: decide", "type: decide\ncritical: perhaps", "A003", 1),
            ("id: first-minute", "id: First Minute", "A007", 1),
        ],
    )
    def test_a_wrong_field_is_found_where_it_stands(self, folder, old, new, rule, column):
        before = line_of(folder, MODULE, old)
        change(folder, MODULE, old, new)
        finding = next(f for f in read_course(folder).findings if f.rule == rule)
        line = before + (1 if new.startswith(old) else 0)
        assert (finding.place.file, finding.place.line, finding.place.column) == (MODULE, line, column)

    def test_a_field_that_stands_twice_is_found_at_the_second(self, folder):
        change(folder, MODULE, "type: decide", "type: decide\ntitle: Again")
        finding = only_finding(folder)
        assert (finding.rule, finding.place.line) == ("A002", line_of(folder, MODULE, "title: Again"))

    def test_a_tab_is_answered_with_spaces_not_with_quotes(self, folder):
        change(folder, MODULE, "type: decide", "type: decide\n\ttitle: Again")
        assert only_finding(folder).mend == "Begin the line with spaces: YAML takes no tabs there."

    def test_a_misspelt_field_is_answered_with_the_right_one(self, folder):
        change(folder, MODULE, "manager asks:", "manager ask:")
        assert only_finding(folder).mend == "Did you mean “manager asks”?"

    @pytest.mark.parametrize("value", ["[" * 50_000, "[" * 150, "\n" + "- " * 20_000, "x" * 70_000])
    def test_endless_nesting_in_yaml_is_an_error_and_no_crash(self, folder, value):
        (folder / "course.yaml").write_text(f"title: {value}\n")
        assert "A002" in {finding.rule for finding in read_course(folder).findings}

    def test_front_matter_that_is_never_closed_is_found(self, folder):
        put(folder, MODULE, "---\ntitle: The first minute\n\n## Idea: A\nx\n")
        findings = [f for f in read_course(folder).findings if f.place.file == MODULE]
        assert [(f.rule, f.place.line) for f in findings] == [("A004", 1)]

    def test_text_before_the_first_card_is_found(self, folder):
        change(folder, MODULE, "## Idea:", "Welcome!\n\nHello.\n\n## Idea:")
        finding = only_finding(folder)
        assert (finding.rule, finding.place.line) == ("A004", line_of(folder, MODULE, "Welcome!"))

    @pytest.mark.parametrize(
        "heading", ["## Idea Two questions", "##", "## : x", "# Title", "  ## Idea: indented", "##Idea: near {#x2}"]
    )
    def test_a_heading_that_begins_no_card_is_found(self, folder, heading):
        add_cards(folder, f"{heading}\nText.\n")
        finding = next(f for f in read_course(folder).findings if f.rule == "A004")
        assert finding.place.line == line_of(folder, MODULE, heading) if len(heading) > 2 else True

    @pytest.mark.parametrize("kind", ["Match", "Order", "Hotspot", "Survey", "Embed"])
    def test_a_planned_kind_of_card_is_not_supported_yet(self, folder, kind):
        add_cards(folder, f"## {kind}: Something {{#zz2}}\nText.\n")
        finding = only_finding(folder)
        assert (finding.rule, finding.message) == ("A010", f"{kind} cards are not supported yet.")

    def test_an_unknown_kind_of_card_is_an_error(self, folder):
        add_cards(folder, "## Thought: Something {#zz2}\nText.\n")
        assert only_finding(folder).message == "There is no kind of card “Thought”."

    def test_a_site_fact_is_not_supported_yet(self, folder):
        change(folder, MODULE, "Unknown, or a drain: evacuate", "Call {site.number}, evacuate")
        finding = only_finding(folder)
        line = line_of(folder, MODULE, "{site.number}")
        column = (folder / MODULE).read_text().split("\n")[line - 1].index("{site") + 1
        assert (finding.rule, finding.place.line, finding.place.column) == ("A010", line, column)

    def test_headings_options_and_facts_inside_code_are_just_code(self, folder):
        add_cards(folder, "## Idea: The format {#zz2}\n```\n## Check: no card\n- [x] no option\n{site.x}\n```\nEnd.\n")
        reading = read_course(folder)
        assert reading.findings == ()
        assert "## Check: no card" in reading.course.modules[0].cards[-1].body

    def test_a_code_block_that_is_never_closed_is_found_where_it_opens(self, folder):
        add_cards(folder, "## Idea: The format {#zz2}\nWords.\n~~~~ python\n## Check: lost\n~~~\n")
        finding = only_finding(folder)
        assert (finding.rule, finding.place.line) == ("A004", line_of(folder, MODULE, "~~~~ python"))

    def test_back_ticks_in_one_line_open_no_code_block(self, folder):
        add_cards(folder, "## Idea: The format {#zz2}\n```x``` is code.\n\n## Idea: Next {#zz3}\nText.\n")
        assert [card.id for card in read_course(folder).course.modules[0].cards][-2:] == ["zz2", "zz3"]


class TestIdsAndReferences:
    def test_cards_without_ids_are_counted_once_a_file(self, folder):
        for heading in ("## Idea: Two questions first", "## Check: Which do you contain?"):
            text = (folder / MODULE).read_text()
            start = text.index(heading) + len(heading)
            (folder / MODULE).write_text(text[:start] + text[text.index("\n", start) :])
        finding = only_finding(folder)
        assert finding.rule == "A007"
        assert finding.message.startswith("2 cards of this file have no id")
        assert "andante fmt" in finding.mend

    def test_an_id_that_stands_twice_is_found_at_the_copy(self, folder):
        card = read_course(folder).course.modules[0].cards[0]
        add_cards(folder, f"## Idea: A copy {{#{card.id}}}\nText.\n")
        finding = only_finding(folder)
        assert (finding.rule, finding.place.line) == ("A007", line_of(folder, MODULE, "A copy"))
        assert str(card.place) in finding.message

    @pytest.mark.parametrize("id", ["K7F3", "a b", "-x", "x", "ü2"])
    def test_an_id_with_other_signs_is_refused(self, folder, id):
        add_cards(folder, f"## Idea: A card {{#{id}}}\nText.\n")
        assert only_finding(folder).rule == "A007"

    def test_a_picture_that_is_not_there_is_found_on_its_line(self, folder):
        change(folder, MODULE, "media/drain.svg", "media/drian.svg")
        finding = only_finding(folder)
        assert (finding.rule, finding.place.line) == ("A008", line_of(folder, MODULE, "drian"))
        assert finding.mend == "Did you mean “media/drain.svg”?"

    @pytest.mark.parametrize(
        "target",
        ["https://example.org/x.png", "../secret.png", "media/../../x.png", "/etc/passwd", "data:image/png;base64,AA"],
    )
    def test_pictures_come_from_the_course_s_own_folder_only(self, folder, target):
        change(folder, MODULE, "media/drain.svg", target)
        assert only_finding(folder).rule == "A008"

    @pytest.mark.parametrize(
        "target",
        ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x.org", "x"],
    )
    def test_a_link_leads_to_web_mail_or_telephone_only(self, folder, target):
        add_cards(folder, f"## Idea: More {{#zz2}}\nFirst line,\nthen [this]({target}).\n")
        finding = only_finding(folder)
        assert (finding.rule, finding.place.line) == ("A008", line_of(folder, MODULE, "then [this]"))

    @pytest.mark.parametrize("target", ["https://example.org/a?b=c", "http://x.org", "mailto:a@b.org", "tel:+35312345"])
    def test_safe_links_are_fine(self, folder, target):
        add_cards(folder, f"## Idea: More {{#zz2}}\nSee [this]({target}).\n")
        assert read_course(folder).findings == ()

    def test_an_objective_that_no_module_has_is_found_at_its_field(self, folder):
        change(folder, BANK, "objective: first-minute", "objective: first-minut")
        findings = read_course(folder).findings
        assert {(f.rule, f.place.line, f.mend) for f in findings} == {("A008", 2, "Did you mean “first-minute”?")}

    def test_a_job_aid_that_is_not_there_is_found(self, folder):
        change(folder, MODULE, "aids/spill-card.md", "aids/spil-card.md")
        assert only_finding(folder).rule == "A008"

    def test_translations_are_not_supported_yet(self, folder):
        put(folder, "i18n/de/course.yaml", "title: x")
        assert only_finding(folder).rule == "A010"


class TestExamplesReflectionsAndAids:
    def test_an_example_names_the_jobs_it_is_for(self, folder):
        change(folder, MODULE, "## Example for nurse:", "## Example for  Nurse , ward  clerk :")
        audiences = [c.audience for c in read_course(folder).course.modules[0].cards if isinstance(c, Example)]
        assert audiences == [("operator",), ("nurse", "ward clerk")]

    def test_only_examples_are_for_somebody(self, folder):
        change(folder, MODULE, "## Idea: Two", "## Idea for nurse: Two")
        assert only_finding(folder).rule == "A004"

    def test_a_reflection_is_private_unless_it_says_who_reads_it(self, folder):
        assert card_of(folder, Reflect).shared_with == "lead"
        change(folder, MODULE, " (shared with lead)", "")
        assert card_of(folder, Reflect).shared_with == ""

    def test_a_reflection_with_an_unclear_note_is_an_error(self, folder):
        change(folder, MODULE, "(shared with lead)", "(for the lead)")
        assert only_finding(folder).rule == "A004"

    def test_an_aid_card_hands_out_its_sheet(self, folder):
        change(folder, MODULE, "aids/spill-card.md", "Keep it in your pocket.\n\naids/spill-card.md")
        card = card_of(folder, Aid)
        assert (card.sheet, card.body) == ("aids/spill-card.md", "Keep it in your pocket.")
        assert read_course(folder).course.aids[card.sheet].title == "Spill card"

    def test_an_empty_card_is_an_error(self, folder):
        add_cards(folder, "## Idea: Nothing {#zz2}\n\n")
        assert only_finding(folder).message == "The card is empty."
