"""The demonstration: laid out once, its stories true, and its forgery found."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from andante.assessment.models import Response
from andante.cli.demo import script, tamper
from andante.cli.demo.history import LONGEST_WAY, all_ways, play
from andante.cli.demo.learners import LATE_ENTRY, MEETING, TEMPTED, TEMPTING, habit, late_entry
from andante.cli.demo.organisation import load_demo, person_of
from andante.evidence.operations import export_bundle
from andante.ledger.queries import sealing_lag
from andante.obligations import queries as duties
from andante.people import queries as people

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


class TestTheScript:
    def test_tells_of_240_people_at_three_sites(self):
        members = script.members()

        assert Counter(member.site for member in members) == {"Dublin": 110, "Chicago": 90, "Singapore": 40}
        assert len({member.number for member in members}) == len({member.name for member in members}) == 240
        assert {member.shift for member in members} == {"early", "late", "night", "day"}

    def test_knows_everybody_whom_it_names(self):
        numbers = {member.number for member in script.members()}
        named = {*script.TONIGHT, *script.NOT_YET_RETRAINED, *script.LEFT, *script.MOVED}

        assert named | {number for number, _role in script.roles()} <= numbers
        (agency,) = (member for member in script.members() if member.agency)
        assert (agency.number, agency.email) == (script.AGENCY, "")

    @pytest.mark.parametrize(
        ("now", "begins"),
        [
            (NOW, datetime(2026, 11, 22, 22, tzinfo=UTC)),
            (datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2026, 11, 23, 22, tzinfo=UTC)),
            (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 21, tzinfo=UTC)),
        ],
    )
    def test_calls_the_next_night_shift_in_dublin_tonight(self, now, begins):
        assert script.tonight(now) == begins

    @pytest.mark.parametrize(
        ("now", "morning"),
        [
            (datetime(2026, 11, 22, 5, 59, tzinfo=UTC), datetime(2026, 11, 21, 6, tzinfo=UTC)),
            (datetime(2026, 11, 22, 6, tzinfo=UTC), datetime(2026, 11, 22, 6, tzinfo=UTC)),
            (datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2026, 11, 22, 6, tzinfo=UTC)),
            (datetime(2026, 7, 1, 0, tzinfo=UTC), datetime(2026, 6, 30, 5, tzinfo=UTC)),
        ],
    )
    def test_lets_the_procedure_change_on_a_morning_that_an_auditor_can_ask_about(self, now, morning):
        assert script.change_takes_effect(now) == morning


class TestTheLearners:
    def test_do_the_same_whenever_it_is_loaded(self):
        member = script.members()[90]

        assert habit(member, "data-integrity", 7) == habit(member, "data-integrity", 7)

    @pytest.mark.parametrize("of", [46, 47, 100, 133, 140])
    def test_fall_for_the_tempting_answer_as_often_as_the_story_tells(self, of):
        met = [fell for place in range(of) if (fell := late_entry(place, of)) is not None]

        assert (len(met), sum(met)) == (MEETING, TEMPTED)
        assert round(100 * TEMPTED / MEETING) == 41

    @pytest.mark.parametrize("now", [NOW, datetime(2026, 7, 1, 0, 5, tzinfo=UTC)])
    def test_who_meet_the_tempting_answer_are_all_through_whenever_it_is_loaded(self, now):
        ways = [way for way in all_ways(now) if way.tempted is not None]

        assert (len(ways), sum(bool(way.tempted) for way in ways)) == (MEETING, TEMPTED)
        assert {way.course for way in ways} == {"data-integrity"}
        assert max(way.begins for way in ways) < now - LONGEST_WAY

    def test_complete_data_integrity_in_96_of_100_cases(self):
        member = script.members()[90]

        assert sum(habit(member, "data-integrity", place).gives_up_before == "" for place in range(100)) == 4


@pytest.mark.slow
class TestLoading:
    """In one test, because it takes long: each step builds on the one before."""

    def test_tells_the_stories(self, own_database, seal, tmp_path):
        load_demo(at=NOW)
        self.everybody_is_placed_and_asked()
        self.repeating_it_changes_nothing()
        self.line_4_learns_and_is_short_tonight()
        self.who_meets_the_tempting_answer_is_as_planned()
        self.a_forgery_is_found(seal, tmp_path)

    def everybody_is_placed_and_asked(self):
        placed = people.placements(at=NOW)
        assert len(placed) == 240
        assert Counter(each.status for each in placed.values()) == {"active": 236, "left": 3, "leave": 1}
        found = duties.requirements()
        assert {each.id for each in found} == {"data-integrity", "line-4-spills", "patient-records", "spills"}
        amara = next(person for person, each in placed.items() if each.name == "Amara Okafor")
        (duty,) = duties.duties(people=[amara], at=NOW)
        assert duty.standing is duties.Standing.DUE
        assert duty.due_at < NOW + timedelta(days=5)

    def repeating_it_changes_nothing(self):
        before = sealing_lag().waiting
        load_demo(at=NOW + timedelta(minutes=5))
        assert sealing_lag().waiting == before

    def line_4_learns_and_is_short_tonight(self):
        of_line_4 = 18 + 15  # the first course, and the changed one
        told = []
        play(now=NOW, stopped=lambda: len(told) >= of_line_4, progress=lambda done, _all: told.append(done))
        (crew,) = duties.crews(people=[person_of("D-087")], at=NOW)
        assert crew.needed == 4
        assert {member.person for member in crew.members if member.ready} == {person_of("D-088"), person_of("D-090")}
        told.clear()
        assert play(now=NOW, stopped=lambda: len(told) >= of_line_4, progress=lambda d, _: told.append(d)) == 0

    def who_meets_the_tempting_answer_is_as_planned(self):
        ways = [way for way in all_ways(NOW) if way.course == "data-integrity"][:12]
        told = []
        play(now=NOW, stopped=lambda: len(told) >= 18 + 15 + len(ways), progress=lambda d, _: told.append(d))

        for way in ways:
            person = person_of(way.member.number)
            answered = Response.objects.filter(person=person, question=LATE_ENTRY)
            assert [each.chosen == TEMPTING for each in answered] == ([] if way.tempted is None else [way.tempted])

    def a_forgery_is_found(self, seal, folder):
        while seal():
            pass
        export_bundle(path=folder / "true.zip", by=script.BY, at=NOW)
        assert tamper._verify(folder / "true.zip") == 0

        forgery = tamper._forge(folder / "true.zip", folder / "forged.zip")

        assert forgery.score < 1
        assert tamper._verify(folder / "forged.zip") == tamper.TAMPERED
