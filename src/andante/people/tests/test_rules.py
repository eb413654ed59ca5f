from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.people import rules

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class TestLoginName:
    @pytest.mark.parametrize("text", ["Amara.Okafor", " amara.okafor ", "AMARA.OKAFOR", "\uff41mara.okafor"])
    def test_is_the_same_however_it_is_typed(self, text):
        assert rules.login_name(text) == "amara.okafor"

    @pytest.mark.parametrize("text", ["", ".amara", "amara.", "amara okafor", "amara\nokafor", "a" * 151, "<amara>"])
    def test_is_refused_when_it_has_what_a_login_cannot_have(self, text):
        with pytest.raises(rules.LoginInvalid):
            rules.login_name(text)

    @given(st.text(max_size=160))
    def test_is_stable_once_it_is_accepted(self, text):
        try:
            login = rules.login_name(text)
        except rules.LoginInvalid:
            return
        assert rules.login_name(login) == login == login.lower()


class TestPersonName:
    def test_keeps_every_script_and_loses_doubled_space(self):
        assert rules.person_name("  Tomás   Byrne ") == "Tomás Byrne"
        assert rules.person_name("陳美玲") == "陳美玲"

    @pytest.mark.parametrize("text", ["", "   ", "n" * 201])
    def test_is_refused_when_there_is_none_or_too_much(self, text):
        with pytest.raises(rules.NameInvalid):
            rules.person_name(text)


class TestPlaceAndLanguage:
    def test_are_refused_when_nobody_knows_them(self):
        with pytest.raises(rules.TimeZoneUnknown, match="Mars/Olympus"):
            rules.time_zone_name("Mars/Olympus")
        with pytest.raises(rules.LanguageInvalid):
            rules.language_tag("../../etc")
        with pytest.raises(rules.RoleUnknown, match="administrator, auditor"):
            rules.role("king")


class TestFailuresOnRecord:
    def test_are_five_an_hour_and_no_more(self):
        failures, recorded = rules.Failures(None, 0), 0
        for minute in range(60):
            at = NOON + timedelta(minutes=minute)
            if rules.records_failure(failures, at):
                failures, recorded = failures.after(at), recorded + 1
        assert recorded == rules.RECORDED_FAILURES
        assert rules.records_failure(failures, NOON + timedelta(hours=1))

    @given(st.lists(st.timedeltas(timedelta(0), timedelta(days=2)), max_size=200))
    def test_are_never_more_than_ten_in_any_hour(self, offsets):
        failures, recorded = rules.Failures(None, 0), []
        for offset in sorted(offsets):
            if rules.records_failure(failures, NOON + offset):
                failures = failures.after(NOON + offset)
                recorded.append(offset)
        for offset in recorded:
            assert sum(offset <= other < offset + rules.FAILURE_WINDOW for other in recorded) <= 10


class TestEnded:
    IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)

    def ended(self, *, started, seen):
        return rules.ended(started=NOON - started, seen=NOON - seen, now=NOON, idle=self.IDLE, longest=self.LONGEST)

    def test_is_not_so_while_it_is_in_use(self):
        assert self.ended(started=timedelta(hours=11), seen=timedelta(minutes=29)) is None

    def test_is_so_after_half_an_hour_without_a_request(self):
        assert self.ended(started=timedelta(hours=1), seen=timedelta(minutes=31)) is rules.Ended.IDLE

    def test_is_so_after_a_long_shift_even_in_use(self):
        assert self.ended(started=timedelta(hours=13), seen=timedelta(0)) is rules.Ended.TOO_LONG

    def test_is_not_so_when_the_clock_went_backwards(self):
        assert self.ended(started=-timedelta(hours=1), seen=-timedelta(hours=1)) is None


class TestDevice:
    @pytest.mark.parametrize(
        ("user_agent", "device"),
        [
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
                "Edge on Windows",
            ),
            ("curl/8.0", ""),
            ("", ""),
        ],
    )
    def test_is_said_in_words_that_people_know(self, user_agent, device):
        assert rules.device(user_agent) == device
