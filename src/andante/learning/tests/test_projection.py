"""The rows are a view of the facts: thrown away and told again, they are the same."""

import pytest
from django.db import connection, transaction

from andante.assessment import apply as assessment
from andante.assessment import judging as assessment_judging
from andante.assessment import operations as assessment_operations
from andante.assessment import rules
from andante.assessment.statements import AttemptRef, check_answered, sitting_begun, sitting_judged
from andante.content import queries as published_courses
from andante.kernel.ids import AttemptId, CardId, ModuleId, RegistrationId, VersionHash
from andante.kernel.principals import account_principal
from andante.learning import apply as learning
from andante.learning import judging as learning_judging
from andante.learning import operations, queries, statements
from andante.learning.models import Attempt, CardDone, Reflection
from andante.learning.tests.fixtures import NIGHT_CALL, NIGHT_CALL_FOLDER, RIGHT, WRONG, Learner, publish, wrong_options
from andante.ledger import queries as ledger
from andante.ledger.operations import append
from andante.ledger.statements import Fact, Kind
from andante.ledger.verification import Projection, verify
from andante.people.tests.fixtures import member

PROJECTIONS = (
    Projection("assessment", assessment.apply, assessment.EXPLAINED, contradictions=assessment_judging.contradictions),
    Projection("learning", learning.apply, learning.EXPLAINED, contradictions=learning_judging.contradictions),
)
FORGED_COMPLETION = """
    INSERT INTO learning_completion (id, attempt_id, person_id, course_id, version, score, completed_at)
    SELECT gen_random_uuid(), a.id, e.person_id, e.course_id, a.version_id, 1, now()
    FROM learning_attempt a JOIN learning_enrolment e ON e.id = a.enrolment_id
    WHERE NOT EXISTS (SELECT FROM learning_completion c WHERE c.attempt_id = a.id)
"""

COMPLETION_OF_ANOTHER = """
    UPDATE learning_completion c SET person_id = p.id FROM people_person p WHERE p.id <> c.person_id
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
    def learned(self, own_database, seal) -> Learner:
        publish(NIGHT_CALL_FOLDER)
        amara, noor = member("Amara Okafor", "America/Chicago"), member("Noor Haddad", "Europe/Paris")
        learner = Learner(amara.person, amara.account).start()
        walk_with_all_turns(learner)
        Learner(noor.person, noor.account).start()
        again = {"person": amara.person, "course": NIGHT_CALL, "by": account_principal(amara.account)}
        operations.start_again(**again, at=learner.when())
        learner.walk_all().sit_test()
        seal()
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
            (COMPLETION_OF_ANOTHER, "learning_completion"),
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


class TestAFactThatDoesNotFollow:
    """Appended by somebody with the application's rights, past the operations that would have refused."""

    @pytest.fixture
    def noor(self, own_database) -> Learner:
        publish(NIGHT_CALL_FOLDER)
        noor = member("Noor Haddad", "Europe/Paris")
        return Learner(noor.person, noor.account).start()

    @pytest.fixture
    def of(self, noor) -> AttemptRef:
        """Noor's attempt, as statements name it."""
        row = Attempt.objects.get(enrolment__person=noor.person)
        registration, attempt = RegistrationId(row.enrolment_id), AttemptId(row.id)
        return AttemptRef(noor.person, registration, attempt, NIGHT_CALL, VersionHash(row.version_id))

    @pytest.fixture
    def forge(self, noor):
        """Append a fact and write its rows, as the operations do."""

        def _forge(make, of, **values) -> Fact:
            fact = make(of, by=account_principal(noor.account), at=noor.when(), **values)
            with transaction.atomic():
                append([fact])
                assessment.apply(fact)
                learning.apply(fact)
            return fact

        return _forge

    def test_a_completion_without_answers_is_named(self, of, forge):
        fact = forge(statements.course_completed, of, score={"scaled": 1.0})

        assert [str(finding) for finding in verify(PROJECTIONS).findings] == [
            f"learning: Record {fact.id} completes attempt {of.attempt}, but {what}."
            for what in ("11 of 11 cards are not done", "no sitting of its test was passed")
        ]

    def test_a_completion_with_cards_that_were_only_called_read_is_named(self, noor, of, forge):
        """As if one could go on past a question."""
        for card in published_courses.version(of.version).document.cards.values():
            forge(statements.card_read, of, module=ModuleId("answer"), card=card)
        noor.sit_test(RIGHT)

        (finding,) = verify(PROJECTIONS).findings

        assert "4 of 11 cards are not done" in finding.what

    def test_a_score_that_is_not_the_test_s_is_named(self, noor, of, forge):
        noor.walk_all().start_test()
        course = published_courses.version(of.version).document
        slips = 0
        for position in (1, 2, 3, 4):
            item = queries.test_item(person=noor.person, course=NIGHT_CALL, position=position).item
            right = item.must_pass or slips > 0
            slips += not right
            chosen = noor.options(position, right=right)
            who = {"by": account_principal(noor.account), "at": noor.when()}
            assessment_operations.answer_item(of=of, course=course, sitting=1, position=position, chosen=chosen, **who)
        assert slips == 1
        forge(statements.course_completed, of, score={"scaled": 1.0})

        (finding,) = verify(PROJECTIONS).findings

        assert "its score is 1.0000, and that of its test 0.75" in finding.what

    def test_an_answer_that_is_called_right_and_is_not_is_named(self, noor, of, forge):
        noor.walk_to("the-brother")
        wrong = wrong_options(published_courses.version(of.version).document.cards[CardId("the-brother")])
        answer = {"module": ModuleId("answer"), "card": CardId("the-brother"), "number": 1, "correct": True}
        fact = forge(check_answered, of, chosen=wrong, **answer)

        (finding,) = verify(PROJECTIONS).findings

        assert f"Record {fact.id} calls the answer “{wrong[0]}” to “the-brother” right, which it is not" in finding.what

    def test_a_test_that_is_called_passed_and_is_not_is_named(self, noor, of, forge):
        noor.walk_all().start_test()
        for position in (1, 2, 3):
            noor.answer_item(position, *noor.options(position, right=False))
        result = rules.TestResult(correct=4, total=4, passed=True, missed_must_pass=(), by_objective=())
        forge(sitting_judged, of, number=1, result=result)

        (finding,) = verify(PROJECTIONS).findings

        assert "is closed with 3 of 4 answers" in finding.what

    @pytest.mark.parametrize("items", [["x"], [], ["ans-1"] * 4])
    def test_a_test_of_other_items_than_the_course_draws_is_named_and_no_crash(self, noor, of, forge, items):
        fact = forge(sitting_begun, of, number=1, seed="00", items=items)
        result = rules.TestResult(correct=4, total=4, passed=True, missed_must_pass=(), by_objective=())
        forge(sitting_judged, of, number=1, result=result)
        forge(statements.course_completed, of, score={"scaled": 1.0})

        found = [finding.what for finding in verify(PROJECTIONS).findings]

        assert f"The sitting that record {fact.id} began has items that its course does not draw." in found
        assert any("no sitting of its test was passed" in what for what in found)
