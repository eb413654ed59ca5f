"""When somebody may be reminded."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.engagement import rules

ZONES = st.sampled_from(["UTC", "America/Chicago", "Europe/Dublin", "Asia/Kolkata", "Pacific/Apia"])
SHIFTS = st.sampled_from(["", "early", "late", "day", "night"])
MOMENTS = st.integers(1_420_000_000, 2_840_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
DUBLIN = ZoneInfo("Europe/Dublin")


def is_quiet(moment: datetime, zone: str, shift: str) -> bool:
    begins, ends = rules.quiet_hours(shift)
    local = moment.astimezone(ZoneInfo(zone)).time()
    return begins <= local < ends if begins < ends else not ends <= local < begins


class TestGoesAt:
    @given(MOMENTS, ZONES, SHIFTS)
    def test_is_never_before_and_never_in_quiet_hours(self, at, zone, shift):
        goes = rules.goes_at(at, zone=zone, shift=shift)
        assert goes >= at
        assert not is_quiet(goes, zone, shift)

    @given(MOMENTS, ZONES, SHIFTS)
    def test_is_at_once_outside_of_them_and_else_within_half_a_day_or_so(self, at, zone, shift):
        goes = rules.goes_at(at, zone=zone, shift=shift)
        assert (goes == at) == (not is_quiet(at, zone, shift))
        assert goes - at <= timedelta(hours=13)

    @given(MOMENTS, ZONES, SHIFTS)
    def test_is_settled_when_it_is_asked_again_then(self, at, zone, shift):
        goes = rules.goes_at(at, zone=zone, shift=shift)
        assert rules.goes_at(goes, zone=zone, shift=shift) == goes

    @pytest.mark.parametrize(
        ("asked", "shift", "goes"),
        [
            ("2026-05-20T21:59", "day", "2026-05-20T21:59"),
            ("2026-05-20T22:00", "day", "2026-05-21T07:00"),
            ("2026-05-21T03:00", "", "2026-05-21T07:00"),
            ("2026-05-21T07:00", "early", "2026-05-21T07:00"),
            ("2026-05-21T03:00", "night", "2026-05-21T03:00"),
            ("2026-05-21T08:00", "night", "2026-05-21T20:00"),
            ("2026-05-21T20:00", "night", "2026-05-21T20:00"),
            # The clocks go forward, and back, in that night.
            ("2026-03-28T23:00", "day", "2026-03-29T07:00"),
            ("2026-10-24T23:00", "day", "2026-10-25T07:00"),
        ],
    )
    def test_waits_for_the_end_of_the_night_or_of_the_day(self, asked, shift, goes):
        at, then = (datetime.fromisoformat(text).replace(tzinfo=DUBLIN).astimezone(UTC) for text in (asked, goes))
        assert rules.goes_at(at, zone="Europe/Dublin", shift=shift) == then

    def test_keeps_seven_hours_of_the_night_and_of_the_day_free(self):
        assert rules.quiet_hours("late") == (time(22), time(7))
        assert rules.quiet_hours("night") == (time(8), time(20))


class TestRests:
    @given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=3)))
    def test_for_24_hours_also_after_one_that_is_to_come(self, at, since):
        assert rules.rests(at - since, at) == (since < rules.REST)
        assert rules.rests(at + since, at)


class TestIsSoon:
    @given(MOMENTS, st.timedeltas(timedelta(days=-30), timedelta(days=30)))
    def test_within_a_week(self, at, ahead):
        assert rules.is_soon(at + ahead, at) == (ahead <= timedelta(days=7))
        assert not rules.is_soon(None, at)
