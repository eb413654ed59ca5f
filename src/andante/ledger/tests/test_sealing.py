"""Sealing: everything that was appended, once, in order, whatever happens in between."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, connections, transaction

from andante.ledger import operations, queries
from andante.ledger.encoding import Entry, decode_key, split_note
from andante.ledger.merkle import TILE_WIDTH, Tree
from andante.ledger.sealing import _BY_INDEX, _TAKE, Sealer, load_tree
from andante.ledger.statements import Fact
from andante.ledger.succession import LedgerDamaged
from andante.ledger.tests.test_append import completed
from andante.ledger.verification import verify


def append(count: int) -> list:
    facts = [completed() for _ in range(count)]
    with transaction.atomic():
        operations.append(facts)
    return facts


def leaves() -> list[tuple[int, Entry]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, entry FROM ledger_leaf ORDER BY seq")
        return [(seq, Entry.decode(bytes(entry))) for seq, entry in cursor.fetchall()]


@pytest.mark.django_db
class TestSealing:
    def test_gives_every_pending_record_a_leaf_in_the_order_of_appending(self, seal):
        facts = append(5)

        seal()

        assert [entry.record for _, entry in leaves()][1:] == [fact.id for fact in facts]
        assert [seq for seq, _ in leaves()] == list(range(6))
        assert queries.sealing_lag().waiting == 0

    def test_of_nothing_makes_no_checkpoint(self, seal):
        seal()
        before = queries.newest_checkpoint()

        assert seal() == 0
        assert queries.newest_checkpoint() == before

    def test_signs_the_size_and_root_with_the_log_s_key(self, seal):
        append(3)

        seal()

        checkpoint = queries.newest_checkpoint()
        assert checkpoint is not None
        text, name, _, signature = split_note(checkpoint.note)
        assert name == queries.current_log().origin
        assert text.splitlines()[1] == "4"
        public = Ed25519PublicKey.from_public_bytes(decode_key(queries.current_log().key)[1])
        public.verify(signature, text.encode())

    def test_goes_on_where_another_process_stopped(self, seal, sealer):
        seal()
        for count in (1, TILE_WIDTH - 3, 1, 5, TILE_WIDTH):
            append(count)
            seal()
            sealer.forget()

        tree = Tree()
        tree.extend(entry.encode() for _, entry in leaves())
        checkpoint = queries.newest_checkpoint()
        assert checkpoint is not None
        assert (tree.size, tree.root()) == (checkpoint.size, checkpoint.root)

    def test_takes_no_more_than_a_batch_at_once(self, sealer):
        append(7)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE andante_sealer")
            assert [sealer.seal(cursor, limit=5) for _ in range(3)] == [5, 3, 0]
            cursor.execute("SET LOCAL ROLE andante_application")

    def test_rebuilds_the_same_edge_from_the_tables(self, seal):
        append(TILE_WIDTH + 9)
        seal()

        expected = Tree()
        expected.extend(entry.encode() for _, entry in leaves())
        with connection.cursor() as cursor:
            assert load_tree(cursor, expected.size) == expected


class TestARecordThatCommitsLate:
    def test_is_sealed_after_those_that_overtook_it(self, own_database, sealer):
        """Its number in `pending` is lower than that of what is sealed already: `n > last` would skip it for ever."""
        run(sealer)
        late = completed()
        with transaction.atomic():
            operations.append([late])
            overtaking = in_another_connection()
            run(sealer)
        run(sealer)

        assert [entry.record for _, entry in leaves()][-2:] == [overtaking.id, late.id]


class TestANumberWithoutItsRecord:
    def test_is_never_sealed_does_not_stop_the_others_and_is_found(self, own_database, sealer):
        """The application's role can write such a row; it must not be able to leave a hole in the sealed sequence."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_pending (id, stored, kind, commitment) "
                "VALUES (gen_random_uuid(), clock_timestamp(), 1, sha256('x'))"
            )
        facts = append(3)

        run(sealer)

        assert [entry.record for _, entry in leaves()][-3:] == [fact.id for fact in facts]
        assert queries.sealing_lag().waiting == 1
        assert [finding.what for finding in verify(()).findings] == ["waits for the sealer, but its body was removed"]


class TestASealedRecordThatWaitsOnceMore:
    def test_is_sealed_once_does_not_stop_the_others_and_is_found(self, own_database, sealer):
        (first,) = append(1)
        run(sealer)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_pending (id, stored, kind, commitment) "
                "SELECT id, stored, 1, sha256('x') FROM ledger_statement_key WHERE id = %s",
                [first.id],
            )
        (second,) = append(1)

        run(sealer)

        assert [entry.record for _, entry in leaves()][-2:] == [first.id, second.id]
        assert [str(finding) for finding in verify(()).findings] == [
            f"record {first.id}: is sealed, and waits for the sealer once more"
        ]


class TestTwoSealers:
    def test_never_fork_the_tree(self, own_database, sealer):
        other = Sealer(sealer.log, sealer.keys)
        for turn in range(6):
            append(3)
            run(sealer if turn % 2 else other)

        tree = Tree()
        tree.extend(entry.encode() for _, entry in leaves())
        checkpoint = queries.newest_checkpoint()
        assert checkpoint is not None
        assert checkpoint.root == tree.root()


class TestADamagedLedger:
    @pytest.mark.parametrize(
        "damage",
        [
            "DELETE FROM ledger_leaf WHERE seq = (SELECT max(seq) FROM ledger_leaf)",
            "UPDATE ledger_leaf SET entry = set_byte(entry, 50, 255 - get_byte(entry, 50)) WHERE seq = 2",
            "UPDATE ledger_checkpoint SET root = sha256('x') WHERE size = (SELECT max(size) FROM ledger_checkpoint)",
            "UPDATE ledger_checkpoint SET note = 'x' WHERE size = (SELECT max(size) FROM ledger_checkpoint)",
        ],
    )
    def test_is_not_sealed_any_further(self, own_database, owner_connection, sealer, damage):
        append(4)
        run(sealer)
        for table in ("ledger_leaf", "ledger_checkpoint"):
            owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner_connection.execute(damage)
        append(1)
        sealer.forget()

        with pytest.raises(LedgerDamaged):
            run(sealer)


class TestAQueueThatWasEmptyWhenItWasVacuumed:
    def test_is_searched_once_and_not_for_each_record(self, own_database, owner_connection, sealer):
        """PostgreSQL takes it for empty, whatever has come since."""
        count = 300
        append(count)
        run(sealer)
        owner_connection.execute("VACUUM (TRUNCATE off) ledger_pending")
        append(count)

        with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
            cursor.execute(_BY_INDEX)
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {_TAKE}", {"limit": count, "changes": []})
            plan = cursor.fetchone()[0][0]["Plan"]
            transaction.set_rollback(True, using="sealer")
        assert estimated(plan) < count / 10, "The plan must be one for an empty table, or this shows nothing."
        assert max(looked_at(plan)) <= count


class TestAClockThatIsSetBack:
    def test_is_named_and_does_not_stop_the_sealer(self, own_database, owner_connection, sealer, caplog):
        append(2)
        run(sealer)
        owner_connection.execute("ALTER TABLE ledger_checkpoint DISABLE TRIGGER USER")
        owner_connection.execute("UPDATE ledger_checkpoint SET made = made + interval '2 hours'")
        append(1)
        run(sealer)
        append(1)
        run(sealer)

        (step,) = queries.clock_steps_back()
        assert step.size == 4  # the record that opened the log, and three
        assert 7_100 < (step.before - step.after).total_seconds() <= 7_200
        (record,) = caplog.records
        assert (record.levelname, record.getMessage()) == ("WARNING", "clock-went-back")
        assert 7_100 < record.seconds <= 7_200


def estimated(plan: dict) -> int:
    """How many rows PostgreSQL expects in the queue."""
    own = [plan["Plan Rows"]] if plan.get("Alias") == "p" else []
    return sum(own + [estimated(part) for part in plan.get("Plans", [])])


def looked_at(plan: dict) -> Iterator[float]:
    """How many rows each part of a plan gave in all."""
    yield plan["Actual Rows"] * plan["Actual Loops"]
    for part in plan.get("Plans", []):
        yield from looked_at(part)


def run(sealer: Sealer) -> int:
    with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
        return sealer.seal(cursor)


def in_another_connection() -> Fact:
    def write():
        fact = completed()
        try:
            with transaction.atomic():
                operations.append([fact])
        finally:
            connection.close()
        return fact

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(write).result()
