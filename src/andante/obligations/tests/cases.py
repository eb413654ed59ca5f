"""Random people, rules and completions for property tests, on a grid of times so coarse that things coincide."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from andante.kernel.ids import CourseId, PersonId
from andante.obligations.rules.audience import EVERYBODY, All, AnyOf, Is, Not, Place
from andante.obligations.rules.demands import Rule
from andante.obligations.rules.form import Due, Renewal, RequirementForm, RequirementId
from andante.obligations.rules.histories import Done, History, Revision, Stretch
from andante.obligations.rules.periods import Period

START = datetime(2026, 3, 20, tzinfo=UTC)
DAYS = 60
ZONES = {"dublin": "Europe/Dublin", "chicago": "America/Chicago", "singapore": "Asia/Singapore"}

moments = st.integers(0, DAYS * 4).map(lambda quarter: START + timedelta(hours=6 * quarter))
days = st.integers(-5, DAYS).map(lambda number: (START + timedelta(days=number)).date())
walls = st.integers(0, DAYS * 4).map(lambda quarter: START.replace(tzinfo=None) + timedelta(hours=6 * quarter))
sites = st.sampled_from(sorted(ZONES))
jobs = st.sampled_from(["nurse", "operator"])
versions = st.sampled_from(["v1", "v2"])
courses = st.sampled_from([CourseId("spills"), CourseId("records")])


def mostly(value, others):
    """Prefer one value, so that most cases say something."""
    return st.integers(0, 2).flatmap(lambda die: others if die == 2 else st.just(value))


@st.composite
def places(draw) -> Place:
    site = draw(sites)
    department = f"{site}/{draw(st.sampled_from(['filling', 'wards']))}"
    unit = draw(st.sampled_from([site, department, f"{department}/line-4"]))
    return Place(
        job=draw(jobs),
        shift=draw(st.sampled_from(["", "night"])),
        unit=unit,
        site=site,
        department="" if unit == site else department,
    )


def _conditions():
    def some(field, values):
        return st.builds(Is, st.just(field), st.frozensets(st.sampled_from(values), min_size=1))

    return st.one_of(
        some("job", ["nurse", "operator"]),
        some("site", sorted(ZONES)),
        some("department", ["filling", "dublin/wards"]),
        some("unit", ["dublin/filling", "chicago/wards/line-4"]),
        some("shift", ["night", "day"]),
    )


audiences = st.recursive(
    _conditions(),
    lambda parts: st.one_of(
        st.builds(lambda each: All(tuple(each)), st.lists(parts, max_size=3)),
        st.builds(lambda each: AnyOf(tuple(each)), st.lists(parts, max_size=3)),
        st.builds(Not, parts),
    ),
    max_leaves=4,
)
dues = st.builds(Due, st.sampled_from([Period(7, "days"), Period(36, "hours"), Period(1, "months")]), st.booleans())
renewals = st.builds(
    Renewal, st.sampled_from([Period(14, "days"), Period(1, "months")]), st.sampled_from([Period(5, "days")])
)
forms = st.builds(
    RequirementForm,
    id=st.just(RequirementId("rule")),
    title=st.sampled_from(["A rule", "Another title"]),
    course=mostly(CourseId("spills"), courses),
    audience=mostly(EVERYBODY, audiences),
    accept_from=mostly(None, st.sampled_from([1, 2])),
    due=st.none() | dues,
    renew=renewals | st.none() | renewals,
    effective=mostly(None, walls),
)


def revision(number: int, form: RequirementForm | None, applied_at: datetime) -> Revision:
    accepted = None
    if form is not None and form.accept_from is not None:
        accepted = frozenset({"v1", "v2"} if form.accept_from == 1 else {"v2"})
    return Revision(number, form, applied_at, accepted)


@st.composite
def rules(draw) -> Rule:
    """A requirement that was applied, revised, and sometimes withdrawn; its clock may have gone backwards."""
    applied = draw(
        st.lists(st.tuples(mostly(START, moments), forms | forms | forms | st.none()), min_size=1, max_size=4)
    )
    return Rule(
        RequirementId("rule"),
        tuple(revision(number, form, applied_at) for number, (applied_at, form) in enumerate(applied, 1)),
    )


@st.composite
def histories(draw) -> History:
    stretches = []
    for day in sorted({START.date(), *draw(st.sets(days, max_size=3))}):
        place = draw(places())
        zone = ZONES[place.site]
        stretches.append(Stretch(day, zone, zone, place, employed=draw(st.integers(0, 4)) > 0))
    return History(
        person=PersonId(UUID(int=1)),
        hired_on=draw(mostly(None, days)),
        first_shift=draw(st.none() | moments),
        stretches=tuple(stretches),
    )


@st.composite
def completed(draw) -> list[Done]:
    found = draw(
        st.lists(
            st.tuples(moments, mostly(CourseId("spills"), courses), versions),
            max_size=5,
            unique_by=lambda each: each[0],
        )
    )
    return [
        Done(UUID(int=number), course, version, at) for number, (at, course, version) in enumerate(sorted(found), 1)
    ]
