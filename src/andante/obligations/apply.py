"""
From facts to rows: the only writer of requirements, duties and crews.

`apply_all` writes many at once: a rule may concern everybody. It is the same function for one fact, for what was just
decided, and for a replay.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from andante.kernel.ids import derived_id
from andante.ledger.statements import Fact, Kind
from andante.obligations import statements
from andante.obligations.models import (
    AcceptedVersion,
    Assignment,
    Crew,
    CrewMember,
    Requirement,
    RequirementRevision,
)
from andante.obligations.rules.form import RequirementId

EXPLAINED = (Requirement, RequirementRevision, AcceptedVersion, Assignment, Crew, CrewMember)
UNEXPLAINED: Mapping[str, str] = {
    "obligations_currentduty": "What duties and completions come to, kept ready; the evaluator makes it from both.",
    "obligations_look": "Only says whose duties are to be computed next, and when; computing them is harmless.",
}
_GIVEN = """
    unnest(
        %(id)s::uuid[], %(requirement)s::text[], %(person)s::uuid[], %(revision)s::int[], %(begins_at)s::timestamptz[],
        %(due_at)s::timestamptz[], %(renews)s::uuid[], %(at)s::timestamptz[], %(step)s::int[]
    ) AS given (id, requirement_id, person_id, revision, begins_at, due_at, renews, at, step)
"""
# One that was withdrawn before may be theirs again.
_ASSIGN = f"""
    INSERT INTO obligations_assignment (
        id, requirement_id, person_id, revision, begins_at, due_at, renews, assigned_at, step
    )
    SELECT * FROM {_GIVEN}
    ON CONFLICT (id) DO UPDATE SET
        revision = excluded.revision, begins_at = excluded.begins_at, due_at = excluded.due_at,
        assigned_at = excluded.assigned_at, withdrawn_at = NULL, step = excluded.step
"""  # noqa: S608 - constants of this module
_WITHDRAW = f"""
    UPDATE obligations_assignment a SET withdrawn_at = given.at, step = given.step FROM {_GIVEN} WHERE a.id = given.id
"""  # noqa: S608
_REDATE = f"""
    UPDATE obligations_assignment a
    SET revision = given.revision, begins_at = given.begins_at, due_at = given.due_at, step = given.step
    FROM {_GIVEN} WHERE a.id = given.id
"""  # noqa: S608
_DUTIES = {
    statements.DUTY_ASSIGNED: _ASSIGN,
    statements.DUTY_WITHDRAWN: _WITHDRAW,
    statements.DUTY_REDATED: _REDATE,
}


def apply(fact: Fact) -> None:
    """Write the rows that a fact of this package explains; other facts are none of its business."""
    apply_all([fact])


def apply_all(facts: Sequence[Fact]) -> None:
    """Write the rows that these facts explain, in their order. No two may be about one duty."""
    own = [fact for fact in facts if fact.kind is Kind.AUDIT]
    for action, change in _DUTIES.items():
        _keep_duties(change, [_duty(fact) for fact in own if fact.verb == action])
    for fact in own:
        if fact.verb == statements.REQUIREMENT_APPLIED:
            _applied(fact)
        elif fact.verb == statements.REQUIREMENT_RESOLVED:
            _accept(statements.revision_id(_requirement(fact), fact.body["new"]["revision"]), fact)
        elif fact.verb == statements.REQUIREMENT_WITHDRAWN:
            _revised(fact, form=None, any_version=False)
        elif fact.verb == statements.CREW_PLANNED:
            _crew_planned(fact)


def _requirement(fact: Fact) -> RequirementId:
    return RequirementId(fact.body["new"]["requirement"])


def _applied(fact: Fact) -> None:
    new = fact.body["new"]
    _revised(fact, form=new["form"], any_version=new["accepted"] is None)
    _accept(fact.id, fact)


def _revised(fact: Fact, *, form: Mapping[str, Any] | None, any_version: bool) -> None:
    number = fact.body["new"]["revision"]
    # Not `update_or_create`, which locks the row against the evaluator's new duties: with the looks that both ask for,
    # the two could wait for each other.
    Requirement.objects.bulk_create(
        [Requirement(id=_requirement(fact), revision=number, withdrawn=form is None)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["revision", "withdrawn"],
    )
    RequirementRevision.objects.create(
        id=fact.id,
        requirement_id=_requirement(fact),
        number=number,
        form=form,
        any_version=any_version,
        applied_at=fact.timestamp,
        applied_by=fact.body["by"],
        why=fact.body["why"],
    )


def _accept(revision: UUID, fact: Fact) -> None:
    AcceptedVersion.objects.bulk_create(
        AcceptedVersion(
            id=statements.accepted_id(revision, version), revision_id=revision, version=version, fact=fact.id
        )
        for version in fact.body["new"]["accepted"] or ()
    )


def _keep_duties(change: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(change, {name: [row[name] for row in rows] for name in rows[0]})


def _duty(fact: Fact) -> dict[str, Any]:
    new = fact.body["new"]
    return {
        "id": UUID(new["assignment"]),
        "requirement": new["requirement"],
        "person": UUID(fact.body["subject"].removeprefix("person:")),
        "revision": new["revision"],
        "begins_at": datetime.fromisoformat(new["begins_at"]),
        "due_at": datetime.fromisoformat(new["due_at"]) if new["due_at"] else None,
        "renews": UUID(new["renews"]) if new["renews"] else None,
        "at": fact.timestamp,
        "step": new["step"],
    }


def _crew_planned(fact: Fact) -> None:
    new = fact.body["new"]
    crew, _new = Crew.objects.update_or_create(
        id=UUID(new["crew"]),
        defaults={
            "unit_id": UUID(fact.body["subject"].removeprefix("unit:")),
            "name": new["name"],
            "starts_at": datetime.fromisoformat(new["starts_at"]),
            "ends_at": datetime.fromisoformat(new["ends_at"]),
            "needed": new["needed"],
            "requirements": new["requirements"],
            "step": new["step"],
        },
    )
    crew.members.all().delete()
    CrewMember.objects.bulk_create(
        CrewMember(id=derived_id(crew.id, "member", member), crew=crew, person_id=UUID(member), place=place)
        for place, member in enumerate(new["members"], 1)
    )
