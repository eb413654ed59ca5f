"""Figures in words that a subject expert understands."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from andante.content.document import Option
from andante.insight.queries import ItemFigures, Judgement


@dataclass(frozen=True)
class Badge:
    """A judgement in two or three words."""

    text: str
    tone: str
    icon: str


def percent(share: float) -> str:
    if 0 < share < 0.005:
        return _("under 1\u00a0%")
    return _("%(number)s\u00a0%%") % {"number": round(100 * share)}


def duration(seconds: float) -> str:
    if seconds < 90:
        return _("%(seconds)s\u00a0s") % {"seconds": round(seconds)}
    return _("%(minutes)s\u00a0min") % {"minutes": round(seconds / 60)}


def days(number: float) -> str:
    """Whole days; below ten days with one decimal."""
    shown = number_format(round(number) if number >= 10 else round(number, 1), use_l10n=True)
    return shown.removesuffix(".0").removesuffix(",0")


def days_long(number: float) -> str:
    """The same with its unit."""
    if number < 1:
        return _("less than a day")
    shown = days(number)
    return ngettext("%(n)s day", "%(n)s days", 1 if shown == "1" else 2) % {"n": shown}


def few() -> str:
    """Instead of a number of people that is too small to be shown."""
    return _("fewer than five")


def letter(option: Option) -> str:
    """The name of an answer, as the author wrote them in order."""
    return option.key.upper()


def shift_name(shift: str) -> str:
    names = {
        "early": pgettext("shift", "Early"),
        "late": pgettext("shift", "Late"),
        "night": pgettext("shift", "Night"),
        "day": pgettext("shift", "Day"),
        "": pgettext("shift", "No shift"),
    }
    return names.get(shift, shift)


def badge(judgement: Judgement, item: ItemFigures) -> Badge:
    """A judgement on a question in two or three words."""
    if judgement is Judgement.PULLS and item.pulling:
        shown = {"letter": letter(item.pulling.option), "share": percent(item.pulling.share)}
        return Badge(_("answer %(letter)s pulls %(share)s") % shown, "bad", "warning")
    if judgement is Judgement.MISSED and item.left_out:
        shown = {"letter": letter(item.left_out.option), "share": percent(1 - item.left_out.share)}
        return Badge(_("%(share)s leave out answer %(letter)s") % shown, "bad", "warning")
    easy = _("nearly all know it") if item.item.must_pass else _("too easy")
    badges = {
        Judgement.AMBIGUOUS: Badge(_("ambiguous"), "warn", "question"),
        Judgement.HARD: Badge(_("hard"), "warn", "warning"),
        Judgement.EASY: Badge(easy, "info", "info"),
        Judgement.FEW: Badge(_("few answers yet"), "info", "clock"),
    }
    return badges.get(judgement, Badge(_("works"), "good", "check"))
