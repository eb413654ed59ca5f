"""
What somebody changes directly in the database, as the owner of its tables, the verifier finds in the next bundle.

The exporter copies honestly: it is the database that lies.
"""

import hmac

import pytest

from andante.ledger import log
from andante.ledger.encoding import commitment, signed_note, split_note
from andante.ledger.keys import make_key
from andante.ledger.queries import newest_checkpoint

pytestmark = pytest.mark.slow

TABLES = ("ledger_statement_key", "ledger_statement", "ledger_body", "ledger_leaf", "ledger_checkpoint")
"""All that a backup holds of a short log in which nothing waits."""
IN_NEITHER = "stands neither in the tree nor waits for it"


class TestAnUntouchedLedger:
    def test_is_verified(self, ledger):
        verdict = ledger.verdict()

        assert (verdict.status, verdict.told["findings"]) == (0, [])
        assert verdict.told["summary"]["records"] == 9

    def test_with_full_tiles_is_verified(self, long_ledger):
        assert long_ledger.verdict().status == 0

    def test_holds_the_export_itself_among_the_waiting(self, ledger):
        assert ledger.verdict().told["summary"]["waiting"] == 1
        ledger.seal()
        assert ledger.verdict().told["summary"]["records"] == 10

    def test_agrees_with_the_auditor_s_earlier_checkpoint_after_it_grew(self, ledger):
        kept = ledger.folder / "kept.txt"
        assert ledger.verdict("--keep", kept).status == 0
        ledger.append(3)
        ledger.seal()

        assert ledger.verdict("--checkpoint", kept).status == 0


class TestASealedRecord:
    @pytest.mark.parametrize(
        ("forgery", "told"),
        [
            ("UPDATE ledger_body SET body = replace(body, '0.5', '1.0') WHERE id = %s", "content was changed"),
            ("UPDATE ledger_body SET body = body || ' ' WHERE id = %s", "content was changed"),
            ("UPDATE ledger_body SET salt = sha256('x') WHERE id = %s", "content was changed"),
            ("UPDATE ledger_statement SET kind = 2 WHERE id = %s", "kind was changed from 1 to 2"),
            ("DELETE FROM ledger_body WHERE id = %s", "was removed"),
            ("DELETE FROM ledger_statement WHERE id = %s", "was removed"),
            ("DELETE FROM ledger_statement_key WHERE id = %s", "was removed"),
            ("UPDATE ledger_body SET stored = stored - interval '1 second' WHERE id = %s", "was removed"),
            ("UPDATE ledger_statement SET stored = stored - interval '1 second' WHERE id = %s", "was removed"),
        ],
    )
    def test_that_was_changed_in_its_own_tables_is_named(self, ledger, forgery, told):
        id = ledger.ids()[5]
        ledger.forge(forgery, id)

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert verdict.names(5, id)
        assert told in verdict.sentences

    def test_that_was_dated_back_everywhere_but_in_its_leaf_s_bytes_is_named(self, ledger):
        id = ledger.ids()[5]
        for table in ("ledger_statement_key", "ledger_statement", "ledger_body", "ledger_leaf"):
            ledger.forge(f"UPDATE {table} SET stored = stored - interval '1 second' WHERE id = %s", id)

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert verdict.names(5, id)
        assert "the time when it was stored was changed" in verdict.sentences

    def test_whose_body_and_salt_were_swapped_with_another_s_is_named_with_the_other(self, ledger):
        ids = ledger.ids()
        ledger.forge(
            "UPDATE ledger_body a SET body = b.body, salt = b.salt FROM ledger_body b "
            "WHERE (a.id, b.id) IN ((%s, %s), (%s, %s))",
            ids[2],
            ids[6],
            ids[6],
            ids[2],
        )

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert verdict.names(2, ids[2])
        assert verdict.names(6, ids[6])

    def test_that_was_removed_without_a_trace_is_named_by_its_leaf(self, ledger):
        id = ledger.ids()[4]
        for table in ("ledger_body", "ledger_statement", "ledger_statement_key"):
            ledger.forge(f"DELETE FROM {table} WHERE id = %s", id)

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert verdict.names(4, id)


class TestALeaf:
    def test_that_was_removed_is_named_by_number_and_its_record_by_id(self, ledger):
        id = ledger.ids()[4]
        ledger.forge("DELETE FROM ledger_leaf WHERE seq = 4")

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert "Record number 4 (id not known) was removed from the tree" in verdict.sentences
        assert f"The record with the id {id} {IN_NEITHER}" in verdict.sentences

    def test_that_was_removed_from_under_a_tile_is_named_by_number_and_id(self, long_ledger):
        id = long_ledger.ids()[17]
        long_ledger.forge("DELETE FROM ledger_leaf WHERE seq = 17")

        verdict = long_ledger.verdict()

        assert verdict.status == 1
        assert verdict.names(17, id)

    def test_that_was_removed_together_with_its_record_is_named_by_number(self, ledger):
        id = ledger.ids()[4]
        for table in ("ledger_leaf", "ledger_body", "ledger_statement", "ledger_statement_key"):
            ledger.forge(f"DELETE FROM {table} WHERE id = %s", id)

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert "Record number 4 " in verdict.sentences

    @pytest.mark.parametrize("offset", [0, 17, 33, 41, 42, 73])
    def test_any_byte_of_which_was_changed_is_named(self, ledger, offset):
        id = ledger.ids()[4]
        ledger.forge(
            "UPDATE ledger_leaf SET entry = set_byte(entry, %s, get_byte(entry, %s) # 1) WHERE seq = 4", offset, offset
        )

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert "umber 4 (id " in verdict.sentences
        assert str(id) in verdict.sentences or offset == 17

    def test_that_was_rewritten_to_fit_a_changed_body_is_named_among_those_of_its_checkpoint(self, ledger):
        ids = ledger.ids()
        self.rewrite(ledger, 6)

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert verdict.names(6, ids[6])
        assert not verdict.names(4, ids[4])

    def test_that_was_rewritten_to_fit_a_changed_body_under_a_tile_is_named_alone(self, long_ledger):
        ids = long_ledger.ids()
        self.rewrite(long_ledger, 100)

        verdict = long_ledger.verdict()

        assert verdict.status == 1
        assert verdict.told["findings"][0]["numbers"] == [100]
        assert verdict.names(100, ids[100])

    @staticmethod
    def rewrite(ledger, number):
        query = (
            "SELECT b.salt, b.body, l.entry FROM ledger_leaf l JOIN ledger_body b USING (id, stored) WHERE l.seq = %s"
        )
        salt, body, entry = ledger.owner.execute(query, [number]).fetchone()
        better = body.replace("0.5", "1.0")
        commitment = hmac.digest(salt, better.encode(), "sha256")
        id = ledger.ids()[number]
        ledger.forge("UPDATE ledger_body SET body = %s WHERE id = %s", better, id)
        ledger.forge("UPDATE ledger_leaf SET entry = %s WHERE seq = %s", entry[:42] + commitment, number)

    def test_that_changed_places_with_another_is_named(self, ledger):
        ids = ledger.ids()
        ledger.forge("UPDATE ledger_leaf SET seq = 11 - seq WHERE seq IN (5, 6)")

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert verdict.names(5, ids[6])
        assert verdict.names(6, ids[5])

    def test_that_was_inserted_after_the_newest_checkpoint_is_named(self, ledger):
        (id,) = ledger.append(1)
        ledger.forge(
            """
            INSERT INTO ledger_leaf (seq, id, stored, entry)
            SELECT 9, p.id, p.stored, '\\x01' || uuid_send(l.id) || uuid_send(p.id) || '\\x01'
                || int8send((extract(epoch FROM p.stored) * 1000000)::bigint) || p.commitment
            FROM ledger_pending p, ledger_log l WHERE p.id = %s
            """,
            id,
        )
        ledger.forge("DELETE FROM ledger_pending WHERE id = %s", id)

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert verdict.names(9, id)
        assert "inserted in the tree after the newest checkpoint" in verdict.sentences

    def test_that_stands_twice_is_named(self, ledger):
        id = ledger.ids()[4]
        ledger.forge("INSERT INTO ledger_leaf SELECT 9, id, stored, entry FROM ledger_leaf WHERE seq = 4")

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert f"The record with the id {id} stands more than once: as number 4 and as number 9" in verdict.sentences

    def test_that_was_pushed_in_by_moving_all_others_is_found(self, ledger):
        ledger.forge("UPDATE ledger_leaf SET seq = seq + 1 WHERE seq >= 5")
        ledger.forge("INSERT INTO ledger_leaf SELECT 5, id, stored, entry FROM ledger_leaf WHERE seq = 2")

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert "umber 5 (id " in verdict.sentences


class TestARecordWithoutALeaf:
    def test_that_nobody_wrote_through_the_log_is_named(self, ledger):
        (id,) = ledger.append(1)
        ledger.forge("DELETE FROM ledger_pending WHERE id = %s", id)

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert f"The record with the id {id} {IN_NEITHER}" in verdict.sentences

    def test_that_was_changed_while_it_waited_is_named(self, ledger):
        (id,) = ledger.append(1)
        ledger.forge("UPDATE ledger_body SET body = replace(body, '0.5', '1.0') WHERE id = %s", id)

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert f"The record with the id {id} was changed or removed while it waited" in verdict.sentences

    def test_that_waits_again_although_it_is_sealed_is_named(self, ledger):
        id = ledger.ids()[4]
        ledger.forge(
            "INSERT INTO ledger_pending (id, stored, kind, commitment) OVERRIDING USER VALUE "
            "SELECT id, stored, 1, substr(entry, 43) FROM ledger_leaf WHERE seq = 4"
        )

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert f"The record with the id {id} stands more than once" in verdict.sentences


class TestATile:
    def test_that_was_changed_is_told_from_a_changed_record(self, long_ledger):
        id = long_ledger.ids()[3]
        long_ledger.forge("UPDATE ledger_tile SET hashes = set_byte(hashes, 100, get_byte(hashes, 100) # 1)")

        verdict = long_ledger.verdict()

        assert verdict.status == 1
        assert verdict.told["findings"][0]["sentence"] == (
            f"A tile was changed: level 0, index 0, where it speaks of record number 3 (id {id}), which is as it was "
            "sealed."
        )

    def test_that_was_removed_is_named(self, long_ledger):
        long_ledger.forge("DELETE FROM ledger_tile")

        verdict = long_ledger.verdict()

        assert (verdict.status, verdict.sentences) == (1, "A tile was removed: level 0, index 0.")

    def test_that_was_inserted_is_named(self, ledger):
        ledger.forge("INSERT INTO ledger_tile SELECT 0, 0, decode(repeat('00', 8192), 'hex')")

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert "A tile was inserted" in verdict.sentences


class TestACheckpoint:
    @pytest.mark.parametrize(
        ("forgery", "told"),
        [
            ("UPDATE ledger_checkpoint SET root = sha256('x') WHERE size = 5", "over 5 records was changed"),
            (
                "UPDATE ledger_checkpoint SET note = replace(note, 'Z', '0Z') WHERE size = 5",
                "over 5 records was changed",
            ),
            (
                "UPDATE ledger_checkpoint SET note = regexp_replace(note, '\\d{6}Z', '000000Z') WHERE size = 5",
                "over 5 records was changed: the log's key did not sign it",
            ),
            ("DELETE FROM ledger_checkpoint WHERE size = 5", "A checkpoint was removed or changed: the one over 9"),
            ("DELETE FROM ledger_checkpoint WHERE size = 9", "was inserted in the tree after the newest checkpoint"),
            ("DELETE FROM ledger_checkpoint", "Every checkpoint was removed"),
            ("UPDATE ledger_checkpoint SET size = 6 WHERE size = 5", "over 6 records was changed"),
            (
                "INSERT INTO ledger_checkpoint SELECT 7, root, 5, note, made FROM ledger_checkpoint WHERE size = 5",
                "over 7 records was changed",
            ),
            (
                (
                    "INSERT INTO ledger_checkpoint SELECT size, root, previous, note, made FROM ledger_checkpoint "
                    "WHERE size = 5"
                ),
                "inserted or reordered",
            ),
        ],
    )
    def test_that_was_changed_is_named(self, ledger, forgery, told):
        ledger.forge(forgery)

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert told in verdict.sentences

    def test_that_was_signed_with_another_key_is_named(self, ledger):
        ledger.append(1)
        ledger.seal()
        other, newest = make_key(ledger.folder / "other.pem"), newest_checkpoint()
        text, name, _, _ = split_note(newest.note)
        note = signed_note(text=text, name=name, public_key=other.public_key, signature=other.sign(text.encode()))
        ledger.forge("UPDATE ledger_checkpoint SET note = %s WHERE size = %s", note, newest.size)

        verdict = ledger.verdict()

        assert verdict.status == 1
        assert "The checkpoint over 10 records is signed with another key" in verdict.sentences


class TestTheLogAsAWhole:
    def test_cut_back_to_an_earlier_checkpoint_is_found_by_the_auditor_s_own(self, ledger):
        kept = ledger.folder / "kept.txt"
        assert ledger.verdict("--keep", kept).status == 0
        for table in ("ledger_body", "ledger_statement", "ledger_statement_key"):
            ledger.forge(f"DELETE FROM {table} WHERE id NOT IN (SELECT id FROM ledger_leaf WHERE seq < 5)")
        ledger.forge("DELETE FROM ledger_pending")
        ledger.forge("DELETE FROM ledger_leaf WHERE seq >= 5")
        ledger.forge("DELETE FROM ledger_checkpoint WHERE size > 5")

        assert ledger.verdict().status == 0
        verdict = ledger.verdict("--checkpoint", kept)

        assert verdict.status == 1
        assert verdict.sentences == "The log was cut back: your checkpoint saw 9 records, the newest here 5."

    def test_restored_from_an_old_backup_and_gone_on_is_found_by_the_auditor_s_checkpoint(self, ledger):
        kept = ledger.folder / "kept.txt"
        backup = {table: ledger.owner.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        ledger.append(4)
        ledger.seal()
        assert ledger.verdict("--keep", kept).status == 0
        ledger.forge("DELETE FROM ledger_pending")
        for table, rows in backup.items():
            ledger.forge(f"DELETE FROM {table}")
            for row in rows:
                ledger.forge(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", *row)
        ledger.append(7)
        ledger.seal()

        assert ledger.verdict().status == 0
        verdict = ledger.verdict("--checkpoint", kept)

        assert verdict.status == 1
        assert "not those of your checkpoint" in verdict.sentences

    def test_rewritten_and_signed_with_its_own_key_is_found_by_the_auditor_s_checkpoint(self, ledger):
        kept = ledger.folder / "kept.txt"
        assert ledger.verdict("--keep", kept).status == 0
        ledger.forge("UPDATE ledger_body SET body = replace(body, '0.5', '1.0') WHERE id = %s", ledger.ids()[3])
        waiting = ledger.owner.execute("SELECT id FROM ledger_pending ORDER BY n").fetchall()
        everything = [*ledger.ids(), *(id for (id,) in waiting)]
        for table in ("ledger_leaf", "ledger_checkpoint", "ledger_pending"):
            ledger.forge(f"DELETE FROM {table}")
        for id in everything:
            stored, kind, salt, body = ledger.owner.execute(
                "SELECT s.stored, s.kind, b.salt, b.body FROM ledger_statement s JOIN ledger_body b USING (stored, id) "
                "WHERE id = %s",
                [id],
            ).fetchone()
            ledger.forge(
                "INSERT INTO ledger_pending (id, stored, kind, commitment) VALUES (%s, %s, %s, %s)",
                *(id, stored, kind, commitment(salt=salt, body=body.encode())),
            )
        ledger.seal()

        assert ledger.verdict().status == 0
        verdict = ledger.verdict("--checkpoint", kept)

        assert verdict.status == 1
        assert "not those of your checkpoint" in verdict.sentences

    def test_with_another_key_in_its_own_table_is_found(self, ledger):
        ledger.forge("UPDATE ledger_log SET iri = 'https://elsewhere.example.org/log'")
        log._known.clear()

        verdict = ledger.verdict()
        log._known.clear()

        assert verdict.status == 1
        assert verdict.names(0, ledger.ids()[0])
        assert "names another log or key" in verdict.sentences
