"""
What must be true once everything works again.

Everything that was acknowledged is there exactly once and says what was said; what was not acknowledged is there at
most once; the sequence has no gap; nothing stands in neither leaf nor pending; `andante verify` finds nothing, so the
rows are what a replay of the facts gives; and the verifier, which shares no code with the server, accepts a bundle and
finds that it extends the checkpoint that it kept the time before.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from tests.faults.journal import Journal
from tests.running import RunningAndante

VERIFIER = Path(__file__).parents[2] / "verifier/andante_verify.py"

_COPIES = """
    SELECT wanted.id,
        (SELECT count(*) FROM ledger_statement_key t WHERE t.id = wanted.id),
        (SELECT count(*) FROM ledger_statement t WHERE t.id = wanted.id),
        (SELECT count(*) FROM ledger_body t WHERE t.id = wanted.id),
        (SELECT count(*) FROM ledger_leaf t WHERE t.id = wanted.id),
        (SELECT min(b.body) FROM ledger_body b WHERE b.id = wanted.id)
    FROM unnest(%s::uuid[]) wanted(id)
"""
_SEQUENCE = """
    SELECT count(*), coalesce(min(seq), 0), coalesce(max(seq), -1), count(DISTINCT id),
        (SELECT count(*) FROM ledger_statement_key),
        (SELECT count(*) FROM ledger_pending)
    FROM ledger_leaf
"""
_FORKS = """
    SELECT count(*) FROM (
        SELECT previous, lag(size, 1, 0::bigint) OVER (ORDER BY size) AS before FROM ledger_checkpoint
    ) c WHERE previous <> before
"""


@dataclass
class Verdict:
    """What became of what clients wanted, and every sentence about what is wrong."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    problems: list[str] = field(default_factory=list)
    replies: Counter[str] = field(default_factory=Counter)


class Oracle:
    """Judges one log again and again; remembers the last checkpoint, so that a rewritten past would show."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: Path | None = None
        self._round = 0

    def judge(self, site: RunningAndante, superuser: str, journal: Journal, *, since: Collection[UUID]) -> Verdict:
        """
        Judge the log as it stands; the group must run and nothing wait for the sealer.

        :param since: ids that were judged before, and are not counted in the verdict again
        """
        verdict = Verdict(acknowledged=len(journal.acknowledged - set(since)))
        with psycopg.connect(superuser) as connection:
            self._every_record_once(connection, journal, verdict)
            self._one_sequence(connection, verdict)
        # Both at once: nothing is written any more, and neither knows of the other.
        with ThreadPoolExecutor() as pool:
            found = [pool.submit(judge, site) for judge in (self._by_our_own_command, self._by_the_verifier)]
        verdict.problems += [problem for each in found for problem in each.result()]
        return verdict

    def _every_record_once(self, connection: psycopg.Connection[Any], journal: Journal, verdict: Verdict) -> None:
        for id, *copies, body in connection.execute(_COPIES, [list(journal.intents)]).fetchall():
            acknowledged = id in journal.acknowledged
            if acknowledged and 0 in copies:
                verdict.lost += 1
                verdict.problems.append(f"{id} was acknowledged, and is gone: {copies}")
            elif any(copy > 1 for copy in copies) or len(set(copies)) > 1:
                verdict.doubled += 1
                verdict.problems.append(f"{id} stands there several times, or in parts: {copies}")
            elif acknowledged and journal.intents[id].says not in json.loads(body)["result"]["response"]:
                verdict.lost += 1
                verdict.problems.append(f"{id} says something else than was acknowledged: {body}")

    def _one_sequence(self, connection: psycopg.Connection[Any], verdict: Verdict) -> None:
        leaves, first, last, ids, records, pending = connection.execute(_SEQUENCE).fetchone() or (0,) * 6
        if (first, last, ids) != (0, leaves - 1, leaves):
            verdict.problems.append(f"{leaves} leaves of {ids} records run from {first} to {last}")
        if pending or records != leaves:
            verdict.problems.append(f"{records} records, but {leaves} leaves and {pending} that wait")
        forks = connection.execute(_FORKS).fetchone()
        if forks != (0,):
            verdict.problems.append(f"{forks} checkpoints do not follow the one before them")

    def _by_our_own_command(self, site: RunningAndante) -> list[str]:
        done = site.command("verify", check=False)
        if done.returncode == 0:
            return []
        return [f"`andante verify` ended with {done.returncode}: {done.stdout}{done.stderr}"]

    def _by_the_verifier(self, site: RunningAndante) -> list[str]:
        self._round += 1
        bundle, keep = self._folder / "bundle.zip", self._folder / f"checkpoint-{self._round}.txt"
        site.command("bundle", "export", bundle, "--force")
        kept = [] if self._kept is None else ["--checkpoint", str(self._kept)]
        done = subprocess.run(
            [sys.executable, str(VERIFIER), str(bundle), "--keep", str(keep), *kept],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            return [f"The verifier ended with {done.returncode}: {done.stdout}{done.stderr}"]
        self._kept = keep
        return []
