"""Rows that nobody can forge: `andante verify` finds what no fact explains."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction

from andante.kernel.ids import new_id
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, Learner, publish
from andante.ledger.verification import Projection, verify
from andante.obligations import apply as obligations
from andante.obligations import judging, operations
from andante.obligations.tests.organisation import OFFICE, WARD_3, found, require

PROJECTIONS = (
    Projection(
        "obligations",
        obligations.apply,
        obligations.EXPLAINED,
        obligations.UNEXPLAINED,
        contradictions=judging.contradictions,
    ),
)
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
NURSES = "id: night-call-nurses\ntitle: Night call\naudience: {job: [nurse]}\ncourse: night-call\n{accept}due: 7 days\n"
FORGED_DUTY = """
    INSERT INTO obligations_assignment (id, requirement_id, person_id, revision, begins_at, assigned_at, step)
    SELECT gen_random_uuid(), requirement_id, person_id, 1, now(), now(), 1 FROM obligations_assignment LIMIT 1
"""


FORGED_FORM = """
    UPDATE obligations_requirementrevision SET form = jsonb_set(form, '{renew,every}', '"9 years"')
    WHERE requirement_id = 'other'
"""


@pytest.fixture
def required(own_database, sealer) -> None:
    """Rules applied, revised and withdrawn; duties assigned, dated anew, withdrawn; a crew planned twice."""
    publish(NIGHT_CALL_FOLDER)
    organisation = found()
    ada, bea = organisation.hire("Ada"), organisation.hire("Bea", job="line-lead")
    Learner(ada, new_id()).start().walk_all().sit_test()
    require(NURSES.replace("{accept}", "accept: {from version: 1}\n"), at=NOW)
    require(NURSES.replace("{accept}", "").replace("7 days", "3 days"), at=NOW + timedelta(hours=1))
    require(NURSES.replace("{accept}", "").replace("7 days", "9 days"), at=NOW + timedelta(hours=2))
    require("id: other\ntitle: Other\ncourse: night-call\nrenew: 6 months\n", at=NOW)
    require("id: third\ntitle: Third\ncourse: night-call\n", at=NOW)
    operations.withdraw_requirement(requirement="third", by=OFFICE, at=NOW, why="a try")
    operations.evaluate(at=NOW + timedelta(days=50))
    for members in ([ada], [bea, ada]):
        operations.plan_crew(
            unit=WARD_3,
            name="Tonight",
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=8),
            needed=2,
            requirements=["other"],
            members=members,
            by=OFFICE,
            at=NOW,
        )
    with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
        sealer.seal(cursor)


def found_by_verify() -> set[str]:
    return {finding.where.split()[0] for finding in verify(PROJECTIONS).findings}


@pytest.mark.slow
class TestVerify:
    def test_finds_nothing_in_an_honest_record(self, required):
        assert verify(PROJECTIONS).findings == []

    @pytest.mark.parametrize(
        ("forgery", "table"),
        [
            (FORGED_DUTY, "obligations_assignment"),
            ("UPDATE obligations_assignment SET due_at = due_at + interval '1 year'", "obligations_assignment"),
            ("UPDATE obligations_assignment SET withdrawn_at = now()", "obligations_assignment"),
            ("DELETE FROM obligations_assignment WHERE withdrawn_at IS NULL", "obligations_assignment"),
            ("UPDATE obligations_requirement SET withdrawn = true WHERE id = 'other'", "obligations_requirement"),
            (FORGED_FORM, "obligations_requirementrevision"),
            ("UPDATE obligations_requirementrevision SET any_version = true", "obligations_requirementrevision"),
            ("UPDATE obligations_acceptedversion SET version = 'forged'", "obligations_acceptedversion"),
            ("UPDATE obligations_crew SET needed = 1", "obligations_crew"),
            ("DELETE FROM obligations_crewmember WHERE place = 1", "obligations_crewmember"),
        ],
    )
    def test_finds_a_row_that_was_forged_without_a_fact(self, required, owner_connection, forgery, table):
        assert owner_connection.execute(forgery).rowcount

        assert found_by_verify() == {table}

    @pytest.mark.parametrize(
        "forgery",
        [
            "UPDATE obligations_currentduty SET completed_at = now()",
            "UPDATE obligations_currentduty SET begins_at = begins_at + interval '1 year'",
            "DELETE FROM obligations_currentduty",
            (
                "INSERT INTO obligations_currentduty (id, person_id, requirement_id, course, begins_at, assigned_at)"
                " SELECT gen_random_uuid(), person_id, requirement_id, course, begins_at, assigned_at"
                " FROM obligations_currentduty"
            ),
        ],
    )
    def test_finds_what_is_kept_for_managers_and_does_not_follow(self, required, owner_connection, forgery):
        assert owner_connection.execute(forgery).rowcount
        owner_connection.execute("DELETE FROM obligations_look")
        findings = verify(PROJECTIONS).findings
        assert findings
        assert all("kept ready for managers" in finding.what for finding in findings)

        operations.look_at(None)
        assert found_by_verify() == set()  # the evaluator is still to look: a moment behind, not wrong
        operations.evaluate(at=NOW + timedelta(days=50))
        assert found_by_verify() == set()
