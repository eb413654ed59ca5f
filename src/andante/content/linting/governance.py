"""A7xx, governance: somebody answers for the text, and it says what it rests on."""

import re
from collections.abc import Iterator

from andante.content.document import Course, Place
from andante.content.findings import counted
from andante.content.linting.inherited import modules_without
from andante.content.linting.rule import Context, Remark, error, note, warning
from andante.content.markdown import plain_words
from andante.content.texts import course_lines

_REVISION = re.compile(
    r"(?i)\b(?:rev(?:ision)?|version|ver|v|edition|ed|issue)\b\.?\s*[\w.-]*\d|\b[vr]\d+\b|\b\d{4}-\d{2}(?:-\d{2})?\b"
)
_PHONE = re.compile(
    r"(?:\+|\(0|(?<![\w.,-])0)\d[\d\s()/-]{4,}\d"  # +353 1 234 5678, (01) 234567, 0171 12345
    r"|(?<![\w.,-])\d{3}[-\s]\d{3,4}(?:[-\s]\d{4})?(?![\w-])"  # 555-0142, 555 010 4477
    r"|(?i:\b(?:ext(?:ension)?\.?|dial|phone|telephone|call)\s*:?\s*\d{3,6}\b)"
)
_PLACE = re.compile(
    r"\b(?:[Rr]oom|[Bb]uilding|[Ff]loor|[Ww]ard|[Ss]tairwell)\s+(?:[A-Z]?\d+(?:\.\d+)?[A-Za-z]?|[A-Z])\b"
)
_PHOTOGRAPH = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".mp4", ".webm")
_CARE = re.compile(r"(?i)health|hospital|care|medic|clinic|nurs|patient")


@error("A701", "A course has an owner")
def no_owner(course: Course, _: Context) -> Iterator[Remark]:
    return modules_without(
        course,
        "owner",
        lambda module: module.owner,
        message="Nobody answers for “{title}”.",
        mend="Add a line “owner:” to course.yaml.",
    )


@error("A702", "A course has a review date")
def no_review_date(course: Course, _: Context) -> Iterator[Remark]:
    return modules_without(
        course,
        "review",
        lambda module: module.review_date,
        message="Nothing says by when somebody looks at “{title}” again.",
        mend="Add a line “review:” with a date, such as 2027-03-01, to course.yaml.",
    )


@warning("A703", "The review date lies ahead")
def review_overdue(course: Course, context: Context) -> Iterator[Remark]:
    dates = {course.field_place("review"): course.review_date}
    dates |= {module.fields["review"]: module.review_date for module in course.modules if "review" in module.fields}
    for place, day in dates.items():
        if day is not None and day < context.today:
            yield Remark(place, f"The review was due on {day}.", "Review the text, then set the next date.")


@warning("A704", "A procedure is cited with its revision")
def procedure_without_revision(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        for procedure in module.procedure:
            if not _REVISION.search(procedure):
                yield Remark(
                    module.fields.get("procedure", module.place),
                    f"“{procedure}” is cited without its revision.",
                    f"Write for example “{procedure} rev 4”.",
                )


@error("A705", "A module of a compliance course cites its clause")
def no_clause(course: Course, _: Context) -> Iterator[Remark]:
    regulations = [tag for tag in course.tags["regulation"] if tag.casefold() != "none"]
    for module in course.modules:
        if regulations and not module.clauses:
            yield Remark(
                module.place,
                f"The course serves {', '.join(regulations)}, but this module cites no clause.",
                "Add a line “clause:” to its front matter or to course.yaml.",
            )


@warning("A706", "No phone number or place is written into the text")
def hard_coded_fact(course: Course, _: Context) -> Iterator[Remark]:
    for place, line in course_lines(course):
        words = plain_words(line)
        match = _PHONE.search(words) or _PLACE.search(words)
        if match:
            yield Remark(
                place,
                f"“{match[0].strip()}” is true at one site only, and until it changes.",
                "Say how to find it, such as “the number on your badge”.",
            )


@note("A708", "Pictures show no patient")
def patients_in_pictures(course: Course, _: Context) -> Iterator[Remark]:
    pictures = [path for path in course.media if path.lower().endswith(_PHOTOGRAPH)]
    if pictures and any(_CARE.search(tag) for tag in course.tags["industry"]):
        yield Remark(
            Place(pictures[0]),
            f"The course has {counted(len(pictures), 'photograph or video', 'photographs or videos')}.",
            "Make sure that no patient, name or record can be recognised in any of them.",
        )
