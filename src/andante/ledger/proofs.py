"""
Proofs that a leaf is in a tree, and that a tree is the beginning of a larger one (RFC 6962, sections 2.1.1 and 2.1.2).

Pure: where the hashes come from is the caller's business.
"""

from collections.abc import Callable, Sequence

from andante.ledger.merkle import EMPTY_ROOT, node_hash

Nodes = Callable[[int, int], bytes]
"""The root of the complete subtree of a height with a number: over the leaves number · 2^height and following."""


def inclusion_proof(number: int, *, size: int, nodes: Nodes) -> list[bytes]:
    """
    The audit path of a leaf, from the leaf upwards.

    :param number: of the leaf, from 0
    :param size: of the tree that the path leads to
    :raises ValueError: there is no such leaf in a tree of this size
    """
    if not 0 <= number < size:
        raise ValueError(f"There is no leaf {number} among {size}.")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if number < middle:
            path.append(range_root(middle, end, nodes))
            end = middle
        else:
            path.append(range_root(start, middle, nodes))
            start = middle
    return path[::-1]


def consistency_proof(old: int, *, size: int, nodes: Nodes) -> list[bytes]:
    """
    The proof that the tree of `old` leaves is the beginning of that of `size` leaves.

    Empty from 0 and from `size` itself.

    :raises ValueError: the older tree is the larger one
    """
    if not 0 <= old <= size:
        raise ValueError(f"A tree of {old} leaves is no beginning of one of {size}.")
    if old in {0, size}:
        return []
    start, end, proof, whole = 0, size, [], True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_root(middle, end, nodes))
            end = middle
        else:
            proof.append(range_root(start, middle, nodes))
            start, whole = middle, False
    # The older tree's own root is known to whoever asks; another beginning is not.
    return ([] if whole else [range_root(start, end, nodes)]) + proof[::-1]


def is_consistent(old: int, old_root: bytes, *, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """
    Whether a proof leads from both roots: that the smaller tree is the beginning of the larger one (RFC 9162, section
    2.1.4.2). From 0 and from `size` itself it is empty.
    """
    if old in {0, size}:
        return not proof and (old == 0 or old_root == root)
    if old > size or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    first, second = old - 1, size - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    older = newer = path[0]
    for hash in path[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            older, newer = node_hash(hash, older), node_hash(hash, newer)
            while first and not first & 1:
                first, second = first >> 1, second >> 1
        else:
            newer = node_hash(newer, hash)
        first, second = first >> 1, second >> 1
    return second == 0 and (older, newer) == (old_root, root)


def range_root(start: int, end: int, nodes: Nodes) -> bytes:
    """The root over the leaves from `start` to before `end`, which is a part of some larger tree's structure."""
    length = end - start
    if length == 0:
        return EMPTY_ROOT
    if length & (length - 1) == 0:
        height = length.bit_length() - 1
        return nodes(height, start >> height)
    middle = start + _split(length)
    return node_hash(range_root(start, middle, nodes), range_root(middle, end, nodes))


def _split(length: int) -> int:
    """The largest power of two below a length of 2 or more."""
    return 1 << ((length - 1).bit_length() - 1)
