"""What stands out in a course, and what to do about it, in sentences."""

import html
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from andante.content import queries as content
from andante.content.document import Item, Place
from andante.content.queries import PublishedCourse
from andante.insight.queries import (
    JUDGED_FROM,
    Finding,
    ItemFigures,
    Judgement,
    Kind,
    OptionFigures,
    Overview,
    ShiftFigures,
    StopFigures,
    planned_seconds,
)
from andante.kernel.ids import CardId
from andante.pages.author.words import days_long, duration, letter, percent, shift_name

MOST = 0.8
"""From this share on a course counts as passed by nearly all."""
LONG_CARD = 4 * 60
"""Seconds from which on a card that stops people is worth splitting."""

_MARKS = ("“", "”", "„", "«", "»", '"')

_ABOUT_ITEMS = {
    Judgement.PULLS: gettext_noop(
        "Ask somebody who chose it why. Then show that case on a card of “%(module)s”, or reword answer %(letter)s"
        " (%(option)s)."
    ),
    Judgement.MISSED: gettext_noop(
        "Show on a card of “%(module)s” that answer %(letter)s is part of it, or reword it (%(option)s)."
    ),
    Judgement.AMBIGUOUS: gettext_noop(
        "Let two experts answer it unprepared. Where they differ, reword it (%(place)s)."
    ),
    Judgement.HARD: gettext_noop("Check that a card of “%(module)s” teaches it before the test asks it (%(place)s)."),
    Judgement.EASY: gettext_noop(
        "Replace the wrong answer that nobody chooses by a mistake that you have seen (%(place)s)."
    ),
}
_ITEM_TITLES = {
    Kind.MISSED: gettext_noop("A right answer is left out by many"),
    Kind.AMBIGUOUS: gettext_noop("A question is ambiguous: who does well elsewhere gets it wrong as often as others"),
    Kind.HARD: gettext_noop("A question is hard: %(right)s get it right"),
    Kind.EASY: gettext_noop("A question is too easy: %(right)s get it right"),
}


@dataclass(frozen=True)
class Told:
    """A finding in words."""

    title: str
    text: str
    advice: str
    anchor: str
    """Where on the course's page it stands."""


class Sentences:
    """All that is said about one course."""

    def __init__(self, published: PublishedCourse, overview: Overview, *, at: datetime) -> None:
        self._published = published
        self._course = published.document
        self._overview = overview
        self._at = at

    def plain(self, text: str) -> str:
        """A line of the author's Markdown without its marks."""
        return html.unescape(strip_tags(content.inline_html(text, published=self._published, at=self._at)))

    def quoted(self, text: str) -> str:
        """The same between quotation marks, of which the author may have written the outer ones."""
        plain = self.plain(text)
        inner = plain[1:-1] if plain[:1] in _MARKS and plain[-1:] in _MARKS else plain
        return _("“%(text)s”") % {"text": plain if any(mark in inner for mark in _MARKS) else inner}

    def title(self, card: CardId | None) -> str:
        """The title of a card; of the test for None."""
        return _("The test") if card is None else self.plain(self._course.cards[card].title)

    def shift_names(self, shift: ShiftFigures) -> str:
        names = ", ".join(shift_name(each) for each in shift.shifts)
        return names if len(shift.shifts) == 1 else _("%(shifts)s, together") % {"shifts": names}

    def finding(self, finding: Finding) -> Told:
        match finding:
            case Finding(item=ItemFigures() as item):
                return self._of_item(finding.kind, item)
            case Finding(stop=StopFigures() as stop):
                return self._of_stop(finding.kind, stop)
            case Finding(shift=ShiftFigures() as shift):
                return self._of_shift(shift)
        raise TypeError(finding)

    def item_advice(self, item: ItemFigures) -> str:
        """What to do about a question."""
        if not item.shown:
            return _("Look again when more people have taken the test.")
        if item.worst is Judgement.FEW:
            missing = JUDGED_FROM - item.answered
            text = ngettext("Look again after %(n)s more answer.", "Look again after %(n)s more answers.", missing)
            return text % {"n": missing}
        if item.worst is Judgement.EASY and item.item.must_pass:
            return _("Nothing to do: everybody must know it, and nearly everybody does.")
        if item.worst not in _ABOUT_ITEMS:
            return _("Nothing to do.")
        option: OptionFigures = item.pulling or item.left_out or item.options[0]
        return _(_ABOUT_ITEMS[item.worst]) % {
            "module": self._module(item.item),
            "letter": letter(option.option),
            "option": _where(option.option.place),
            "place": _where(item.item.place),
        }

    def stop_advice(self, stop: StopFigures) -> str:
        """What to do about a card."""
        if not stop.shown:
            return _("Look again when more people have come here.")
        if stop.stops_many:
            return self._about_stopping(stop.card)
        if stop.card is None or not (stop.too_long or stop.too_quick):
            return _("Nothing to do.")
        if stop.too_long:
            text = _("Split it, or say it in fewer words (%(place)s).")
        else:
            text = _("People go on without reading it. Ask a question on it, or leave it out (%(place)s).")
        return text % {"place": self._where_card(stop.card)}

    def shift_advice(self, shift: ShiftFigures) -> str:
        """What to do about a shift."""
        if not shift.shown:
            return _("Look again when more people have begun.")
        if not shift.slow:
            return _("Nothing to do.")
        if not shift.troubles.any:
            return _("Ask two of them when they find the time.")
        return self._about_stopping(shift.troubles.worst)

    def _of_item(self, kind: Kind, item: ItemFigures) -> Told:
        advice, anchor = self.item_advice(item), f"item-{item.item.id}"
        if kind is Kind.PULLS and item.pulling:
            return self._of_pulling(item, item.pulling, advice, anchor)
        asked = {"question": self.quoted(item.item.title), "n": item.answered, "right": percent(item.share_right)}
        return Told(_(_ITEM_TITLES[kind]) % asked, _("Asked of %(n)s people: %(question)s") % asked, advice, anchor)

    def _of_pulling(self, item: ItemFigures, pulling: OptionFigures, advice: str, anchor: str) -> Told:
        asked = {
            "question": self.quoted(item.item.title),
            "n": item.answered,
            "share": percent(pulling.share),
            "answer": self.quoted(pulling.option.text),
        }
        text = _("Of %(n)s people asked %(question)s, %(share)s answer: %(answer)s. That is wrong.") % asked
        if not self._nearly_all_passed:
            return Told(_("%(share)s choose the same wrong answer") % asked, text, advice, anchor)
        title = _("Passed, still wrong: %(share)s choose the same wrong answer") % asked
        return Told(title, f"{self._passed()} {text}", advice, anchor)

    def _of_stop(self, kind: Kind, stop: StopFigures) -> Told:
        found = {
            "card": self.title(stop.card),
            "planned": duration(stop.planned),
            "stopped": stop.stopped,
            "reached": stop.reached,
            "taken": duration(stop.taken.median) if stop.taken else "",
        }
        if kind is Kind.STOPS:
            title = _("%(stopped)s of %(reached)s stop before “%(card)s”")
            text = _("It is planned to take %(planned)s. They have done nothing more for a week.")
        elif kind is Kind.TOO_LONG:
            title = _("“%(card)s” takes longer than planned")
            text = _("Planned are %(planned)s; half of the people need %(taken)s or more.")
        else:
            title = _("“%(card)s” is passed over")
            text = _("Planned are %(planned)s; half of the people need %(taken)s or less.")
        anchor = f"card-{stop.card}" if stop.card else "the-test"
        return Told(title % found, text % found, self.stop_advice(stop), anchor)

    def _of_shift(self, shift: ShiftFigures) -> Told:
        found = {
            "shift": self.shift_names(shift),
            "days": days_long(shift.days.median) if shift.days else "",
            "others": days_long(shift.others or 0),
            "n": shift.troubles.worst_count,
            "begun": shift.people,
            "card": self.title(shift.troubles.worst),
            "planned": duration(planned_seconds(self._course, shift.troubles.worst)),
        }
        title = _("%(shift)s: half need %(days)s or more to complete; on other shifts %(others)s")
        text = _(
            "%(n)s of %(begun)s stop before “%(card)s” (%(planned)s), or put it away for more than a week: more than"
            " anywhere else."
        )
        told = text % found if shift.troubles.any else ""
        return Told(title % found, told, self.shift_advice(shift), "shifts")

    @property
    def _nearly_all_passed(self) -> bool:
        score = self._overview.mean_score
        return self._overview.shown and self._overview.share_completed >= MOST and score is not None and score >= MOST

    def _passed(self) -> str:
        return _("%(share)s have completed the course, with a mean score of %(score)s.") % {
            "share": percent(self._overview.share_completed),
            "score": percent(self._overview.mean_score or 0),
        }

    def _about_stopping(self, card: CardId | None) -> str:
        if card is None:
            return _("Agree with their managers on a time for the test.")
        if planned_seconds(self._course, card) >= LONG_CARD:
            text = _("Split it into cards of two or three minutes, which fit between two calls (%(place)s).")
        else:
            text = _("Read it as on a first night, and ask two of them why they stopped (%(place)s).")
        return text % {"place": self._where_card(card)}

    def _where_card(self, card: CardId) -> str:
        return _where(self._course.cards[card].place)

    def _module(self, item: Item) -> str:
        module = self._course.modules_by_id.get(item.objective)
        return self.plain(module.title) if module else str(item.objective)


def _where(place: Place) -> str:
    return _("%(file)s, line %(line)s") % {"file": place.file, "line": place.line}
