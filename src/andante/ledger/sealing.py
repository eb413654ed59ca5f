"""
The sealer: moves pending records into the tree, in batches, and signs the new size and root.

There is one. It takes rows by DELETE … RETURNING, never by `id > last`, which would skip a transaction that
commits late. A crash rolls the batch back, and the next start reads the right edge of the tree from the
tables again.
"""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from andante.ledger.encoding import Entry, checkpoint_text, signed_note
from andante.ledger.log import Log
from andante.ledger.merkle import TILE_WIDTH, Tile, Tree, tile_root
from andante.ledger.succession import Cursor, Keys, LedgerDamaged, Signer, next_signer, promote_proven

log = logging.getLogger(__name__)

BATCH = 10_000
"""Records a batch at most; bounds memory and the time that a batch takes."""


# Two sealers would fork the tree: the second waits here until the first has committed.
_ALONE = "SELECT pg_advisory_xact_lock(4107, 2)"

# `pending` is empty at one moment and full at the next, so what PostgreSQL believes of its size is most often wrong. A
# plan that follows from it may read the whole log for a handful of records. The way by the indexes is always right:
# what it costs depends on the batch alone.
_BY_INDEX = """
    SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
        set_config('enable_mergejoin', 'off', true)
"""

# Only what is whole, and once: a number in `pending` without its record would be sealed as a record that nobody can
# ever show, and one that repeats a sealed record would stop the sealer. They stay where they are, the lag grows, and
# `andante verify` names them.
#
# ARRAY, so that the numbers are found once: `pending` is mostly empty when it is vacuumed, PostgreSQL then takes it for
# empty for a while, and would search it anew for each row. A batch of thousands took minutes.
_TAKE = """
    DELETE FROM ledger_pending WHERE n = ANY (ARRAY(
        SELECT p.n FROM ledger_pending p
        JOIN ledger_statement_key k ON k.id = p.id AND k.stored = p.stored
        JOIN ledger_statement s ON s.id = p.id AND s.stored = p.stored
        JOIN ledger_body b ON b.id = p.id AND b.stored = p.stored
        WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.id = p.id)
            -- Up to the second change of key: between two checkpoints there is one at most.
            AND p.n < coalesce(
                (SELECT c.n FROM ledger_pending c WHERE c.id = ANY(%(changes)s) ORDER BY c.n OFFSET 1 LIMIT 1),
                p.n + 1
            )
        ORDER BY p.n LIMIT %(limit)s
    ))
    RETURNING n, id, stored, kind, commitment
"""


@dataclass
class Sealer:
    """Seals the records of one log. Keeps the tree's right edge between batches, and no key."""

    log: Log
    keys: Keys
    _tree: Tree | None = field(default=None, init=False)

    def seal(self, cursor: Cursor, *, limit: int = BATCH) -> int:
        """
        Seal what waits, at most `limit` records, inside the caller's transaction.

        :return: how many were sealed
        :raises LedgerDamaged: the leaves or tiles do not give the root of the last checkpoint
        :raises KeyMissing: the key in force is not there
        """
        cursor.execute(_ALONE)
        cursor.execute(_BY_INDEX)
        # After the lock: what another sealer has sealed or promoted is seen.
        successors = self.keys.successors()
        cursor.execute(_TAKE, {"limit": limit, "changes": list(successors)})
        rows = sorted(cursor.fetchall())
        if not rows:
            return 0
        with self._tree_at_last_checkpoint(cursor) as tree:
            signer = next_signer(cursor, log=self.log, keys=self.keys, successors=successors)
            first = tree.size
            entries = [
                Entry(self.log.id, id, kind, stored, bytes(committed)).encode()
                for _, id, stored, kind, committed in rows
            ]
            tiles = tree.extend(entries)
            _insert_leaves(cursor, first, rows, entries)
            _insert_tiles(cursor, tiles)
            self._sign(cursor, tree, previous=first, signer=signer)
        return len(rows)

    def retire_keys(self, cursor: Cursor) -> int:
        """
        Remove the old key of each change that is done with, inside the caller's transaction; how many there were.

        :raises OSError: the key's folder cannot be written to; sealing goes on all the same
        """
        if not self.keys.successors():
            return 0
        cursor.execute(_ALONE)
        cursor.execute(_BY_INDEX)
        return promote_proven(cursor, self.keys)

    @contextlib.contextmanager
    def _tree_at_last_checkpoint(self, cursor: Cursor) -> Iterator[Tree]:
        """The right edge; kept for the next batch only when this one went through."""
        cursor.execute("SELECT size, root FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
        size, root = cursor.fetchone() or (0, None)
        tree = self._tree
        self._tree = None
        if tree is None or tree.size != size:
            tree = load_tree(cursor, size)
        if root is not None and tree.root() != bytes(root):
            raise LedgerDamaged(f"The first {size} records do not give the root of their checkpoint.")
        yield tree
        self._tree = tree

    def forget(self) -> None:
        """After a rollback: read the right edge from the tables again."""
        self._tree = None

    def _sign(self, cursor: Cursor, tree: Tree, *, previous: int, signer: Signer) -> None:
        made = _clock(cursor)
        root = tree.root()
        text = checkpoint_text(name=self.log.origin, size=tree.size, root=root, at=made)
        note = signed_note(
            text=text,
            name=self.log.origin,
            public_key=signer.public_key,
            signature=signer.sign(text.encode()),
        )
        cursor.execute(
            "INSERT INTO ledger_checkpoint (size, root, previous, note, made) VALUES (%s, %s, %s, %s, %s)",
            [tree.size, root, previous, note, made],
        )


def _clock(cursor: Cursor) -> datetime:
    """
    The database's clock, as it stands. Where it was set back, the log's times go back with it, and a warning says so:
    the log's order is that of its numbers, and a time that no clock showed would be an invention.
    """
    cursor.execute("SELECT clock_timestamp(), (SELECT made FROM ledger_checkpoint ORDER BY size DESC LIMIT 1)")
    now: datetime
    now, before = cursor.fetchone()
    if before is not None and now < before:
        log.warning("clock-went-back", extra={"seconds": round((before - now).total_seconds(), 3)})
    return now


def load_tree(cursor: Cursor, size: int) -> Tree:
    """
    The right edge of the tree over the first `size` leaves, from full tiles and the leaves after them.

    :raises LedgerDamaged: a leaf or a tile is missing, or one stands after the last checkpoint
    """
    cursor.execute("SELECT count(*) FROM ledger_leaf WHERE seq >= %s", [size])
    if cursor.fetchone()[0]:
        raise LedgerDamaged(f"There are leaves after the last checkpoint, which covers {size} records.")
    start = size - size % TILE_WIDTH
    cursor.execute("SELECT entry FROM ledger_leaf WHERE seq >= %s ORDER BY seq", [start])
    entries = [bytes(entry) for (entry,) in cursor.fetchall()]
    if len(entries) != size - start:
        raise LedgerDamaged(f"{size - start - len(entries)} of the last leaves are missing.")
    tree = Tree(start, [[]])
    level = 0
    while (full := size >> (8 * (level + 1))) > 0:
        tree.edges.append(_tile_roots(cursor, level, full - full % TILE_WIDTH, full))
        level += 1
    tree.extend(entries)
    return tree


def _tile_roots(cursor: Cursor, level: int, start: int, end: int) -> list[bytes]:
    cursor.execute(
        "SELECT hashes FROM ledger_tile WHERE level = %s AND index >= %s AND index < %s ORDER BY index",
        [level, start, end],
    )
    roots = [tile_root(bytes(hashes)) for (hashes,) in cursor.fetchall()]
    if len(roots) != end - start:
        raise LedgerDamaged(f"A tile of level {level} between {start} and {end} is missing.")
    return roots


def _insert_leaves(cursor: Cursor, first: int, rows: list[Any], entries: list[bytes]) -> None:
    cursor.execute(
        "INSERT INTO ledger_leaf (seq, id, stored, entry) "
        "SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::timestamptz[], %s::bytea[])",
        [
            list(range(first, first + len(rows))),
            [row[1] for row in rows],
            [row[2] for row in rows],
            entries,
        ],
    )


def _insert_tiles(cursor: Cursor, tiles: list[Tile]) -> None:
    if tiles:
        cursor.executemany(
            "INSERT INTO ledger_tile (level, index, hashes) VALUES (%s, %s, %s)",
            [(tile.level, tile.index, tile.hashes) for tile in tiles],
        )
