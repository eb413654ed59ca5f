"""What a client meant to do, and what it was told: written down before and after, apart from the system under test."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True)
class Intent:
    """One record that somebody wants to be there: its id, and what it should say."""

    id: UUID
    says: str


class Journal:
    """
    Intents and acknowledgements, in a file.

    An intent is written before anything is sent, an acknowledgement when the reply has come that promises it.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8")
        self.intents: dict[UUID, Intent] = {}
        self.acknowledged: set[UUID] = set()
        self.replies: Counter[str] = Counter()
        """How often each status was given; `no answer` where the connection broke first."""

    def intend(self, intent: Intent) -> None:
        with self._lock:
            self.intents[intent.id] = intent
            self._write(intent=str(intent.id), says=intent.says)

    def acknowledge(self, id: UUID) -> None:
        with self._lock:
            self.acknowledged.add(id)
            self._write(acknowledged=str(id))

    def reply(self, what: str) -> None:
        with self._lock:
            self.replies[what] += 1

    def waiting(self) -> list[Intent]:
        """What was sent and not acknowledged yet."""
        with self._lock:
            return [intent for id, intent in self.intents.items() if id not in self.acknowledged]

    def _write(self, **line: str) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()
