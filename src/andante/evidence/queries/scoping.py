"""Whom an answer lists and whom it leaves out, in sentences."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from andante.evidence.queries.answering import Answer
from andante.kernel.zones import clocks


def scope_sentence(answer: Answer) -> str:
    """Say who is in the list."""
    count = len(answer.rows)
    if answer.question.person:
        return _("This answer is about one person, whether or not it was required of them.")
    if answer.question.unit:
        text = ngettext(
            "The list holds everybody in %(unit)s and below who needed it at that moment: %(count)s person.",
            "The list holds everybody in %(unit)s and below who needed it at that moment: %(count)s people.",
            count,
        )
        return text % {"unit": answer.unit_name, "count": count}
    text = ngettext(
        "The list holds everybody who needed it at that moment: %(count)s person.",
        "The list holds everybody who needed it at that moment: %(count)s people.",
        count,
    )
    return text % {"count": count}


def exclusions(answer: Answer) -> list[str]:
    """Say who is not in the list and why, who in it has left since, and by whose knowledge it was answered."""
    said = [_known(answer)]
    scope = answer.scope
    if not answer.question.person:
        said += [sentence for sentence in _left_out(answer) if sentence]
        if scope.left_since:
            text = ngettext(
                "In the list: %(count)s person who has left since.",
                "In the list: %(count)s people who have left since.",
                scope.left_since,
            )
            said.append(text % {"count": scope.left_since})
    if answer.before_the_log and answer.first_record:
        said.append(
            _("The first record of this log was stored on %(moment)s. Before that, nothing was known to it.")
            % {"moment": _there(answer, answer.first_record, "j F Y, H:i")}
        )
    return said


def _there(answer: Answer, moment: datetime, form: str) -> str:
    """The moment on the clocks of the question, whoever reads the answer."""
    at = localtime(moment, ZoneInfo(answer.question.zone))
    return f"{date_format(at, form)} {clocks(at)}"


def _known(answer: Answer) -> str:
    known_at = _there(answer, answer.question.known_at, "j F Y, H:i:s")
    return _("It rests on what was on record on %(moment)s. What came on record later does not count.") % {
        "moment": known_at
    }


def _left_out(answer: Answer) -> list[str]:
    scope = answer.scope
    found = []
    for count, text in (
        (
            scope.not_demanded,
            ngettext(
                "Not in it: %(count)s person who worked here then and did not need it "
                "(another job, site or shift, or the rule was not in effect there yet).",
                "Not in it: %(count)s people who worked here then and did not need it "
                "(another job, site or shift, or the rule was not in effect there yet).",
                scope.not_demanded,
            ),
        ),
        (
            scope.elsewhere,
            ngettext(
                "Not in it: %(count)s person in other units who needed it.",
                "Not in it: %(count)s people in other units who needed it.",
                scope.elsewhere,
            ),
        ),
        (
            scope.had_left,
            ngettext(
                "Not in it: %(count)s person who had left by then.",
                "Not in it: %(count)s people who had left by then.",
                scope.had_left,
            ),
        ),
    ):
        found.append(text % {"count": count} if count else "")
    return [*found, _("Not in it: people who began to work here later.")]
