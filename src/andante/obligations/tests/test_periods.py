"""Periods and moments on the clocks of a place, also where the clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.obligations.rules.form import Due, Renewal
from andante.obligations.rules.periods import UNITS, Period, first_moment, instant, last_minute

ZONES = ("Europe/Dublin", "America/Chicago", "Asia/Singapore", "America/Santiago", "Australia/Lord_Howe", "UTC")
PERIODS = st.builds(Period, st.integers(1, 60), st.sampled_from(["days", "weeks", "months"]))
MOMENTS = st.integers(0, 10 * 366 * 24 * 60).map(
    lambda minute: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)


class TestPeriod:
    @given(st.builds(Period, st.integers(1, 49), st.sampled_from(UNITS)))
    def test_is_read_as_it_is_written(self, period):
        assert Period.parse(str(period)) == period

    @pytest.mark.parametrize("text", ["", "7", "days", "0 days", "-1 days", "7 fortnights", "51 years", "1.5 days"])
    def test_is_none_where_it_is_nothing_of_the_kind(self, text):
        assert Period.parse(text) is None

    @pytest.mark.parametrize(
        ("begin", "period", "end"),
        [
            ("2026-01-31", "1 month", "2026-02-28"),
            ("2024-02-29", "1 year", "2025-02-28"),
            ("2026-11-30T12", "3 months", "2027-02-28T12"),
            ("2026-05-01", "2 weeks", "2026-05-15"),
        ],
    )
    def test_is_counted_on_the_calendar(self, begin, period, end):
        assert Period.parse(period).after(datetime.fromisoformat(begin)) == datetime.fromisoformat(end)


class TestInstant:
    def test_that_clocks_show_twice_is_the_first(self):
        assert instant(datetime.fromisoformat("2026-10-25T01:30"), "Europe/Dublin") == datetime(
            2026, 10, 25, 0, 30, tzinfo=UTC
        )

    def test_that_clocks_skip_is_as_long_after_the_skip(self):
        assert instant(datetime.fromisoformat("2026-03-29T01:30"), "Europe/Dublin") == datetime(
            2026, 3, 29, 1, 30, tzinfo=UTC
        )

    @given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(ZONES))
    def test_of_a_day_is_the_first_at_which_the_clocks_show_that_day(self, day, zone):
        moment = first_moment(day, zone)

        assert moment.astimezone(ZoneInfo(zone)).date() == day
        assert (moment - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() < day


class TestDue:
    @given(MOMENTS, PERIODS, st.sampled_from(ZONES))
    def test_in_days_ends_within_the_day_on_which_the_period_ends(self, begins_at, within, zone):
        due_at = last_minute(begins_at, within, zone)

        local = begins_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        shown = due_at.astimezone(ZoneInfo(zone))
        assert timedelta(minutes=-1) <= shown.replace(tzinfo=None) - within.after(local) < timedelta(days=1)
        assert (shown.hour, shown.minute) == (23, 59)

    @pytest.mark.parametrize(
        ("begins", "zone", "due"),
        [
            # The week in which summer time begins in Chicago, and the one in which it ends in Dublin.
            (date(2026, 3, 5), "America/Chicago", datetime(2026, 3, 12, 4, 59, tzinfo=UTC)),
            (date(2026, 10, 22), "Europe/Dublin", datetime(2026, 10, 28, 23, 59, tzinfo=UTC)),
            (date(2026, 5, 1), "Asia/Singapore", datetime(2026, 5, 7, 15, 59, tzinfo=UTC)),
        ],
    )
    def test_within_seven_days_of_a_day_is_the_end_of_the_seventh(self, begins, zone, due):
        assert last_minute(first_moment(begins, zone), Period(7, "days"), zone) == due

    def test_in_hours_is_exact(self):
        begins_at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
        assert last_minute(begins_at, Period(48, "hours"), "Europe/Dublin") == begins_at + timedelta(hours=48)

    @given(MOMENTS, st.none() | MOMENTS)
    def test_before_the_first_shift_is_the_earlier_of_the_two_and_ignores_one_that_is_over(self, begins_at, shift):
        last = Due(Period(7, "days")).at(begins_at, zone="UTC", first_shift=shift)

        due_at = Due(Period(7, "days"), before_first_shift=True).at(begins_at, zone="UTC", first_shift=shift)

        assert due_at == (shift if shift and begins_at < shift < last else last)


class TestRenewal:
    def test_is_the_same_moment_wherever_somebody_reads_it(self):
        completed = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
        elsewhere = completed.astimezone(ZoneInfo("Asia/Singapore"))

        renewal = Renewal(Period(1, "months"), Period(1, "weeks"))

        assert renewal.valid_until(completed) == renewal.valid_until(elsewhere)
        assert renewal.valid_until(completed) == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
        assert renewal.opens_at(completed) == datetime(2026, 2, 21, 23, 30, tzinfo=UTC)
