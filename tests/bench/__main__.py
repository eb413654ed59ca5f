"""
What a request costs: `make bench`.

Prints, for each page beside a view that does nothing: statements sent to the database, milliseconds of CPU in all
server processes (web, worker, sealer, PostgreSQL), and requests a second over eight connections. Absolute figures
of a shared machine say little; the ratio to the view that does nothing, measured in the same run, says more.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.load import Request, requests_a_second, send
from tests.bench.processes import cpu_seconds
from tests.running import RunningAndante, running

COURSE = "patient-records"
LEARNERS = 8
ROUNDS = 5
REQUESTS = 200  # a round: 10 ms of the kernel's clock are then 0.05 ms a request
SECONDS = 3.0


@dataclass(frozen=True)
class Page:
    """One kind of request, and what it may cost."""

    name: str
    make: Callable[[int, int], Request]
    most_statements: int | None
    most_milliseconds: float | None


def main() -> int:
    print("Starting a group of its own …", flush=True)
    with running() as site:
        _connect(site)
        from tests.bench.learners import Learners

        learners = Learners(site, LEARNERS)
        pages = [
            Page("view that does nothing", lambda who, _: learners.request(who, "/livez"), None, None),
            Page("home", lambda who, _: learners.request(who, "/"), 8, 10.0),
            Page("card", lambda who, _: learners.request(who, learners.idea), 8, 10.0),
            Page("check, answered", lambda who, _: learners.request(who, learners.check), 8, 10.0),
            Page("answer", lambda who, _: learners.answer(who), 16, 12.0),
        ]
        print(f"{'':24}{'statements':>12}{'CPU ms':>10}{'(rounds)':>18}{'a second':>10}{'of nothing':>12}")
        nothing = 0.0
        for page in pages:
            nothing = _measure(site, learners, page, nothing) or nothing
        print(
            f"\nCPU: median of {ROUNDS} rounds of {REQUESTS} requests, one after the other, all server processes.\n"
            f"A second: {LEARNERS} connections for {SECONDS:.0f} s, the load made on the same processors."
        )
    return 0


def _connect(site: RunningAndante) -> None:
    """Let this process reach the group's database, as the application."""
    from andante.cli.embedded_postgres import EmbeddedServer

    urls = EmbeddedServer(site.data_dir).start()
    os.environ.update({name: value for name, value in site.environment.items() if name.startswith("ANDANTE_")})
    os.environ |= {"DATABASE_URL": urls.application, "DJANGO_SETTINGS_MODULE": "andante.config.settings"}
    import django

    django.setup()


def _measure(site: RunningAndante, learners, page: Page, nothing: float) -> float | None:
    statements = learners.statements(page.make(0, 0))
    for number in range(20):
        send(page.make(number % LEARNERS, number))
    rounds = []
    for _ in range(ROUNDS):
        before = cpu_seconds(site.server_processes())
        for number in range(REQUESTS):
            send(page.make(number % LEARNERS, number))
        rounds.append((cpu_seconds(site.server_processes()) - before) / REQUESTS * 1000)
    rate = requests_a_second(lambda who: page.make(who, 0), connections=LEARNERS, seconds=SECONDS)
    milliseconds = statistics.median(rounds)
    spread = f"{min(rounds):.1f} to {max(rounds):.1f}"
    share = f"{rate / nothing:.0%}" if nothing else ""
    marks = [
        f"more than {limit:g} {unit}"
        for value, limit, unit in (
            (statements, page.most_statements, "statements"),
            (milliseconds, page.most_milliseconds, "ms"),
        )
        if limit is not None and value > limit
    ]
    print(
        f"{page.name:24}{statements:>12}{milliseconds:>10.2f}{spread:>18}{rate:>10.0f}{share:>12}  {'; '.join(marks)}",
        flush=True,
    )
    return rate if not nothing else None


if __name__ == "__main__":
    sys.exit(main())
