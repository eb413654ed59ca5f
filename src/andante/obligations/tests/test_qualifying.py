"""May this person do this work? With the reason, as of any moment, as known then and as known now."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from andante.kernel.ids import PersonId, new_id
from andante.obligations import operations, queries
from andante.obligations.models import RequirementRevision
from andante.obligations.tests.organisation import LINE_4, OFFICE, complete, require

JUNE = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
RULE = "id: calls\ntitle: Calls\naudience: {job: [nurse]}\ncourse: night-call\nrenew: 12 months\n"
STRICTER = RULE + "accept: {from version: 2}\neffective: 2026-06-08T06:00\n"
IN_CHICAGO = datetime(2026, 6, 8, 11, 0, tzinfo=UTC)
IN_DUBLIN = datetime(2026, 6, 8, 5, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("night_call")


def database_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def ask(person, at, **known):
    return queries.qualification(person=person, requirement="calls", at=at, **known)


class TestQualification:
    @pytest.fixture
    def nurse(self, organisation):
        person = organisation.hire("Ada")
        require(RULE, at=JUNE - timedelta(days=30))
        return person

    def test_is_yes_from_the_completion_until_its_validity_ends(self, nurse, night_call):
        done = complete(nurse, JUNE)

        assert not ask(nurse, JUNE - timedelta(seconds=1)).qualified
        answer = ask(nurse, JUNE)
        assert (answer.qualified, answer.demanded, answer.completion) == (True, True, done)
        assert (answer.version, answer.valid_from) == (night_call.version, JUNE)
        assert answer.because == "qualified until 1 June 2027"
        lapsed = ask(nurse, datetime(2027, 6, 1, 12, 0, tzinfo=UTC))
        assert (lapsed.qualified, lapsed.because) == (False, "expired on 1 June 2027")

    def test_never_reads_duties(self, nurse, owner_connection):
        complete(nurse, JUNE)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM obligations_assignment")

        assert ask(nurse, JUNE).qualified

    def test_is_asked_of_anybody_and_says_whether_it_is_demanded(self, organisation, nurse):
        operator = organisation.hire("Oda", unit=LINE_4, job="operator")
        complete(operator, JUNE)

        answer = ask(operator, JUNE)
        assert (answer.qualified, answer.demanded) == (True, False)

    @pytest.mark.parametrize(
        ("unit", "effect"), [("chicago/wards/ward-3", IN_CHICAGO), ("dublin/filling/line-4", IN_DUBLIN)]
    )
    def test_flips_at_the_instant_of_the_site(self, organisation, revised, night_call, unit, effect):
        nurse = organisation.hire("Bea", unit=unit)
        require(RULE, at=JUNE - timedelta(days=30))
        complete(nurse, JUNE - timedelta(days=1), version=night_call.version)
        require(STRICTER, at=JUNE)

        assert ask(nurse, effect - timedelta(microseconds=1)).qualified
        flipped = ask(nurse, effect)
        assert (flipped.qualified, flipped.because) == (False, "trained on version 1, not yet on version 2")
        complete(nurse, JUNE + timedelta(days=2), version=revised.version)
        assert ask(nurse, effect).qualified

    def test_says_what_is_missing_where_nothing_was_done(self, nurse, revised):
        assert ask(nurse, JUNE).because == "not yet trained"
        require(STRICTER, at=JUNE)
        assert ask(nurse, IN_CHICAGO).because == "not yet trained on version 2"

    def test_of_a_past_night_stays_what_it_was_for_who_left_since(self, organisation, nurse):
        complete(nurse, JUNE)
        organisation.place(nurse, on=date(2026, 7, 1), status="left")

        assert ask(nurse, JUNE + timedelta(days=3)).qualified
        gone = ask(nurse, JUNE + timedelta(days=60))
        assert (gone.qualified, gone.demanded, gone.because) == (False, False, "does not work here any more")

    def test_as_known_then_leaves_out_what_came_to_be_known_later(self, nurse):
        before = database_clock()
        complete(nurse, JUNE - timedelta(days=10))

        assert ask(nurse, JUNE).qualified
        then = ask(nurse, JUNE, known_at=before)
        assert (then.qualified, then.demanded, then.because) == (False, True, "not yet trained")

    def test_as_known_before_the_rule_says_that_there_was_none(self, organisation):
        person = organisation.hire("Ada")
        before = database_clock()
        require(RULE, at=JUNE)

        answer = ask(person, JUNE, known_at=before)
        assert (answer.qualified, answer.demanded) == (False, False)
        assert answer.because == "there was no such requirement then"


class TestDoubt:
    """In every doubt, no."""

    def test_about_the_person(self, organisation):
        require(RULE, at=JUNE)
        answer = ask(PersonId(new_id()), JUNE)
        assert (answer.qualified, answer.because) == (False, "no place of work is on record for then")

    def test_about_the_requirement(self, organisation):
        person = organisation.hire("Ada")
        assert ask(person, JUNE).because == "there was no such requirement then"
        require(RULE, at=JUNE)
        complete(person, JUNE)
        operations.withdraw_requirement(requirement="calls", by=OFFICE, at=JUNE + timedelta(days=1), why="a try")
        assert ask(person, JUNE).qualified
        answer = ask(person, JUNE + timedelta(days=2))
        assert (answer.qualified, answer.because) == (False, "the requirement did not hold at this site then")

    def test_about_what_is_on_record(self, organisation):
        person = organisation.hire("Ada")
        require(RULE, at=JUNE)
        complete(person, JUNE)
        RequirementRevision.objects.update(form={"id": "calls", "audience": {"skill": ["forklift"]}})

        answer = ask(person, JUNE)
        assert (answer.qualified, answer.demanded) == (False, True)
        assert answer.because == "what is on record cannot be read"


class TestQualifications:
    def test_are_those_of_everybody_demanded_then_by_name(self, organisation):
        bea, ada = organisation.hire("Bea"), organisation.hire("Ada")
        organisation.hire("Oda", unit=LINE_4, job="operator")
        require(RULE, at=JUNE)
        complete(bea, JUNE)

        found = queries.qualifications(requirement="calls", at=JUNE + timedelta(days=1))

        assert [(each.person, each.qualified) for each in found] == [(ada, False), (bea, True)]

    def test_of_chosen_people_are_told_in_their_order_whoever_is_demanded(self, organisation):
        bea, ada = organisation.hire("Bea"), organisation.hire("Ada", job="operator")
        require(RULE, at=JUNE)

        found = queries.qualifications(requirement="calls", at=JUNE, people=[bea, ada])

        assert [(each.person, each.demanded) for each in found] == [(bea, True), (ada, False)]
