"""On which clocks a moment is written."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from andante.kernel.zones import clocks

SUMMER, WINTER = datetime(2026, 7, 5, 13, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC)


class TestClocks:
    @pytest.mark.parametrize(
        ("zone", "summer", "winter"),
        [
            ("Europe/Dublin", "(Dublin, UTC+1)", "(Dublin, UTC+0)"),
            ("Asia/Kolkata", "(Kolkata, UTC+5:30)", "(Kolkata, UTC+5:30)"),
            ("Asia/Jerusalem", "(Jerusalem, UTC+3)", "(Jerusalem, UTC+2)"),
            ("America/St_Johns", "(St Johns, UTC-2:30)", "(St Johns, UTC-3:30)"),
            ("America/Argentina/Buenos_Aires", "(Buenos Aires, UTC-3)", "(Buenos Aires, UTC-3)"),
            ("EST5EDT", "(UTC-4)", "(UTC-5)"),
            ("UTC", "UTC", "UTC"),
            ("Etc/UTC", "UTC", "UTC"),
        ],
    )
    def test_are_named_by_place_and_offset(self, zone, summer, winter):
        assert clocks(SUMMER.astimezone(ZoneInfo(zone))) == summer
        assert clocks(WINTER.astimezone(ZoneInfo(zone))) == winter

    def test_of_a_bare_offset_are_named_by_that(self):
        assert clocks(SUMMER.astimezone(timezone(timedelta(hours=2)))) == "(UTC+2)"
        assert clocks(SUMMER) == "UTC"

    def test_tell_the_hour_that_comes_twice_apart(self):
        dublin = ZoneInfo("Europe/Dublin")
        once, again = (datetime(2026, 10, 25, 1, 30, tzinfo=dublin, fold=fold) for fold in (0, 1))

        assert (clocks(once), clocks(again)) == ("(Dublin, UTC+1)", "(Dublin, UTC+0)")
