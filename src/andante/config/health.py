"""For machines that watch: is the process alive, and is the whole ready to serve?"""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from andante.ledger import queries as ledger
from andante.people import policy

SEALING_LATE_SECONDS = 30.0
"""A record that waits longer says that the sealer does not work."""


@policy.public
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@policy.public
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers, and the sealer keeps up. 503 where not, with what is wrong."""
    try:
        lag = ledger.sealing_lag()
    except (DatabaseError, ledger.LogNotOpen) as error:
        return JsonResponse({"ready": False, "problem": f"database: {type(error).__name__}"}, status=503)
    late = lag.seconds > SEALING_LATE_SECONDS
    body: dict[str, object] = {
        "ready": not late,
        "sealing": {"lag_seconds": round(lag.seconds, 3), "waiting": lag.waiting},
    }
    if late:
        body["problem"] = "the sealer does not keep up; is it running?"
    return JsonResponse(body, status=503 if late else 200)
