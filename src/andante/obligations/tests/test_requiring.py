"""Requirements as facts: sealed in resolved form, revised, previewed; and what facts of others lead to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, publish
from andante.ledger import queries as ledger
from andante.ledger.operations import Follower, follow
from andante.obligations import operations, queries, reactions
from andante.obligations.models import AcceptedVersion, Assignment
from andante.obligations.tests.organisation import OFFICE, complete, require
from andante.obligations.tests.revising import revise

JUNE = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
RULE = "id: calls\ntitle: Calls\naudience: {job: [nurse]}\ncourse: night-call\ndue: 7 days\nrenew: 12 months\n"
FOLLOWER = Follower("obligations", reactions.react)

pytestmark = pytest.mark.usefixtures("night_call")


def sealed(seal, action: str) -> list:
    seal()
    return [stored.fact for stored in ledger.facts(limit=10_000) if stored.fact.verb == action]


class TestTheFactOfARequirement:
    def test_says_all_that_a_checker_needs(self, organisation, night_call, revised, seal):
        require(RULE + "accept: {from version: 2}\n", at=JUNE)

        (fact,) = sealed(seal, "requirement-applied")
        assert fact.object == "requirement:calls"
        assert fact.timestamp == JUNE
        assert fact.body["new"]["accepted"] == [revised.version]
        assert fact.body["new"]["validity"] == {"months": 12, "days": 0, "hours": 0}
        assert fact.body["new"]["form"]["audience"] == {"all": [{"job": ["nurse"]}]}
        assert fact.body["new"]["form"]["due"] == {"within": "7 days", "before": None}

    def test_accepts_any_version_with_nothing(self, organisation, seal):
        require(RULE, at=JUNE)
        (fact,) = sealed(seal, "requirement-applied")
        assert fact.body["new"]["accepted"] is None

    def test_of_a_revision_says_what_it_was_before_and_why(self, organisation, seal):
        require(RULE, at=JUNE)
        form = queries.parse_form(RULE.replace("7 days", "9 days"))
        operations.apply_requirement(form=form, by=OFFICE, at=JUNE, why="Agreed in May")

        _, fact = sealed(seal, "requirement-applied")
        assert fact.body["old"]["form"]["due"]["within"] == "7 days"
        assert fact.body["why"] == "Agreed in May"

    def test_holds_no_personal_value_outside_old_and_new(self, organisation, seal):
        organisation.hire("Ada Byron")
        require(RULE, at=JUNE)

        (fact,) = sealed(seal, "duty-assigned")
        assert "Ada" not in str(fact.body)
        assert fact.object.startswith("person:")


class TestARevisionThatIsTriedAgain:
    def test_after_a_withdrawal_holds_again(self, organisation):
        nurse = organisation.hire("Ada")
        require(RULE, at=JUNE)
        operations.withdraw_requirement(requirement="calls", by=OFFICE, at=JUNE + timedelta(days=1), why="a try")
        require(RULE, at=JUNE + timedelta(days=2))

        (duty,) = queries.duties(people=[nurse], at=JUNE + timedelta(days=2))
        assert duty.begins_at == JUNE + timedelta(days=2)
        view = queries.requirement("calls")
        assert (view.revision, view.withdrawn) == (3, False)
        assert [each.form is None for each in view.history] == [False, True, False]

    def test_after_a_mistake_gives_the_same_duty_back(self, organisation):
        nurse = organisation.hire("Ada")
        require(RULE, at=JUNE)
        (before,) = queries.duties(people=[nurse], at=JUNE)
        organisation.place(nurse, on=date(2026, 5, 20), job="operator")
        assert operations.evaluate(at=JUNE) == operations.Evaluation(withdrawn=1)
        organisation.place(nurse, on=date(2026, 5, 20), job="nurse")
        assert operations.evaluate(at=JUNE) == operations.Evaluation(opened=1)

        (after,) = queries.duties(people=[nurse], at=JUNE)
        assert (after.assignment, after.due_at) == (before.assignment, before.due_at)


class TestReactions:
    @pytest.fixture
    def work(self, seal):
        def _work(now: datetime) -> None:
            seal()
            while follow(FOLLOWER):
                pass
            operations.evaluate_when_due(now)

        return _work

    def test_a_hire_and_a_move_are_looked_at_by_themselves(self, organisation, work):
        require(RULE, at=JUNE)
        nurse = organisation.hire("Ada")
        work(JUNE)
        assert Assignment.objects.filter(person=nurse, withdrawn_at=None).exists()
        organisation.place(nurse, job="operator", on=date(2026, 5, 20))
        work(JUNE)
        assert not Assignment.objects.filter(person=nurse, withdrawn_at=None).exists()

    def test_time_alone_brings_what_was_to_come(self, organisation, work):
        require(RULE, at=JUNE)
        nurse = organisation.hire("Ada", on=date(2026, 6, 10))
        work(JUNE)
        assert not Assignment.objects.exists()

        operations.evaluate_when_due(datetime(2026, 6, 10, 4, 59, tzinfo=UTC))
        assert not Assignment.objects.exists()
        operations.evaluate_when_due(datetime(2026, 6, 10, 5, 0, tzinfo=UTC))
        assert Assignment.objects.get().person_id == nurse

    def test_a_completion_opens_its_renewal_when_the_time_has_come(self, organisation, work):
        nurse = organisation.hire("Ada")
        require(RULE, at=JUNE)
        complete(nurse, JUNE)
        work(JUNE)

        operations.evaluate_when_due(datetime(2027, 5, 2, 11, 59, tzinfo=UTC))
        assert Assignment.objects.count() == 1
        operations.evaluate_when_due(datetime(2027, 5, 2, 12, 0, tzinfo=UTC))
        assert Assignment.objects.count() == 2

    def test_a_later_version_counts_where_the_rule_says_so(self, organisation, night_call, work, tmp_path, seal):
        require(RULE + "accept: {from version: 1}\n", at=JUNE)
        require(RULE.replace("calls", "others"), at=JUNE)
        newer = publish(revise(NIGHT_CALL_FOLDER, tmp_path))
        work(JUNE)

        counting = set(AcceptedVersion.objects.values_list("version", flat=True))
        assert counting == {night_call.version, newer.version}
        (fact,) = sealed(seal, "requirement-resolved")
        assert fact.body["new"] == {"requirement": "calls", "revision": 1, "accepted": [newer.version]}

    def test_facts_that_are_told_twice_change_nothing(self, organisation, work, seal):
        organisation.hire("Ada")
        require(RULE + "accept: {from version: 1}\n", at=JUNE)
        work(JUNE)
        before = Assignment.objects.count()

        FOLLOWER.react(ledger.facts(limit=10_000))
        operations.evaluate_when_due(JUNE)

        assert Assignment.objects.count() == before
        assert sealed(seal, "requirement-resolved") == []


class TestPreview:
    def test_of_a_new_rule_lists_who_gains_a_duty_and_who_holds_it_already(self, organisation):
        ada, bea = organisation.hire("Ada"), organisation.hire("Bea")
        complete(bea, JUNE)

        found = queries.preview(queries.parse_form(RULE), at=JUNE)

        assert [(who.person, who.done) for who in found.gains] == [(ada, False), (bea, True)]
        assert found.gains[0].due_at == datetime(2026, 6, 9, 4, 59, tzinfo=UTC)
        assert found.gains[0].why == "nurse in Chicago since 1 February 2026"
        assert (found.loses, found.changed, found.unchanged) == ((), (), ())

    def test_is_what_then_happens(self, organisation):
        for job in ("nurse", "operator", "line-lead"):
            organisation.hire(job, job=job)
        require(RULE, at=JUNE)
        revised = queries.parse_form(RULE.replace("[nurse]", "[operator, line-lead]"))
        later = JUNE + timedelta(days=1)

        found = queries.preview(revised, at=later)
        operations.apply_requirement(form=revised, by=OFFICE, at=later)

        made = operations.evaluate(at=later)
        assert (len(found.gains), len(found.loses)) == (made.opened, made.withdrawn) == (2, 1)

    def test_of_another_date_lists_both(self, organisation):
        organisation.hire("Ada")
        require(RULE, at=JUNE)

        found = queries.preview(queries.parse_form(RULE.replace("7 days", "9 days")), at=JUNE + timedelta(days=1))

        (who,) = found.changed
        assert who.due_at - who.due_before == timedelta(days=2)

    def test_of_a_later_version_lists_who_must_do_it_again(self, organisation, revised):
        organisation.hire("Ada")
        require(RULE, at=JUNE)

        later = JUNE + timedelta(days=1)
        found = queries.preview(queries.parse_form(RULE + "accept: {from version: 2}"), at=later)

        assert len(found.gains) == 1

    def test_writes_nothing(self, organisation):
        organisation.hire("Ada")
        queries.preview(queries.parse_form(RULE), at=JUNE)
        assert queries.requirements() == []
        assert not Assignment.objects.exists()
