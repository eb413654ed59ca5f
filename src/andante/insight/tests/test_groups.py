"""Nobody is to be found in a statistic."""

from hypothesis import given
from hypothesis import strategies as st

from andante.insight.rules.groups import FEWEST, apart

MEMBERS = st.dictionaries(st.sampled_from(["early", "late", "night", "day", ""]), st.sets(st.integers(0, 40)))


class TestGroups:
    @given(MEMBERS)
    def test_hold_everybody_and_nobody_else(self, members):
        groups = apart(members)
        assert frozenset().union(*(group.people for group in groups)) == frozenset().union(*members.values())
        assert sorted(name for group in groups for name in group.names) == sorted(
            n for n, who in members.items() if who
        )

    @given(MEMBERS)
    def test_are_too_small_to_be_shown_only_where_there_is_no_other(self, members):
        groups = apart(members)
        assert len(groups) <= 1 or all(group.shown for group in groups)

    @given(MEMBERS)
    def test_that_are_large_stand_alone_unless_they_hide_a_small_one(self, members):
        for group in apart(members):
            sizes = sorted(len(members[name]) for name in group.names)
            assert len(sizes) == 1 or sizes[0] < FEWEST

    def test_a_small_group_is_hidden_among_the_next_larger_one(self):
        members = {"early": set(range(20)), "late": set(range(20, 26)), "night": {30, 31}}
        assert [group.names for group in apart(members)] == [("early",), ("late", "night")]

    def test_two_small_groups_that_are_enough_stand_together(self):
        members = {"early": set(range(20)), "late": {20, 21, 22}, "night": {30, 31}}
        assert [group.names for group in apart(members)] == [("early",), ("late", "night")]
