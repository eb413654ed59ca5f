"""What answers say about the questions."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.content.document import Item, Option
from andante.insight.rules.items import FEWEST, JUDGED_FROM, ItemCounts, Judgement, figures, wording
from andante.insight.rules.statistics import Sums
from andante.kernel.ids import ItemId, ModuleId


def option(key: str, *, correct: bool = False) -> Option:
    return Option(key=key, text=f"Option {key}", correct=correct)


SINGLE = Item(
    id=ItemId("late-entry"),
    title="You notice an hour later that a value is missing. What do you do?",
    body="",
    options=(option("a", correct=True), option("b"), option("c")),
    multiple=False,
    objective=ModuleId("late"),
    level="apply",
)
SEVERAL = replace(SINGLE, options=(option("a", correct=True), option("b"), option("c", correct=True)), multiple=True)


def counts(a: int = 0, b: int = 0, c: int = 0, *, sums: Sums | None = None) -> ItemCounts:
    chosen = {(key,): n for key, n in (("a", a), ("b", b), ("c", c)) if n}
    return ItemCounts(chosen, right=a, sums=sums or Sums())


def unrelated(n: int) -> Sums:
    """Half are right, and do exactly as well in the rest as those who are wrong."""
    return Sums(n, n // 2, rest=n * 0.5, rest_squared=n * 0.3, rest_of_right=n * 0.25)


class TestAnItem:
    def test_whose_wrong_answer_pulls_says_which(self):
        found = figures(SINGLE, counts(a=55, b=41, c=4))
        assert found.worst is Judgement.PULLS
        assert found.pulling.option.key == "b"
        assert found.pulling.share == pytest.approx(0.41)

    def test_is_not_judged_below_30_answers(self):
        found = figures(SINGLE, counts(a=0, b=29))
        assert found.judgements == (Judgement.FEW,)
        assert found.pulling is None

    def test_is_judged_from_30_answers_on(self):
        assert figures(SINGLE, counts(b=30)).worst is Judgement.PULLS

    def test_that_nearly_all_get_right_is_too_easy(self):
        assert figures(SINGLE, counts(a=98, b=2)).judgements == (Judgement.EASY,)

    def test_that_most_get_wrong_is_hard(self):
        assert Judgement.HARD in figures(SINGLE, counts(a=30, b=35, c=35)).judgements

    def test_that_tells_nothing_of_the_rest_is_ambiguous(self):
        assert Judgement.AMBIGUOUS in figures(SINGLE, counts(a=160, b=20, c=20, sums=unrelated(200))).judgements

    def test_is_not_called_ambiguous_where_nearly_all_agree(self):
        assert figures(SINGLE, counts(a=180, b=10, c=10, sums=unrelated(200))).judgements == (Judgement.WORKS,)

    def test_is_not_called_ambiguous_where_chance_explains_it(self):
        assert figures(SINGLE, counts(a=30, b=5, c=5, sums=unrelated(40))).judgements == (Judgement.WORKS,)

    def test_has_no_discrimination_below_30_finished_sittings(self):
        assert figures(SINGLE, counts(a=40, b=20, sums=unrelated(28))).discrimination is None

    def test_with_several_right_answers_says_which_is_left_out(self):
        chosen = {("a", "c"): 60, ("a",): 40}
        found = figures(SEVERAL, ItemCounts(chosen, right=60))
        assert found.worst is Judgement.MISSED
        assert found.left_out.option.key == "c"

    @given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
    def test_is_always_judged_and_counts_everybody(self, a, b, c):
        found = figures(SINGLE, counts(a, b, c))
        assert found.judgements
        assert found.answered == a + b + c == sum(each.chosen for each in found.options)
        assert found.shown is (a + b + c >= FEWEST)
        assert all(0 <= each.share <= 1 for each in found.options)
        assert (Judgement.FEW in found.judgements) is (found.answered < JUDGED_FROM)

    @given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
    def test_is_said_to_work_only_where_nothing_else_is_said(self, a, b, c):
        judgements = figures(SINGLE, counts(a, b, c)).judgements
        assert Judgement.WORKS not in judgements or len(judgements) == 1


class TestTheWording:
    def test_is_the_same_when_only_a_reason_was_rewritten(self):
        options = tuple(replace(each, reason="Said better") for each in SINGLE.options)
        assert wording(replace(SINGLE, options=options)) == wording(SINGLE)

    def test_is_another_when_options_changed_places(self):
        assert wording(replace(SINGLE, options=SINGLE.options[::-1])) != wording(SINGLE)
