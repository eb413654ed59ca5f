"""What it takes to hand the log to an auditor, and to check it."""

from __future__ import annotations

import sys

from tests.bench.ledger.measuring import MEGABYTE, take
from tests.faults.oracle import VERIFIER
from tests.faults.stage import Stage

BATCH = 1_000


def grow(stage: Stage, records: int) -> int:
    """Append records through the real tables until the log holds that many, and let the sealer take them."""
    with stage.superuser() as session:
        (there,) = session.execute("SELECT count(*) FROM ledger_statement_key").fetchone() or (0,)
    if there < records:
        print(f"  Appending {records - there:,} records …", flush=True)
        stage.client("bench.ledger.appending", "batches", records - there, BATCH)
    stage.wait_until_ready(seconds=3600)
    return max(there, records)


def measure_export(stage: Stage, *, sizes: list[int]) -> None:
    """Export logs of growing size, and print what each took."""
    for size in sorted(sizes):
        records = grow(stage, size)
        bundle = stage.folder / "bench.zip"
        command = [sys.executable, "-m", "andante.cli.main", "bundle", "export", bundle, "--force"]
        taken = take(command, env=stage.site.environment, log=stage.folder / "export.out")
        print(f"  {records:,} records: {taken}; {bundle.stat().st_size / MEGABYTE:.0f} MB", flush=True)


def measure_verifier(stage: Stage, *, records: int) -> None:
    """Export a log and check the bundle with the verifier alone, and print what that took."""
    measure_export(stage, sizes=[records])
    taken = take(
        [sys.executable, VERIFIER, stage.folder / "bench.zip"],
        env=stage.site.environment,
        log=stage.folder / "verifier.out",
    )
    print(f"  The verifier: {taken}", flush=True)
    print(f"    {taken.output.splitlines()[0]}", flush=True)
