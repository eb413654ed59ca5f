"""
Break the real thing on purpose, and look what is left: `make faults`.

Each row of docs/explanation/faults.md is brought about in a group of its own while learners answer; afterwards
everything that was acknowledged must be there exactly once. The seed makes every choice of ours; what moment it meets
in the processes' work is theirs.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
import traceback
from dataclasses import dataclass

from tests.faults.oracle import Verdict
from tests.faults.row import Row
from tests.faults.rows import ROWS
from tests.faults.stage import Stage, stage


@dataclass
class Outcome:
    """How a row went; `missing` says why it was not tried."""

    row: Row
    injected: str = ""
    verdict: Verdict | None = None
    missing: str | None = None
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        return self.verdict is not None and bool(self.verdict.problems)


def main() -> int:
    options = _options()
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    rows = [row() for row in ROWS if not options.only or set(row.numbers) & set(options.only)]
    print(f"Seed {seed}: `python -m tests.faults --seed {seed}` makes the same choices.", flush=True)
    began = time.monotonic()
    with stage(seed=seed) as made:
        print(f"A group of its own runs, with {len(made.learners)} learners ({_elapsed(began)}).\n", flush=True)
        outcomes = [play(row, made) for row in rows]
    return summary(outcomes, began)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Break Andante on purpose.")
    parser.add_argument("--seed", type=int, help="make the choices of an earlier run")
    parser.add_argument("--only", type=int, nargs="+", metavar="ROW", help="rows to try, by number")
    return parser.parse_args()


def play(row: Row, made: Stage) -> Outcome:
    """Inject one fault and judge what it left; what a row itself trips over is a failure, and the next row is tried."""
    missing = row.missing()
    if missing is not None:
        outcome = Outcome(row, missing=missing)
    else:
        began = time.monotonic()
        try:
            injected = row.inject(made)
            outcome = Outcome(row, injected, made.judge())
        except Exception:  # noqa: BLE001 - whatever it is, the row failed
            outcome = Outcome(row, verdict=Verdict(problems=[traceback.format_exc()]))
            made.mend()
        outcome.seconds = time.monotonic() - began
    print(line(outcome), flush=True)
    if outcome.failed:
        assert outcome.verdict is not None
        for problem in outcome.verdict.problems[:20]:
            print(f"      {problem}", flush=True)
    return outcome


def line(outcome: Outcome) -> str:
    """One line for one row."""
    numbers = ", ".join(map(str, outcome.row.numbers))
    if outcome.verdict is None:
        return f"{numbers:>5}  skipped  {outcome.row.sentence}\n                {outcome.missing}"
    verdict = outcome.verdict
    replies = ", ".join(f"{count} × {status}" for status, count in sorted(verdict.replies.items()))
    return (
        f"{numbers:>5}  {'FAILED ' if outcome.failed else 'passed '}  {outcome.row.sentence}\n"
        f"                {outcome.injected}\n"
        f"                acknowledged {verdict.acknowledged}, lost {verdict.lost}, doubled {verdict.doubled}"
        f"; replies: {replies or 'none counted'}; {outcome.seconds:.0f} s"
    )


def summary(outcomes: list[Outcome], began: float) -> int:
    failed = [outcome for outcome in outcomes if outcome.failed]
    skipped = [outcome for outcome in outcomes if outcome.missing]
    verdicts = [outcome.verdict for outcome in outcomes if outcome.verdict]
    print(
        f"\n{len(verdicts)} of {len(outcomes)} tried in {_elapsed(began)}: "
        f"{sum(verdict.acknowledged for verdict in verdicts)} acknowledged, "
        f"{sum(verdict.lost for verdict in verdicts)} lost, {sum(verdict.doubled for verdict in verdicts)} doubled."
    )
    for outcome in skipped:
        print(f"Skipped: {outcome.row.sentence}: {outcome.missing}.")
    print("All passed." if not failed else f"Failed: {', '.join(str(outcome.row.numbers[0]) for outcome in failed)}.")
    return 1 if failed else 0


def _elapsed(began: float) -> str:
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    return f"{minutes} min {seconds:02} s"


if __name__ == "__main__":
    sys.exit(main())
