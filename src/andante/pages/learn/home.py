"""What stands on the home page: what learning offers and what rules demand, as one list in the order of urgency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from andante.content.queries import PublishedCourse
from andante.kernel.ids import CourseId, PersonId
from andante.learning import queries as learning
from andante.learning.queries import CompletedCourse, Offer, Progress, Step
from andante.obligations import queries as obligations
from andante.obligations.queries import Duty, Standing
from andante.pages.learn.days import spoken

_BEGUN = {Step.RESUME, Step.TEST, Step.TEST_OPEN, Step.TEST_AGAIN}
_URGENCY = {Standing.OVERDUE: 0, Standing.DUE: 1, Standing.RENEW: 1, Standing.NOT_YET: 4, Standing.DONE: 9}


@dataclass(frozen=True)
class Waiting:
    """One course that waits for the person: what to do about it, and, where a rule asks for it, by when and why."""

    published: PublishedCourse
    offer: Offer | None
    """None where the course is completed, and is to be taken again."""
    completed: CompletedCourse | None
    duty: Duty | None
    when: str
    """The duty's day, in words; empty where it has none."""

    @property
    def step(self) -> str:
        return self.offer.step.value if self.offer else "again"

    @property
    def standing(self) -> str:
        """How the duty stands; empty where there is none."""
        return self.duty.standing.value if self.duty else ""

    @property
    def length(self) -> str:
        """How long it takes, in words."""
        minutes = {"minutes": self.offer.minutes if self.offer else self.published.document.minutes}
        return (_("%(minutes)d min left") if self.cards_done else _("%(minutes)d min")) % minutes

    @property
    def due(self) -> str:
        """By when, in words; empty where no rule asks for it."""
        if self.duty is None:
            return ""
        when = self.when
        if self.duty.before_first_shift:
            when = _("%(when)s, before your first shift alone") % {"when": when}
        values = {"when": when, "day": date_format(timezone.localtime(self.duty.begins_at), "j F")}
        match self.duty.standing:
            case Standing.OVERDUE:
                return (_("Ran out %(when)s") if self.has_run_out else _("Was due %(when)s")) % values
            case Standing.RENEW:
                return _("Runs out %(when)s; you may renew it now") % values
            case Standing.NOT_YET if self.when:
                return _("Asked for from %(day)s on, due %(when)s") % values
            case Standing.NOT_YET:
                return _("Asked for from %(day)s on") % values
        return _("Due %(when)s") % values if self.when else _("Asked of you, without a date")

    @property
    def why(self) -> str:
        """Why it is theirs, in words."""
        if self.duty:
            return capfirst(self.duty.why)
        if self.offer is None or self.offer.since is None:
            return _("Open to everybody here")
        day = {"day": date_format(timezone.localtime(self.offer.since), "j F")}
        if self.offer.step is Step.BEGIN:
            return _("You were enrolled on %(day)s") % day
        return _("Because you began it on %(day)s") % day

    @property
    def has_run_out(self) -> bool:
        """Whether it was done, and is no longer valid."""
        return bool(self.duty and self.duty.standing is Standing.OVERDUE and self.duty.completed_at)

    @property
    def progress(self) -> Progress | None:
        return self.offer.progress if self.offer else None

    @property
    def cards_done(self) -> int:
        return self.offer.progress.cards_done if self.offer else 0


@dataclass(frozen=True)
class Done:
    """A completed course, and for how long it counts where a rule asks for it."""

    completed: CompletedCourse
    duty: Duty | None


@dataclass(frozen=True)
class Home:
    """The one thing to do now, what comes after it, what needs somebody else, what is open to all, and what is done."""

    now: Waiting | None
    after: tuple[Waiting, ...]
    stuck: tuple[Waiting, ...]
    open: tuple[Waiting, ...]
    done: tuple[Done, ...]
    clear_until: datetime | None
    """When something will be due next, as far as it is known."""


def home(*, person: PersonId, at: datetime) -> Home:
    """What stands on a person's home page."""
    view = learning.home(person=person)
    duties = obligations.duties(people=[person], at=at)
    waiting = sorted(_waiting(view, duties, at), key=_urgency)
    stuck = tuple(each for each in waiting if each.step == Step.ASK.value)
    # Who has duties is shown those; what is open to everybody is an offer beside them.
    open_to_all = tuple(each for each in waiting if duties and _is_mere_offer(each))
    rest = [each for each in waiting if each not in stuck and each not in open_to_all]
    return Home(
        now=rest[0] if rest else None,
        after=tuple(rest[1:]),
        stuck=stuck,
        open=open_to_all,
        done=tuple(Done(each, _validity(each, duties)) for each in view.completed),
        clear_until=min((moment for each in duties if (moment := _next_moment(each)) and moment > at), default=None),
    )


def _waiting(view: learning.HomeView, duties: Sequence[Duty], at: datetime) -> Iterable[Waiting]:
    asked = _most_urgent(duties)
    completed = {each.published.course_id: each for each in view.completed}
    for offer in view.offers:
        course = offer.published.course_id
        duty = asked.pop(course, None)
        yield Waiting(offer.published, offer, completed.get(course), duty, _when(duty, at))
    for course, duty in asked.items():
        if course in completed:
            yield Waiting(completed[course].current, None, completed[course], duty, _when(duty, at))


def _most_urgent(duties: Iterable[Duty]) -> dict[CourseId, Duty]:
    """Of each course the duty that asks for it first; what is done asks for nothing."""
    found: dict[CourseId, Duty] = {}
    for duty in duties:
        standing = found.get(duty.course)
        if duty.standing is not Standing.DONE and (standing is None or _order(duty) < _order(standing)):
            found[duty.course] = duty
    return found


def _order(duty: Duty) -> tuple[int, float]:
    if duty.due_at is None:
        return (2 if duty.standing is Standing.DUE else _URGENCY[duty.standing]), float("inf")
    return _URGENCY[duty.standing], duty.due_at.timestamp()


def _urgency(waiting: Waiting) -> tuple[int, float]:
    """Overdue, due soonest, running, what a rule will ask for, what somebody asked for, and what is open to all."""
    if waiting.duty:
        return _order(waiting.duty)
    if waiting.offer and waiting.offer.step in _BEGUN:
        return 3, 0.0
    return (5, 0.0) if waiting.step == Step.BEGIN.value else (6, 0.0)


def _is_mere_offer(waiting: Waiting) -> bool:
    return waiting.step == Step.TRY.value and waiting.duty is None


def _when(duty: Duty | None, at: datetime) -> str:
    return spoken(duty.due_at, now=at) if duty and duty.due_at else ""


def _validity(completed: CompletedCourse, duties: Iterable[Duty]) -> Duty | None:
    """The duty that the completion meets, or met: of several the one that ends first."""
    meeting = [each for each in duties if each.course == completed.published.course_id and each.completed_at]
    return min(meeting, key=lambda each: each.due_at.timestamp() if each.due_at else float("inf"), default=None)


def _next_moment(duty: Duty) -> datetime | None:
    return duty.begins_at if duty.standing is Standing.NOT_YET else duty.valid_until
