"""The player: one card a page. Reading changes nothing; what a person does is sent by POST."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from andante.content.document import Aid, Check, Decide, Example, Idea, Reflect
from andante.kernel import clock
from andante.kernel.ids import CardId, CourseId
from andante.learning import operations, queries
from andante.pages.learn.segments import segments_at
from andante.pages.learn.views.refusals import explain_refusals
from andante.people import policy

TEMPLATES = {
    Idea: "learn/read.html",
    Example: "learn/read.html",
    Aid: "learn/read.html",
    Check: "learn/check.html",
    Decide: "learn/scenario.html",
    Reflect: "learn/reflect.html",
}
LARGEST = 10_000
"""Numbers in forms above this are nobody's try."""


@policy.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@explain_refusals
def card(request: HttpRequest, course: str, card: str) -> HttpResponse:
    if request.method == "POST":
        return _act(request, course, card)
    view = queries.card(person=policy.person(request), course=CourseId(course), card=CardId(card))
    if policy.viewer(request):
        # What somebody wrote for themselves is theirs alone, whoever looks over their shoulder to help.
        view = replace(view, reflection="")
    again = "again" in request.GET and not view.closed
    context = {
        "view": view,
        "card": view.card,
        "course": view.course,
        "steps": segments_at(view.module, card),
        **_of_kind(view, again=again, debrief="debrief" in request.GET),
    }
    return render(request, TEMPLATES[type(view.card)], context)


def _of_kind(view: queries.CardView, *, again: bool, debrief: bool) -> dict[str, Any]:
    """
    What the templates of single kinds need.

    :param again: the person wants to practise once more
    :param debrief: the person has seen how a scenario ended, and looks back at it
    """
    if isinstance(view.card, Check):
        return {"asking": again or not view.tries}
    if isinstance(view.card, Aid):
        return {"sheet": view.course.aids.get(view.card.sheet)}
    if view.scenario is None:
        return {}
    shown = view.scenario.once_more() if again and view.scenario.way.finished else view.scenario
    return {"scenario": shown, "way": shown.way, "debrief": debrief and shown.way.finished}


def _act(request: HttpRequest, course: str, card: str) -> HttpResponse:
    form = request.POST
    who: dict[str, Any] = {
        "person": policy.person(request),
        "course": CourseId(course),
        "card": CardId(card),
        "by": policy.principal(request),
        "at": clock.now(),
    }
    match form.get("act"):
        case "answer":
            submission = operations.answer(**who, number=number(form.get("number")), chosen=form.getlist("option"))
            say_what_stands(request, submission)
            return redirect("card", course, card)
        case "choose":
            submission = operations.choose(
                **who,
                run=number(form.get("run")),
                number=number(form.get("number")),
                choice=form.get("choice", ""),
            )
            say_what_stands(request, submission)
            return redirect("card", course, card)
        case "reflect":
            following = operations.reflect(**who, text=form.get("text", ""))
        case _:
            following = operations.continue_past(**who)
    return redirect("card", course, following) if following else redirect("course_resume", course)


def number(text: str | None) -> int:
    """A number from a form; 0, which is no try and no place, where there is none."""
    if text is None or not text.isascii() or not text.isdigit() or int(text[:6]) > LARGEST:
        return 0
    return int(text[:6])


def say_what_stands(request: HttpRequest, submission: operations.Submission) -> None:
    """Tell a person who sent another answer, from another device or the page before, which one counts."""
    if submission is operations.Submission.ANOTHER_STANDS:
        messages.info(request, _("You had answered this before. Your first answer stands; here it is."))
