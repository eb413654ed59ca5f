"""
Making duties stand as they are demanded: the one evaluator.

It computes all that is demanded and writes the difference to what stands. So it may be repeated, be late, or die in the
middle: the next one finds the same, less what was written.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction

from andante.kernel.ids import CourseId, PersonId
from andante.kernel.principals import system_principal
from andante.learning import operations as learning
from andante.obligations import reading, statements
from andante.obligations.current import bring_up_to_date
from andante.obligations.models import Assignment
from andante.obligations.operations.keeping import keep, one_at_a_time
from andante.obligations.rules.demands import Rule, demands, next_change
from andante.obligations.rules.differences import Difference, Standing, difference, standing
from andante.obligations.rules.form import RequirementId
from andante.obligations.rules.histories import Done, History

EVALUATOR = system_principal("obligations")
AT_ONCE = 2_000
"""Changes of one transaction; the next one takes the rest."""
EVERYBODY = PersonId(UUID(int=0))
NOW = datetime(1970, 1, 1, tzinfo=UTC)
"""Earlier than any moment at which somebody could look."""
SOME = 500
"""Of more people than this, it is cheaper to look at everybody."""


@dataclass(frozen=True)
class Evaluation:
    """How many duties were assigned, withdrawn and dated anew."""

    opened: int = 0
    withdrawn: int = 0
    redated: int = 0

    def __add__(self, other: "Evaluation") -> "Evaluation":
        return Evaluation(self.opened + other.opened, self.withdrawn + other.withdrawn, self.redated + other.redated)


def evaluate(*, at: datetime, people: Collection[PersonId] | None = None) -> Evaluation:
    """
    Assign, withdraw and date anew what is to be, and enrol whoever has a new duty. Doing it again changes nothing.

    Of many changes each transaction makes a part; each is complete in itself.

    :param at: the moment as of which duties are computed
    :param people: only theirs
    """
    total = Evaluation()
    while True:
        part, complete = _evaluate_part(at, people)
        total += part
        if complete:
            return total


def evaluate_when_due(now: datetime) -> None:
    """Evaluate those who are to be looked at by now. One query, where there are none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person FROM obligations_look WHERE at <= %s LIMIT %s", [now, SOME + 1])
        due = [PersonId(person) for (person,) in cursor.fetchall()]
    if due:
        evaluate(at=now, people=None if len(due) > SOME or EVERYBODY in due else due)


def look_at(people: Iterable[PersonId] | None) -> None:
    """
    Let the evaluator look at these people as soon as it can.

    :param people: None for everybody
    """
    _keep_looks({EVERYBODY: NOW} if people is None else dict.fromkeys(people, NOW))


@transaction.atomic
def _evaluate_part(at: datetime, people: Collection[PersonId] | None) -> tuple[Evaluation, bool]:
    one_at_a_time("evaluate")
    # Before anything is read: what happens from now on asks for another look, which must not be taken for this one.
    _forget_looks(people)
    rules = reading.rules()
    histories = reading.histories(people=people)
    done = reading.done(people=people, until=at)
    demanded, looks = _demanded(rules, histories, done, at)
    changes = difference(demanded=demanded, stands=reading.stands(people=people))
    complete = changes.size <= AT_ONCE
    changes = changes.first(AT_ONCE)
    _write(changes, rules, histories, at)
    if complete:
        bring_up_to_date(people)
        _keep_looks(looks)
    else:
        look_at(people)
    return Evaluation(len(changes.opened), len(changes.withdrawn), len(changes.redated)), complete


def _demanded(
    rules: Mapping[RequirementId, Rule],
    histories: Mapping[PersonId, History],
    done: Mapping[PersonId, Sequence[Done]],
    at: datetime,
) -> tuple[list[Standing], dict[PersonId, datetime]]:
    """All duties that follow, and when each person is to be looked at next."""
    demanded: list[Standing] = []
    looks: dict[PersonId, datetime] = {}
    for person, history in histories.items():
        own = done.get(person, ())
        moments = []
        for rule in rules.values():
            demanded += [standing(person, demand) for demand in demands(rule, history, own, at)]
            if moment := next_change(rule, history, own, at):
                moments.append(moment)
        if moments:
            looks[person] = min(moments)
    return demanded, looks


def _write(
    changes: Difference, rules: Mapping[RequirementId, Rule], histories: Mapping[PersonId, History], at: datetime
) -> None:
    whys = {duty: _why_withdrawn(rules, histories, duty, at) for duty in changes.withdrawn}
    acts = [(statements.DUTY_WITHDRAWN, duty) for duty in changes.withdrawn]
    acts += [(statements.DUTY_REDATED, duty) for duty in changes.redated]
    acts += [(statements.DUTY_ASSIGNED, duty) for duty in changes.opened]
    steps = _steps([duty.id for _, duty in acts])
    keep(
        [
            statements.duty_fact(
                action=action, duty=duty, step=steps.get(duty.id, 0) + 1, by=EVALUATOR, at=at, why=whys.get(duty, "")
            )
            for action, duty in acts
        ]
    )
    courses = {(duty.person, _course(rules, duty)) for duty in changes.opened}
    learning.enrol_people(enrolments=sorted(courses), by=EVALUATOR, at=at)


def _course(rules: Mapping[RequirementId, Rule], duty: Standing) -> CourseId:
    revision = next(each for each in rules[duty.requirement].revisions if each.number == duty.revision)
    assert revision.form is not None  # noqa: S101 - a withdrawal demands nothing
    return revision.form.course


def _why_withdrawn(
    rules: Mapping[RequirementId, Rule], histories: Mapping[PersonId, History], duty: Standing, at: datetime
) -> str:
    """In a few words, for the record."""
    history = histories.get(duty.person)
    stretch = history.at(at) if history else None
    if stretch is None or not stretch.employed:
        return "left"
    rule = rules.get(duty.requirement)
    revisions = rule.until(at) if rule else ()
    if not revisions or revisions[-1].form is None:
        return "requirement withdrawn"
    if not any(each.is_for(stretch.place) for each in revisions[-1:]):
        return "not in the audience"
    return "renewed in time" if duty.renews else "another duty took its place"


def _steps(ids: Collection[UUID]) -> dict[UUID, int]:
    """How many facts there are about each of these duties."""
    return dict(Assignment.objects.filter(id__in=ids).values_list("id", "step"))


def _forget_looks(people: Collection[PersonId] | None) -> None:
    with connection.cursor() as cursor:
        if people is None:
            cursor.execute("DELETE FROM obligations_look")
        else:
            cursor.execute("DELETE FROM obligations_look WHERE person = ANY(%s)", [list(people)])


def _keep_looks(looks: Mapping[PersonId, datetime]) -> None:
    if looks:
        with connection.cursor() as cursor:
            # In the order of ids, so that two who keep some of the same wait for each other without a deadlock.
            cursor.execute(
                "INSERT INTO obligations_look (person, at) "
                "SELECT * FROM unnest(%s::uuid[], %s::timestamptz[]) AS given (person, at) ORDER BY person "
                "ON CONFLICT (person) DO UPDATE SET at = least(obligations_look.at, excluded.at)",
                [list(looks), list(looks.values())],
            )
