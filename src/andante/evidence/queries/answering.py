"""The answer to "who was qualified at that moment?": computed from facts when it is read, and stored nowhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db import connection

from andante.evidence.questions import Question
from andante.kernel.ids import PersonId, VersionHash
from andante.ledger import queries as ledger
from andante.ledger.queries import RecordView
from andante.obligations import queries as obligations
from andante.obligations.queries import Qualification, RequirementForm
from andante.people import queries as people
from andante.people.queries import PlacedPerson

LATE = timedelta(hours=1)
"""A completion that was stored so long after it happened is said to be recorded late."""


@dataclass(frozen=True)
class AnswerRow:
    """What the answer says of one person."""

    person: PersonId
    name: str
    number: str
    status: str
    """At that moment: "active", "leave" or "left"; empty for who was placed nowhere. So the next ones."""
    left_since: bool
    unit: str
    site: str
    job: str
    demanded: bool
    qualified: bool
    because: str
    version: VersionHash | None
    version_number: int | None
    completed_at: datetime | None
    valid_until: datetime | None
    completion: UUID | None
    """Id of the record that the answer rests on, with its number, and when it was stored."""
    record: int | None
    stored: datetime | None
    revision: int | None
    """Of the requirement, the one in force."""

    @property
    def recorded_late(self) -> bool:
        """Whether the completion came on record long after it happened."""
        return bool(self.stored and self.completed_at and self.stored - self.completed_at > LATE)


@dataclass(frozen=True)
class Scope:
    """Who is not in the list, and how many of those who are have left."""

    elsewhere: int
    """Whose requirement it was, in other units than the one asked for."""
    not_demanded: int
    """Who worked here then, and for whom it was not."""
    had_left: int
    left_since: int
    on_leave: int


@dataclass(frozen=True)
class Answer:
    """The answer to a question."""

    question: Question
    title: str
    """Of the requirement."""
    form: RequirementForm | None
    """As it stood at that moment, or the first one; none for an unknown requirement."""
    rows: tuple[AnswerRow, ...]
    """By name; who was not qualified first."""
    scope: Scope
    person_name: str
    unit_name: str
    first_record: datetime | None
    """When the first record of this log was stored."""

    @cached_property
    def qualified(self) -> int:
        """How many were."""
        return sum(row.qualified for row in self.rows)

    @property
    def not_qualified(self) -> int:
        """How many were not."""
        return len(self.rows) - self.qualified

    @property
    def before_the_log(self) -> bool:
        """Whether the question asks what was known before anything was on record."""
        return self.first_record is not None and self.question.known_at < self.first_record

    def counts(self) -> dict[str, int]:
        """Return the result in numbers, as facts hold it."""
        return {"listed": len(self.rows), "qualified": self.qualified, "not_qualified": self.not_qualified}


def answer(question: Question, *, at: datetime) -> Answer:
    """
    Answer a question. A constant number of queries.

    :param at: now, to tell who has left since
    """
    asked = [question.person] if question.person else None
    found = obligations.qualifications(
        requirement=question.requirement, at=question.at, known_at=question.known_at, people=asked
    )
    placed = people.placements(at=question.at, known_at=question.known_at, people=asked)
    listed = [each for each in found if _is_in(question.unit, placed.get(each.person))]
    requirement = obligations.requirement(question.requirement)
    rows = _rows(listed, placed, at)
    return Answer(
        question=question,
        title=requirement.title if requirement else question.requirement,
        form=_form_then(requirement, rows),
        rows=rows,
        scope=_scope(found, rows, placed),
        person_name=rows[0].name if question.person and rows else "",
        unit_name=_unit_name(question.unit),
        first_record=next((each.stored for each in ledger.facts(limit=1)), None),
    )


def _is_in(path: str, placed: PlacedPerson | None) -> bool:
    if not path:
        return True
    return placed is not None and (placed.unit.path == path or placed.unit.path.startswith(f"{path}/"))


def _rows(
    found: Sequence[Qualification], placed: Mapping[PersonId, PlacedPerson], now: datetime
) -> tuple[AnswerRow, ...]:
    ids = [each.person for each in found]
    today = people.placements(at=now, people=ids)
    names = people.people_named(ids)
    records = ledger.records([each.completion for each in found if each.completion])
    numbers = version_numbers({each.version for each in found if each.version})
    rows = [
        _row(
            each,
            names[each.person].name if each.person in names else str(each.person),
            placed.get(each.person),
            left_since=_has_left(placed.get(each.person), today.get(each.person)),
            record=records.get(each.completion) if each.completion else None,
            number=numbers.get(each.version) if each.version else None,
        )
        for each in found
    ]
    return tuple(sorted(rows, key=lambda row: (row.qualified, row.name, row.person)))


def _row(
    found: Qualification,
    name: str,
    placed: PlacedPerson | None,
    *,
    left_since: bool,
    record: RecordView | None,
    number: int | None,
) -> AnswerRow:
    return AnswerRow(
        person=found.person,
        name=name,
        number=(placed.number or "") if placed else "",
        status=placed.status if placed else "",
        left_since=left_since,
        unit=placed.unit.name if placed else "",
        site=placed.site.name if placed else "",
        job=placed.job_name if placed else "",
        demanded=found.demanded,
        qualified=found.qualified,
        because=found.because,
        version=found.version,
        version_number=number,
        completed_at=found.valid_from,
        valid_until=found.valid_until,
        completion=found.completion,
        record=record.seq if record else None,
        stored=record.stored if record else None,
        revision=found.revision,
    )


def _has_left(then: PlacedPerson | None, now: PlacedPerson | None) -> bool:
    return then is not None and then.status != "left" and now is not None and now.status == "left"


def _scope(found: Sequence[Qualification], rows: Sequence[AnswerRow], placed: Mapping[PersonId, PlacedPerson]) -> Scope:
    demanded = {each.person for each in found if each.demanded}
    others = [each for id, each in placed.items() if id not in demanded]
    return Scope(
        elsewhere=len(found) - len(rows),
        not_demanded=sum(each.status != "left" for each in others),
        had_left=sum(each.status == "left" for each in others),
        left_since=sum(row.left_since for row in rows),
        on_leave=sum(row.status == "leave" for row in rows),
    )


def _form_then(requirement: obligations.RequirementView | None, rows: Sequence[AnswerRow]) -> RequirementForm | None:
    """The form that was in force for most of those listed; revisions may take effect at a site later than elsewhere."""
    if requirement is None:
        return None
    numbers = [row.revision for row in rows if row.revision]
    number = max(set(numbers), key=numbers.count) if numbers else None
    return next((each.form for each in requirement.history if each.number == number and each.form), requirement.form)


def _unit_name(path: str) -> str:
    unit = people.unit(path) if path else None
    return unit.name if unit else path


def version_numbers(hashes: Collection[VersionHash]) -> dict[VersionHash, int]:
    """Return the numbers of versions; one that was never published is left out. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash, number FROM content_courseversion WHERE hash = ANY(%s)", [list(hashes)])
        return dict(cursor.fetchall())
