"""Tonight is short: who is planned, who is ready, and why the others are not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from andante.obligations import operations, queries
from andante.obligations.tests.organisation import LINE_4, OFFICE, complete, require

NOON = datetime(2026, 6, 7, 11, 0, tzinfo=UTC)
TONIGHT = datetime(2026, 6, 8, 5, 0, tzinfo=UTC)
RULE = "id: procedure\ntitle: The procedure\naudience: {unit: [dublin/filling/line-4]}\ncourse: night-call\n"
CHANGED = RULE + "accept: {from version: 2}\neffective: 2026-06-08T06:00\n"


@pytest.fixture
def line(organisation, night_call, revised):
    """Four operators who were trained; the procedure changes at six in the morning."""
    people = {
        name: organisation.hire(name, unit=LINE_4, job="operator", email=email)
        for name, email in (
            ("Ada", "ada@example.org"),
            ("Bea", "b@example.org"),
            ("Cem", None),
            ("Dan", "d@example.org"),
        )
    }
    require(RULE, at=NOON - timedelta(days=20))
    for person in people.values():
        complete(person, NOON - timedelta(days=10), version=night_call.version)
    require(CHANGED, at=NOON - timedelta(days=2))
    for name in ("Ada", "Bea", "Dan"):
        complete(people[name], NOON - timedelta(days=1), version=revised.version)
    organisation.place(people["Dan"], unit=LINE_4, job="operator", on=date(2026, 6, 6), status="leave")
    organisation.place(people["Dan"], unit=LINE_4, job="operator", on=date(2026, 6, 20))
    return people


def plan(people, **changed):
    given = {
        "unit": LINE_4,
        "name": "Line 4, early",
        "starts_at": TONIGHT,
        "ends_at": TONIGHT + timedelta(hours=8),
        "needed": 4,
        "requirements": ["procedure"],
        "members": list(people.values()),
        "by": OFFICE,
        "at": NOON,
    }
    return operations.plan_crew(**{**given, **changed})


class TestCrews:
    def test_say_who_is_ready_and_why_the_others_are_not(self, line):
        plan(line)

        (crew,) = queries.crews(people=[line["Ada"]], at=NOON)

        assert (crew.needed, crew.ready, crew.missing) == (4, 2, 2)
        assert crew.titles == ("The procedure",)
        assert crew.unit.name == "Line 4"
        assert [(member.name, member.ready, member.because) for member in crew.members] == [
            ("Ada", True, "qualified since 6 June 2026"),
            ("Bea", True, "qualified since 6 June 2026"),
            ("Cem", False, "trained on version 1, not yet on version 2; no e-mail"),
            ("Dan", False, "on leave until 20 June 2026"),
        ]

    def test_that_are_short_say_who_else_could_step_in(self, line, organisation, revised):
        """Qualified then, at work, of the department, planned nowhere meanwhile, and of those who are asked about."""
        department, ward = LINE_4.rpartition("/")[0], "chicago/wards/ward-3"
        others = {
            name: organisation.hire(name, unit=unit, job="operator", shift="late")
            for name, unit in (
                ("Fay", department),
                ("Gus", LINE_4),
                ("Hal", LINE_4),
                ("Ivo", LINE_4),
                ("Joy", ward),
                ("Kim", LINE_4),
                ("Lea", LINE_4),
            )
        }
        for name in others.keys() - {"Kim"}:
            complete(others[name], NOON - timedelta(days=1), version=revised.version)
        organisation.place(others["Hal"], unit=LINE_4, job="operator", on=date(2026, 6, 6), status="leave")
        plan(line)
        plan(line, name="Elsewhere", members=[others["Ivo"]], needed=1)
        asked = [line["Ada"], *(others[name] for name in others if name != "Lea")]

        elsewhere, crew = sorted(queries.crews(people=asked, at=NOON), key=lambda crew: crew.name)

        assert crew.department == "Filling"
        assert [(each.name, each.unit, each.shift) for each in crew.others] == [
            ("Gus", "Line 4", "late"),
            ("Fay", "Filling", "late"),
        ]
        assert crew.others[0].because.startswith("qualified since 6 June 2026")
        assert elsewhere.missing == 0
        assert elsewhere.others == ()

    def test_are_those_of_the_people_s_line_within_48_hours(self, line, organisation):
        plan(line)
        stranger = organisation.hire("Eva")
        colleague = organisation.hire("Fay", unit=LINE_4, job="operator")

        assert queries.crews(people=[stranger], at=NOON) == []
        assert len(queries.crews(people=[colleague], at=NOON)) == 1
        assert queries.crews(people=[colleague], at=TONIGHT - timedelta(hours=49)) == []
        assert queries.crews(people=[colleague], at=TONIGHT + timedelta(hours=9)) == []

    def test_planned_again_are_replaced_and_planned_alike_are_the_same(self, line):
        first = plan(line)
        assert plan(line) == first
        assert plan(line, members=[line["Ada"]]) == first

        (crew,) = queries.crews(people=[line["Ada"]], at=NOON)
        assert [member.name for member in crew.members] == ["Ada"]

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"unit": "nowhere"}, "There is no unit “nowhere”"),
            ({"requirements": ["nothing"]}, "There is no requirement “nothing”"),
            ({"needed": 0}, "one or more"),
            ({"ends_at": TONIGHT}, "ends after it starts"),
            ({"name": " "}, "has a name"),
        ],
    )
    def test_that_cannot_be_are_refused(self, line, changed, said):
        with pytest.raises(operations.CrewRefused, match=said):
            plan(line, **changed)
