"""Files that are handed out: sent in pieces, kept by no cache; and what is said where there is none to give."""

from __future__ import annotations

from collections.abc import Callable

from allauth.core.internal.ratelimit import consume_or_429
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from andante.evidence import operations
from andante.evidence.operations import Parcel


def download(parcel: Parcel, *, content_type: str) -> FileResponse:
    """Send a file that is gone when it is closed."""
    headers = {"Content-Length": str(parcel.length), "Cache-Control": "no-store"}
    return FileResponse(
        parcel.file, as_attachment=True, filename=parcel.name, content_type=content_type, headers=headers
    )


def too_many(request: HttpRequest, action: str) -> HttpResponse | None:
    """
    Count one more of what an account may take only so often; the answer where it was often enough.

    :param action: a name in `settings.ACCOUNT_RATE_LIMITS`, which says how often
    """
    answer: HttpResponse | None = consume_or_429(request, app="allauth.account", action=action, user=request.user)
    return answer


def download_proof(request: HttpRequest, give: Callable[[], Parcel], *, back: str) -> HttpResponseBase:
    """
    Send a receipt or an extract; where it cannot be given, say why on the page that it was asked for.

    :param back: address of that page
    """
    refused = too_many(request, "take_proof")
    if refused is not None:
        return refused
    try:
        return download(give(), content_type="application/json")
    except operations.RecordUnknown:
        raise Http404 from None
    except operations.RecordWaits:
        messages.warning(request, _("The newest records are being sealed. Try again in a moment."))
    except operations.NothingSealed:
        messages.info(request, _("Nothing is on record yet."))
    except operations.TooManyRecords:
        messages.error(request, _("There are more records than one file may hold. Ask an auditor for the whole log."))
    except operations.RecordsArchived as refusal:
        messages.error(
            request,
            _(
                "Some of this is in archives of months: %(months)s. It cannot be handed out here. "
                "Ask whoever runs this server for these archives and the whole log."
            )
            % {"months": ", ".join(refusal.months)},
        )
    except (operations.RecordGone, operations.TreeIncomplete):
        messages.error(
            request, _("The proof cannot be made: records are damaged. Tell whoever runs this server, and an auditor.")
        )
    return redirect(back)
