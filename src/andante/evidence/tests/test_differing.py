"""From what to what, in words."""

import pytest

from andante.evidence.differing import Difference, differences, in_words
from andante.evidence.wording import Names
from andante.kernel.ids import new_id
from andante.ledger.statements import Fact, Kind

pytestmark = pytest.mark.django_db


def told(old, new):
    body = {"action": "changed", "subject": "log:x", "by": "system:x", "old": old, "new": new}
    fact = Fact(new_id(), Kind.AUDIT, None, body)
    return differences(fact, Names([fact]))


class TestDifferences:
    def test_leave_out_what_stays(self):
        assert told({"email": "a@b", "number": "1"}, {"email": "c@d", "number": "1"}) == [
            Difference("e-mail", "a@b", "c@d")
        ]

    @pytest.mark.parametrize(("old", "new"), [({}, {"role": "author"}), ({"role": "author"}, {}), ({}, {})])
    def test_are_none_where_something_only_begins_or_ends(self, old, new):
        assert told(old, new) == []

    def test_of_a_requirement_are_those_of_its_form(self):
        form = {
            "title": "Spills",
            "accept": "any",
            "due": {"within": "7 days", "before": None},
            "renew": None,
            "effective": None,
        }
        revised = form | {
            "accept": {"from_version": 2},
            "due": {"within": "14 days", "before": "first-unsupervised-shift"},
            "renew": {"every": "12 months", "opens": "30 days"},
            "effective": "2026-06-08T06:00",
        }

        assert told({"form": form}, {"form": revised, "revision": 2}) == [
            Difference("which versions count", "any", "version 2 and later"),
            Difference("by when", "within 7 days", "within 14 days, and before the first shift alone"),
            Difference("to be renewed", "", "every 12 months, from 30 days before"),
            Difference("in effect from", "", "8 June 2026, 06:00, on the clocks of each site"),
        ]

    @pytest.mark.parametrize("odd", [7, [1], {"x": "y"}, True, "\u202e"])
    def test_show_what_another_version_wrote_as_it_stands(self, odd):
        for name in ("due", "renew", "effective", "accept", "unit", "course", "hired_on", "else"):
            (found,) = told({name: None}, {name: odd})
            assert found.new

    def test_that_are_still_to_come_are_said_alike(self):
        assert in_words([{"status": ("active", "left")}, {}]) == [[Difference("state", "at work", "has left")], []]
