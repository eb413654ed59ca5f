"""How many SQL statements a page of a team costs, all in. What it costs in time, `make bench` prints."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from andante.engagement.tests.fixtures import NURSES
from andante.obligations import operations as obligations
from andante.obligations.operations import plan_crew
from andante.obligations.tests.organisation import LINE_4, OFFICE, WARD_3, WARD_4, complete, require

PEOPLE = 60
"""More than stand on one page."""
RULES = ("night-call-nurses", "ward-rules", "lifting", "hand-washing")
MOST = {
    "/team/": 38,
    "/team/people/": 12,
    "/team/people/?state=overdue": 12,
    "/team/people/?all=1": 12,
    "/team/people.csv": 12,
}
"""
Statements at most; ten of the first look for who could fill the gap of a crew that is short. As many for a thousand
people: other tests let more people join and count again.
"""


pytestmark = pytest.mark.slow


@pytest.fixture
def large_team(nurses_team):
    """More people in three units; a part of them has completed what is asked, and some are overdue."""
    now = nurses_team.now
    for rule in RULES[1:]:
        text = NURSES.replace("night-call-nurses", rule).replace("Night call for nurses", rule.capitalize())
        require(text, at=now - timedelta(days=60), evaluate=False)
    joined = [
        nurses_team.organisation.hire(
            f"Nurse {place:04}",
            on=(now - timedelta(days=40 if place % 20 == 0 else 3)).date(),
            unit=(WARD_3, WARD_4, LINE_4)[place % 3],
            email=f"n{place}@example.org",
            shift=("early", "late", "night")[place % 3],
            manager=nurses_team.manager.person,
        )
        for place in range(PEOPLE)
    ]
    for person in joined[::3]:
        complete(person, now - timedelta(days=1))
    obligations.evaluate(at=now - timedelta(minutes=30))
    starts = now + timedelta(hours=3)
    plan_crew(
        unit=WARD_3,
        name="Ward 3 late",
        starts_at=starts,
        ends_at=starts + timedelta(hours=8),
        needed=4,
        requirements=list(RULES),
        members=joined[:5],
        by=OFFICE,
        at=now,
    )
    return nurses_team


def statements(browser, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


def test_the_pages_of_a_large_team_cost_few_statements(large_team, browser_of):
    browser = browser_of(large_team.manager)
    browser.get("/team/")
    cost = {path: statements(browser, path) for path in MOST}
    assert {path: each for path, each in cost.items() if each > MOST[path]} == {}
