"""Shares, quartiles and correlations."""

import math
import statistics as standard

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from andante.insight.rules.statistics import Sums, correlation_interval, point_biserial, quartiles, wilson

COUNTS = st.integers(1, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
SITTINGS = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=2, max_size=60)


def sums(sittings) -> Sums:
    """As the database sums up: the rest is a share of nine items."""
    return sum(
        (Sums(1, right, rest / 9, (rest / 9) ** 2, right * rest / 9) for right, rest in sittings),
        start=Sums(),
    )


class TestTheIntervalOfAShare:
    @given(COUNTS)
    def test_holds_the_share_itself_and_stays_within_0_and_1(self, counts):
        count, of = counts
        interval = wilson(count, of)
        assert 0 <= interval.low <= count / of + 1e-9
        assert count / of - 1e-9 <= interval.high <= 1

    @given(COUNTS)
    def test_is_narrower_when_ten_times_as_many_answered_alike(self, counts):
        count, of = counts
        few, many = wilson(count, of), wilson(10 * count, 10 * of)
        assert many.high - many.low < few.high - few.low

    @given(COUNTS)
    def test_of_the_others_is_its_mirror(self, counts):
        count, of = counts
        assert wilson(of - count, of).low == pytest.approx(1 - wilson(count, of).high)

    def test_is_as_in_the_literature(self):
        # Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I
        assert wilson(81, 263).low == pytest.approx(0.2553, abs=5e-5)
        assert wilson(81, 263).high == pytest.approx(0.3662, abs=5e-5)
        assert wilson(0, 20).high == pytest.approx(0.1611, abs=5e-5)

    def test_of_nothing_says_nothing(self):
        assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)


class TestQuartiles:
    @given(st.lists(st.floats(-1e6, 1e6), min_size=1))
    def test_are_in_order_and_among_the_values(self, values):
        found = quartiles(values)
        assert found.n == len(values)
        assert min(values) <= found.lower <= found.median <= found.upper <= max(values)

    @given(st.lists(st.integers(-1000, 1000), min_size=1))
    def test_have_the_median_in_the_middle(self, values):
        assert quartiles(values).median == pytest.approx(standard.median(values))

    def test_of_nothing_are_none(self):
        assert quartiles([]) is None

    def test_interpolate_between_two(self):
        assert quartiles([1, 2, 3, 4]).lower == 1.75


class TestPointBiserial:
    @given(SITTINGS)
    def test_is_the_correlation_of_item_and_rest(self, sittings):
        right, rest = [float(r) for r, _ in sittings], [float(n) for _, n in sittings]
        assume(len(set(right)) > 1 and len(set(rest)) > 1)
        assert point_biserial(sums(sittings)) == pytest.approx(standard.correlation(right, rest), abs=1e-6)

    @given(SITTINGS, SITTINGS)
    def test_does_not_depend_on_where_sums_were_made(self, one, other):
        together, added = point_biserial(sums(one + other)), point_biserial(sums(one) + sums(other))
        assert together == (added if added is None else pytest.approx(added, abs=1e-9))

    @given(st.lists(st.integers(0, 9), min_size=1), st.booleans())
    def test_is_unknown_where_all_answered_alike(self, rest, right):
        assert point_biserial(sums([(right, n) for n in rest])) is None

    @given(st.lists(st.booleans(), min_size=1), st.integers(0, 9))
    def test_is_unknown_where_all_did_equally_well(self, answers, rest):
        assert point_biserial(sums([(right, rest) for right in answers])) is None

    def test_of_nothing_is_unknown(self):
        assert point_biserial(Sums()) is None


class TestTheIntervalOfACorrelation:
    @given(st.floats(-1, 1), st.integers(0, 5000))
    def test_holds_the_correlation_and_stays_within_its_bounds(self, correlation, n):
        interval = correlation_interval(correlation, n)
        assert -1 <= interval.low <= correlation + 1e-9
        assert correlation - 1e-9 <= interval.high <= 1

    def test_of_three_pairs_says_nothing(self):
        assert (correlation_interval(0.9, 3).low, correlation_interval(0.9, 3).high) == (-1, 1)

    def test_of_none_in_103_pairs(self):
        assert correlation_interval(0, 103).high == pytest.approx(math.tanh(0.1959964))
