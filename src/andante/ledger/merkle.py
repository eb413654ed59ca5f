"""The Merkle tree of RFC 6962, section 2.1, with SHA-256, kept as tiles of 256 hashes (C2SP tlog-tiles)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

TILE_WIDTH = 256


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


EMPTY_ROOT = hashlib.sha256(b"").digest()


@dataclass(frozen=True)
class Tile:
    """256 hashes of complete subtrees of height 8 · level, the first of them at 256 · index."""

    level: int
    index: int
    hashes: bytes


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root of a complete subtree over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def tile_root(hashes: bytes) -> bytes:
    """The root over a full tile's 8,192 bytes."""
    return perfect_root([hashes[i : i + 32] for i in range(0, len(hashes), 32)])


@dataclass
class Tree:
    """
    The right edge of a tree: enough to append to it and to tell its root.

    `edges[level]` holds the hashes of the tile at that level that is not full yet.
    """

    size: int = 0
    edges: list[list[bytes]] = field(default_factory=lambda: [[]])

    def extend(self, entries: Iterable[bytes]) -> list[Tile]:
        """Append leaf entries; the tiles that this filled, lowest level first."""
        filled: list[Tile] = []
        for entry in entries:
            self.edges[0].append(leaf_hash(entry))
            self.size += 1
            if len(self.edges[0]) == TILE_WIDTH:
                self._carry(filled)
        return filled

    def _carry(self, filled: list[Tile]) -> None:
        level = 0
        while len(self.edges[level]) == TILE_WIDTH:
            index = (self.size >> (8 * (level + 1))) - 1
            filled.append(Tile(level, index, b"".join(self.edges[level])))
            if level + 1 == len(self.edges):
                self.edges.append([])
            self.edges[level + 1].append(perfect_root(self.edges[level]))
            self.edges[level] = []
            level += 1

    def root(self) -> bytes:
        """The root hash of all leaves so far, 32 bytes."""
        peaks: list[bytes] = []
        for hashes in reversed(self.edges):
            start = 0
            for bit in range(7, -1, -1):
                width = 1 << bit
                if len(hashes) & width:
                    peaks.append(perfect_root(hashes[start : start + width]))
                    start += width
        if not peaks:
            return EMPTY_ROOT
        root = peaks.pop()
        while peaks:
            root = node_hash(peaks.pop(), root)
        return root
