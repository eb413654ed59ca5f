"""The inner hashes of the stored tree, read from its tiles, and from leaves at the right edge."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection

from andante.ledger.merkle import TILE_WIDTH, leaf_hash, perfect_root, tile_root

_HASH = 32


class TreeIncomplete(Exception):  # noqa: N818
    """A leaf or a tile that a proof needs is not there. `andante verify` says which."""


@dataclass
class StoredNodes:
    """
    The tree in the database, as `proofs.Nodes`. Remembers every tile that it has read: keep it for one task.

    Must stay inside one transaction that sees one moment, or be asked about sealed leaves only: those never change.
    """

    _hashes: dict[tuple[int, int], bytes | None] = field(default_factory=dict)
    """By level and index: the hashes of a full tile; None where it is not full yet."""
    _singles: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __call__(self, height: int, number: int) -> bytes:
        """
        Return the root of a complete subtree.

        :raises TreeIncomplete: it cannot be computed from what is there
        """
        level, within = divmod(height, 8)
        first, count = number << within, 1 << within
        tile = self._tile(level, first // TILE_WIDTH)
        if tile is None:
            return perfect_root([self._single(level, place) for place in range(first, first + count)])
        start = first % TILE_WIDTH * _HASH
        return perfect_root([tile[at : at + _HASH] for at in range(start, start + count * _HASH, _HASH)])

    def _tile(self, level: int, index: int) -> bytes | None:
        if (level, index) not in self._hashes:
            with connection.cursor() as cursor:
                cursor.execute("SELECT hashes FROM ledger_tile WHERE level = %s AND index = %s", [level, index])
                row = cursor.fetchone()
            self._hashes[level, index] = bytes(row[0]) if row else None
        return self._hashes[level, index]

    def _single(self, level: int, place: int) -> bytes:
        """One hash of a tile that is not full yet: a leaf's, or the root of a full tile below."""
        if (level, place) not in self._singles:
            if level == 0:
                self._read_leaves(place - place % TILE_WIDTH)
            else:
                self._read_root(level, place)
        try:
            return self._singles[level, place]
        except KeyError:
            raise TreeIncomplete(f"Hash {place} of level {level} is missing.") from None

    def _read_root(self, level: int, place: int) -> None:
        below = (level - 1, place)
        if self._hashes.get(below, b"") is None:
            # It was not full when it was looked for; who asks for its root knows that it is full by now.
            del self._hashes[below]
        if tile := self._tile(*below):
            self._singles[level, place] = tile_root(tile)

    def _read_leaves(self, first: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT seq, entry FROM ledger_leaf WHERE seq >= %s AND seq < %s", [first, first + TILE_WIDTH]
            )
            self._singles.update({(0, seq): leaf_hash(bytes(entry)) for seq, entry in cursor.fetchall()})
