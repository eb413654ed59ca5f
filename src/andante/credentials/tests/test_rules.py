"""Verify codes, and when a certificate expires."""

import calendar
import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.credentials import rules

MOMENTS = st.integers(1_420_000_000, 2_840_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


class TestACode:
    def test_cannot_be_guessed(self):
        assert rules.CODE_LENGTH * math.log2(len(rules.ALPHABET)) >= 80
        assert len({rules.new_code() for _ in range(1_000)}) == 1_000

    def test_has_no_sign_that_is_taken_for_another(self):
        assert not set(rules.ALPHABET) & set("0O1IL2Z5S8BU")
        assert len(set(rules.ALPHABET)) == len(rules.ALPHABET)

    def test_is_written_in_groups_of_four(self):
        assert rules.grouped("ACDEFGHJKMNPQRTVWXY3") == "ACDE-FGHJ-KMNP-QRTV-WXY3"

    @given(st.randoms(use_true_random=False))
    def test_is_read_however_somebody_types_it(self, dice):
        code = rules.new_code()
        typed = "".join(dice.choice([sign, sign.lower(), f" {sign}", f"{sign}-", f"\u2007{sign}"]) for sign in code)
        assert rules.read_code(typed) == code

    @given(st.text(max_size=100))
    def test_is_read_from_nothing_else(self, typed):
        code = rules.read_code(typed)
        assert code is None or (len(code) == rules.CODE_LENGTH and set(code) <= set(rules.ALPHABET))

    @pytest.mark.parametrize("typed", ["", "ACDE", "0" * 20, "A" * 21, "A" * 100_000, "\x00" * 20, "\u017f" * 20])
    def test_of_another_form_is_none(self, typed):
        assert rules.read_code(typed) is None


class TestExpiry:
    @given(MOMENTS, st.integers(1, 240))
    def test_is_so_many_calendar_months_later_at_the_same_time(self, completed_at, months):
        expires_at = rules.expiry(completed_at, months=months)
        assert (expires_at.year - completed_at.year) * 12 + expires_at.month - completed_at.month == months
        assert expires_at.day == min(completed_at.day, calendar.monthrange(expires_at.year, expires_at.month)[1])
        assert expires_at.timetz() == completed_at.timetz()

    @given(MOMENTS, MOMENTS, st.integers(1, 240))
    def test_of_a_later_completion_is_never_earlier(self, one, other, months):
        first, second = sorted([one, other])
        assert rules.expiry(first, months=months) <= rules.expiry(second, months=months)

    @pytest.mark.parametrize("zone", ["America/Chicago", "Pacific/Apia"])
    def test_is_the_same_moment_for_everybody_who_checks(self, zone):
        completed_at = datetime(2026, 3, 1, 3, tzinfo=UTC)
        assert rules.expiry(completed_at.astimezone(ZoneInfo(zone)), months=12) == datetime(2027, 3, 1, 3, tzinfo=UTC)

    def test_ends_with_a_month_that_is_shorter(self):
        last_of_august = datetime(2027, 8, 31, 12, tzinfo=UTC)
        assert rules.expiry(last_of_august, months=6) == datetime(2028, 2, 29, 12, tzinfo=UTC)
