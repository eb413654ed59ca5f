"""From a rule to what a person sees: what is due, by when, and why it is theirs."""

from datetime import UTC, date, datetime, timedelta

import pytest

from andante.learning.models import Enrolment
from andante.obligations import operations, queries
from andante.obligations.models import Assignment
from andante.obligations.queries import Standing
from andante.obligations.tests.organisation import LINE_4, OFFICE, WARD_4, complete, require

MAY = datetime(2026, 5, 1, 5, 0, tzinfo=UTC)  # midnight in Chicago
JUNE = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
NURSES = """
id: night-call-nurses
title: Night call for nurses
audience: {job: [nurse], site: any}
course: night-call
accept: any
due: {within: 7 days, before: first-unsupervised-shift}
renew: 12 months
why: Nurses take calls at night.
"""

pytestmark = pytest.mark.usefixtures("night_call")


def duty_of(person, at):
    (duty,) = queries.duties(people=[person], at=at)
    return duty


class TestANewHire:
    @pytest.fixture
    def nurse(self, organisation):
        require(NURSES, at=MAY - timedelta(days=60))
        person = organisation.hire("Ada", on=date(2026, 5, 1))
        operations.evaluate(at=MAY)
        return person

    def test_has_the_duty_at_once_and_is_enrolled(self, nurse):
        duty = duty_of(nurse, MAY)

        assert (duty.standing, duty.title, duty.course) == (Standing.DUE, "Night call for nurses", "night-call")
        assert Enrolment.objects.filter(person=nurse, course="night-call").exists()

    def test_must_be_done_at_the_end_of_the_seventh_day_on_the_clocks_of_the_site(self, nurse):
        assert duty_of(nurse, MAY).due_at == datetime(2026, 5, 8, 4, 59, tzinfo=UTC)

    def test_reads_why_it_is_theirs(self, nurse):
        duty = duty_of(nurse, MAY)

        assert duty.why == "because you are a nurse in Chicago since 1 May 2026"
        assert duty.reason == "nurse in Chicago since 1 May 2026"
        assert duty.purpose == "Nurses take calls at night."

    def test_is_overdue_afterwards(self, nurse):
        assert duty_of(nurse, MAY + timedelta(days=8)).standing is Standing.OVERDUE

    def test_is_done_with_the_completion_until_it_is_to_be_renewed(self, nurse):
        complete(nurse, MAY + timedelta(days=2))

        done = duty_of(nurse, MAY + timedelta(days=3))
        assert (done.standing, done.valid_until) == (Standing.DONE, datetime(2027, 5, 3, 5, 0, tzinfo=UTC))
        assert duty_of(nurse, datetime(2027, 4, 4, tzinfo=UTC)).standing is Standing.RENEW
        assert duty_of(nurse, datetime(2027, 5, 4, tzinfo=UTC)).standing is Standing.OVERDUE

    def test_is_to_renew_by_the_end_of_the_validity_and_no_sooner_than_it_opens(self, nurse):
        first = complete(nurse, MAY + timedelta(days=2))
        opens = datetime(2027, 4, 3, 5, 0, tzinfo=UTC)

        assert operations.evaluate(at=opens - timedelta(seconds=1)) == operations.Evaluation()
        assert operations.evaluate(at=opens) == operations.Evaluation(opened=1)

        renewal = Assignment.objects.get(renews=first)
        duty = duty_of(nurse, opens)
        assert (duty.assignment, duty.due_at) == (renewal.id, datetime(2027, 5, 3, 5, 0, tzinfo=UTC))
        complete(nurse, opens + timedelta(days=1))
        assert duty_of(nurse, opens + timedelta(days=2)).standing is Standing.DONE
        assert operations.evaluate(at=opens + timedelta(days=2)) == operations.Evaluation()

    def test_must_be_done_before_the_first_shift_alone_if_that_is_earlier(self, organisation):
        require(NURSES, at=MAY - timedelta(days=60))
        shift = MAY + timedelta(days=3)
        person = organisation.hire("Bea", on=date(2026, 5, 1), first_shift=shift)
        operations.evaluate(at=MAY)

        assert duty_of(person, MAY).due_at == shift


class TestARule:
    def test_reaches_those_who_are_there_already_from_its_own_beginning(self, organisation):
        nurse = organisation.hire("Ada")
        require(NURSES, at=JUNE)

        duty = duty_of(nurse, JUNE)
        assert duty.begins_at == JUNE
        assert duty.due_at == datetime(2026, 6, 9, 4, 59, tzinfo=UTC)

    def test_is_satisfied_at_once_by_a_completion_that_still_counts(self, organisation):
        nurse = organisation.hire("Ada")
        complete(nurse, MAY)
        require(NURSES, at=JUNE)

        assert duty_of(nurse, JUNE).standing is Standing.DONE

    def test_leaves_everybody_else_alone(self, organisation):
        operator = organisation.hire("Oda", unit=LINE_4, job="operator")
        require(NURSES, at=JUNE)

        assert queries.duties(people=[operator], at=JUNE) == []

    def test_that_takes_effect_later_shows_what_is_to_come(self, organisation):
        nurse = organisation.hire("Ada")
        require(NURSES + "effective: 2026-06-08T06:00\n", at=JUNE)

        duty = duty_of(nurse, JUNE)
        effect = datetime(2026, 6, 8, 11, 0, tzinfo=UTC)
        assert (duty.standing, duty.begins_at) == (Standing.NOT_YET, effect)
        assert duty_of(nurse, effect).standing is Standing.DUE

    def test_with_another_title_begins_no_new_duty(self, organisation):
        nurse = organisation.hire("Ada")
        require(NURSES, at=MAY)
        before = duty_of(nurse, JUNE)

        require(NURSES.replace("Night call for nurses", "Calls at night"), at=JUNE)

        after = duty_of(nurse, JUNE)
        assert (after.assignment, after.due_at, after.title) == (before.assignment, before.due_at, "Calls at night")

    def test_with_another_period_dates_its_duties_anew(self, organisation):
        nurse = organisation.hire("Ada")
        require(NURSES, at=MAY)

        require(NURSES.replace("7 days", "14 days"), at=MAY + timedelta(days=1))

        assert duty_of(nurse, JUNE).due_at == datetime(2026, 5, 15, 4, 59, tzinfo=UTC)

    def test_that_is_withdrawn_takes_its_duties_along(self, organisation):
        nurse = organisation.hire("Ada")
        form = require(NURSES, at=MAY)

        operations.withdraw_requirement(requirement=form.id, by=OFFICE, at=JUNE, why="replaced")
        assert operations.evaluate(at=JUNE) == operations.Evaluation(withdrawn=1)

        assert queries.duties(people=[nurse], at=JUNE) == []

    def test_applied_twice_is_applied_once(self, organisation):
        organisation.hire("Ada")
        require(NURSES, at=MAY)
        require(NURSES, at=JUNE)

        view = queries.requirement("night-call-nurses")
        assert (view.revision, view.applied_at) == (1, MAY)
        assert Assignment.objects.count() == 1


class TestAMove:
    def test_within_the_audience_keeps_the_duty(self, organisation):
        nurse = organisation.hire("Ada")
        require(NURSES, at=MAY)
        organisation.place(nurse, unit=WARD_4, on=date(2026, 5, 20))

        assert operations.evaluate(at=JUNE) == operations.Evaluation()

    def test_out_of_the_audience_withdraws_it_and_back_begins_anew(self, organisation):
        nurse = organisation.hire("Ada")
        require(NURSES, at=MAY)
        organisation.place(nurse, job="operator", on=date(2026, 5, 20))
        organisation.place(nurse, job="nurse", on=date(2026, 6, 10))

        assert operations.evaluate(at=JUNE) == operations.Evaluation(withdrawn=1)
        assert operations.evaluate(at=JUNE + timedelta(days=10)) == operations.Evaluation(opened=1)
        assert duty_of(nurse, JUNE + timedelta(days=10)).begins_at == datetime(2026, 6, 10, 5, 0, tzinfo=UTC)

    def test_on_leave_keeps_the_duty(self, organisation):
        nurse = organisation.hire("Ada")
        require(NURSES, at=MAY)
        organisation.place(nurse, on=date(2026, 5, 20), status="leave")

        assert operations.evaluate(at=JUNE) == operations.Evaluation()
        assert duty_of(nurse, JUNE).due_at == datetime(2026, 5, 8, 4, 59, tzinfo=UTC)

    def test_away_for_good_ends_it(self, organisation):
        nurse = organisation.hire("Ada")
        require(NURSES, at=MAY)
        organisation.place(nurse, on=date(2026, 5, 20), status="left")

        assert operations.evaluate(at=JUNE) == operations.Evaluation(withdrawn=1)
        assert queries.duties(people=[nurse], at=JUNE) == []


class TestARevisionThatAsksForMore:
    STRICTER = NURSES.replace("accept: any", "accept: {from version: 2}") + "effective: 2026-06-08T06:00\n"
    EFFECT = datetime(2026, 6, 8, 11, 0, tzinfo=UTC)

    @pytest.fixture
    def trained(self, organisation, night_call):
        person = organisation.hire("Ada")
        require(NURSES, at=MAY)
        complete(person, MAY)
        return person

    def test_is_announced_while_the_old_one_still_holds(self, trained, revised):
        require(self.STRICTER, at=JUNE)

        standings = {duty.standing: duty for duty in queries.duties(people=[trained], at=JUNE)}
        assert set(standings) == {Standing.DONE, Standing.NOT_YET}
        assert standings[Standing.NOT_YET].begins_at == self.EFFECT

    def test_replaces_the_old_duty_when_it_takes_effect(self, trained, revised):
        require(self.STRICTER, at=JUNE)
        operations.evaluate(at=self.EFFECT)

        duty = duty_of(trained, self.EFFECT)
        assert (duty.standing, duty.due_at) == (Standing.DUE, datetime(2026, 6, 16, 4, 59, tzinfo=UTC))

    def test_may_be_done_before(self, trained, revised):
        require(self.STRICTER, at=JUNE)
        complete(trained, JUNE + timedelta(days=1))
        operations.evaluate(at=self.EFFECT)

        assert duty_of(trained, self.EFFECT).standing is Standing.DONE

    def test_is_refused_before_such_a_version_is_published(self, trained):
        with pytest.raises(operations.VersionUnknown, match="Version 2"):
            require(self.STRICTER, at=JUNE)
