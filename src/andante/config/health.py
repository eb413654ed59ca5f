"""For machines that watch: is the process alive, and is the whole ready to serve?"""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from andante.ledger import queries as ledger
from andante.people import policy

SEALING_LATE_SECONDS = 30.0
"""A record that waits longer says that the sealer does not work."""
FOLLOWING_LATE_SECONDS = 60.0
"""A sealed fact that waits longer says that the worker does not work. Loading a demonstration may take that long."""


@policy.public
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@policy.public
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers, the sealer and the followers of facts keep up. 503 where not, with what is wrong."""
    try:
        lag = ledger.sealing_lag()
        followers = ledger.following_lag()
    except (DatabaseError, ledger.LogNotOpen) as error:
        return JsonResponse({"ready": False, "problem": f"database: {type(error).__name__}"}, status=503)
    problems = []
    if lag.seconds > SEALING_LATE_SECONDS:
        problems.append("the sealer does not keep up; is it running?")
    for name, behind in followers.items():
        if behind.seconds > FOLLOWING_LATE_SECONDS:
            problems.append(f"{name} does not keep up with the facts; is the worker running?")
    body: dict[str, object] = {
        "ready": not problems,
        "sealing": _told(lag),
        "following": {name: _told(behind) for name, behind in followers.items()},
    }
    if problems:
        body["problem"] = " ".join(problems)
    return JsonResponse(body, status=503 if problems else 200)


def _told(lag: ledger.Lag) -> dict[str, float]:
    return {"lag_seconds": round(lag.seconds, 3), "waiting": lag.waiting}
