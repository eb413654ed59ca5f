"""Does the log of today extend a checkpoint that somebody else has seen?"""

from __future__ import annotations

from andante.ledger.nodes import StoredNodes, TreeIncomplete
from andante.ledger.proofs import consistency_proof, is_consistent
from andante.ledger.rows import Checkpoint
from andante.ledger.witnessing.answers import Because, NotAnExtension


def proof_from(old: int, newest: Checkpoint) -> list[bytes]:
    """
    Prove that the newest checkpoint extends that over `old` records, at most as many as it covers itself.

    :raises NotAnExtension: the tables lack what the proof needs
    """
    try:
        return consistency_proof(old, size=newest.size, nodes=StoredNodes())
    except TreeIncomplete:
        raise NotAnExtension(Because.INCOMPLETE, seen=old) from None


def demand_extension(seen: int, root: bytes, newest: Checkpoint | None) -> None:
    """
    Demand that the newest checkpoint extends one over `seen` records with this root.

    :raises NotAnExtension: it does not
    """
    if newest is None or newest.size < seen:
        raise NotAnExtension(Because.CUT_OFF, seen=seen)
    proof = proof_from(seen, newest)
    if not is_consistent(seen, root, size=newest.size, root=newest.root, proof=proof):
        raise NotAnExtension(Because.REWRITTEN, seen=seen)
