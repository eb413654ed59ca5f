"""Whether the processes grow while people work."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

from tests.bench.ledger.measuring import MEGABYTE, slope
from tests.bench.processes import proportional_bytes, resident_bytes
from tests.faults.learners import Learner
from tests.faults.stage import COURSE, Stage

LEARNERS = 4
PAGES = ("/", "/record/", f"/courses/{COURSE.name}/")


def measure(stage: Stage, *, minutes: float) -> None:
    """
    Let learners read pages and answer, new ones every minute, and print what each process holds.

    The slope is that of the second half: in the first, caches and pools fill.
    """
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    began = time.monotonic()
    print(f"  {'minute':>8}  {'requests':>9}  MB resident (proportional) of each process", flush=True)
    while (time.monotonic() - began) / 60 < minutes:
        length = min(60.0, began + minutes * 60 - time.monotonic())
        requests = _work(stage, seconds=length)
        minute = (time.monotonic() - began) / 60
        told = []
        for name, pid in _processes(stage).items():
            resident, share = resident_bytes(pid) / MEGABYTE, proportional_bytes(pid) / MEGABYTE
            points[name].append((minute, share))
            told.append(f"{name} {resident:.0f} ({share:.0f})")
        print(f"  {minute:>8.1f}  {requests:>9,}  {', '.join(told)}", flush=True)
    for name, values in points.items():
        print(f"  {name}: {slope(values[len(values) // 2 :]) * 60:+.1f} MB an hour in the second half", flush=True)


def _processes(stage: Stage) -> dict[str, int]:
    children = stage.children()
    workers = {f"web {place}": pid for place, pid in enumerate(stage.web_workers(), start=1)}
    return (
        {"run": stage.site.process.pid, "web": children["web"]}
        | workers
        | {name: children[name] for name in ("worker", "sealer")}
    )


def _work(stage: Stage, *, seconds: float) -> int:
    """Fresh learners, because one who answers a check a thousand times is nobody's case."""
    end = time.monotonic() + seconds
    counts: list[int] = []
    learners = [Learner(port=stage.port, **each) for each in stage.client("faults.people", COURSE, LEARNERS)]

    def work(learner: Learner) -> None:
        count = 0
        learner.sign_in()
        while time.monotonic() < end:
            statuses = [learner.get(path).status for path in (*PAGES, learner.path)]
            statuses.append(learner.answer(learner.tries + 1, learner.options[count % len(learner.options)]).status)
            assert statuses == [200] * (len(PAGES) + 1) + [302], statuses
            learner.tries += 1
            count += len(statuses)
        counts.append(count)

    threads = [threading.Thread(target=work, args=(learner,)) for learner in learners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == len(learners), "A learner was not served."
    return sum(counts)
