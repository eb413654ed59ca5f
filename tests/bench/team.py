"""A manager with a team of a thousand: half of what is asked of them is done, a part is overdue. Needs Django."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from andante.kernel import clock
from andante.kernel.ids import PersonId
from andante.kernel.principals import system_principal
from andante.learning import queries as learned
from andante.obligations import operations as obligations
from andante.obligations import queries as duties
from andante.obligations.tests.organisation import complete
from andante.people import operations as people
from andante.people import queries
from andante.people.models import Account
from tests.bench.load import Request
from tests.bench.processes import cpu_seconds
from tests.running import RunningAndante

PEOPLE = 1_000
COURSES = ("patient-records", "data-integrity", "spills-first-response")
BY = system_principal("bench")


class Team:
    """One manager, signed in, and everybody who reports to them."""

    def __init__(self, site: RunningAndante) -> None:
        self._site = site
        self._import()
        manager = queries.person_of_number("T-0")
        assert manager is not None
        self.members = sorted(queries.team(manager.id, at=clock.now()))
        self._ask_and_complete()
        account = queries.account_of_login("team.lead")
        assert account is not None
        self._client = Client(HTTP_HOST=f"localhost:{site.port}")
        self._client.force_login(Account.objects.get(pk=account.id), backend=settings.AUTHENTICATION_BACKENDS[0])

    def _import(self) -> None:
        lines = ["number,name,email,login,site,site_time_zone,department,line,job,manager,shift,hired_on"]
        hired = (clock.now() - timedelta(days=200)).date()
        lines.append(f"T-0,Team Lead,,team.lead,Bench,Europe/Dublin,,,Bench lead,,day,{hired}")
        lines += [
            f"T-{place},Member {place:04},m{place}@example.org,,Bench,,Hall {place % 4},Line {place % 40},Bench worker,"
            f"T-0,{('early', 'late', 'night')[place % 3]},{hired}"
            for place in range(1, PEOPLE + 1)
        ]
        rows, faults = people.read_people("\n".join(lines).encode())
        assert not faults
        people.import_people(rows=rows, by=BY, at=clock.now() - timedelta(days=200))

    def _ask_and_complete(self) -> None:
        asked = clock.now() - timedelta(days=60)
        for course in COURSES:
            text = f"id: bench-{course}\ntitle: {course}\ncourse: {course}\naudience: {{job: bench-worker}}\n"
            form = duties.parse_form(text + "due: {within: 30 days}\nrenew: 12 months\n")
            obligations.apply_requirement(form=form, by=BY, at=asked)
        obligations.evaluate(at=asked)
        for place, person in enumerate(self.members):
            for number, course in enumerate(COURSES):
                if (place + number) % 2:
                    complete(person, asked + timedelta(days=10), course=course)

    def request(self, path: str) -> Request:
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in self._client.cookies.items())
        return Request(self._site.port, path, cookie)

    def statements(self, request: Request) -> int:
        """How many statements a page sends to the database, BEGIN and COMMIT included; in this process."""
        with CaptureQueriesContext(connection) as captured:
            assert self._client.get(request.path).status_code == 200
        return len(captured)

    def qualification_milliseconds(self, times: int = 200) -> float:
        """CPU time of one answer to "is this person qualified now?", in this process and in PostgreSQL."""
        requirement = duties.RequirementId(f"bench-{COURSES[0]}")
        servers = self._site.server_processes()
        before = time.process_time() + cpu_seconds(servers)
        for number in range(times):
            person = PersonId(self.members[number % len(self.members)])
            duties.qualification(person=person, requirement=requirement, at=clock.now())
        return (time.process_time() + cpu_seconds(servers) - before) / times * 1_000

    def completed(self) -> int:
        return len(learned.completions(people=self.members))
