"""Two sites, three jobs, and short ways to hire, move and train people by the operations alone."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from andante.assessment.statements import AttemptRef
from andante.content import queries as content
from andante.kernel.ids import CourseId, PersonId, VersionHash
from andante.kernel.principals import system_principal
from andante.learning import operations as learning
from andante.learning import statements as learning_statements
from andante.learning.models import Attempt, Completion
from andante.learning.operations.taking import keep
from andante.learning.tests.fixtures import NIGHT_CALL
from andante.obligations import operations, queries
from andante.obligations.rules.form import RequirementForm
from andante.people import operations as people

OFFICE = system_principal("tests")
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
UNITS = (
    ("chicago", "Chicago", "site", "America/Chicago"),
    ("chicago/wards", "Wards", "department", None),
    ("chicago/wards/ward-3", "Ward 3", "team", None),
    ("chicago/wards/ward-4", "Ward 4", "team", None),
    ("dublin", "Dublin", "site", "Europe/Dublin"),
    ("dublin/filling", "Filling", "department", None),
    ("dublin/filling/line-4", "Line 4", "line", None),
)
JOBS = (("nurse", "Nurse"), ("operator", "Operator"), ("line-lead", "Line lead"))
WARD_3, WARD_4, LINE_4 = "chicago/wards/ward-3", "chicago/wards/ward-4", "dublin/filling/line-4"


@dataclass
class Organisation:
    """Who is known by which name."""

    people: dict[str, PersonId] = field(default_factory=dict)

    def hire(
        self,
        name: str,
        *,
        unit: str = WARD_3,
        job: str = "nurse",
        on: date = date(2026, 2, 1),
        hired_on: date | None = None,
        first_shift: datetime | None = None,
        email: str | None = None,
        shift: str = "",
        manager: PersonId | None = None,
    ) -> PersonId:
        person = people.create_person(
            name=name,
            time_zone="UTC",
            language="en",
            hired_on=hired_on or on,
            first_unsupervised_at=first_shift,
            email=email,
            by=OFFICE,
            at=LONG_AGO,
        )
        self.people[name] = person
        self.place(person, unit=unit, job=job, on=on, shift=shift, manager=manager)
        return person

    def place(
        self,
        person: PersonId,
        *,
        unit: str = WARD_3,
        job: str = "nurse",
        on: date,
        status: str = "active",
        shift: str = "",
        manager: PersonId | None = None,
    ) -> None:
        people.place_person(
            person=person,
            unit=unit,
            job=job,
            manager=manager,
            shift=shift,
            status=status,
            effective_on=on,
            by=OFFICE,
            at=LONG_AGO,
        )


def found() -> Organisation:
    """Make the units and the jobs."""
    for path, name, kind, zone in UNITS:
        people.create_unit(path=path, name=name, kind=kind, time_zone=zone, by=OFFICE, at=LONG_AGO)
    for id, name in JOBS:
        people.create_job(id=id, name=name, by=OFFICE, at=LONG_AGO)
    return Organisation()


def require(text: str, *, at: datetime, evaluate: bool = True) -> RequirementForm:
    """Apply what the text says, and let duties follow."""
    form = queries.parse_form(text)
    operations.apply_requirement(form=form, by=OFFICE, at=at)
    if evaluate:
        operations.evaluate(at=at)
    return form


@transaction.atomic
def complete(
    person: PersonId, at: datetime, *, course: CourseId = NIGHT_CALL, version: VersionHash | None = None
) -> UUID:
    """Record that somebody completed the course, without the cards on the way."""
    registration = learning.enrol_person(person=person, course=course, by=OFFICE, at=at)
    number = Attempt.objects.filter(enrolment=registration).count() + 1
    published = content.course(course)
    assert published
    of = AttemptRef(
        person=person,
        registration=registration,
        attempt=learning_statements.attempt_id(registration, number),
        course=course,
        version=version or published.version,
    )
    score = {"scaled": 1.0, "raw": 4, "min": 0, "max": 4}
    keep(
        [
            learning_statements.attempt_started(of, number=number, by=OFFICE, at=at),
            learning_statements.course_completed(of, score=score, by=OFFICE, at=at),
        ]
    )
    done = Completion.objects.get(attempt=of.attempt)
    assert done.score == Decimal(1)
    return done.id
