"""A course's insight as its page shows it."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from andante.content.document import Module
from andante.insight.queries import (
    CourseInsight,
    Finding,
    ItemFigures,
    Judgement,
    Kind,
    ShiftFigures,
    StopFigures,
)
from andante.pages.author import words
from andante.pages.author.sentences import Sentences, Told
from andante.pages.author.words import Badge

MOST_FINDINGS = 6
"""As many as somebody can act on before the next version; the rest stands in the tables."""
MINOR = frozenset({Kind.EASY, Kind.TOO_QUICK})
"""What need not be said twice: it stands in the tables."""
_URGENCY = {judgement: place for place, judgement in enumerate(Judgement)}


@dataclass(frozen=True)
class Answer:
    """One answer of a question, as a row."""

    letter: str
    text: str
    chosen: int
    share: float
    right: bool
    pulls: bool
    missed: bool

    @property
    def tone(self) -> str:
        if self.right:
            return "good"
        return "bad" if self.pulls else ""


@dataclass(frozen=True)
class Question:
    """One question of the test."""

    figures: ItemFigures
    title: str
    answers: tuple[Answer, ...]
    badges: tuple[Badge, ...]
    advice: str
    reworded: bool


@dataclass(frozen=True)
class Stop:
    """A card on the way, or the test."""

    figures: StopFigures
    title: str
    advice: str
    share_reached: float
    """Of all who began."""
    by_shift: tuple[tuple[int, int], ...]
    """For each shift that is shown: how many had trouble here, and how many began."""

    @property
    def noteworthy(self) -> bool:
        found = self.figures
        return found.shown and (found.stops_many or found.too_long or found.too_quick)


@dataclass(frozen=True)
class Shift:
    """One shift, or several together."""

    figures: ShiftFigures
    name: str
    worst: str
    """The title of the card before which most stop; empty where nobody does."""
    advice: str


@dataclass(frozen=True)
class CoursePage:
    """Everything on the page, in words."""

    found: CourseInsight
    said: Sentences

    @cached_property
    def top(self) -> Told | None:
        """What matters most."""
        return self.said.finding(self.found.findings[0]) if self.found.findings else None

    @property
    def top_question(self) -> Question | None:
        """Shown at the top where an answer pulls: its figures say more than a sentence."""
        first: Finding | None = next(iter(self.found.findings), None)
        return self._question(first.item) if first and first.item and first.kind is Kind.PULLS else None

    @cached_property
    def others(self) -> list[Told]:
        found = [each for each in self.found.findings[1:] if each.kind not in MINOR]
        return [self.said.finding(each) for each in found[:MOST_FINDINGS]]

    @cached_property
    def questions(self) -> list[Question]:
        """The worst first, then in the order of the bank."""
        ordered = sorted(self.found.items, key=lambda item: _URGENCY[item.worst])
        return [self._question(item) for item in ordered]

    @cached_property
    def shifts(self) -> list[Shift]:
        return [
            Shift(
                figures=shift,
                name=self.said.shift_names(shift),
                worst=self.said.title(shift.troubles.worst) if shift.troubles.any else "",
                advice=self.said.shift_advice(shift),
            )
            for shift in self.found.shifts
        ]

    @cached_property
    def shown_shifts(self) -> list[Shift]:
        return [shift for shift in self.shifts if shift.figures.shown]

    @cached_property
    def longest(self) -> float:
        """Where the scale of days ends."""
        return max((shift.figures.days.upper for shift in self.shown_shifts if shift.figures.days), default=0.0)

    @cached_property
    def modules(self) -> list[tuple[Module | None, list[Stop]]]:
        """The way, module by module; the test stands alone at the end."""
        module_of = self.found.published.document.module_of
        stops = [self._stop(figures) for figures in self.found.stops]
        return [
            (module, list(group))
            for module, group in groupby(
                stops, key=lambda stop: module_of[stop.figures.card] if stop.figures.card else None
            )
        ]

    @cached_property
    def stops_with_trouble(self) -> list[Stop]:
        return [stop for _, stops in self.modules for stop in stops if any(n for n, _ in stop.by_shift)]

    @property
    def version_query(self) -> str:
        """What the addresses of the tables end in."""
        return f"?version={self.found.chosen.number}" if self.found.chosen else ""

    def _question(self, item: ItemFigures) -> Question:
        return Question(
            figures=item,
            title=self.said.plain(item.item.title),
            answers=tuple(
                Answer(
                    letter=words.letter(each.option),
                    text=self.said.plain(each.option.text),
                    chosen=each.chosen,
                    share=each.share,
                    right=each.option.correct,
                    pulls=each.pulls,
                    missed=each.missed,
                )
                for each in item.options
            ),
            badges=tuple(words.badge(each, item) for each in item.judgements),
            advice=self.said.item_advice(item),
            reworded=item.item.id in self.found.reworded,
        )

    def _stop(self, figures: StopFigures) -> Stop:
        begun = self.found.stops[0].reached
        return Stop(
            figures=figures,
            title=self.said.title(figures.card),
            advice=self.said.stop_advice(figures),
            share_reached=figures.reached / begun if begun else 0.0,
            by_shift=tuple(
                (shift.figures.troubles.at(figures.card), shift.figures.people) for shift in self.shown_shifts
            ),
        )
