"""Erasure by law: the content goes, the leaf stays, and a record says who did it and why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from andante.kernel import clock
from andante.kernel.ids import new_id
from andante.kernel.principals import cli_principal
from andante.ledger import operations, queries
from andante.ledger.append import prepared
from andante.ledger.following import Follower, follow
from andante.ledger.statements import Fact, audit
from andante.ledger.tests.test_append import BY
from andante.ledger.tests.test_sealing import run
from andante.ledger.verification import verify

LAW = "GDPR Art. 17(1)(a)"


ERASE = """
    SELECT ledger_erase(%(target)s, %(id)s, %(timestamp)s, %(actor)s, %(body)s, %(digest)s, %(salt)s, %(commitment)s)
"""


def named(name: str, *, action: str = "person-created") -> Fact:
    return audit(id=new_id(), by=BY, action=action, subject="person:7", at=clock.now(), new={"name": name})


def append(*facts: Fact) -> None:
    with transaction.atomic():
        operations.append(facts)


def erase(*records: UUID) -> None:
    with transaction.atomic():
        operations.erase_records(records=records, law=LAW, why="She asked", by=cli_principal(), at=clock.now())


@pytest.fixture
def ada(db, seal) -> Fact:
    """A sealed record that holds a name."""
    fact = named("Ada Byron")
    append(fact)
    seal()
    return fact


def everything() -> str:
    """All text of the ledger's tables."""
    texts = []
    with connection.cursor() as cursor:
        for table in ("ledger_statement_key", "ledger_statement", "ledger_body", "ledger_pending", "ledger_leaf"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            texts += [text for (text,) in cursor.fetchall()]
    return "\n".join(texts)


class TestAnErasedRecord:
    def test_is_gone_with_salt_and_digest_but_for_its_leaf(self, ada):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT b.salt::text, k.digest::text FROM ledger_body b JOIN ledger_statement_key k USING (id) "
                "WHERE b.id = %s",
                [ada.id],
            )
            salt, digest = cursor.fetchone()
        before = everything()
        assert all(text in before for text in ("Ada Byron", salt, digest, "person:7"))
        checkpoint = queries.newest_checkpoint()

        erase(ada.id)

        after = everything()
        assert not any(text in after for text in ("Ada Byron", salt, digest, "person:7"))
        assert queries.records([ada.id])[ada.id].seq == 1
        assert queries.newest_checkpoint() == checkpoint

    def test_is_named_by_a_record_that_says_under_which_law_and_why(self, ada):
        erase(ada.id)

        told = queries.fact(queries.erasures([ada.id])[ada.id])
        assert told is not None
        body = told.fact.body
        assert (body["action"], body["subject"]) == ("record-erased", f"record:{ada.id}")
        assert (body["by"], body["new"], body["why"]) == (cli_principal(), {"law": LAW}, "She asked")

    def test_is_told_by_no_query_any_more(self, ada, seal):
        append(named("Grace Hopper"))
        erase(ada.id)
        seal()
        seen: list[UUID] = []

        assert queries.fact(ada.id) is None
        assert ada.id not in [stored.fact.id for stored in queries.facts()]
        while follow(Follower("tests", lambda batch: seen.extend(one.fact.id for one in batch)), limit=1):
            pass
        assert len(seen) == 3, "the log's first, Grace, and that Ada was erased"
        assert ada.id not in seen

    def test_takes_no_place_in_a_list_of_events(self, ada, seal):
        others = [named(f"Number {number}") for number in range(3)]
        append(*others)
        later = named("Later")
        append(later)
        seal()
        erase(later.id)

        page = queries.audit_events(actors=[BY], limit=2)
        assert [stored.fact.id for stored in page] == [others[2].id, others[1].id]
        whole = queries.audit_events(limit=50)
        assert {later.id, ada.id} & {stored.fact.id for stored in whole} == {ada.id}

    @pytest.mark.parametrize("change", ["the same again", "something else"])
    def test_keeps_its_id_for_ever(self, ada, change):
        erase(ada.id)
        again = ada if change == "the same again" else named("Somebody")

        with pytest.raises(operations.StatementConflict):
            append(Fact(ada.id, ada.kind, ada.timestamp, {**again.body, "id": str(ada.id)}))
        assert queries.fact(ada.id) is None


class TestErasing:
    def test_is_refused_for_what_is_not_there(self, db):
        with pytest.raises(operations.ErasureRefused, match="There is no record"):
            erase(new_id())

    def test_is_refused_for_what_is_not_sealed_yet(self, db):
        waiting = named("Ada Byron")
        append(waiting)

        with pytest.raises(operations.ErasureRefused, match="is not sealed yet"):
            erase(waiting.id)

    def test_is_refused_a_second_time(self, ada):
        erase(ada.id)

        with pytest.raises(operations.ErasureRefused, match="was erased before"):
            erase(ada.id)

    @pytest.mark.parametrize("action", ["log-opened", "key-rotated", "record-erased", "month-archived"])
    def test_is_refused_for_what_the_log_itself_needs(self, db, seal, action):
        kept = named("x", action=action)
        append(kept)
        seal()

        with pytest.raises(operations.ErasureRefused, match="never erased"):
            erase(kept.id)

    def test_of_several_erases_all_or_none(self, ada):
        with pytest.raises(operations.ErasureRefused):
            erase(ada.id, new_id())

        assert queries.fact(ada.id) is not None
        assert queries.erasures([ada.id]) == {}

    @pytest.mark.parametrize("said", ["another record", "another action", "another id"])
    def test_is_refused_by_the_database_where_the_record_says_something_else(self, ada, said):
        subject = f"record:{new_id() if said == 'another record' else ada.id}"
        fact = audit(
            id=new_id(),
            by=BY,
            action="tried" if said == "another action" else "record-erased",
            subject=subject,
            at=clock.now(),
        )
        given = {**prepared(fact), "target": ada.id}
        if said == "another id":
            given["id"] = new_id()
        with pytest.raises(DatabaseError, match="does not say"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ERASE, given)

    @pytest.mark.parametrize(
        ("plain", "odd"),
        [
            ('"record-erased"', '"record\\u002derased"'),
            ('"action"', '"\\u0061ction"'),
            ('"action":"record-erased"', '"action":"tried","action":"record-erased"'),
            ('"action":"record-erased"', f'"padding":"{"x" * 1_048_576}","action":"record-erased"'),
        ],
        ids=["an escaped value", "an escaped name", "two actions", "too long"],
    )
    def test_is_refused_by_the_database_where_no_checker_would_read_it_as_said(self, ada, plain, odd):
        fact = audit(id=new_id(), by=BY, action="record-erased", subject=f"record:{ada.id}", at=clock.now())
        given = {**prepared(fact), "target": ada.id}
        assert plain in given["body"]
        given["body"] = given["body"].replace(plain, odd)

        refused = pytest.raises(DatabaseError, match="in a form that can be checked")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ERASE, given)
        assert queries.fact(ada.id).fact == ada

    def test_twice_at_once_is_done_once(self, own_database, sealer):
        ada = named("Ada Byron")
        append(ada)
        run(sealer)

        def attempt(_: int) -> bool:
            try:
                erase(ada.id)
            except operations.ErasureRefused:
                return False
            else:
                return True
            finally:
                connection.close()

        with ThreadPoolExecutor(5) as threads:
            assert sum(threads.map(attempt, range(10))) == 1


class TestNobodyElse:
    @pytest.mark.parametrize(
        "change",
        [
            "INSERT INTO ledger_erasure VALUES (gen_random_uuid(), gen_random_uuid())",
            "DELETE FROM ledger_body",
            "UPDATE ledger_statement SET actor = ''",
            "UPDATE ledger_statement_key SET digest = NULL",
        ],
    )
    def test_of_the_application_may_erase_by_hand(self, db, change):
        refused = pytest.raises(DatabaseError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)

    def test_of_the_sealer_may_erase(self, ada):
        refused = pytest.raises(DatabaseError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE andante_sealer")
            cursor.execute("SELECT ledger_erase(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)")

    @pytest.mark.parametrize(
        "change",
        [
            "DELETE FROM ledger_body WHERE id = %(kept)s",
            "UPDATE ledger_statement SET actor = '', verb = '', object = '' WHERE id = %(kept)s",
            "UPDATE ledger_statement_key SET digest = NULL WHERE id = %(kept)s",
            "UPDATE ledger_statement SET actor = 'somebody' WHERE id = %(erased)s",
            'UPDATE ledger_statement SET "timestamp" = now() WHERE id = %(erased)s',
            "UPDATE ledger_statement_key SET digest = sha256('x') WHERE id = %(erased)s",
            "UPDATE ledger_statement_key SET stored = now(), digest = NULL WHERE id = %(erased)s",
            "DELETE FROM ledger_statement WHERE id = %(erased)s",
            "DELETE FROM ledger_statement_key WHERE id = %(erased)s",
            "DELETE FROM ledger_leaf WHERE id = %(erased)s",
            "DELETE FROM ledger_erasure",
            "TRUNCATE ledger_erasure",
        ],
    )
    def test_and_not_the_owner_may_do_what_no_erasure_explains(self, own_database, owner_connection, sealer, change):
        kept, erased = named("Ada Byron"), named("Grace Hopper")
        append(kept, erased)
        run(sealer)
        erase(erased.id)

        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner_connection.execute(change, {"kept": kept.id, "erased": erased.id})


@pytest.mark.slow
class TestVerify:
    @pytest.fixture
    def facts(self, own_database, sealer) -> list[Fact]:
        """Two sealed facts, of which the first was erased."""
        facts = [named("Ada Byron"), named("Grace Hopper")]
        append(*facts)
        run(sealer)
        erase(facts[0].id)
        return facts

    def findings(self) -> list[str]:
        return [str(finding) for finding in verify(()).findings]

    @pytest.fixture
    def forge(self, owner_connection):
        def _forge(statement: str, *values: object) -> None:
            for (table,) in owner_connection.execute(
                "SELECT relname FROM pg_class WHERE relname LIKE 'ledger\\_%' AND relkind IN ('r', 'p')"
            ).fetchall():
                owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            assert owner_connection.execute(statement, values).rowcount > 0

        return _forge

    def test_counts_what_was_erased_and_finds_nothing_wrong(self, facts, sealer):
        waiting = verify(())
        run(sealer)
        sealed = verify(())

        assert (waiting.findings, waiting.erased, waiting.waiting) == ([], 1, 1)
        assert (sealed.findings, sealed.erased, sealed.records) == ([], 1, 4)

    def test_tells_what_is_missing_from_what_was_erased(self, facts, forge):
        forge("DELETE FROM ledger_body WHERE id = %s", facts[1].id)

        assert self.findings() == [f"record 2 ({facts[1].id}): is sealed, but its body or its columns were removed"]

    def test_finds_a_removal_that_is_noted_but_that_no_record_tells_of(self, facts, forge):
        forge("INSERT INTO ledger_erasure VALUES (%s, gen_random_uuid())", facts[1].id)
        forge("DELETE FROM ledger_body WHERE id = %s", facts[1].id)

        assert self.findings() == [
            f"record 2 ({facts[1].id}): is sealed, but its body or its columns were removed",
            f"record {facts[1].id}: is noted as erased, but no record says so",
        ]

    def test_finds_a_record_that_claims_an_erasure_which_was_never_done(self, facts):
        claim = audit(
            id=new_id(), by=BY, action="record-erased", subject=f"record:{facts[1].id}", at=clock.now(), new={}
        )
        append(claim)

        assert self.findings() == [
            f"record 2 ({facts[1].id}): is named as erased, but its body is still there",
            f"record {claim.id}: says that record {facts[1].id} was erased, which was never done",
        ]

    def test_finds_a_removal_that_is_told_of_by_a_record_in_another_spelling(self, facts, forge):
        """No verifier reads that one either."""
        (fact,) = queries.erasures([facts[0].id]).values()
        forge(
            "UPDATE ledger_body SET body = replace(body, 'record-erased', %s) WHERE id = %s",
            r"record\u002derased",
            fact,
        )

        findings = self.findings()

        assert f"record 1 ({facts[0].id}): is sealed, but its body or its columns were removed" in findings
        assert f"record {facts[0].id}: is noted as erased, but no record says so" in findings

    def test_finds_that_the_note_of_an_erasure_was_removed(self, facts, forge):
        (fact,) = queries.erasures([facts[0].id]).values()
        forge("DELETE FROM ledger_erasure")

        assert self.findings() == [f"record {fact}: says that record {facts[0].id} was erased, which was never done"]

    def test_finds_columns_that_were_left_or_filled_in_again(self, facts, forge):
        forge("UPDATE ledger_statement SET actor = 'somebody' WHERE id = %s", facts[0].id)
        forge("UPDATE ledger_statement_key SET digest = sha256('x') WHERE id = %s", facts[0].id)

        assert self.findings() == [
            f"record 1 ({facts[0].id}): was erased, but some of its columns were not: digest, actor"
        ]

    def test_finds_that_the_first_record_was_erased(self, facts, forge):
        (first,) = [stored.fact for stored in queries.facts(limit=1)]
        append(audit(id=new_id(), by=BY, action="record-erased", subject=f"record:{first.id}", at=clock.now()))
        forge("DELETE FROM ledger_body WHERE id = %s", first.id)

        assert any("of a kind that never is" in finding for finding in self.findings())

    def test_finds_a_second_record_about_one_erasure(self, facts, sealer):
        append(audit(id=new_id(), by=BY, action="record-erased", subject=f"record:{facts[0].id}", at=clock.now()))

        assert self.findings() == [f"record {facts[0].id}: was erased once, but 2 records say so"]

    def test_finds_an_erased_record_under_another_kind(self, facts, forge):
        forge("UPDATE ledger_statement SET kind = 1 WHERE id = %s", facts[0].id)

        assert self.findings() == [f"record 1 ({facts[0].id}): is marked as kind 1, but was sealed as kind 2"]
