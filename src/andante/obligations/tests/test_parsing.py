"""The form of a requirement: what is read, what is refused, and with which words."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.obligations.parsing import FormRefused, form_text, parse_form
from andante.obligations.rules.audience import EVERYBODY, All, Is
from andante.obligations.rules.form import Due, Renewal
from andante.obligations.rules.periods import Period
from andante.obligations.tests import cases

WHOLE = """\
id: patient-records-nurses
title: "Patient records: for nurses"
audience: {job: [nurse, head-nurse], site: any, shift: night}
course: patient-records
accept: {from version: 2}
due: {within: 7 days, before: first-unsupervised-shift}
renew: {every: 12 months, opens: 60 days}
effective: 2026-11-23T06:00
why: Nurses open patient records every shift.
"""
LEAST = "id: spills\ntitle: Spills\ncourse: spills\n"
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)


class TestParseForm:
    def test_reads_every_key(self):
        form = parse_form(WHOLE)

        assert (form.id, form.title, form.course) == (
            "patient-records-nurses",
            "Patient records: for nurses",
            "patient-records",
        )
        assert form.audience == All((Is("job", frozenset({"nurse", "head-nurse"})), Is("shift", frozenset({"night"}))))
        assert form.accept_from == 2
        assert form.due == Due(Period(7, "days"), before_first_shift=True)
        assert form.renew == Renewal(Period(12, "months"), Period(60, "days"))
        assert form.effective.isoformat() == "2026-11-23T06:00:00"
        assert form.why == "Nurses open patient records every shift."

    @pytest.mark.parametrize("more", ["", "audience: any\naccept: any\n", "audience:\n  site: any\n"])
    def test_takes_what_is_left_out_for_everybody_any_version_and_no_date(self, more):
        form = parse_form(LEAST + more)

        assert form.audience in {EVERYBODY, All(())}
        assert (form.accept_from, form.due, form.renew, form.effective, form.why) == (None, None, None, None, "")

    def test_renews_from_thirty_days_before_where_it_does_not_say(self):
        assert parse_form(LEAST + "renew: 1 year").renew == Renewal(Period(1, "years"), Period(30, "days"))

    @pytest.mark.parametrize(
        ("text", "line", "said", "mend"),
        [
            ("", 1, "There are no keys here.", "Write lines such as"),
            ("- a\n- b", 1, "There are no keys here.", "Write lines such as"),
            ("id: spills\ncourse: spills", 1, "“title” is missing or empty.", "Add a line such as “title:"),
            ("id: Spills!\ntitle: S\ncourse: spills", 1, "“Spills!” cannot be an id.", "lower-case letters"),
            (LEAST + "coarse: x", 4, "There is no key “coarse”.", "Did you mean “course”?"),
            (LEAST + "title: again", 4, "“title” stands here and on line 2.", "Keep one of the two."),
            (LEAST + "audience: nurses", 4, "“audience” is a group of keys, or any.", "Write audience: {job: [nurse]"),
            (LEAST + "audience:\n  ward: x", 5, "There is no key “ward” in “audience”.", "Keys are: job, site"),
            (LEAST + "audience: {job: []}", 4, "“job” names nobody.", "Write job: [first, second]"),
            (LEAST + "audience: {shift: noon}", 4, "“noon” is no shift.", "Shifts are: early, late, night, day."),
            (LEAST + "accept: newest", 4, "“accept” does not say which versions count.", "accept: {from version: 2}"),
            (LEAST + "accept: {from version: 0}", 4, "“accept” does not say", "accept: any"),
            (LEAST + "due: soon", 4, "“soon” is no period", "Write due: {within: 7 days"),
            (LEAST + "due: {within: 7 dogs}", 4, "“7 dogs” is no period", "Write due: {within: 7 days"),
            (LEAST + "due: {before: first-unsupervised-shift}", 4, "“due” needs “within”.", "works alone already"),
            (LEAST + "due: {within: 7 days, before: lunch}", 4, "“lunch” is no moment.", "first-unsupervised-shift"),
            (LEAST + "renew: 2 weeks", 4, "What counts for 2 weeks cannot be renewed 30 days before.", "{every:"),
            (LEAST + "effective: tomorrow", 4, "“tomorrow” is no day and time.", "effective: 2026-11-23T06:00."),
            (LEAST + "effective: 2026-02-30T06:00", 4, "“2026-02-30T06:00” is no day and time.", "each site"),
            (LEAST + "why: &x text", 4, "Anchors and aliases", "Write the value itself."),
            (LEAST + "why: a: b", 4, "The YAML cannot be read", "double quotes"),
            ("[" * 60, 1, "nested deeper", "Shorten it."),
        ],
    )
    def test_refuses_what_it_cannot_read_with_line_and_mend(self, text, line, said, mend):
        with pytest.raises(FormRefused) as refused:
            parse_form(text)

        (problem,) = refused.value.problems
        assert problem.line == line
        assert said in problem.message
        assert mend in problem.mend

    def test_says_everything_that_is_wrong_at_once_in_the_order_of_lines(self):
        with pytest.raises(FormRefused) as refused:
            parse_form("title: S\ncourse: S P\ndue: never\nrenew: often\n")

        assert [(problem.line, problem.key) for problem in refused.value.problems] == [
            (1, "id"),
            (2, "course"),
            (3, "due"),
            (4, "renew"),
        ]

    @given(st.text(max_size=200) | st.text("idtle:{}[]&*!,- \n\"'#|>", max_size=60).map(lambda text: LEAST + text))
    def test_reads_or_refuses_whatever_it_is_given(self, text):
        with contextlib.suppress(FormRefused):
            parse_form(text)


class TestFormText:
    @given(cases.forms.filter(lambda form: form.audience == EVERYBODY), TEXTS, TEXTS)
    def test_is_read_as_the_same_form(self, form, title, why):
        form = replace(form, title=title, why=why)

        assert parse_form(form_text(form)) == form

    @pytest.mark.parametrize("word", ["null", "Null", "NULL", "~", "true", "no", "12", "1:30", "2026-11-28", ".inf"])
    def test_of_a_word_that_yaml_reads_as_something_else_is_read_as_the_word(self, word):
        form = replace(parse_form(LEAST), title=word, why=word)

        assert parse_form(form_text(form)) == form

    def test_of_an_audience_is_read_as_the_same(self):
        form = parse_form(WHOLE)
        assert parse_form(form_text(form)) == form
