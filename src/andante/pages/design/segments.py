"""The steps of a course as a page shows them: walked, here, ahead, or not open yet."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

State = Literal["done", "now", "todo", "locked"]

_WORDS: dict[State, Promise] = {
    "done": _("done"),
    "now": _("you are here"),
    "todo": _("to come"),
    "locked": _("not open yet"),
}


@dataclass(frozen=True)
class Segment:
    """One step. `label` is its title, for those who hear the page instead of seeing it."""

    state: State
    label: str

    @property
    def word(self) -> str:
        """The state as a word, so that colour and height never stand alone."""
        return str(_WORDS[self.state])
