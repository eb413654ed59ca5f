"""How answers are judged and tests are drawn."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.assessment import rules
from andante.content.document import Item, Option, Place, TestPlan
from andante.kernel.ids import ItemId, ModuleId

HERE = Place("bank/items.md", 1, 1)


def option(key: str, *, correct: bool) -> Option:
    return Option(key=key, text=f"Option {key}", correct=correct, reason=f"Reason {key}", place=HERE)


def item(id: str, objective: str, *, must_pass: bool = False) -> Item:
    return Item(
        id=ItemId(id),
        title=f"Question {id}",
        body="",
        place=HERE,
        body_place=HERE,
        options=(option("a", correct=True), option("b", correct=False)),
        multiple=False,
        objective=ModuleId(objective),
        level="apply",
        must_pass=must_pass,
    )


SINGLE = (option("a", correct=True), option("b", correct=False), option("c", correct=False))
SEVERAL = (option("a", correct=True), option("b", correct=False), option("c", correct=True))


class TestScore:
    def test_the_right_option_is_right(self):
        assert rules.score(SINGLE, multiple=False, chosen={"a"}).correct

    def test_a_wrong_option_is_wrong(self):
        assert not rules.score(SINGLE, multiple=False, chosen={"b"}).correct

    @pytest.mark.parametrize("chosen", [{"a"}, {"c"}, {"a", "b"}, {"b"}, {"a", "b", "c"}])
    def test_several_are_right_only_as_the_exact_set(self, chosen):
        assert not rules.score(SEVERAL, multiple=True, chosen=chosen).correct
        assert rules.score(SEVERAL, multiple=True, chosen={"c", "a"}).correct

    def test_each_option_says_whether_it_was_chosen_rightly_wrongly_or_missed(self):
        verdict = rules.score(SEVERAL, multiple=True, chosen={"a", "b"})

        assert [each.right_choice for each in verdict.options] == [True, False, False]
        assert [each.wrong_choice for each in verdict.options] == [False, True, False]
        assert [each.missed for each in verdict.options] == [False, False, True]

    def test_no_choice_is_refused(self):
        with pytest.raises(rules.NothingChosen):
            rules.score(SEVERAL, multiple=True, chosen=())

    def test_an_option_that_does_not_exist_is_refused(self):
        with pytest.raises(rules.UnknownOption):
            rules.score(SEVERAL, multiple=True, chosen={"a", "z"})

    def test_two_options_are_refused_where_one_is_asked_for(self):
        with pytest.raises(rules.TooManyChosen):
            rules.score(SINGLE, multiple=False, chosen={"a", "b"})


class TestResponsePattern:
    def test_is_what_xapi_writes_for_choices(self):
        assert rules.response_pattern({"c", "a"}) == "a[,]c"

    @given(st.sets(st.sampled_from("abcdefgh"), min_size=1))
    def test_reads_back_as_the_same_choice(self, chosen):
        assert rules.chosen_in(rules.response_pattern(chosen)) == chosen


banks = st.dictionaries(
    st.sampled_from(["one", "two", "three"]), st.integers(min_value=1, max_value=9), min_size=1
).map(lambda sizes: [item(f"{objective}-{n}", objective) for objective, size in sizes.items() for n in range(size)])
seeds = st.text("0123456789abcdef", min_size=1, max_size=16)


def plan(per_objective: int) -> TestPlan:
    return TestPlan(draw_per_objective=per_objective, pass_percent=80, attempts=3)


class TestDraw:
    @given(bank=banks, per_objective=st.integers(1, 4), seed=seeds)
    def test_takes_the_same_number_for_each_objective_or_all_there_are(self, bank, per_objective, seed):
        drawn = rules.draw(bank, plan(per_objective), seed=seed, drawn_before={})

        available = Counter(each.objective for each in bank)
        taken = Counter(each.objective for each in bank if each.id in drawn)
        assert taken == {objective: min(per_objective, n) for objective, n in available.items()}
        assert len(drawn) == len(set(drawn))

    @given(bank=banks, per_objective=st.integers(1, 4), seed=seeds)
    def test_is_the_same_for_the_same_seed_whatever_the_order_of_the_bank(self, bank, per_objective, seed):
        assert rules.draw(bank, plan(per_objective), seed=seed, drawn_before={}) == rules.draw(
            list(reversed(bank)), plan(per_objective), seed=seed, drawn_before={}
        )

    @given(bank=banks, per_objective=st.integers(1, 4), seeds=st.lists(seeds, min_size=1, max_size=6))
    def test_repeats_no_item_while_one_of_its_objective_is_unseen(self, bank, per_objective, seeds):
        before: Counter[ItemId] = Counter()
        for seed in seeds:
            drawn = rules.draw(bank, plan(per_objective), seed=seed, drawn_before=before)
            for each in bank:
                same = [other for other in bank if other.objective == each.objective]
                if each.id in drawn:
                    left_out = [before[other.id] for other in same if other.id not in drawn]
                    assert all(before[each.id] <= times for times in left_out)
            before.update(drawn)

    def test_another_seed_gives_another_test(self):
        bank = [item(f"q{n}", "one") for n in range(20)]
        tests = {rules.draw(bank, plan(5), seed=str(seed), drawn_before={}) for seed in range(20)}
        assert len(tests) > 15

    def test_can_be_recomputed_by_hand_from_the_recorded_seed(self):
        bank = [item(f"{objective}-q{n}", objective) for objective in ("x", "y") for n in (1, 2, 3)]

        drawn = rules.draw(bank, plan(2), seed="00ff", drawn_before={})

        # printf 00ff/x-q1 | sha256sum, and so on for all six: q1 and q2 are first of x, q1 and q3 of y.
        # printf 00ff/order/x-q1 | sha256sum, and so on for these four, gives their order.
        assert drawn == ("x-q2", "y-q3", "x-q1", "y-q1")


class TestOptionOrder:
    @given(seed=seeds)
    def test_shows_every_option_once(self, seed):
        assert sorted(each.key for each in rules.option_order(SEVERAL, seed=seed, question="q")) == [
            "a",
            "b",
            "c",
        ]

    def test_does_not_keep_the_right_one_in_one_place(self):
        first = {rules.option_order(SINGLE, seed=str(seed), question="q")[0].key for seed in range(30)}
        assert first == {"a", "b", "c"}


def marks(right: int, wrong: int, *, must_pass_wrong: int = 0) -> list[rules.Mark]:
    outcomes = [(True, False)] * right + [(False, False)] * wrong + [(False, True)] * must_pass_wrong
    return [
        rules.Mark(ItemId(f"q{n}"), ModuleId("one"), correct, must_pass)
        for n, (correct, must_pass) in enumerate(outcomes)
    ]


class TestJudge:
    def test_exactly_the_pass_mark_passes(self):
        result = rules.judge(marks(4, 1), pass_percent=80)
        assert result.passed
        assert result.scaled == 0.8

    def test_just_below_the_pass_mark_fails(self):
        assert not rules.judge(marks(7, 2), pass_percent=78).passed

    def test_a_wrong_item_that_must_be_right_fails_whatever_the_score(self):
        result = rules.judge(marks(99, 0, must_pass_wrong=1), pass_percent=80)
        assert not result.passed
        assert result.missed_must_pass == (ItemId("q99"),)

    def test_counts_by_objective(self):
        answered = [
            rules.Mark(ItemId("a"), ModuleId("one"), correct=True, must_pass=False),
            rules.Mark(ItemId("b"), ModuleId("two"), correct=False, must_pass=False),
            rules.Mark(ItemId("c"), ModuleId("one"), correct=False, must_pass=False),
        ]
        assert rules.judge(answered, pass_percent=50).by_objective == (
            rules.ObjectiveResult(ModuleId("one"), 1, 2),
            rules.ObjectiveResult(ModuleId("two"), 0, 1),
        )

    @given(right=st.integers(0, 60), wrong=st.integers(0, 60), percent=st.integers(0, 100))
    def test_more_right_answers_never_turn_a_pass_into_a_fail(self, right, wrong, percent):
        if not right + wrong:
            return
        if rules.judge(marks(right, wrong), pass_percent=percent).passed:
            assert rules.judge(marks(right + 1, max(0, wrong - 1)), pass_percent=percent).passed

    @given(right=st.integers(0, 60), wrong=st.integers(0, 60))
    def test_the_score_is_between_nothing_and_all(self, right, wrong):
        if right + wrong:
            assert 0 <= rules.judge(marks(right, wrong), pass_percent=80).scaled <= 1
