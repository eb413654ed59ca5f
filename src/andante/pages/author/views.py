"""How courses do: all of them in short, and one in full."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from andante.insight import queries
from andante.insight.queries import CourseInShort, CourseInsight, Finding
from andante.kernel import clock
from andante.kernel.ids import CourseId
from andante.pages.author import tables
from andante.pages.author.course import MINOR, CoursePage
from andante.pages.author.sentences import Sentences, Told
from andante.people import policy

LONGEST_NUMBER = 6


@dataclass(frozen=True)
class Row:
    """A course in the list, and what matters most in it."""

    course: CourseInShort
    top: Told | None
    more: int
    """How many findings there are beside it."""


@policy.role("author", "administrator")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    found = queries.courses(at=clock.now())
    rows = sorted((_row(each) for each in found), key=lambda row: row.top is None)
    return render(request, "author/home.html", {"rows": rows, "area": "author"})


@policy.role("author", "administrator")
@require_safe
def courses_csv(request: HttpRequest) -> HttpResponse:
    found = queries.courses(at=clock.now())
    return _csv("courses", tables.courses(found, _words))


@policy.role("author", "administrator")
@require_safe
def course(request: HttpRequest, course: str) -> HttpResponse:
    found = _insight(request, course)
    return render(request, "author/course.html", {"page": CoursePage(found, _words(found)), "area": "author"})


@policy.role("author", "administrator")
@require_safe
def table_csv(request: HttpRequest, course: str, table: str) -> HttpResponse:
    if table not in tables.OF_A_COURSE:
        raise Http404
    found = _insight(request, course)
    version = f"-version-{found.chosen.number}" if found.chosen else ""
    return _csv(f"{course}{version}-{table}", tables.OF_A_COURSE[table](found, _words(found)))


def _insight(request: HttpRequest, course: str) -> CourseInsight:
    """The course and version that the address asks for; not found where there is none."""
    version = request.GET.get("version", "")
    if version and not (version.isascii() and version.isdigit() and len(version) <= LONGEST_NUMBER):
        raise Http404
    found = queries.course(CourseId(course), version=int(version) if version else None, at=clock.now())
    if found is None:
        raise Http404
    return found


def _row(found: CourseInShort) -> Row:
    top: Finding | None = next(iter(found.findings), None)
    more = sum(each.kind not in MINOR for each in found.findings[1:])
    return Row(found, _words(found).finding(top) if top else None, more)


def _words(found: CourseInShort | CourseInsight) -> Sentences:
    return Sentences(found.published, found.overview, at=clock.now())


def _csv(name: str, table: tables.Table) -> HttpResponse:
    """Answer with a file. The mark at its beginning tells spreadsheets that it is UTF-8."""
    return HttpResponse(
        "\ufeff" + tables.as_csv(table),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )
