"""A witness that is asked by HTTP, as C2SP tlog-witness says."""

from __future__ import annotations

import base64
import http.client
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from andante.kernel import clock
from andante.kernel.witness_key import WitnessKey
from andante.ledger.encoding import split_note
from andante.ledger.queries import newest_checkpoint
from andante.ledger.rows import Checkpoint
from andante.ledger.witnessing.answers import Agreement, Because, NoAnswer, NotAnExtension
from andante.ledger.witnessing.cosignatures import cosigned
from andante.ledger.witnessing.extending import proof_from

SECONDS_OF_SILENCE = 10.0
"""For a connection, and between two pieces of an answer."""
SECONDS_IN_ALL = 20.0
"""For one question with its answer, however slowly it trickles in."""
LONGEST_ANSWER = 64 * 1024
MOST_QUESTIONS = 4
"""Somebody else may submit our checkpoints too, so that the size we were told is an older one when we ask again."""
SECONDS_AHEAD = 3600
"""A witness whose clock is further ahead of ours is not believed."""


@dataclass(frozen=True)
class ServiceWitness:
    """Submits the newest checkpoint, and demands a cosignature that its key made."""

    url: str
    key: WitnessKey
    patience: float = SECONDS_IN_ALL

    @property
    def name(self) -> str:
        return self.key.name

    def show(self, *, known: int) -> Agreement | None:
        """Submit from what it knew last; where it knows something else, from there."""
        newest = newest_checkpoint()
        if newest is None:
            return None
        old = min(known, newest.size)
        for _ in range(MOST_QUESTIONS):
            status, kind, text = self._submit(old, newest)
            if status == 200:
                return self._agreement(text, newest, found=old)
            told = _size(text) if status == 409 and kind == "text/x.tlog.size" else None
            # Earlier versions of the protocol answer 409 where the same size has another root.
            if status == 422 or told == old == newest.size:
                raise NotAnExtension(Because.REWRITTEN, seen=old)
            if told is None:
                raise NoAnswer(_sentence(status))
            if told > newest.size:
                newest = newest_checkpoint()
                if newest is None or told > newest.size:
                    raise NotAnExtension(Because.CUT_OFF, seen=told)
            old = told
        raise NoAnswer("The witness told another size each time that it was asked.")

    def _submit(self, old: int, newest: Checkpoint) -> tuple[int, str, str]:
        """Status, kind and text of the answer."""
        hashes = [base64.b64encode(hash).decode() for hash in proof_from(old, newest)]
        body = "\n".join([f"old {old}", *hashes]) + "\n\n" + newest.note
        try:
            with self._connected() as connection:
                path = f"{urlsplit(self.url).path}/add-checkpoint"
                connection.request("POST", path, body.encode(), {"Content-Type": "text/plain; charset=utf-8"})
                answer = connection.getresponse()
                data = answer.read(LONGEST_ANSWER)
                return answer.status, answer.headers.get_content_type(), data.decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"The witness cannot be reached: {str(error) or type(error).__name__}.") from error

    @contextmanager
    def _connected(self) -> Iterator[http.client.HTTPConnection]:
        parts = urlsplit(self.url)
        host = str(parts.hostname)
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, parts.port, timeout=SECONDS_OF_SILENCE, context=context)
        else:
            connection = http.client.HTTPConnection(host, parts.port, timeout=SECONDS_OF_SILENCE)
        connection.connect()
        end = threading.Timer(self.patience, _cut, [connection.sock])
        end.daemon = True
        end.start()
        try:
            yield connection
        finally:
            end.cancel()
            connection.close()

    def _agreement(self, text: str, newest: Checkpoint, *, found: int) -> Agreement:
        signed = cosigned(text, key=self.key, text=split_note(newest.note)[0])
        if signed is None:
            raise NoAnswer("The witness answered without a signature of the key in ANDANTE_WITNESS_KEY.")
        line, time = signed
        if not 0 < time < clock.now().timestamp() + SECONDS_AHEAD:
            raise NoAnswer("The clock of the witness is wrong: it signed under a time that is still to come.")
        return Agreement(newest.size, found, line, datetime.fromtimestamp(time, UTC))


def _cut(open_socket: socket.socket) -> None:
    """End a conversation that takes too long; it may have ended by itself just now."""
    with suppress(OSError):
        open_socket.shutdown(socket.SHUT_RDWR)


def _size(text: str) -> int | None:
    found = re.fullmatch(r"(0|[1-9][0-9]{0,18})\n", text)
    return int(found[1]) if found else None


def _sentence(status: int) -> str:
    """What a status means for whoever has to mend it."""
    known = {
        400: "The witness did not understand what was submitted.",
        403: "The witness does not trust the key that signs our checkpoints. Its operator has to add a changed key.",
        404: "The witness does not know this log, or stands at another address. Its operator has to add the log's key.",
    }
    return known.get(status, f"The witness answered with status {status}. Its own log says why.")
