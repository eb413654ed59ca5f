"""People from a CSV file: everything or nothing, and the same file twice changes nothing."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.ledger.queries import sealing_lag
from andante.people import imports, operations, queries
from andante.people.tests.fixtures import TESTS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADER = (
    "number,name,email,login,site,site_time_zone,department,line,job,manager,shift,status,since,hired_on,"
    "first_unsupervised_shift"
)
NURSE = "C-2,Amara Okafor,,,Chicago,America/Chicago,Wards,Ward 3,Nurse,C-1,night,,,2026-03-02,2026-03-09 19:00"
LEAD = "C-1,Joseph Lindqvist,j@example.org,joseph,Chicago,America/Chicago,Wards,,Ward lead,,day,,,2020-01-06,"
FILE = f"{HEADER}\n{NURSE}\n{LEAD}"


def take(text: str, **how):
    rows, faults = operations.read_people(text.encode())
    assert faults == []
    return operations.import_people(rows=rows, by=TESTS, at=NOW, **how)


def refused(text: str) -> list[str]:
    rows, faults = operations.read_people(text.encode())
    if not faults:
        with pytest.raises(operations.ImportRefused) as refusal:
            operations.import_people(rows=rows, by=TESTS, at=NOW)
        faults = refusal.value.errors
    return [str(fault) for fault in faults]


@pytest.mark.django_db
class TestImporting:
    def test_makes_people_units_jobs_and_logins_known(self):
        done = take(FILE)

        assert (done.created, done.accounts) == (["C-2", "C-1"], ["joseph"])
        assert done.units == ["chicago", "chicago/wards", "chicago/wards/ward-3"]
        lead, nurse = (queries.person_of_number(number) for number in ("C-1", "C-2"))
        found = queries.placements(at=NOW)[nurse.id]
        assert (found.unit.name, found.job, found.manager, found.shift) == ("Ward 3", "nurse", lead.id, "night")
        assert (found.since, found.hired_on, found.email) == (date(2026, 3, 2), date(2026, 3, 2), None)
        assert found.first_unsupervised_at == datetime(2026, 3, 10, 0, tzinfo=UTC)
        assert found.time_zone == "America/Chicago"

    def test_of_the_same_file_again_changes_nothing(self):
        take(FILE)
        before = sealing_lag().waiting

        done = take(FILE)

        assert (done.created, done.changed, done.placed, done.unchanged) == ([], [], [], 2)
        assert sealing_lag().waiting == before

    def test_in_a_dry_run_tells_the_same_and_changes_nothing(self):
        before = sealing_lag().waiting

        done = take(FILE, dry_run=True)

        assert done.created == ["C-2", "C-1"]
        assert queries.person_of_number("C-1") is None
        assert sealing_lag().waiting == before

    def test_moves_who_works_somewhere_else_from_today_on(self):
        take(FILE)

        done = take(FILE.replace("Ward 3", "Ward 4"))

        nurse = queries.person_of_number("C-2").id
        assert done.placed == ["C-2"]
        assert queries.placements(at=NOW)[nurse].unit.path == "chicago/wards/ward-4"
        assert queries.placements(at=datetime(2026, 6, 1, tzinfo=UTC))[nurse].unit.path == "chicago/wards/ward-3"

    def test_takes_leave_and_departure_from_their_day_on(self):
        take(FILE)

        take(FILE.replace("night,,,", "night,leave,2026-12-01,"))

        nurse = queries.person_of_number("C-2").id
        assert queries.placements(at=NOW)[nurse].status == "active"
        assert queries.placements(at=datetime(2026, 12, 2, tzinfo=UTC))[nurse].status == "leave"

    def test_refuses_the_whole_file_for_one_bad_row(self):
        faults = refused(FILE.replace("C-1,night", "C-9,night"))

        assert faults == ["line 2, manager: Nobody has the number C-9."]
        assert queries.people() == []

    def test_refuses_somebody_else_s_login(self, amara):
        assert refused(FILE.replace("joseph,", f"{amara.login},")) == [
            f"line 3, login: The login “{amara.login}” is somebody else's, or was."
        ]

    def test_refuses_managers_in_a_circle(self):
        (fault,) = refused(FILE.replace("Ward lead,,", "Ward lead,C-2,"))

        assert "report to themselves" in fault

    def test_refuses_a_new_site_without_a_zone(self):
        (first, *_) = refused(FILE.replace("America/Chicago", ""))

        assert first == "line 2, the whole line: The site “chicago” needs a time zone, such as Europe/Dublin."


class TestReading:
    def test_names_line_column_and_mend_of_every_fault(self):
        bad = "C-3,,x,,Chicago,Mars/Base,,,,,dawn,asleep,yesterday,2026-02-30,2026-03-09T19:00Z"

        assert refused("\n".join([HEADER, NURSE.replace("C-1", ""), bad])) == [
            "line 3, name: is empty.",
            "line 3, site_time_zone: “Mars/Base” is not a time zone: give a name such as Europe/Dublin.",
            "line 3, job: is empty.",
            "line 3, status: “asleep” is not a status: give one of active, leave, left.",
            "line 3, since: “yesterday” is not a day: write it as 2026-11-22.",
            "line 3, shift: “dawn” is not a shift: give one of early, late, night, day, or nothing.",
            "line 3, hired_on: “2026-02-30” is not a day: write it as 2026-11-22.",
            "line 3, first_unsupervised_shift: “2026-03-09T19:00Z” is not a local day: write it as 2026-11-22 06:00.",
        ]

    def test_counts_lines_as_an_editor_does(self):
        two_lines = NURSE.replace("Amara Okafor", '"Amara\nOkafor"')

        assert refused("\n".join([HEADER, two_lines, LEAD.replace("Chicago,America", ",America")])) == [
            "line 4, site: is empty."
        ]

    def test_refuses_a_number_that_stands_twice(self):
        assert refused(f"{HEADER}\n{LEAD}\n{LEAD}") == ["line 3, number: C-1 stands in line 2 too."]

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "empty"),
            ("number,name,site", "lacks the column: job"),
            ("number,name,site,job,salary", "unknown column: salary"),
            ("number,name,site,job,job", "twice: job"),
        ],
    )
    def test_refuses_a_file_whose_first_line_is_no_header(self, text, why):
        with pytest.raises(operations.FileRefused, match=why):
            operations.read_people(text.encode())

    def test_refuses_other_encodings_and_says_how_to_save(self):
        with pytest.raises(operations.FileRefused, match="Line 2 is not UTF-8"):
            operations.read_people(f"{HEADER}\nC-1,Tomás".encode("latin-1"))

    def test_takes_what_spreadsheets_write(self):
        rows, faults = operations.read_people(("\ufeff" + FILE.replace(",", ";") + "\r\n;;\r\n").encode())

        assert faults == []
        assert [row.number for row in rows] == ["C-2", "C-1"]

    @given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"{HEADER}\n{text}".encode()))
    def test_never_fails_otherwise(self, data):
        try:
            rows, faults = imports.read(data)
        except operations.FileRefused:
            return
        assert all(row.number for row in rows)
        assert all(fault.line > 1 for fault in faults)
