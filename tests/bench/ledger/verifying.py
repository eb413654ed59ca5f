"""What `andante verify` takes."""

from __future__ import annotations

import json
import sys

from tests.bench.ledger.measuring import take
from tests.faults.stage import COURSE, Stage

LEARNERS = 50
BATCH = 500


def measure(stage: Stage, *, records: int) -> None:
    """Make answers with their rows, verify, and print what that took."""
    print(f"  Making {records:,} answers with their rows …", flush=True)
    learners = stage.folder / "learners.json"
    learners.write_text(json.dumps(stage.client("faults.people", COURSE, max(1, min(LEARNERS, records // 20)))))
    stage.client("bench.ledger.appending", "answers", records, BATCH, learners)
    stage.wait_until_ready(seconds=3600)
    command = [sys.executable, "-m", "andante.cli.main", "verify"]
    taken = take(command, env=stage.site.environment, log=stage.folder / "verify.out")
    print(f"  {taken}", flush=True)
    for line in taken.output.splitlines():
        print(f"    {line}", flush=True)
