"""The steps that a page draws: the stops of a course, the cards of a module, the items of a test."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from andante.learning.queries import ModuleProgress, Progress, State
from andante.pages.design.segments import Segment
from andante.pages.design.segments import State as Look

_LOOKS: dict[State, Look] = {
    State.DONE: "done",
    State.NOW: "now",
    State.TODO: "todo",
    State.LOCKED: "locked",
}


def module_segments(progress: Progress, *, with_test: bool) -> list[Segment]:
    """The stops of a course: its modules, and the test behind them."""
    stops = [Segment(_LOOKS[each.state], each.module.title) for each in progress.modules]
    if with_test:
        stops.append(Segment("now" if progress.next_card is None else "locked", _("The test")))
    return stops


def card_segments(module: ModuleProgress) -> list[Segment]:
    """The cards of a module, as far as they are done."""
    return [Segment(_LOOKS[state], card.title) for card, state in module.cards]


def segments_at(module: ModuleProgress, card: str) -> list[Segment]:
    """The cards of a module, seen from one of them: that is where the person is."""
    return [
        Segment("now" if each.id == card else "done" if state is State.DONE else "todo", each.title)
        for each, state in module.cards
    ]


def item_segments(states: Sequence[State]) -> list[Segment]:
    """The items of a sitting by their places."""
    return [
        Segment(_LOOKS[state], _("Question %(number)d") % {"number": at}) for at, state in enumerate(states, start=1)
    ]
