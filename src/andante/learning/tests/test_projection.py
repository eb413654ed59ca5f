"""The rows are a view of the facts: thrown away and told again, they are the same."""

import pytest
from django.db import connection, connections, transaction

from andante.assessment import apply as assessment
from andante.learning import apply as learning
from andante.learning.models import CardDone, Reflection
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, RIGHT, WRONG, Learner, publish
from andante.ledger import queries as ledger
from andante.ledger.statements import Fact, Kind
from andante.ledger.verification import Projection, verify
from andante.people.tests.fixtures import member

PROJECTIONS = (
    Projection("assessment", assessment.apply, assessment.EXPLAINED),
    Projection("learning", learning.apply, learning.EXPLAINED),
)
FORGED_COMPLETION = """
    INSERT INTO learning_completion (id, attempt_id, version, score, completed_at)
    SELECT gen_random_uuid(), a.id, a.version_id, 1, now() FROM learning_attempt a
    WHERE NOT EXISTS (SELECT FROM learning_completion c WHERE c.attempt_id = a.id)
"""


def rows() -> dict[str, list[tuple]]:
    tables = (*learning.EXPLAINED, *assessment.EXPLAINED)
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in tables}


def throw_away() -> None:
    Reflection.objects.all().delete()
    for model in reversed((*assessment.EXPLAINED, *learning.EXPLAINED)):
        model.objects.all().delete()


def walk_with_all_turns(learner: Learner) -> None:
    """Wrong answers, practice, a bad end, a failed test, a pass."""
    learner.walk_to("the-brother")
    learner.answer("the-brother", "b")
    learner.answer("the-brother", "a", number=2)
    learner.walk_to("the-station").choose("the-station", "a", number=1)
    learner.choose("the-station", "b", number=1, run=2)
    learner.walk_all().sit_test(WRONG, WRONG)
    learner.sit_test(RIGHT, sitting=2)


class TestApply:
    def test_tells_every_row_again_from_the_sealed_facts(self, learner, learner_of, noor, seal):
        walk_with_all_turns(learner)
        learner_of(noor).walk_to("the-brother")
        before = rows()
        assert all(before.values())
        seal()

        throw_away()
        for stored in ledger.facts(limit=1_000):
            assessment.apply(stored.fact)
            learning.apply(stored.fact)

        assert rows() == before

    def test_keeps_no_row_for_a_statement_that_somebody_else_made(self, learner, seal):
        learner.continue_past("who-calls")
        seal()
        ours = ledger.facts(limit=1_000)[-1].fact
        foreign = Fact(
            ours.id,
            Kind.STATEMENT,
            ours.timestamp,
            {**ours.body, "authority": {"objectType": "Agent", "mbox": "mailto:lms@example.org"}},
        )
        CardDone.objects.all().delete()

        learning.apply(foreign)

        assert not CardDone.objects.exists()


class TestVerify:
    @pytest.fixture
    def learned(self, own_database, sealer) -> Learner:
        publish(NIGHT_CALL_FOLDER)
        amara, noor = member("Amara Okafor", "America/Chicago"), member("Noor Haddad", "Europe/Paris")
        learner = Learner(amara.person, amara.account).start()
        walk_with_all_turns(learner)
        Learner(noor.person, noor.account).start()
        with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
            sealer.seal(cursor)
        return learner

    def test_finds_nothing_in_an_honest_record(self, learned):
        assert verify(PROJECTIONS).findings == []

    def test_never_writes_to_the_real_tables_whatever_order_its_login_chose(self, learned):
        before = rows()
        with connection.cursor() as cursor:
            cursor.execute("SET search_path = public, pg_temp")
            try:
                assert verify(PROJECTIONS).findings == []
            finally:
                cursor.execute("RESET search_path")
        assert rows() == before

    @pytest.mark.parametrize(
        ("forgery", "table"),
        [
            (FORGED_COMPLETION, "learning_completion"),
            ("UPDATE learning_completion SET score = 0.9", "learning_completion"),
            ("UPDATE assessment_response SET correct = true", "assessment_response"),
            ("UPDATE assessment_sitting SET passed = true, correct = 4", "assessment_sitting"),
            ("DELETE FROM learning_scenariostep WHERE run = 1", "learning_scenariostep"),
            ("UPDATE learning_carddone SET card = 'own-lead-2' WHERE card = 'own-lead'", "learning_carddone"),
        ],
    )
    def test_finds_a_row_that_was_forged_without_a_fact(self, learned, owner_connection, forgery, table):
        assert owner_connection.execute(forgery).rowcount

        found = {finding.where.split()[0] for finding in verify(PROJECTIONS).findings}

        assert found == {table}
