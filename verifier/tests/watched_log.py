"""A small log that asks a witness: proofs in the slow words of RFC 6962, requests in those of C2SP tlog-witness."""

import base64
import hashlib
import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verifier.tests.small_log import Checkpoint, SmallLog, tree_root

PROGRAM = Path(__file__).parents[1] / "andante_witness.py"


def consistency(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n]), word for word (RFC 6962, section 2.1.2)."""
    return [] if m in {0, len(leaves)} else _subproof(m, leaves, whole=True)


def _subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [tree_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*_subproof(m, leaves[:k], whole=whole), tree_root(leaves[k:])]
    return [*_subproof(m - k, leaves[k:], whole=False), tree_root(leaves[:k])]


def request(old: int, proof: Sequence[bytes], note: bytes) -> bytes:
    lines = [f"old {old}", *(base64.b64encode(hash).decode() for hash in proof)]
    return "\n".join(lines).encode() + b"\n\n" + note


def submission(log: SmallLog, old: int, checkpoint: Checkpoint | None = None) -> bytes:
    """What the log submits of its newest, or another, checkpoint."""
    checkpoint = checkpoint or log.checkpoints[-1]
    return request(old, consistency(old, log.entries()[: checkpoint.size]), checkpoint.note)


def text_of(note: bytes) -> bytes:
    return note.rpartition(b"\n\n")[0] + b"\n"


def cosigned_at(line: str, key: str, note: bytes) -> int:
    """
    The time of a cosignature.

    :raises InvalidSignature: the witness with this key did not sign this
    """
    name, id, data = key.split("+", 2)
    public = base64.b64decode(data)
    assert public[0] == 4
    assert hashlib.sha256(f"{name}\n".encode() + public).hexdigest()[:8] == id
    found = re.fullmatch(r"— (\S+) (\S+)\n", line)
    assert found is not None
    signature = base64.b64decode(found[2], validate=True)
    assert (found[1], signature[:4].hex(), len(signature)) == (name, id, 76)
    time = int.from_bytes(signature[4:12], "big")
    message = b"cosignature/v1\ntime %d\n" % time + text_of(note)
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[12:], message)
    return time


@dataclass
class Answer:
    status: int
    kind: str
    text: str


@dataclass
class Program:
    """The witness as its operator starts it."""

    folder: Path
    process: subprocess.Popen[str]
    port: int
    key: str

    @classmethod
    def start(cls, folder: Path, *arguments: str, before: str = "") -> "Program":
        """:param before: a line of Python that runs first, to let something outside fail"""
        launch = (
            f"{before}\nimport runpy, sys\nsys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')"
        )
        command = [sys.executable, "-B", "-c", launch, str(PROGRAM), "serve", "--folder", str(folder)]
        process = subprocess.Popen(
            [*command, "--listen", "127.0.0.1:0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"]},
        )
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("Listening"):
                break
        else:
            raise AssertionError(said + process.communicate()[1])
        key = re.search(r"This witness' key:\s+(\S+)", said)
        assert key is not None
        return cls(folder, process, int(said.rstrip().rpartition(":")[2]), key[1])

    def post(self, body: bytes, *, path: str = "/add-checkpoint", method: str = "POST") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers["Content-Type"], answer.read().decode())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.post(b"", path=path, method="GET")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)


def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One call of the program."""
    command = [sys.executable, "-B", str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
