"""The stored tree: every proof made from tiles and leaves leads to the root that the sealer signed."""

from __future__ import annotations

import pytest
from django.db import connection

from andante.ledger import queries
from andante.ledger.merkle import TILE_WIDTH, leaf_hash, node_hash
from andante.ledger.nodes import TreeIncomplete
from andante.ledger.queries import StoredNodes, consistency_proof, inclusion_proof

SIZES = [1, 2, 255, 256, 257, 511, 512, 513]
LARGE = TILE_WIDTH**2 + TILE_WIDTH + 3

_APPEND_MANY = """
    WITH fact AS MATERIALIZED (
        SELECT gen_random_uuid() AS id, clock_timestamp() AS stored FROM generate_series(1, %s)
    ), taken AS (
        INSERT INTO ledger_statement_key (id, stored, digest) SELECT id, stored, sha256(id::text::bytea) FROM fact
    ), statement AS (
        INSERT INTO ledger_statement (stored, id, kind, "timestamp", actor, verb, object)
        SELECT stored, id, 2, stored, 'system:tests', 'tried', 'test:1' FROM fact
    ), body AS (
        INSERT INTO ledger_body (stored, id, body, salt) SELECT stored, id, '{}', sha256('salt') FROM fact
    )
    INSERT INTO ledger_pending (id, stored, kind, commitment) SELECT id, stored, 2, sha256(id::text::bytea) FROM fact
"""


@pytest.fixture
def grow(db, sealer):
    """Let the log grow to a size, and seal."""

    def _grow(size: int) -> None:
        newest = queries.newest_checkpoint()
        with connection.cursor() as cursor:
            # The first record, which opened the log, waits in every new database.
            cursor.execute(_APPEND_MANY, [size - (newest.size if newest else 1)])
            cursor.execute("SET LOCAL ROLE andante_sealer")
            sealer.seal(cursor, limit=size)
            cursor.execute("SET LOCAL ROLE andante_application")

    return _grow


def entries() -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry FROM ledger_leaf ORDER BY seq")
        return [bytes(entry) for (entry,) in cursor.fetchall()]


def root_of(hashes: list[bytes]) -> bytes:
    """The definition itself (RFC 6962, section 2.1), over leaves' hashes."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(root_of(hashes[:half]), root_of(hashes[half:]))


def root_over(number: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """The root that an audit path leads to (RFC 9162, section 2.1.3.2)."""
    place, last, root = number, size - 1, leaf_hash(leaf)
    for hash in path:
        assert last > 0, "the path is too long"
        if place & 1 or place == last:
            root = node_hash(hash, root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, hash)
        place, last = place >> 1, last >> 1
    assert last == 0, "the path is too short"
    return root


def signed_root() -> bytes:
    newest = queries.newest_checkpoint()
    assert newest is not None
    return newest.root


class TestProofsFromTheTables:
    def test_lead_every_leaf_to_the_signed_root_while_the_log_grows(self, grow):
        kept = StoredNodes()
        for size in SIZES:
            grow(size)
            leaves, root = entries(), signed_root()
            for number in {0, 1, size // 2, 254, 255, 256, size - 2, size - 1} & set(range(size)):
                for nodes in (StoredNodes(), kept):
                    path = inclusion_proof(number, size=size, nodes=nodes)
                    assert root_over(number, size, leaves[number], path) == root

    def test_of_older_sizes_are_those_of_the_definition(self, grow):
        grow(513)
        hashes = [leaf_hash(entry) for entry in entries()]

        def from_memory(height: int, number: int) -> bytes:
            return root_of(hashes[number << height : (number + 1) << height])

        nodes = StoredNodes()
        for size in SIZES:
            for number in {0, size // 3, size - 1}:
                assert inclusion_proof(number, size=size, nodes=nodes) == inclusion_proof(
                    number, size=size, nodes=from_memory
                )
            for old in (1, 200, 255, 256, 257, 400, size):
                if old <= size:
                    assert consistency_proof(old, size=size, nodes=nodes) == consistency_proof(
                        old, size=size, nodes=from_memory
                    )

    @pytest.mark.slow
    def test_reach_over_three_levels_of_tiles(self, grow):
        grow(LARGE)
        leaves, root = entries(), signed_root()
        hashes = [leaf_hash(entry) for entry in leaves]
        assert root_of(hashes) == root
        known: dict[tuple[int, int], bytes] = {}

        def from_memory(height: int, number: int) -> bytes:
            if (height, number) not in known:
                known[height, number] = root_of(hashes[number << height : (number + 1) << height])
            return known[height, number]

        nodes = StoredNodes()
        for number in (0, 1, 255, 256, 65_535, 65_536, 65_791, 65_792, LARGE - 1):
            path = inclusion_proof(number, size=LARGE, nodes=nodes)
            assert root_over(number, LARGE, leaves[number], path) == root
        for old in (1, 257, 40_000, 65_535, 65_536, 65_537, 65_792, LARGE - 1):
            assert consistency_proof(old, size=LARGE, nodes=nodes) == consistency_proof(
                old, size=LARGE, nodes=from_memory
            )

    def test_are_refused_for_what_is_not_sealed(self, grow):
        grow(300)

        with pytest.raises(TreeIncomplete, match="Hash 300 of level 0"):
            StoredNodes()(0, 300)
        with pytest.raises(TreeIncomplete, match="Hash 1 of level 1"):
            StoredNodes()(8, 1)
