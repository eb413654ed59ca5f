"""An archived month: what checks, readers and erasures make of it, with the file and without."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection

from andante.kernel import clock
from andante.kernel.ids import new_id
from andante.kernel.principals import cli_principal
from andante.ledger import operations, queries
from andante.ledger.archives import ArchiveUnfit, read_archive
from andante.ledger.archiving import ArchiveRefused, renew_archive
from andante.ledger.following import FactsArchived, Follower, follow
from andante.ledger.statements import audit
from andante.ledger.tests.months import MONTH, archive, archived, facts, findings, forge, move_pending, out
from andante.ledger.tests.test_append import BY, completed
from andante.ledger.tests.test_erasure import append, erase
from andante.ledger.tests.test_sealing import run
from andante.ledger.verification import Projection, verify

__all__ = ["archived", "facts", "forge", "out"]

pytestmark = pytest.mark.slow


class TestVerify:
    def test_reads_archived_records_from_the_file(self, archived, facts, out, sealer):
        run(sealer)
        replayed: list[UUID] = []
        shelf = Projection("shelf", lambda fact: replayed.append(fact.id), ())

        report = verify((shelf,), [out])

        assert (report.findings, report.archived, report.complete) == ([], 3, True)
        assert replayed[1:5] == [fact.id for fact in facts]

    def test_without_the_file_is_incomplete_and_replays_nothing(self, archived):
        shelf = Projection("shelf", lambda _fact: pytest.fail("replayed"), (), lambda: pytest.fail("judged"))

        report = verify((shelf,))

        assert (report.findings, report.complete, report.not_given, report.rows) == ([], False, {MONTH: 3}, 0)

    def test_refuses_a_file_with_one_byte_changed(self, archived, out):
        data = bytearray(out.read_bytes())
        data[len(data) // 2] ^= 1
        out.write_bytes(data)

        with pytest.raises(ArchiveUnfit, match="was changed, or is another file"):
            verify((), [out])

    def test_finds_a_body_that_is_missing_without_an_archive(self, facts, forge):
        forge("DELETE FROM ledger_body WHERE id = %s", facts[0].id)

        assert findings() == [f"record 1 ({facts[0].id}): is sealed, but its body or its columns were removed"]

    def test_finds_a_month_that_is_noted_as_archived_but_that_no_record_tells_of(self, facts, forge):
        forge("INSERT INTO ledger_archive VALUES ('2026-09-01+00', '2026-10-01+00', gen_random_uuid())")
        forge("DELETE FROM ledger_body WHERE id = %s", facts[0].id)

        assert findings() == [
            f"record 1 ({facts[0].id}): is sealed, but its body or its columns were removed",
            "month 2026-09: is noted as archived, but no record says so",
        ]

    def test_finds_a_record_that_claims_an_archive_which_was_never_made(self, facts, forge):
        new = {"records": 3, "sha256": "0" * 64, "format": "andante-archive/1"}
        claim = audit(id=new_id(), by=BY, action="month-archived", subject="month:2026-09", at=clock.now(), new=new)
        append(claim)
        forge("DELETE FROM ledger_body WHERE id = %s", facts[0].id)

        assert findings() == [
            f"record 1 ({facts[0].id}): is sealed, but its body or its columns were removed",
            f"record {claim.id}: says that the month 2026-09 was archived, which was never done",
        ]

    def test_finds_that_more_is_gone_than_was_archived(self, archived, forge):
        first = queries.facts(limit=1)[0].fact
        forge("DELETE FROM ledger_body WHERE id = %s", first.id)

        assert findings() == [f"record 0 ({first.id}): is of a kind that is never archived, but its body was removed"]

    def test_finds_that_a_record_of_the_month_is_in_neither(self, facts, out, owner_connection, sealer, forge):
        archive(out)
        late = completed()
        append(late)
        move_pending(owner_connection, MONTH)
        run(sealer)
        forge("DELETE FROM ledger_body WHERE id = %s", late.id)

        assert "month 2026-09: lacks 4 records, but its archive was made of 3" in findings()
        assert any("the archive of its month does not hold it" in finding for finding in findings(out))

    @pytest.mark.parametrize("given", [True, False])
    def test_finds_that_columns_of_an_archived_record_were_removed(self, archived, facts, forge, out, given):
        forge("DELETE FROM ledger_statement WHERE id = %s", facts[0].id)

        assert any(f"record 1 ({facts[0].id})" in finding for finding in findings(*([out] if given else [])))

    def test_finds_changed_columns_of_an_archived_record_with_the_file(self, archived, facts, forge, out):
        forge("UPDATE ledger_statement SET actor = 'somebody' WHERE id = %s", facts[0].id)

        assert findings(out) == [f"record 1 ({facts[0].id}): its columns were changed: actor"]


class TestReading:
    def test_tells_of_an_archived_record_what_its_columns_do(self, archived, facts):
        statement, event = (queries.fact(fact.id) for fact in facts[:2])

        assert (statement.archived, event.archived) == (MONTH, MONTH)
        assert (statement.fact.verb, statement.fact.actor, statement.fact.object) == (
            facts[0].verb,
            facts[0].actor,
            facts[0].object,
        )
        assert (statement.seq, statement.fact.registration) == (1, facts[0].registration)
        assert (event.fact.verb, event.fact.body["subject"], event.fact.body["new"]) == (
            "person-created",
            "person:7",
            {},
        )

    def test_lists_archived_events_among_the_others(self, archived, facts):
        listed = queries.audit_events(limit=10)

        assert {facts[1].id, archived.fact} <= {stored.fact.id for stored in listed}
        assert [stored.archived for stored in listed if stored.fact.id == facts[1].id] == [MONTH]

    def test_keeps_a_follower_from_going_on_as_if_nothing_had_been(self, archived):
        follower = Follower("tests", lambda _batch: pytest.fail("told"))

        with pytest.raises(FactsArchived, match="archived with the month 2026-09"):
            follow(follower)

    def test_lets_a_follower_go_on_that_has_seen_the_month(self, facts, out, sealer):
        seen: list[UUID] = []
        follower = Follower("tests", lambda batch: seen.extend(one.fact.id for one in batch))
        follow(follower)
        archive(out)
        run(sealer)
        follow(follower)

        assert len(seen) == 6


class TestErasing:
    def test_an_archived_record_removes_what_the_database_still_holds(self, archived, facts, out, sealer):
        assert queries.archived_months([fact.id for fact in facts]) == dict.fromkeys(
            [fact.id for fact in facts[:3]], MONTH
        )

        erase(facts[1].id)
        run(sealer)

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.actor, s.object, k.digest FROM ledger_statement s JOIN ledger_statement_key k USING (id) "
                "WHERE id = %s",
                [facts[1].id],
            )
            assert cursor.fetchone() == ("", "", None)
        assert queries.fact(facts[1].id) is None
        assert findings() == findings(out) == []
        with pytest.raises(operations.ErasureRefused, match="erased before"):
            erase(facts[1].id)

    def test_leaves_the_archive_to_be_renewed_without_it(self, archived, facts, out, tmp_path, sealer):
        new = tmp_path / "new.zip"
        with pytest.raises(ArchiveRefused, match="Nothing in"):
            renew_archive(old=out, out=new, why="Erased", by=cli_principal(), at=clock.now())
        erase(facts[1].id)

        renewed = renew_archive(old=out, out=new, why="Erased", by=cli_principal(), at=clock.now())
        run(sealer)

        assert [record.id for record in read_archive(new)] == [facts[0].id, facts[2].id]
        assert (renewed.records, renewed.month) == (2, MONTH)
        assert findings() == findings(new) == findings(out) == []

    def test_refuses_to_renew_a_file_that_was_changed(self, archived, facts, out, tmp_path):
        erase(facts[1].id)
        out.write_bytes(out.read_bytes() + b" ")

        with pytest.raises(ArchiveUnfit):
            renew_archive(old=out, out=tmp_path / "new.zip", why="Erased", by=cli_principal(), at=clock.now())
