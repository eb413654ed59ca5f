"""Home, a course's start page, and its completion."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from andante.credentials.queries import certificate_id
from andante.kernel import clock
from andante.kernel.ids import CourseId
from andante.learning import operations, queries
from andante.pages.design.segments import Segment
from andante.pages.learn import home as pages
from andante.pages.learn.segments import card_segments, module_segments
from andante.pages.learn.views.cards import number
from andante.pages.learn.views.refusals import explain_refusals
from andante.people import policy


@policy.signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    view = pages.home(person=policy.person(request), at=clock.now())
    steps: Sequence[Segment] = ()
    if view.now and view.now.progress:
        steps = module_segments(view.now.progress, with_test=bool(view.now.published.document.test_length))
    return render(request, "learn/home.html", {"view": view, "greeting": _greeting(), "steps": steps})


@policy.signed_in
@require_safe
@explain_refusals
def course(request: HttpRequest, course: str) -> HttpResponse:
    view = queries.course_page(person=policy.person(request), course=CourseId(course))
    current = next((each for each in view.progress.modules if each.state is queries.State.NOW), None)
    steps = card_segments(current) if current else ()
    return render(request, "learn/course.html", {"view": view, "course": view.course, "steps": steps})


@policy.signed_in
@require_POST
@explain_refusals
def start(request: HttpRequest, course: str) -> HttpResponse:
    operations.start_attempt(
        person=policy.person(request),
        course=CourseId(course),
        by=policy.principal(request),
        at=clock.now(),
    )
    return redirect("course_resume", course)


@policy.signed_in
@require_POST
@explain_refusals
def again(request: HttpRequest, course: str) -> HttpResponse:
    """Begin a completed course once more; a form that is sent twice leads to what the first one began."""
    operations.start_again(
        person=policy.person(request),
        course=CourseId(course),
        by=policy.principal(request),
        at=clock.now(),
        after=number(request.POST.get("after")),
    )
    return redirect("course_resume", course)


@policy.signed_in
@require_safe
@explain_refusals
def resume(request: HttpRequest, course: str) -> HttpResponse:
    """Lead to the card that waits; when all are done, to the test or the completion."""
    view = queries.course_page(person=policy.person(request), course=CourseId(course))
    if view.progress.next_card is not None and view.stage is queries.Stage.CARDS:
        return redirect("card", course, view.progress.next_card.id)
    names = {None: "course", queries.Stage.COMPLETE: "completion"}
    return redirect(names.get(view.stage, "test"), course)


@policy.signed_in
@require_safe
@explain_refusals
def completion(request: HttpRequest, course: str) -> HttpResponse:
    view = queries.completion(person=policy.person(request), course=CourseId(course))
    if view is None:
        return redirect("course_resume", course)
    context = {"view": view, "course": view.published.document, "certificate": certificate_id(view.id)}
    return render(request, "learn/completion.html", context)


def _greeting() -> str:
    """A word for the time of day where the person is."""
    hour = timezone.localtime().hour
    if 5 <= hour < 12:
        return _("Good morning")
    return _("Good afternoon") if 12 <= hour < 18 else _("Good evening")
