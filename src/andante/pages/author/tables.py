"""The tables of the author's pages as CSV, for a spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Sequence
from io import StringIO

from django.utils.translation import gettext as _

from andante.insight.queries import CourseInShort, CourseInsight
from andante.pages.author import words
from andante.pages.author.sentences import Sentences
from andante.pages.author.words import few

Cell = str | int | float | None
Table = Iterable[Sequence[Cell]]

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(table: Table) -> str:
    """
    A table as CSV after RFC 4180.

    What a spreadsheet would take for a formula is preceded by an apostrophe: the words of a course are somebody's text
    (OWASP, "CSV Injection"). Numbers are ours and stay numbers.
    """
    made = StringIO()
    csv.writer(made).writerows([[_safe(cell) for cell in row] for row in table])
    return made.getvalue()


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell


def courses(found: Iterable[CourseInShort], words_of: Callable[[CourseInShort], Sentences]) -> Table:
    yield (
        *(_("Course"), _("Title"), _("Version"), _("Published (UTC)")),
        *(_("Enrolled"), _("Completed"), _("Stuck"), _("What matters most"), _("What to do")),
    )
    for each in found:
        published, overview = each.published, each.overview
        told = words_of(each).finding(each.findings[0]) if each.findings else None
        yield (
            *(published.course_id, published.document.title, published.number, published.published_at.isoformat()),
            overview.enrolled,
            *((overview.completed, overview.stuck) if overview.shown else (few(), few())),
            *((told.title, told.advice) if told else ("", "")),
        )


def questions(found: CourseInsight, said: Sentences) -> Table:
    """One row for each answer of each question."""
    yield (
        *(_("Question"), _("Wording"), _("People"), _("Share right"), _("Discrimination"), _("Judgement")),
        *(_("Answer"), _("Wording of the answer"), _("Right"), _("Chose it"), _("Share"), _("What to do")),
    )
    for item in found.items:
        judged = "; ".join(words.badge(each, item).text for each in item.judgements)
        for option in item.options:
            yield (
                *(item.item.id, said.plain(item.item.title)),
                item.answered if item.shown else few(),
                round(item.share_right, 4) if item.shown else None,
                None if item.discrimination is None else round(item.discrimination, 3),
                *(judged, words.letter(option.option), said.plain(option.option.text)),
                _("yes") if option.option.correct else _("no"),
                *((option.chosen, round(option.share, 4)) if item.shown else (None, None)),
                said.item_advice(item),
            )


def cards(found: CourseInsight, said: Sentences) -> Table:
    yield (
        *(_("Card"), _("Title"), _("Planned seconds"), _("Taken seconds, lower quartile"), _("median")),
        *(_("upper quartile"), _("Times known"), _("Reached"), _("Done"), _("Stopped before it")),
        *(_("Went on after a week"), _("What to do")),
    )
    for stop in found.stops:
        taken = stop.taken if stop.shown else None
        yield (
            *(stop.card or "", said.title(stop.card), round(stop.planned)),
            *((taken.lower, taken.median, taken.upper, taken.n) if taken else (None,) * 4),
            *((stop.reached, stop.done, stop.stopped, stop.put_away) if stop.shown else (few(), None, None, None)),
            said.stop_advice(stop),
        )


def shifts(found: CourseInsight, said: Sentences) -> Table:
    yield (
        *(_("Shift"), _("People"), _("Completed"), _("Days to complete, lower quartile")),
        *(_("median"), _("upper quartile"), _("Days known"), _("Most often stop before"), _("What to do")),
    )
    for shift in found.shifts:
        if not shift.shown:
            yield said.shift_names(shift), few(), *(None,) * 6, said.shift_advice(shift)
            continue
        spread = shift.days
        yield (
            *(said.shift_names(shift), shift.people, shift.completed),
            *((round(spread.lower, 2), round(spread.median, 2), round(spread.upper, 2)) if spread else (None,) * 3),
            spread.n if spread else few(),
            said.title(shift.troubles.worst) if shift.troubles.any else "",
            said.shift_advice(shift),
        )


def stops(found: CourseInsight, said: Sentences) -> Table:
    """By card and shift: how many stopped before it, or put it away for more than a week."""
    shown = [shift for shift in found.shifts if shift.shown]
    yield _("Card"), _("Title"), *(said.shift_names(shift) for shift in shown)
    for stop in found.stops:
        yield stop.card or "", said.title(stop.card), *(shift.troubles.at(stop.card) for shift in shown)


OF_A_COURSE: dict[str, Callable[[CourseInsight, Sentences], Table]] = {
    "questions": questions,
    "cards": cards,
    "shifts": shifts,
    "stops-by-shift": stops,
}
