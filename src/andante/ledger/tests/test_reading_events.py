"""Audit events page by page, and what concerns a person."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from andante.kernel.ids import PersonId, new_id
from andante.kernel.principals import cli_principal, system_principal
from andante.ledger import operations, queries, vocabulary
from andante.ledger.queries import Place
from andante.ledger.statements import audit, statement

AMARA = PersonId(UUID("01930000-0000-7000-8000-000000000001"))
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
OFFICE = system_principal("office")


def event(number: int, *, subject: str = f"person:{AMARA}", action: str = "placed", by=OFFICE):
    return audit(id=new_id(), by=by, action=action, subject=subject, at=LONG_AGO + timedelta(hours=number))


@pytest.fixture
def events(db):
    facts = [event(number) for number in range(5)]
    facts += [event(5, subject="unit:1"), event(6, action="role-granted"), event(7, by=cli_principal())]
    operations.append(facts)
    return facts


def ids(found):
    return [each.fact.id for each in found]


class TestAuditEvents:
    def test_come_the_latest_first(self, events):
        found = queries.audit_events(subjects=[f"person:{AMARA}"], limit=3)
        assert ids(found) == [events[7].id, events[6].id, events[4].id]

    def test_leave_out_what_learners_did(self, events):
        operations.append([did(9)])
        assert all(each.fact.kind == 2 for each in queries.audit_events(subjects=[f"person:{AMARA}"]))

    def test_can_be_asked_by_subject_actor_action_and_time(self, events):
        about = f"person:{AMARA}"
        assert len(queries.audit_events(subjects=[about])) == 7
        assert len(queries.audit_events(subjects=[about, "unit:1"])) == 8
        assert ids(queries.audit_events(subjects=[about], actors=[cli_principal()])) == [events[7].id]
        assert ids(queries.audit_events(subjects=[about], actions=["role-granted"])) == [events[6].id]
        since, until = LONG_AGO + timedelta(hours=1), LONG_AGO + timedelta(hours=3)
        assert ids(queries.audit_events(actors=[OFFICE], since=since, until=until)) == [events[2].id, events[1].id]

    def test_follow_page_by_page_without_a_gap(self, events):
        found, before = [], None
        while page := queries.audit_events(actors=[OFFICE], before=before, limit=2):
            found += ids(page)
            before = Place(page[-1].fact.timestamp, page[-1].fact.id)
        assert found == [fact.id for fact in reversed(events[:7])]

    def test_of_one_moment_have_an_order(self, db):
        same = [event(1) for _ in range(4)]
        operations.append(same)
        first = queries.audit_events(actors=[OFFICE], limit=2)
        rest = queries.audit_events(actors=[OFFICE], before=Place(first[-1].fact.timestamp, first[-1].fact.id), limit=9)
        assert sorted(ids(first + rest)) == sorted(fact.id for fact in same)

    def test_say_whether_they_are_sealed(self, events, seal):
        assert queries.audit_events(actors=[OFFICE], limit=1)[0].seq is None
        seal()
        assert queries.audit_events(actors=[OFFICE], limit=1)[0].seq is not None
        found = queries.records([fact.id for fact in events])
        assert sorted(each.seq for each in found.values()) == [found[fact.id].seq for fact in events]

    @pytest.mark.parametrize(
        ("asked", "index"),
        [
            ({}, "timestamp_id_idx"),
            ({"subjects": ["person:1"]}, "object_timestamp_id_idx"),
            ({"actors": ["system:x"]}, "actor_timestamp_id_idx"),
            ({"actions": ["placed"]}, "verb_timestamp_id_idx"),
        ],
    )
    def test_are_read_in_the_order_of_an_index(self, db, asked, index):
        with CaptureQueriesContext(connection) as captured:
            queries.audit_events(**asked)
        (query,) = captured
        with connection.cursor() as cursor:
            for way in ("seqscan", "sort", "bitmapscan"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute("EXPLAIN " + query["sql"])
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert index in plan


class TestFactsConcerning:
    def test_are_what_somebody_did_and_what_was_done_about_them(self, events):
        operations.append([did(9), did(1)])
        found = queries.facts_concerning(person=AMARA, subjects=[f"person:{AMARA}"], limit=20)
        assert [each.fact.kind for each in found].count(1) == 2
        assert len(found) == 9
        moments = [each.fact.timestamp for each in found]
        assert moments == sorted(moments, reverse=True)


def did(number: int):
    return statement(
        id=new_id(),
        actor=AMARA,
        verb=vocabulary.EXPERIENCED,
        object=vocabulary.card_activity("patient-records", "c1"),
        at=LONG_AGO + timedelta(hours=number),
        by=cli_principal(),
    )
