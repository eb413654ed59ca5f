"""What a person sees when something cannot be done, and what the log says of it."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from andante.learning import operations
from andante.people import policy

log = logging.getLogger(__name__)

View = Callable[..., HttpResponse]

_MENDED_BY_THE_PERSON = (operations.NothingChosen, operations.NothingWritten)
_REFUSALS = (operations.LearningRefused, operations.AnswerRefused, operations.NoSittingsLeft)


def explain_refusals(view: View) -> View:
    """
    Send a person whose request was refused to where they can go on.

    What does not exist, and what belongs to nobody who asks, is not found. Everything else leads back into the
    course. A refusal that no page of ours leads to is logged as a warning.
    """

    @wraps(view)
    def explained(request: HttpRequest, course: str, **rest: Any) -> HttpResponse:
        try:
            return view(request, course, **rest)
        except _REFUSALS as refusal:
            if request.method == "POST":
                _write_to_log(request, refusal)
            return _lead_on(request, course, refusal)

    return explained


def _lead_on(request: HttpRequest, course: str, refusal: Exception) -> HttpResponse:
    match refusal:
        case operations.CourseUnknown() | operations.CardUnknown() | operations.PersonUnknown():
            raise Http404
        case operations.NothingChosen():
            messages.warning(request, _("Choose an answer first."))
            return redirect(request.path)
        case operations.NothingWritten():
            messages.warning(request, _("Write a few words first. Only you can read them."))
            return redirect(request.path)
        case operations.NotBegun():
            return redirect("course", course)
        case operations.SittingClosed() | operations.NoSittingsLeft() | operations.TestLocked():
            return redirect("test", course)
        case operations.AnswerRefused() | operations.TextTooLong():
            messages.warning(request, _("That could not be taken as an answer. Nothing was changed."))
            return redirect(request.path)
    return redirect("course_resume", course)


def _write_to_log(request: HttpRequest, refusal: Exception) -> None:
    level = logging.INFO if isinstance(refusal, _MENDED_BY_THE_PERSON) else logging.WARNING
    log.log(
        level,
        "refused: %s",
        type(refusal).__name__,
        extra={"method": request.method, "path": request.path, "by": policy.principal(request)},
    )
