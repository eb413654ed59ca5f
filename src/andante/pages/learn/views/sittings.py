"""The test: its page, and one item a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from andante.kernel import clock
from andante.kernel.ids import CourseId
from andante.learning import operations, queries
from andante.pages.learn.segments import item_segments
from andante.pages.learn.views.cards import number, say_what_stands
from andante.pages.learn.views.refusals import explain_refusals
from andante.people import policy


@policy.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@explain_refusals
def test(request: HttpRequest, course: str) -> HttpResponse:
    if request.method == "POST":
        position = operations.start_test(
            person=policy.person(request),
            course=CourseId(course),
            by=policy.principal(request),
            at=clock.now(),
        )
        return redirect("test_item", course, position)
    view = queries.test_page(person=policy.person(request), course=CourseId(course))
    return render(request, "learn/test.html", {"view": view, "course": view.course})


@policy.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@explain_refusals
def item(request: HttpRequest, course: str, position: int) -> HttpResponse:
    if request.method == "POST":
        submission = operations.answer_item(
            person=policy.person(request),
            course=CourseId(course),
            sitting=number(request.POST.get("sitting")),
            position=position,
            chosen=request.POST.getlist("option"),
            by=policy.principal(request),
            at=clock.now(),
        )
        say_what_stands(request, submission)
        return redirect("test_item", course, position)
    view = queries.test_item(person=policy.person(request), course=CourseId(course), position=position)
    if view is None:
        return redirect("test", course)
    context = {"view": view, "course": view.course, "steps": item_segments(view.states)}
    return render(request, "learn/item.html", context)
