"""
What the ledger costs: `make bench-ledger`, or a part of it with `python -m tests.bench.ledger --only PART`.

Everything runs on a group of its own with the durable settings of `make run`, and records go through the real tables.
There are no limits here: times depend on the machine, so read ratios within one run, CPU time and medians.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable

from tests.bench.ledger import bundles, memory, sealing, verifying
from tests.faults.stage import Stage, stage

PARTS = ("sealer", "verify", "export", "bundle", "memory")


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}", flush=True)
    parts: dict[str, tuple[str, Callable[[Stage], None]]] = {
        "sealer": (
            "Records come in at full speed while the sealer works",
            lambda made: sealing.measure(made, records=options.ingest, seconds=options.seconds),
        ),
        "verify": (
            f"`andante verify` over {options.verify:,} answers with their rows",
            lambda made: verifying.measure(made, records=options.verify),
        ),
        "export": (
            "`andante bundle export`: memory must not grow with the log",
            lambda made: bundles.measure_export(made, sizes=options.export),
        ),
        "bundle": (
            f"The verifier over a bundle of {options.records:,} records, made through the real tables",
            lambda made: bundles.measure_verifier(made, records=options.records),
        ),
        "memory": (
            f"Memory over {options.minutes:g} minutes of pages and answers",
            lambda made: memory.measure(made, minutes=options.minutes),
        ),
    }
    for name in options.only:
        title, measure = parts[name]
        print(f"\n{title}", flush=True)
        began = time.monotonic()
        # A group for each part: what one left behind is no business of the next.
        with stage(seed=0) as made:
            measure(made)
        print(f"  ({time.monotonic() - began:.0f} s in all)", flush=True)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ledger", description="Measure the ledger.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts to measure")
    parser.add_argument("--ingest", type=int, default=200_000, metavar="N", help="records to append in batches")
    parser.add_argument("--seconds", type=float, default=60, metavar="N", help="how long to append one by one")
    parser.add_argument("--verify", type=int, default=100_000, metavar="N", help="answers for `andante verify`")
    parser.add_argument(
        "--export", type=int, nargs="+", default=[100_000, 400_000], metavar="N", help="sizes of logs to export"
    )
    parser.add_argument("--records", type=int, default=1_000_000, metavar="N", help="records for the verifier")
    parser.add_argument("--minutes", type=float, default=10, metavar="N", help="how long to watch the memory")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
