"""Verify codes, and when a certificate expires."""

import calendar
import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.credentials import rules

ZONES = st.sampled_from(["UTC", "America/Chicago", "Europe/Dublin", "Asia/Kolkata", "Pacific/Apia"])
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
    @given(MOMENTS, st.integers(1, 240), ZONES)
    def test_is_so_many_calendar_months_later_where_the_person_is(self, completed_at, months, zone):
        expires_at = rules.expiry(completed_at, months=months, zone=zone)
        before, after = completed_at.astimezone(ZoneInfo(zone)), expires_at.astimezone(ZoneInfo(zone))
        assert (after.year * 12 + after.month) - (before.year * 12 + before.month) == months
        assert after.day == min(before.day, calendar.monthrange(after.year, after.month)[1])

    @given(MOMENTS, MOMENTS, st.integers(1, 240))
    def test_of_a_later_completion_is_never_earlier(self, one, other, months):
        first, second = sorted([one, other])
        assert rules.expiry(first, months=months, zone="UTC") <= rules.expiry(second, months=months, zone="UTC")

    def test_keeps_the_hour_over_a_change_of_the_clocks(self):
        evening = datetime(2026, 1, 12, 22, 30, tzinfo=ZoneInfo("Europe/Dublin"))
        expires_at = rules.expiry(evening.astimezone(UTC), months=6, zone="Europe/Dublin")
        assert expires_at.astimezone(ZoneInfo("Europe/Dublin")).isoformat() == "2026-07-12T22:30:00+01:00"

    def test_ends_with_a_month_that_is_shorter(self):
        last_of_august = datetime(2027, 8, 31, 12, tzinfo=UTC)
        assert rules.expiry(last_of_august, months=6, zone="UTC") == datetime(2028, 2, 29, 12, tzinfo=UTC)
