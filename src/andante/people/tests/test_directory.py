"""Finding people, and what was recorded about one of them."""

from datetime import UTC, date, datetime

import pytest

from andante.people import operations, queries
from andante.people.tests.fixtures import LONG_AGO, TESTS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def ward(db):
    operations.create_unit(
        path="chicago", name="Chicago", kind="site", time_zone="America/Chicago", by=TESTS, at=LONG_AGO
    )
    operations.create_unit(path="chicago/ward-3", name="Ward 3", kind="line", time_zone=None, by=TESTS, at=LONG_AGO)
    operations.create_job(id="nurse", name="Nurse", by=TESTS, at=LONG_AGO)


def hire(name, number, *, on=date(2026, 2, 1), email=None, **placed):
    person = operations.create_person(
        name=name, time_zone="UTC", language="en", number=number, email=email, by=TESTS, at=LONG_AGO
    )
    place(person, on, **placed)
    return person


def place(person, on, **placed):
    values = {"unit": "chicago/ward-3", "job": "nurse", "manager": None, "shift": "night", **placed}
    operations.place_person(person=person, effective_on=on, by=TESTS, at=LONG_AGO, **values)


def names(**asked):
    return [entry.name for entry in queries.directory(at=NOW, **asked)]


@pytest.mark.usefixtures("ward")
class TestTheDirectory:
    def test_finds_by_name_number_job_and_unit(self, amara):
        hire("Ada Byron", "N-17")
        assert names(text="byron") == names(text="n-1") == names(text="nurse") == names(unit="chicago") == ["Ada Byron"]
        assert names(unit="chica") == names(text="%") == []

    def test_shows_who_was_never_placed_too(self, amara):
        (entry,) = queries.directory(at=NOW, text="Amara")
        assert (entry.name, entry.status, entry.unit) == ("Amara Okafor", "", "")

    def test_tells_where_somebody_works_today(self):
        ada = hire("Ada Byron", "1")
        place(ada, date(2027, 1, 1), unit="chicago")
        (entry,) = queries.directory(at=NOW)
        assert (entry.unit, entry.site, entry.job, entry.status) == ("Ward 3", "Chicago", "Nurse", "active")

    def test_goes_on_page_by_page(self):
        for number in range(5):
            hire("Same Name" if number < 3 else f"Zoe {number}", str(number))
        found, after = [], None
        while page := queries.directory(at=NOW, after=after, limit=2):
            found += page
            after = (page[-1].name, page[-1].id)
        assert len(found) == len({entry.id for entry in found}) == 5

    def test_counts_what_is_missing_of_who_works_here(self):
        lead = hire("Ada Byron", "1", email="ada@example.org")
        hire("Ben Okri", "2", manager=lead)
        hire("Cleo Left", "3", status="left")
        gaps = queries.gaps(at=NOW)
        assert (gaps.here, gaps.without_manager, gaps.without_email) == (2, 1, 1)
        assert (names(missing="manager"), names(missing="email")) == (["Ada Byron"], ["Ben Okri"])


@pytest.mark.usefixtures("ward")
class TestThePlacementHistory:
    def test_keeps_corrections(self):
        ada = hire("Ada Byron", "1")
        place(ada, date(2026, 2, 1), shift="day")
        place(ada, date(2026, 3, 1), status="leave")
        history = queries.placement_history(ada)
        assert [row.status for row in history] == ["leave", "active", "active"]
        assert {row.shift for row in history[1:]} == {"day", "night"}


class TestPeopleOfAccounts:
    def test_are_found_at_once(self, amara, noor, django_assert_num_queries):
        with django_assert_num_queries(1):
            found = queries.people_of_accounts([amara.account, noor.account])
        assert {person.name for person in found.values()} == {amara.name, noor.name}
