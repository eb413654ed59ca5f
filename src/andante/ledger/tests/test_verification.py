"""`andante verify` finds what was changed behind the application's back."""

import pytest
from django.db import transaction

from andante.ledger import operations
from andante.ledger.tests.test_append import completed
from andante.ledger.verification import Projection, verify

pytestmark = pytest.mark.slow


@pytest.fixture
def records(own_database, seal):
    facts = [completed() for _ in range(260)]
    with transaction.atomic():
        operations.append(facts)
    seal()
    waiting = completed()
    with transaction.atomic():
        operations.append([waiting])
    return facts


@pytest.fixture
def forge(owner_connection):
    """Change the tables as their owner, with the triggers off."""

    def _forge(statement: str, *values: object) -> None:
        for (table,) in owner_connection.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'ledger\\_%' AND relkind IN ('r', 'p')"
        ).fetchall():
            owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        assert owner_connection.execute(statement, values).rowcount > 0

    return _forge


class TestVerify:
    def test_finds_nothing_in_a_sound_ledger(self, records):
        report = verify(())

        assert report.findings == []
        assert (report.records, report.waiting) == (261, 1)

    @pytest.mark.parametrize(
        ("forgery", "told"),
        [
            (
                "UPDATE ledger_body SET body = replace(body, '0.9', '1.0') WHERE id = %s",
                "changed after it was sealed",
            ),
            ("UPDATE ledger_body SET salt = sha256('x') WHERE id = %s", "changed after it was sealed"),
            ("DELETE FROM ledger_body WHERE id = %s", "removed"),
            ("DELETE FROM ledger_statement WHERE id = %s", "removed"),
            ("UPDATE ledger_statement SET actor = 'somebody' WHERE id = %s", "columns were changed: actor"),
            (
                "UPDATE ledger_statement SET timestamp = timestamp - interval '1 day' WHERE id = %s",
                "another id or time",
            ),
            ("DELETE FROM ledger_statement_key WHERE id = %s", "key is missing"),
            ("DELETE FROM ledger_leaf WHERE id = %s", "gap"),
            (
                "UPDATE ledger_leaf SET stored = stored - interval '1 day' WHERE id = %s",
                "names another record",
            ),
        ],
    )
    def test_names_the_record_that_was_forged(self, records, forge, forgery, told):
        victim = records[17]
        forge(forgery, victim.id)

        findings = verify(()).findings

        assert any(told in finding.what for finding in findings), findings
        assert any(str(victim.id) in finding.where or "record 18" in finding.where for finding in findings)

    def test_finds_two_records_that_changed_places(self, records, forge):
        forge("UPDATE ledger_leaf SET seq = CASE seq WHEN 5 THEN 1000005 ELSE 1000006 END WHERE seq IN (5, 6)")
        forge("UPDATE ledger_leaf SET seq = CASE seq WHEN 1000005 THEN 6 ELSE 5 END WHERE seq > 1000000")

        assert any(finding.where == "checkpoint 261" for finding in verify(()).findings)

    def test_finds_a_record_that_neither_waits_nor_is_sealed(self, records, forge):
        forge("DELETE FROM ledger_pending")

        (finding,) = verify(()).findings
        assert "neither" in finding.what

    def test_finds_a_record_that_was_changed_while_it_waited(self, records, forge):
        forge("UPDATE ledger_body SET body = replace(body, '0.9', '1.0') WHERE id IN (SELECT id FROM ledger_pending)")

        assert "while it waited" in verify(()).findings[0].what

    def test_finds_a_changed_tile(self, records, forge):
        forge("UPDATE ledger_tile SET hashes = set_byte(hashes, 0, 255 - get_byte(hashes, 0))")

        assert [finding.where for finding in verify(()).findings] == ["tile 0/0"]

    def test_finds_a_missing_tile(self, records, forge):
        forge("DELETE FROM ledger_tile")

        assert [finding.what for finding in verify(()).findings] == ["is missing"]

    def test_finds_a_leaf_after_the_newest_checkpoint(self, records, forge):
        forge("INSERT INTO ledger_leaf SELECT 261, gen_random_uuid(), stored, entry FROM ledger_leaf WHERE seq = 260")

        assert any("after the newest checkpoint" in finding.what for finding in verify(()).findings)

    def test_finds_a_checkpoint_that_somebody_else_signed(self, records, forge):
        forge("UPDATE ledger_checkpoint SET note = replace(note, '— ', '— x')")

        assert {str(finding) for finding in verify(()).findings} == {"checkpoint 261: its signature is not the log's"}


class TestProjections:
    def test_are_asked_for_what_they_find_wrong_themselves(self, records):
        broken = Projection("shelf", lambda _: None, (), contradictions=lambda: ["The stored file 17 has other bytes."])

        (finding,) = verify((broken,)).findings
        assert str(finding) == "shelf: The stored file 17 has other bytes."

    def test_that_cannot_judge_their_rows_are_a_finding_and_not_a_crash(self, records):
        def refuse():
            raise ValueError("what is this?")

        (finding,) = verify((Projection("shelf", lambda _: None, (), contradictions=refuse),)).findings
        assert str(finding) == "shelf: cannot judge its rows: ValueError('what is this?')"

    def test_that_cannot_apply_a_fact_are_a_finding_and_not_a_crash(self, records):
        def refuse(fact):
            if fact.id == records[3].id:
                raise ValueError("what is this?")

        (finding,) = verify((Projection("shelf", refuse, ()),)).findings
        assert str(records[3].id) in finding.where
