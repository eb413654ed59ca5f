"""The steps that a page draws: the cards of a module or a course, the items of a test."""

from collections.abc import Iterable, Sequence

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


def card_segments(progress: Progress, module: ModuleProgress | None = None) -> list[Segment]:
    """One segment a card, of one module or of the whole course."""
    modules: Iterable[ModuleProgress] = progress.modules if module is None else (module,)
    return [Segment(_LOOKS[state], card.title) for each in modules for card, state in each.cards]


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
