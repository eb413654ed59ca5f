"""Administrators are told by mail, whatever the hour, that the records are in doubt."""

import email
import email.policy
import logging

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from andante.engagement import alarms, operations
from andante.engagement.operations import Alarm
from andante.kernel import clock
from andante.people import operations as people
from andante.people.tests.fixtures import LONG_AGO, TESTS, member

DIFFERS = Alarm("database_differs", "0199f3c2", {"findings": 2, "places": ["record 17", "checkpoint 261"]})
REFUSED = Alarm("witness_refused", "0199f3c3", {"witness": "quality/w", "because": "cut-off", "seen": 4711})


def jobs() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name="engagement.warn", status="todo").order_by("id"))


def read(envelope):
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


class TestAnAlarm:
    def test_goes_to_every_administrator_and_to_nobody_else(self, tomas, amara, mei_lin):
        second = member("Ines Vidal", "Europe/Madrid", role="administrator")

        assert operations.warn_administrators(DIFFERS) == 2

        assert {job.args["person"] for job in jobs()} == {str(tomas.person), str(second.person)}

    def test_does_not_go_to_one_who_can_no_longer_sign_in(self, tomas):
        people.deactivate_account(account=tomas.account, by=TESTS, at=LONG_AGO)

        assert operations.warn_administrators(DIFFERS) == 0
        assert jobs() == []

    def test_that_reaches_nobody_is_in_the_log(self, amara, caplog):
        with caplog.at_level(logging.ERROR):
            operations.warn_administrators(DIFFERS)

        assert "nobody-to-warn" in caplog.text

    def test_carries_no_address_into_the_queue(self, tomas):
        operations.warn_administrators(DIFFERS)

        assert "@" not in str(jobs()[0].args)


class TestTheMail:
    def test_says_where_the_database_differs_and_what_to_do(self, tomas, mail_server):
        alarms.send(person=tomas.person, alarm=DIFFERS, last_try=False)

        (envelope,) = mail_server.taken
        mail = read(envelope)
        assert envelope.rcpt_tos == [tomas.email]
        assert mail["Subject"] == "Andante: records do not agree with their seal"
        text = mail.get_content()
        assert "found 2 places" in text
        assert [line for line in text.splitlines() if line.startswith("-")] == ["- record 17", "- checkpoint 261"]
        assert "andante verify" in text

    @pytest.mark.parametrize(
        ("because", "told"),
        [
            ("cut-off", "It has seen 4711 records, more than the log holds now."),
            ("rewritten", "The first 4711 records are not those that the witness has seen"),
            ("another-log", "was not signed with a key of this log"),
            ("incomplete", "A part of the log is gone"),
        ],
    )
    def test_says_why_a_witness_refuses(self, tomas, mail_server, because, told):
        alarm = Alarm("witness_refused", "0199", {"witness": "quality/w", "because": because, "seen": 4711})

        alarms.send(person=tomas.person, alarm=alarm, last_try=False)

        text = " ".join(read(mail_server.taken[0]).get_content().split())
        assert told in text
        assert "quality/w" in text

    def test_is_the_same_mail_when_it_is_sent_again(self, tomas, mail_server):
        for _ in range(2):
            alarms.send(person=tomas.person, alarm=REFUSED, last_try=False)

        assert len({read(envelope)["Message-ID"] for envelope in mail_server.taken}) == 1

    def test_waits_for_a_mail_server_that_is_down(self, tomas, mail_server):
        mail_server.down()

        with pytest.raises(OSError, match=r".+"):
            alarms.send(person=tomas.person, alarm=REFUSED, last_try=False)

    def test_that_could_not_be_sent_for_half_a_day_is_in_the_log(self, tomas, mail_server, caplog):
        mail_server.down()

        alarms.send(person=tomas.person, alarm=REFUSED, last_try=True)

        assert "warning-not-sent" in caplog.text

    def test_goes_at_night_too(self, mail_server, db):
        from andante.engagement.tests.fixtures import zone_where_it_is

        night = member("Ines Vidal", zone_where_it_is(3, clock.now()), role="administrator")

        alarms.send(person=night.person, alarm=REFUSED, last_try=False)

        assert len(mail_server.taken) == 1
