"""
Random years of an organisation: after every act, the duties that stand are those that follow, whoever was asked to
look; every answer about the past is the one that the sealed facts give.
"""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from andante.kernel.arrays import MOST_FEW
from andante.kernel.ids import new_id
from andante.learning.tests.fixtures import NIGHT_CALL, NIGHT_CALL_FOLDER, publish
from andante.ledger import queries as ledger
from andante.ledger.operations import Follower, follow
from andante.obligations import apply as obligations
from andante.obligations import operations, queries, reactions, reading
from andante.obligations.models import Assignment
from andante.obligations.queries import Standing, Urgency
from andante.obligations.rules.form import FIRST_UNSUPERVISED_SHIFT
from andante.obligations.tests import naive
from andante.obligations.tests.organisation import OFFICE, UNITS, Organisation, complete
from andante.obligations.tests.revising import revise
from andante.people import operations as people
from andante.people import queries as people_queries

BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
FOLLOWER = Follower("obligations", reactions.react)
AUDIENCES = (
    "any",
    "{job: [nurse]}",
    "{site: [dublin]}",
    "{department: [wards], job: [nurse, line-lead]}",
    "{shift: night}",
)


class World:
    """Somebody who does anything, and the worker who follows."""

    def __init__(self, organisation: Organisation, seed: int, folder, seal) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - a test's dice
        self.organisation = organisation
        self.folder = folder
        self.seal = seal
        self.now = BEGIN
        self.versions = [publish(NIGHT_CALL_FOLDER).version]
        self.rules: list[str] = []
        self.moments: list[tuple[datetime, datetime]] = []
        """Moments of the past, each with a time at which it was known so."""
        for _ in range(4):
            self.hire()

    def step(self) -> None:
        acts = [self.hire, self.move, self.move, self.move, self.learn, self.learn, self.learn, self.change]
        acts += [self.require, self.require, self.withdraw, self.publish, self.wait, self.wait]
        self.dice.choice(acts)()
        self.tick()

    def tick(self) -> None:
        self.seal()
        while follow(FOLLOWER):
            pass
        operations.evaluate_when_due(self.now)
        self.seal()

    def wait(self) -> None:
        """Time goes on, and sometimes a clock is set back."""
        hours = self.dice.choice([1, 6, 24, 24 * 7, 24 * 30, -3])
        self.now += timedelta(hours=hours)

    def someone(self):
        return self.dice.choice(sorted(self.organisation.people.values()))

    def day(self):
        return (self.now + timedelta(days=self.dice.randint(-20, 20))).date()

    def hire(self) -> None:
        unit = self.dice.choice(UNITS)[0]
        self.organisation.hire(
            f"Person {len(self.organisation.people)}",
            unit=unit,
            job=self.dice.choice(["nurse", "operator", "line-lead"]),
            on=self.day(),
            first_shift=self.dice.choice([None, self.now + timedelta(days=self.dice.randint(-5, 10))]),
            shift=self.dice.choice(["", "night"]),
        )

    def move(self) -> None:
        self.organisation.place(
            self.someone(),
            unit=self.dice.choice(UNITS)[0],
            job=self.dice.choice(["nurse", "operator", "line-lead"]),
            on=self.day(),
            status=self.dice.choice(["active", "active", "active", "leave", "left"]),
            shift=self.dice.choice(["", "night"]),
        )

    def change(self) -> None:
        people.change_person(
            person=self.someone(),
            first_unsupervised_at=self.now + timedelta(days=self.dice.randint(-5, 10)),
            by=OFFICE,
            at=self.now,
        )

    def learn(self) -> None:
        complete(self.someone(), self.now, version=self.dice.choice(self.versions))

    def publish(self) -> None:
        words = f"Ask {len(self.versions)} times"
        self.versions.append(publish(revise(NIGHT_CALL_FOLDER, self.folder, words=words)).version)

    def require(self) -> None:
        id = self.dice.choice(["one", "two"])
        accept = self.dice.choice(["any", "any", f"{{from version: {self.dice.randint(1, len(self.versions))}}}"])
        due = self.dice.choice(["7 days", f"{{within: 1 month, before: {FIRST_UNSUPERVISED_SHIFT}}}", "36 hours"])
        effective = (self.now + timedelta(days=self.dice.randint(-3, 10))).strftime("%Y-%m-%dT06:00")
        text = [
            f"id: {id}",
            f"title: Rule {self.dice.randint(1, 2)}",
            f"audience: {self.dice.choice(AUDIENCES)}",
            f"course: {NIGHT_CALL}",
            f"accept: {accept}",
            f"due: {due}",
            self.dice.choice(["renew: 2 months", "renew: 1 year", ""]),
            self.dice.choice([f"effective: {effective}", "", ""]),
        ]
        operations.apply_requirement(form=queries.parse_form("\n".join(text)), by=OFFICE, at=self.now)
        self.rules.append(id)

    def withdraw(self) -> None:
        in_use = queries.requirements()
        if in_use:
            id = self.dice.choice(in_use).id
            operations.withdraw_requirement(requirement=id, by=OFFICE, at=self.now, why="a try")

    def assert_duties_are_those_that_follow(self) -> None:
        rules, histories = reading.rules(), reading.histories()
        done = reading.done(people=None, until=self.now)
        expected = {
            (person, rule.id, *duty)
            for person, history in histories.items()
            for rule in rules.values()
            for duty in naive.duties(rule, history, done.get(person, []), self.now)
        }
        rows = Assignment.objects.filter(withdrawn_at=None)
        standing = rows.values_list("person_id", "requirement_id", "begins_at", "due_at", "renews")
        assert set(standing) == expected
        assert len(standing) == len(expected)
        assert operations.evaluate(at=self.now) == operations.Evaluation()


@pytest.fixture
def world(organisation, tmp_path, seal, request) -> World:
    return World(organisation, request.param, tmp_path, seal)


SEEDS = pytest.mark.parametrize("world", range(6), indirect=True)


@pytest.mark.slow
class TestAnOrganisation:
    @SEEDS
    def test_has_after_every_act_exactly_the_duties_that_follow(self, world):
        for _ in range(25):
            world.step()
            world.assert_duties_are_those_that_follow()

        assert Assignment.objects.exists()

    @SEEDS
    def test_has_the_same_rows_when_they_are_told_again(self, world):
        for _ in range(25):
            world.step()
        before = _rows()
        for model in reversed(obligations.EXPLAINED):
            model.objects.all().delete()

        for stored in ledger.facts(limit=100_000):
            obligations.apply(stored.fact)

        assert _rows() == before

    @SEEDS
    def test_answers_of_every_past_moment_what_the_sealed_facts_say(self, world):
        known = []
        for _ in range(25):
            world.step()
            known.append(ledger.facts(limit=100_000)[-1].stored)
        facts = ledger.facts(limit=100_000)

        for _ in range(100):
            at = BEGIN + (world.now - BEGIN) * world.dice.random() + timedelta(hours=1)
            known_at = world.dice.choice([known[-1], world.dice.choice(known)])
            requirement = world.dice.choice(["one", "two"])
            for answer in queries.qualifications(
                requirement=requirement, at=at, known_at=known_at, people=sorted(world.organisation.people.values())
            ):
                expected = naive.qualified(
                    facts, person=answer.person, requirement=requirement, at=at, known_at=known_at
                )
                found = naive.Answer(answer.qualified, answer.demanded, answer.completion if answer.qualified else None)
                assert found == (expected if expected.qualified else naive.Answer(False, expected.demanded, None))

    @SEEDS
    def test_shows_each_duty_as_completions_and_the_clock_say(self, world):
        for _ in range(25):
            world.step()
        everybody = sorted(world.organisation.people.values())
        revisions = {
            (rule.id, revision.number): revision for rule in reading.rules().values() for revision in rule.revisions
        }
        rows = {row.id: row for row in Assignment.objects.all()}
        for hours in (0, 24 * 5, 24 * 60, 24 * 400):
            at = world.now + timedelta(hours=hours)
            done = reading.done(people=None, until=at)
            for duty in queries.duties(people=everybody, at=at):
                row = rows[duty.assignment]
                revision = revisions[row.requirement_id, row.revision]
                counting = [each for each in done.get(duty.person, []) if revision.counts(each)]
                expected = _standing(revision.form.renew, row, counting[-1].completed_at if counting else None, at)
                assert (duty.standing, duty.completed_at) == (expected, counting[-1].completed_at if counting else None)

    @SEEDS
    def test_shows_of_duties_that_stand_together_the_newest_renewal(self, world):
        for _ in range(25):
            world.step()
        everybody = sorted(world.organisation.people.values())
        for hours in (-24 * 30, -24, 0, 24 * 60):
            at = world.now + timedelta(hours=hours)
            stand = Assignment.objects.filter(assigned_at__lte=at).exclude(withdrawn_at__lte=at)
            newest = {
                (row.person_id, row.requirement_id, row.revision): row.id
                for row in sorted(stand, key=lambda row: (row.renews is not None, row.due_at or LATEST))
            }
            shown = [duty.assignment for duty in queries.duties(people=everybody, at=at)]
            assert sorted(shown) == sorted(newest.values())

    @SEEDS
    def test_counts_what_it_shows_and_asks_about_many_as_about_few(self, world):
        for _ in range(25):
            world.step()
        everybody = sorted(world.organisation.people.values())
        for asked in (everybody, [*everybody, *(new_id() for _ in range(MOST_FEW))]):
            for hours in (-24 * 30, 0, 24 * 5, 24 * 60, 24 * 400):
                at = world.now + timedelta(hours=hours)
                shown = queries.duties(people=asked, at=at)
                assert shown == queries.duties(people=everybody, at=at)
                if hours < 0:
                    continue
                assert shown == queries.current_duties(people=asked, at=at)
                counts = queries.duty_counts(people=asked, at=at)
                assert Counter(
                    (each.person, standing)
                    for each in counts.values()
                    for standing in Standing
                    for _ in range(getattr(each, standing.name.lower()))
                ) == Counter((duty.person, duty.standing) for duty in shown)
                found = queries.urgency(people=asked, at=at, until=at + timedelta(days=7), most=3)
                assert found == _urgency(shown, until=at + timedelta(days=7), most=3)

    @SEEDS
    def test_names_the_requirements_that_hold(self, world):
        for _ in range(25):
            world.step()

            for withdrawn in (False, True):
                assert list(queries.requirement_titles(withdrawn=withdrawn).items()) == [
                    (each.id, each.title) for each in queries.requirements(withdrawn=withdrawn)
                ]

    @SEEDS
    def test_lists_people_page_by_page_as_their_placements_say(self, world):
        for _ in range(25):
            world.step()
        everybody = sorted(world.organisation.people.values())
        for asked in (everybody, [*everybody, *(new_id() for _ in range(MOST_FEW))]):
            for days in (-30, 0, 10):
                at = world.now + timedelta(days=days)
                placed = people_queries.placements(at=at, people=asked)
                assert list(placed.items()) == [
                    (id, each) for id, each in people_queries.placements(at=at).items() if id in everybody
                ]
                units = [each.unit.id for each in placed.values()][:2]
                for shift in ("", "night"):
                    meant = [id for id, each in placed.items() if each.unit.id in units and shift in {"", each.shift}]
                    found = people_queries.roster(at=at, people=asked, units=units, shift=shift, skip=1, most=2)
                    assert (found.people, found.total) == (meant[1:3], len(meant))
                    assert found.units == {each.unit.id for each in placed.values()}
                    assert found.shifts == {each.shift for each in placed.values()}
                assert people_queries.roster(at=at, people=asked).people == list(placed)


def _urgency(shown, *, until, most) -> Urgency:
    first, overdue = {}, set()
    for duty in shown:
        if duty.standing in {Standing.DUE, Standing.OVERDUE, Standing.RENEW}:
            first[duty.person] = min(first.get(duty.person, LATEST), duty.due_at or LATEST)
            overdue |= {duty.person} if duty.standing is Standing.OVERDUE else set()
    soon = {person for person, due_at in first.items() if due_at <= until} - overdue
    named = sorted(overdue | soon, key=lambda person: (person not in overdue, first[person], person))
    return Urgency(len(first), len(overdue), len(soon), tuple(named[:most]))


def _standing(renew, row, completed_at, at) -> Standing:
    valid_until = renew.valid_until(completed_at) if renew and completed_at else None
    if completed_at and (valid_until is None or valid_until > row.begins_at):
        if valid_until is None or at < renew.opens_at(completed_at):
            return Standing.DONE
        return Standing.RENEW if at < valid_until else Standing.OVERDUE
    if at < row.begins_at:
        return Standing.NOT_YET
    return Standing.DUE if row.due_at is None or at <= row.due_at else Standing.OVERDUE


def _rows() -> dict[str, list[tuple]]:
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in obligations.EXPLAINED}
