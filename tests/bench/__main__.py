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
    statements: Callable[[Request], int]
    requests: int = REQUESTS


def main() -> int:
    print("Starting a group of its own, and letting the demonstration load …", flush=True)
    with running() as site:
        _connect(site)
        from tests.bench.learners import Learners
        from tests.bench.team import PEOPLE, Team

        site.wait_until_loaded()
        # Now, because the first one in the background would else be counted to whatever is measured meanwhile.
        site.command("verify")
        learners = Learners(site, LEARNERS)
        print(f"Making a team of {PEOPLE:,} …", flush=True)
        team = Team(site)
        site.wait_until_followed()

        def of_learner(name: str, path: str, *limits: float | None) -> Page:
            return Page(name, lambda who, _: learners.request(who, path), *limits, learners.statements)

        def of_team(name: str, path: str, milliseconds: float, requests: int) -> Page:
            return Page(name, lambda *_: team.request(path), None, milliseconds, team.statements, requests)

        print(f"{'':24}{'statements':>12}{'CPU ms':>10}{'(rounds)':>18}{'a second':>10}{'of nothing':>12}")
        nothing = 0.0
        for page in (
            of_learner("view that does nothing", "/livez", None, None),
            of_learner("home", "/", 8, 10.0),
            of_learner("card", learners.idea, 8, 10.0),
            of_learner("check, answered", learners.check, 8, 10.0),
            Page("answer", lambda who, _: learners.answer(who), 16, 12.0, learners.statements),
            of_team("team, who needs me", "/team/", 25.0, 60),
            of_team("team, first 50", "/team/people/", 25.0, 60),
            of_team("team, all to print", "/team/people/?all=1", 120.0, 15),
        ):
            nothing = _measure(site, page, nothing) or nothing
        rounds = [team.qualification_milliseconds() for _ in range(ROUNDS)]
        mark = "  more than 10 ms" if statistics.median(rounds) > 10 else ""
        spread = f"{min(rounds):.1f} to {max(rounds):.1f}"
        print(f"{'one qualification':36}{statistics.median(rounds):>10.2f}{spread:>18}{mark}")
        print(
            f"\nCPU: median of {ROUNDS} rounds of {REQUESTS} requests (team: 60 or 15), one after the other, all "
            f"server processes.\nA second: {LEARNERS} connections for {SECONDS:.0f} s, the load made on the same "
            f"processors.\nThe team has {PEOPLE:,} people, three requirements each, {team.completed():,} completed."
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


def _measure(site: RunningAndante, page: Page, nothing: float) -> float | None:
    statements = page.statements(page.make(0, 0))
    for number in range(20):
        send(page.make(number % LEARNERS, number))
    rounds = []
    for _ in range(ROUNDS):
        before = cpu_seconds(site.server_processes())
        for number in range(page.requests):
            send(page.make(number % LEARNERS, number))
        rounds.append((cpu_seconds(site.server_processes()) - before) / page.requests * 1000)
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
