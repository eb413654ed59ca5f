"""Going card by card: reading on, answering, deciding, reflecting."""

from collections.abc import Collection
from datetime import datetime

from andante.assessment import operations as assessment
from andante.assessment.operations import OutOfOrder, Submission, UnknownOption
from andante.content.document import Aid, Card, Check, ChoiceUnknown, Decide, Example, Idea, Reflect, walk
from andante.kernel.ids import CardId, CourseId, PersonId
from andante.kernel.principals import Principal
from andante.learning import rules, statements
from andante.learning.apply import apply
from andante.learning.models import Reflection, ScenarioStep
from andante.learning.operations.taking import (
    Standing,
    Taking,
    consequences,
    keep,
    lock,
    opened_card,
    refuse_if_completed,
    standing,
)
from andante.learning.refusals import NothingWritten, TextTooLong, WrongKindOfCard
from andante.ledger.operations import transact

LONGEST_REFLECTION = 10_000
"""Characters; some four pages."""


@transact
def continue_past(*, person: PersonId, course: CourseId, card: CardId, by: Principal, at: datetime) -> CardId | None:
    """
    Go on past an idea, an example or a job aid. Doing so again changes nothing.

    :return: the card after it; None after the last one
    :raises LearningRefused: the course is not begun, the card is locked, unknown, or asks for something else
    """
    taking = lock(person, course)
    now = standing(taking)
    read = opened_card(taking, now, card)
    if not isinstance(read, Idea | Example | Aid):
        raise WrongKindOfCard
    if card not in now.done:
        refuse_if_completed(now)
        module = taking.course.module_of[card].id
        fact = statements.card_read(taking.of, module=module, card=read, by=by, at=at)
        keep([fact, *consequences(taking, now, card, by=by, at=at)])
    return _after(now, card)


@transact
def answer(
    *,
    person: PersonId,
    course: CourseId,
    card: CardId,
    number: int,
    chosen: Collection[str],
    by: Principal,
    at: datetime,
) -> Submission:
    """
    Answer a check. The first try is the one that the record shows; more tries are practice, and are kept too.

    :param number: the try, from 1; the same answer to the same try again changes nothing
    :param chosen: keys of the chosen options
    :return: what became of the answer
    :raises AnswerRefused: it is no answer to this check, or to a try that has not come yet
    :raises LearningRefused: the course is not begun, completed, or the card is locked, unknown or no check
    """
    taking = lock(person, course)
    now = standing(taking)
    check = opened_card(taking, now, card)
    if not isinstance(check, Check):
        raise WrongKindOfCard
    answered = assessment.answer_check(
        of=taking.of,
        module=taking.course.module_of[card].id,
        check=check,
        number=number,
        chosen=chosen,
        by=by,
        at=at,
    )
    if answered.submission is Submission.RECORDED:
        refuse_if_completed(now)
        for fact in answered.facts:
            apply(fact)
        _follow_up(taking, now, check, by=by, at=at)
    return answered.submission


@transact
def choose(
    *,
    person: PersonId,
    course: CourseId,
    card: CardId,
    run: int,
    number: int,
    choice: str,
    by: Principal,
    at: datetime,
) -> Submission:
    """
    Decide in a scenario. The first run is the one that the record shows; going through again is practice.

    :param run: how often the person goes through it, from 1
    :param number: which decision of the run, from 1; the same choice again changes nothing
    :param choice: key of the choice
    :raises AnswerRefused: no such choice here, or a decision that has not come yet
    :raises LearningRefused: the course is not begun, completed, or the card is locked, unknown or no scenario
    """
    taking = lock(person, course)
    now = standing(taking)
    scenario = opened_card(taking, now, card)
    if not isinstance(scenario, Decide):
        raise WrongKindOfCard
    steps = list(ScenarioStep.objects.filter(attempt=taking.of.attempt, card=card).order_by("run", "number"))
    stands = next((step for step in steps if (step.run, step.number) == (run, number)), None)
    if stands is not None:
        return Submission.REPEATED if stands.choice == choice else Submission.ANOTHER_STANDS
    if (run, number) != rules.next_step([(step.run, step.ended) for step in steps]):
        raise OutOfOrder
    refuse_if_completed(now)
    try:
        way = walk(scenario, [*(step.choice for step in steps if step.run == run), choice])
    except ChoiceUnknown:
        raise UnknownOption from None
    fact = statements.scenario_choice_made(
        taking.of,
        module=taking.course.module_of[card].id,
        card=scenario,
        run=run,
        number=number,
        node=way.steps[-1].node.key,
        choice=choice,
        state=way.state,
        ended=way.finished,
        by=by,
        at=at,
    )
    keep([fact])
    if way.finished:
        _follow_up(taking, now, scenario, by=by, at=at)
    return Submission.RECORDED


@transact
def reflect(
    *, person: PersonId, course: CourseId, card: CardId, text: str, by: Principal, at: datetime
) -> CardId | None:
    """
    Keep what somebody writes for themselves. It may be changed later, also after the course; the record says only,
    and once, that something was written.

    :return: the card after it; None after the last one
    :raises NothingWritten: there are no words
    :raises TextTooLong: more than LONGEST_REFLECTION characters
    :raises LearningRefused: the course is not begun, or the card is locked, unknown or no reflection
    """
    text = text.replace("\x00", "")  # no sign that anybody writes, and PostgreSQL keeps none
    if not text.strip():
        raise NothingWritten
    if len(text) > LONGEST_REFLECTION:
        raise TextTooLong
    taking = lock(person, course)
    now = standing(taking)
    prompt = opened_card(taking, now, card)
    if not isinstance(prompt, Reflect):
        raise WrongKindOfCard
    Reflection.objects.update_or_create(
        id=statements.card_done_id(taking.of.attempt, card),
        defaults={"text": text, "written_at": at},
        create_defaults={
            "attempt_id": taking.of.attempt,
            "card": card,
            "text": text,
            "written_at": at,
        },
    )
    if card not in now.done:
        refuse_if_completed(now)
        module = taking.course.module_of[card].id
        fact = statements.reflected(taking.of, module=module, card=prompt, by=by, at=at)
        keep([fact, *consequences(taking, now, card, by=by, at=at)])
    return _after(now, card)


def _after(now: Standing, card: CardId) -> CardId | None:
    following = now.progress.neighbours(card)[1]
    return following.id if following else None


def _follow_up(taking: Taking, now: Standing, card: Card, *, by: Principal, at: datetime) -> None:
    """Keep what follows from a card that was just done, unless it was done before."""
    if card.id not in now.done:
        facts = consequences(taking, now, card.id, by=by, at=at)
        if facts:
            keep(facts)


@transact
def remove_reflections(*, person: PersonId) -> int:
    """Remove everything that somebody wrote for themselves; how many texts. No fact ever held them."""
    count, _ = Reflection.objects.filter(attempt__enrolment__person=person).delete()
    return count
