"""Who works where: on any day, as known then and as known now."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andante.kernel.ids import PersonId
from andante.ledger.verification import Projection, verify
from andante.people import operations, queries
from andante.people.apply import EXPLAINED, UNEXPLAINED, apply
from andante.people.tests.fixtures import LONG_AGO, TESTS

PEOPLE = (Projection("people", apply, EXPLAINED, UNEXPLAINED),)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEVER = datetime(2100, 1, 1, tzinfo=UTC)


def somebody(name: str = "Amara Okafor", **values) -> PersonId:
    return operations.create_person(
        name=name, time_zone="America/Chicago", language="en", by=TESTS, at=LONG_AGO, **values
    )


def place(person: PersonId, day: date, **changed) -> Mapping:
    values = {"unit": "chicago/ward-3", "job": "nurse", "manager": None, "effective_on": day}
    return operations.place_person(person=person, by=TESTS, at=LONG_AGO, **(values | changed))


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)


@pytest.fixture
def chicago(db):
    for path, kind, zone in (
        ("chicago", "site", "America/Chicago"),
        ("chicago/ward-3", "line", None),
        ("chicago/ward-4", "line", None),
    ):
        operations.create_unit(path=path, name=path.title(), kind=kind, time_zone=zone, by=TESTS, at=LONG_AGO)
    for job in ("nurse", "porter"):
        operations.create_job(id=job, name=job.title(), by=TESTS, at=LONG_AGO)


@pytest.mark.usefixtures("chicago")
class TestPlacements:
    def test_count_from_their_day_on_at_the_site(self):
        amara = somebody()
        place(amara, date(2026, 5, 1))

        assert queries.placements(at=datetime(2026, 5, 1, 4, 59, tzinfo=UTC)) == {}
        found = queries.placements(at=datetime(2026, 5, 1, 5, tzinfo=UTC))[amara]
        assert (found.unit.path, found.site.path, found.job_name) == ("chicago/ward-3", "chicago", "Nurse")
        assert found.unit.time_zone == "America/Chicago"

    def test_of_the_past_stay_as_they_were(self):
        amara = somebody()
        place(amara, date(2026, 5, 1))
        place(amara, date(2026, 8, 1), unit="chicago/ward-4", shift="night")

        assert queries.placements(at=at(date(2026, 7, 31)))[amara].unit.path == "chicago/ward-3"
        assert queries.placements(at=at(date(2026, 8, 1)))[amara].shift == "night"

    def test_recorded_late_count_as_known_now_but_not_as_known_then(self, seal):
        amara = somebody()
        place(amara, date(2026, 5, 1))
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (then,) = cursor.fetchone()
        place(amara, date(2026, 5, 1), job="porter")

        assert queries.placements(at=NOW)[amara].job == "porter"
        assert queries.placements(at=NOW, known_at=then)[amara].job == "nurse"

    def test_keep_the_first_day_in_a_job_over_leave_but_not_over_a_move_or_a_departure(self):
        amara = somebody()
        place(amara, date(2026, 1, 1))
        place(amara, date(2026, 2, 1), status="leave")
        place(amara, date(2026, 3, 1), manager=somebody("Lead"))
        assert queries.placements(at=NOW)[amara].duty_since == date(2026, 1, 1)

        place(amara, date(2026, 4, 1), job="porter")
        assert queries.placements(at=NOW)[amara].duty_since == date(2026, 4, 1)

        place(amara, date(2026, 5, 1), status="left", job="porter")
        place(amara, date(2026, 6, 1), job="porter")
        assert queries.placements(at=NOW)[amara].duty_since == date(2026, 6, 1)

    def test_that_say_what_counts_already_change_nothing(self):
        amara = somebody()

        assert place(amara, date(2026, 5, 1))
        assert not place(amara, date(2026, 5, 1))
        assert not place(amara, date(2026, 6, 1))

    def test_refuse_what_is_not_there(self):
        amara = somebody()
        for changed in ({"unit": "chicago/ward-9"}, {"job": "pilot"}, {"status": "asleep"}, {"shift": "dawn"}):
            with pytest.raises(operations.OrganisationRefused):
                place(amara, date(2026, 5, 1), **changed)
        with pytest.raises(operations.PersonUnknown):
            place(amara, date(2026, 5, 1), manager=PersonId(uuid4()))
        with pytest.raises(operations.PersonUnknown):
            place(PersonId(uuid4()), date(2026, 5, 1))

    def test_cost_two_queries_for_any_number_of_people(self, django_assert_num_queries):
        for number in range(5):
            place(somebody(f"Nurse {number}"), date(2026, 5, 1))

        with django_assert_num_queries(2):
            assert len(queries.placements(at=NOW)) == 5


class TestAForgedPlacement:
    def test_is_found(self, own_database, owner_connection):
        for path, zone in (("chicago", "America/Chicago"), ("chicago/ward-3", None)):
            kind = "site" if zone else "line"
            operations.create_unit(path=path, name=path, kind=kind, time_zone=zone, by=TESTS, at=LONG_AGO)
        operations.create_job(id="nurse", name="Nurse", by=TESTS, at=LONG_AGO)
        place(somebody(), date(2026, 5, 1))
        assert verify(PEOPLE).sound

        owner_connection.execute("UPDATE people_placement SET shift = 'night'")

        assert [finding.where.split()[0] for finding in verify(PEOPLE).findings] == ["people_placement"]


@pytest.mark.usefixtures("chicago")
class TestTeam:
    def test_is_everybody_below_a_manager_and_nobody_else(self):
        head, lead, nurse, other = (somebody(name) for name in ("Head", "Lead", "Nurse", "Other"))
        place(head, date(2026, 1, 1))
        place(lead, date(2026, 1, 1), manager=head)
        place(nurse, date(2026, 1, 1), manager=lead)
        place(other, date(2026, 1, 1))

        assert queries.team(head, at=NOW) == {lead, nurse}
        assert queries.team(lead, at=NOW) == {nurse}
        assert queries.team(nurse, at=NOW) == frozenset()

    def test_loses_who_moved_away_or_left(self):
        head, moved, left = (somebody(name) for name in ("Head", "Moved", "Left"))
        for person in (moved, left):
            place(person, date(2026, 1, 1), manager=head)
        place(moved, date(2026, 6, 1))
        place(left, date(2026, 6, 1), manager=head, status="left")

        assert queries.team(head, at=at(date(2026, 3, 1))) == {moved, left}
        assert queries.team(head, at=NOW) == frozenset()

    def test_cannot_be_a_circle(self):
        head, lead = somebody("Head"), somebody("Lead")
        place(lead, date(2026, 1, 1), manager=head)

        for manager in (lead, head):
            with pytest.raises(operations.OrganisationRefused, match="report to themselves"):
                place(head, date(2026, 1, 1), manager=manager)


@pytest.mark.usefixtures("chicago")
class TestWhatIsKnownOfAPerson:
    def test_can_change_and_only_what_differs_is_recorded(self):
        amara = somebody(number="C-17", hired_on=date(2026, 1, 5))

        assert operations.change_person(person=amara, by=TESTS, at=LONG_AGO, email="Amara@Example.org") == {
            "email": (None, "amara@example.org")
        }
        assert operations.change_person(person=amara, by=TESTS, at=LONG_AGO, email="amara@example.org") == {}
        place(amara, date(2026, 5, 1))
        found = queries.placements(at=NOW)[amara]
        assert (found.number, found.email, found.hired_on) == ("C-17", "amara@example.org", date(2026, 1, 5))

    def test_has_a_number_that_nobody_else_has(self):
        somebody(number="C-17")

        with pytest.raises(operations.NumberTaken):
            somebody("Another", number="C-17")

    def test_may_lack_an_address(self):
        assert queries.person(somebody(email=" ")) is not None


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))
CHANGES = st.lists(
    st.tuples(DAYS, st.sampled_from(["nurse", "porter"]), st.sampled_from(["active", "leave", "left"])),
    min_size=1,
    max_size=8,
)


@pytest.mark.usefixtures("chicago")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=CHANGES, day=DAYS)
def test_the_placement_that_counts_is_that_of_the_latest_day_recorded_last(changes, day):
    person = somebody()
    said: dict[date, tuple[str, str]] = {}
    for number, (on, job, status) in enumerate(changes):
        operations.place_person(
            person=person,
            unit="chicago/ward-3",
            job=job,
            manager=None,
            status=status,
            effective_on=on,
            by=TESTS,
            at=LONG_AGO + timedelta(minutes=number),
        )
        counting = max((each for each in said if each <= on), default=None)
        if counting is None or said[counting] != (job, status):
            said[on] = (job, status)

    found = queries.placements(at=at(day), people=[person]).get(person)

    counting = max((each for each in said if each <= day), default=None)
    assert (found and (found.job, found.status)) == (said[counting] if counting else None)
    assert queries.placements(at=at(day), known_at=NEVER, people=[person]).get(person) == found
