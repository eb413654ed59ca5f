"""A manager reminds somebody: who is asked for, who is left out, and once only."""

from datetime import timedelta

import pytest

from andante.engagement import operations, queries
from andante.engagement.models import Nudge
from andante.engagement.queries import Hindrance
from andante.engagement.statements import NUDGE_ASKED
from andante.engagement.tests.fixtures import zone_where_it_is
from andante.kernel.ids import new_id
from andante.ledger import queries as ledger
from andante.obligations.tests.organisation import OFFICE, complete
from andante.people import operations as people

HOUR = timedelta(hours=1)


def ask(team, *persons, at=None, note=""):
    return operations.nudge(manager=team.manager.person, people=persons, by=team.by, at=at or team.now, note=note)


def plan(team, *persons, at=None):
    return queries.reminders(people=persons, at=at or team.now)


class TestReminders:
    def test_are_for_what_is_overdue_or_due_within_a_week_the_longest_overdue_first(self, nurses_team):
        found = plan(nurses_team, *nurses_team.everybody)
        names = [reminder.person.name for reminder in found]
        assert names == ["Dev", "Ada", "Ben", "Eve", "Cleo"]
        assert [len(reminder.overdue) for reminder in found] == [1, 1, 1, 0, 0]

    def test_say_why_somebody_cannot_be_reminded(self, nurses_team):
        found = {reminder.person.name: reminder.hindrance for reminder in plan(nurses_team, *nurses_team.everybody)}
        assert found == {
            "Ada": None,
            "Ben": Hindrance.NO_EMAIL,
            "Cleo": Hindrance.NOTHING_OPEN,
            "Dev": Hindrance.ON_LEAVE,
            "Eve": None,
        }

    def test_leave_out_who_has_left(self, nurses_team):
        nurses_team.organisation.place(nurses_team.ada, on=(nurses_team.now - 48 * HOUR).date(), status="left")
        assert plan(nurses_team, nurses_team.ada) == []

    def test_cost_the_same_for_many_as_for_one(self, nurses_team, django_assert_num_queries):
        with django_assert_num_queries(4):
            plan(nurses_team, nurses_team.ada)
        with django_assert_num_queries(4):
            plan(nurses_team, *nurses_team.everybody)


class TestNudge:
    def test_keeps_that_it_was_asked_for_and_hands_one_mail_a_person_to_the_worker(self, nurses_team, mail_jobs):
        nudged = ask(nurses_team, nurses_team.ada, nurses_team.ben, nurses_team.eve)

        assert [reminder.person.name for reminder in nudged.asked] == ["Ada", "Eve"]
        assert [reminder.person.name for reminder in nudged.left_out] == ["Ben"]
        assert set(Nudge.objects.values_list("person", flat=True)) == {nurses_team.ada, nurses_team.eve}
        assert [job.args["nudges"] for job in mail_jobs()] == [
            [str(Nudge.objects.get(person=person).id)] for person in (nurses_team.ada, nurses_team.eve)
        ]

    def test_writes_a_fact_without_name_and_address_in_its_subject(self, nurses_team):
        ask(nurses_team, nurses_team.ada, note="See you at five.")
        fact = ledger.fact(Nudge.objects.get().id).fact
        assert (fact.verb, fact.object, fact.body["by"]) == (NUDGE_ASKED, f"person:{nurses_team.ada}", nurses_team.by)
        assert fact.body["new"]["note"] == "See you at five."
        assert "Ada" not in str(fact.body)
        assert "example.org" not in str(fact.body)

    def test_asked_twice_is_asked_once(self, nurses_team, mail_jobs):
        ask(nurses_team, nurses_team.ada)
        again = ask(nurses_team, nurses_team.ada, at=nurses_team.now + timedelta(seconds=1), note="Another note.")
        assert again.asked == ()
        assert [reminder.hindrance for reminder in again.left_out] == [Hindrance.REMINDED]
        assert len(mail_jobs()) == Nudge.objects.count() == 1

    def test_is_asked_at_most_once_within_24_hours_whoever_asks(self, nurses_team):
        above = nurses_team.other_manager
        nurses_team.organisation.place(
            nurses_team.manager.person, job="line-lead", on=nurses_team.now.date() - 48 * HOUR, manager=above.person
        )
        ask(nurses_team, nurses_team.ada)
        for hours, asked in ((23, 0), (24, 1)):
            nudged = operations.nudge(
                manager=above.person, people=[nurses_team.ada], by=OFFICE, at=nurses_team.now + hours * HOUR
            )
            assert len(nudged.asked) == asked

    def test_in_quiet_hours_waits_until_they_are_over(self, nurses_team, mail_jobs):
        night = zone_where_it_is(23, nurses_team.now)
        people.change_person(person=nurses_team.ada, by=OFFICE, at=nurses_team.now, time_zone=night)

        (reminder,) = ask(nurses_team, nurses_team.ada).asked

        assert reminder.goes_at > nurses_team.now + 7 * HOUR
        assert [job.scheduled_at for job in mail_jobs()] == [reminder.goes_at]
        assert Nudge.objects.get().goes_at == reminder.goes_at
        # The 24 hours count from when it goes.
        assert ask(nurses_team, nurses_team.ada, at=nurses_team.now + 25 * HOUR).asked == ()

    def test_is_refused_for_somebody_who_does_not_report_to_the_manager(self, nurses_team, mail_jobs):
        for outsider in (nurses_team.hugo, nurses_team.manager.person, new_id()):
            with pytest.raises(operations.NotInTeam):
                ask(nurses_team, nurses_team.ada, outsider)
        assert mail_jobs() == []
        assert not Nudge.objects.exists()

    def test_takes_a_line_of_the_manager_s_own_of_300_characters(self, nurses_team):
        with pytest.raises(operations.NoteTooLong):
            ask(nurses_team, nurses_team.ada, note="a" * 301)
        ask(nurses_team, nurses_team.ada, note=f"  {'a' * 150}\r\n\x00{'b' * 149}\n")
        assert Nudge.objects.get().note == f"{'a' * 150} {'b' * 149}"

    def test_can_be_asked_again_on_the_same_day_when_it_came_to_nothing(self, nurses_team):
        ask(nurses_team, nurses_team.ada)
        people.change_person(person=nurses_team.ada, by=OFFICE, at=nurses_team.now, email=None)
        operations.deliver(nudges=[Nudge.objects.get().id], at=nurses_team.now, last_try=False)
        people.change_person(person=nurses_team.ada, by=OFFICE, at=nurses_team.now, email="ada.b@example.org")

        assert len(ask(nurses_team, nurses_team.ada).asked) == 1
        assert Nudge.objects.count() == 2

    def test_of_nothing_open_is_none(self, nurses_team):
        complete(nurses_team.ada, nurses_team.now)
        assert ask(nurses_team, nurses_team.ada, at=nurses_team.now + HOUR).asked == ()
