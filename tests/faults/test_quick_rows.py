"""The rows that take seconds, as a part of `make test`: what is only tried now and then stops working unseen."""

from collections.abc import Iterator

import pytest

from tests.faults.rows import ROWS
from tests.faults.rows.ended_sessions import EndedSessions
from tests.faults.rows.lost_races import LostRaces
from tests.faults.rows.same_statement import ChangedBody, SameStatementAtOnce
from tests.faults.stage import CHECKOUT, Stage, stage


@pytest.fixture(scope="module")
def made() -> Iterator[Stage]:
    with stage(seed=1) as group:
        yield group


@pytest.mark.processes
class TestAGroupUnderLoad:
    def test_keeps_what_it_acknowledged_exactly_once(self, made):
        """Four faults, judged together: a judgement takes longer than a fault."""
        injected = [row().inject(made) for row in (EndedSessions, SameStatementAtOnce, ChangedBody, LostRaces)]
        verdict = made.judge()

        assert verdict.problems == [], injected
        assert verdict.acknowledged > 10, injected

    def test_is_judged_by_an_oracle_that_finds_what_is_lost(self, made):
        """A test that cannot fail proves nothing: this answer is acknowledged by nobody but us."""
        learner = made.learners[0]
        intent = learner.intent(learner.tries + 1_000, learner.options[0])
        made.journal.intend(intent)
        made.journal.acknowledge(intent.id)

        verdict = made.judge()

        assert (verdict.lost, verdict.doubled) == (1, 0)
        assert [str(intent.id) in problem for problem in verdict.problems] == [True]


class TestTheRows:
    def test_have_each_number_once(self):
        numbers = [number for row in ROWS for number in row.numbers]
        assert numbers == sorted(set(numbers))

    def test_stand_in_the_table_of_the_documentation(self):
        page = (CHECKOUT / "docs/explanation/faults.md").read_text()
        told = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ") and line[2].isdigit()]
        assert told == [", ".join(map(str, row.numbers)) for row in ROWS]
