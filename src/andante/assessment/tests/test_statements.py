"""How an answer looks in xAPI, field by field: what is once sealed keeps this shape for ever."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from andante.assessment import rules, statements
from andante.assessment.statements import AttemptRef
from andante.kernel.ids import (
    AttemptId,
    CardId,
    CourseId,
    ItemId,
    ModuleId,
    PersonId,
    RegistrationId,
    VersionHash,
)
from andante.kernel.principals import Principal

LOG = "https://learn.example.org/log"
OF = AttemptRef(
    person=PersonId(UUID(int=1)),
    registration=RegistrationId(UUID(int=2)),
    attempt=AttemptId(UUID(int=3)),
    course=CourseId("night-call"),
    version=VersionHash("a" * 64),
)
ACT = {"by": Principal(f"account:{UUID(int=4)}"), "at": datetime(2026, 1, 12, 7, 40, tzinfo=UTC)}

pytestmark = pytest.mark.django_db


def extensions(fact) -> dict[str, object]:
    """Those of one statement; what stands in each of them is left out."""
    always = {"urn:x-andante:course-version", "urn:x-andante:attempt", "urn:x-andante:by"}
    return {name: value for name, value in fact.extensions.items() if name not in always}


class TestAnAnswer:
    def test_to_a_check_names_person_card_module_course_version_and_try(self):
        fact = statements.check_answered(
            OF, module=ModuleId("answer"), card=CardId("k7f3"), number=2, chosen=["c", "a"], correct=False, **ACT
        )

        body = fact.body
        assert body["actor"] == {"objectType": "Agent", "account": {"homePage": LOG, "name": str(OF.person)}}
        assert body["object"]["id"] == f"{LOG}/course/night-call/card/k7f3"
        assert body["context"]["registration"] == str(OF.registration)
        assert body["context"]["contextActivities"]["parent"][0]["id"] == f"{LOG}/course/night-call/module/answer"
        assert body["context"]["contextActivities"]["grouping"][0]["id"] == f"{LOG}/course/night-call"
        assert body["result"] == {"score": {"scaled": 0}, "success": False, "response": "a[,]c"}
        assert fact.extensions == {
            "urn:x-andante:course-version": "a" * 64,
            "urn:x-andante:attempt": str(OF.attempt),
            "urn:x-andante:try": 2,
            "urn:x-andante:by": ACT["by"],
        }

    def test_to_an_item_names_the_sitting_and_the_place(self):
        fact = statements.item_answered(
            OF, sitting=1, position=3, item=ItemId("t8rq"), chosen=["a"], correct=True, **ACT
        )

        assert fact.object == f"{LOG}/course/night-call/item/t8rq"
        assert extensions(fact) == {"urn:x-andante:sitting": 1, "urn:x-andante:position": 3}

    def test_has_an_id_that_follows_from_attempt_card_and_try(self):
        same = {"module": ModuleId("answer"), "card": CardId("k7f3"), "chosen": ["a"], "correct": True, **ACT}
        first, again, second = (statements.check_answered(OF, number=number, **same).id for number in (1, 1, 2))

        # uuid5 of the attempt's id and "card/k7f3/1": an id that was sealed must never be derived differently.
        assert first == again == UUID("4ece2206-ad67-5806-9591-d373995d2639")
        assert second != first


class TestASitting:
    def test_records_what_was_drawn_and_from_which_seed(self):
        fact = statements.sitting_begun(OF, number=1, seed="00ff", items=[ItemId("b"), ItemId("a")], **ACT)

        assert fact.object == f"{LOG}/course/night-call/test"
        assert extensions(fact) == {
            "urn:x-andante:sitting": 1,
            "urn:x-andante:seed": "00ff",
            "urn:x-andante:items": ["b", "a"],
        }

    @pytest.mark.parametrize(("right", "verb"), [(3, "passed"), (2, "failed")])
    def test_is_judged_with_score_and_outcome(self, right, verb):
        marks = [rules.Mark(ItemId(str(n)), ModuleId("m"), n < right, must_pass=False) for n in range(4)]
        result = rules.judge(marks, pass_percent=75)

        fact = statements.sitting_judged(OF, number=1, result=result, **ACT)

        assert fact.verb.endswith(f"/{verb}")
        assert fact.result == {
            "score": {"scaled": right / 4, "raw": right, "min": 0, "max": 4},
            "success": right == 3,
            "completion": True,
        }


class TestIsOurs:
    def test_is_false_for_a_statement_under_another_authority(self):
        fact = statements.sitting_begun(OF, number=1, seed="00ff", items=[], **ACT)
        assert statements.is_ours(fact)

        agent = {"objectType": "Agent", "account": {"homePage": LOG, "name": "somebody"}}
        foreign = type(fact)(fact.id, fact.kind, fact.timestamp, {**fact.body, "authority": agent})

        assert not statements.is_ours(foreign)
