"""Going card by card."""

import pytest

from andante.learning import operations
from andante.learning.models import CardDone, Completion, Enrolment, Reflection, ScenarioStep
from andante.learning.operations import Submission


def done(learner) -> list[str]:
    rows = CardDone.objects.filter(attempt__enrolment__person=learner.person).order_by("done_at", "card")
    return list(rows.values_list("card", flat=True))


class TestContinuePast:
    def test_makes_the_card_done_and_says_what_comes_next(self, learner):
        assert learner.continue_past("who-calls") == "the-sister"
        assert done(learner) == ["who-calls"]
