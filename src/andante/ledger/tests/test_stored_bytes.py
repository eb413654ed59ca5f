"""What is stored, byte by byte: once sealed it stays as it is, so a change here must be a new format version."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from andante.kernel.ids import CardId, CourseId, ModuleId, PersonId, RegistrationId, VersionHash
from andante.kernel.principals import Principal
from andante.ledger import statements, vocabulary
from andante.ledger.append import equality_digest

GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 11, 22, 16, 45, 0, 123456, tzinfo=UTC)
COURSE = CourseId("patient-records")
ID = UUID("4e9c48d2-7b3c-5c5b-8c1e-5d2f6a7b8c9d")


def answered():
    return statements.statement(
        id=ID,
        actor=PersonId(UUID("0192f0c1-7a6b-7c5d-8e9f-0a1b2c3d4e5f")),
        verb=vocabulary.ANSWERED,
        object=vocabulary.card_activity(COURSE, CardId("k7f3"), interaction=vocabulary.CHOICE),
        at=AT,
        by=Principal("account:0192f0c1-7a6b-7c5d-8e9f-000000000001"),
        registration=RegistrationId(UUID("0192f0c1-7a6b-7c5d-8e9f-000000000002")),
        result={"success": True, "response": "a[,]c", "score": {"scaled": 1.0}},
        parent=vocabulary.module_activity(COURSE, ModuleId("ward")),
        grouping=vocabulary.course_activity(COURSE),
        extensions={vocabulary.EXT_VERSION: VersionHash("ab" * 32), vocabulary.EXT_TRY: 1},
    )


def granted():
    return statements.audit(
        id=ID,
        by=Principal("cli:tomás"),
        action="role-granted",
        subject="person:0192f0c1-7a6b-7c5d-8e9f-0a1b2c3d4e5f",
        at=AT,
        new={"role": "auditor"},
        why="covers for Mei Lin",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "fact"), [("statement", answered), ("audit", granted)])
def test_the_stored_bytes_are_those_of_the_golden_file(name, fact):
    assert msgspec.json.encode(fact().body) == (GOLDEN / f"{name}.json").read_bytes().rstrip(b"\n")


@pytest.mark.django_db
class TestEquality:
    def test_does_not_count_what_the_store_sets(self):
        body = dict(answered().body)
        assert equality_digest({**body, "stored": "2030-01-01T00:00:00Z", "authority": {}}) == equality_digest(body)

    def test_counts_everything_else(self):
        body = dict(answered().body)
        assert equality_digest({**body, "result": {"success": False}}) != equality_digest(body)

    def test_does_not_count_the_order_of_members(self):
        body = dict(answered().body)
        assert equality_digest(dict(reversed(body.items()))) == equality_digest(body)


@pytest.mark.django_db
class TestAFactOfOurs:
    def test_tells_its_parts(self):
        fact = answered()
        assert fact.path == "course/patient-records/card/k7f3"
        assert str(fact.actor) == "0192f0c1-7a6b-7c5d-8e9f-0a1b2c3d4e5f"
        assert str(fact.registration) == "0192f0c1-7a6b-7c5d-8e9f-000000000002"
        assert fact.result["response"] == "a[,]c"

    def test_of_somebody_else_s_store_has_no_person_of_ours(self):
        body = {**answered().body, "actor": {"account": {"homePage": "https://other.example", "name": "x"}}}
        assert statements.Fact(ID, statements.Kind.STATEMENT, AT, body).actor is None
