"""People from a CSV file: first what it would do, then doing it. The file is given twice; nothing of it is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from andante.evidence.queries import Difference, in_words
from andante.kernel import clock
from andante.people import operations, policy
from andante.people.operations import FileRefused, Imported, ImportedRow, ImportRefused, PersonRow, RowError

SHOWN = 100
"""Lines of each sort that the page lists: a file may have 50,000."""
_SALT = "andante.admin.import"


@policy.role("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def import_people(request: HttpRequest) -> HttpResponse:
    page: dict[str, Any] = {"area": "admin", "shown": SHOWN}
    if request.method != "POST":
        return render(request, "admin/import.html", page)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return render(request, "admin/import.html", page | {"problem": _("Choose a file first.")}, status=422)
    data = file.read()
    try:
        rows, errors = operations.read_people(data)
    except FileRefused as refusal:
        return render(request, "admin/import.html", page | {"problem": str(refusal)}, status=422)
    checked = _checked(request.POST.get("token", ""))
    token = hashlib.sha256(data).hexdigest()
    doing = request.POST.get("what") == "import" and checked == token
    report, errors = _run(request, rows, errors, dry_run=not doing)
    if doing and report is not None:
        messages.success(request, _told(report))
        return redirect("admin_people")
    page |= {
        "name": file.name,
        "report": report,
        "preview": _preview(report) if report else None,
        "lines": len(rows) + len({error.line for error in errors} - {row.line for row in rows}),
        "faulty": len({error.line for error in errors}),
        "errors": errors[:SHOWN],
        "more_errors": max(0, len(errors) - SHOWN),
        "error_count": len(errors),
        "other": request.POST.get("what") == "import" and not doing,
        "token": signing.dumps(token, salt=_SALT) if report is not None else "",
    }
    return render(request, "admin/import.html", page, status=200 if report is not None else 422)


def _run(
    request: HttpRequest, rows: list[PersonRow], errors: list[RowError], *, dry_run: bool
) -> tuple[Imported | None, list[RowError]]:
    """What was done, or would be; none where rows have faults, and then all of them."""
    try:
        report = operations.import_people(
            rows=rows, by=policy.principal(request), at=clock.now(), dry_run=dry_run or bool(errors)
        )
    except ImportRefused as refusal:
        return None, sorted([*errors, *refusal.errors], key=lambda error: error.line)
    return (None if errors else report), errors


@dataclass(frozen=True)
class Shown:
    """Rows of one sort, as many as the page lists, and how many there are besides."""

    rows: list[tuple[ImportedRow, list[Difference]]]
    more: int


def _preview(report: Imported) -> dict[str, Shown]:
    """What is listed: first whom it changes, then whom it adds."""
    return {
        "changed": _shown([row for row in report.rows if not row.new]),
        "new": _shown([row for row in report.rows if row.new]),
    }


def _shown(rows: list[ImportedRow]) -> Shown:
    listed = rows[:SHOWN]
    return Shown(list(zip(listed, in_words([row.changes for row in listed]), strict=True)), len(rows) - len(listed))


def _checked(token: str) -> str:
    try:
        return str(signing.loads(token, salt=_SALT))
    except signing.BadSignature:
        return ""


def _told(report: Imported) -> str:
    text = ngettext(
        "Imported: %(new)s new person, %(changed)s changed, %(placed)s placed elsewhere, %(same)s as before.",
        "Imported: %(new)s new people, %(changed)s changed, %(placed)s placed elsewhere, %(same)s as before.",
        len(report.created),
    )
    values = {"new": len(report.created), "changed": len(report.changed), "placed": len(report.placed)}
    return text % (values | {"same": report.unchanged})
