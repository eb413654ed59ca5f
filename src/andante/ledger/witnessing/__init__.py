"""
Witnesses: somebody outside keeps our newest checkpoint, and says no when the log is not what it was.

Two sorts. A *file* on another host, to which the newest checkpoint is added after a look at the last one there; and a
program or service that speaks C2SP tlog-witness and signs what it has seen.
"""

from andante.ledger.witnessing.answers import Because, Witness
from andante.ledger.witnessing.asking import Asked, Refusal, ask, configured

__all__ = ["Asked", "Because", "Refusal", "Witness", "ask", "configured"]
