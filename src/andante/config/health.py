"""For machines that watch: is the process alive, and is the whole ready to serve?"""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from andante.kernel import clock
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
    """
    The database answers, the sealer and the followers of facts keep up, and nothing says that the log was changed.

    503 where not, with what is wrong. A warning wants somebody's attention, but pages can be served.
    """
    try:
        lag = ledger.sealing_lag()
        followers = ledger.following_lag()
        witnesses = ledger.witnesses()
        verification = ledger.last_verification()
        overdue = ledger.verification_overdue(verification, clock.now())
    except (DatabaseError, ledger.LogNotOpen) as error:
        return JsonResponse({"ready": False, "problem": f"database: {type(error).__name__}"}, status=503)
    problems = []
    if lag.seconds > SEALING_LATE_SECONDS:
        problems.append("the sealer does not keep up; is it running?")
    for name, behind in followers.items():
        if behind.seconds > FOLLOWING_LATE_SECONDS:
            problems.append(f"{name} does not keep up with the facts; is the worker running?")
    problems += [_REFUSED.format(name=each.name) for each in witnesses if each.refused]
    problems += _about(verification)
    if overdue:
        problems.append("the database was not verified for more than two periods; is the worker running?")
    warnings = [_LATE.format(name=each.name) for each in witnesses if each.late and not each.refused]
    body: dict[str, object] = {
        "ready": not problems,
        "sealing": _told(lag),
        "following": {name: _told(behind) for name, behind in followers.items()},
        "witnesses": {each.name: _seen(each) for each in witnesses},
        "verification": _verified(verification),
    }
    if problems:
        body["problem"] = " ".join(problems)
    if warnings:
        body["warning"] = " ".join(warnings)
    return JsonResponse(body, status=503 if problems else 200)


_REFUSED = (
    "the witness “{name}” says that the log is not an extension of what it has seen; see `andante witness status`."
)
_DIFFERS = (
    "the database contradicts what was sealed; the verification of {when} counted differences: {count}. "
    "Run `andante verify`, which also clears this once all agrees."
)
_LATE = "the witness “{name}” was silent for too long; see `andante witness status`."


def _about(verification: ledger.Verification | None) -> list[str]:
    if verification is None or verification.clean:
        return []
    when, count = f"{verification.finished:%Y-%m-%d %H:%M} UTC", verification.findings
    return [_DIFFERS.format(when=when, count=count)]


def _seen(witness: ledger.WitnessView) -> dict[str, object]:
    age = None if witness.age is None else round(witness.age.total_seconds(), 1)
    return {"records": witness.size, "age_seconds": age}


def _verified(verification: ledger.Verification | None) -> dict[str, object] | None:
    if verification is None:
        return None
    return {
        "finished": verification.finished.isoformat(),
        "findings": verification.findings,
        "months_not_read": list(verification.months_not_read),
    }


def _told(lag: ledger.Lag) -> dict[str, float]:
    return {"lag_seconds": round(lag.seconds, 3), "waiting": lag.waiting}
