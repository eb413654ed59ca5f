"""What needs an administrator's attention."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from andante.evidence import queries as evidence
from andante.evidence.queries import Change, ChangeFilter
from andante.kernel import clock
from andante.ledger import queries as ledger
from andante.obligations import queries as obligations
from andante.people import policy
from andante.people import queries as people

LATE = 5.0
"""Seconds after which the sealer, or what follows the facts, does not keep up."""
COMINGS_AND_GOINGS = {"signed-in", "signed-out"}
"""Changes that would crowd out the others; the page of all changes has them."""


@policy.role("administrator")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    lag = ledger.sealing_lag()
    behind = {name: each for name, each in ledger.following_lag().items() if each.seconds > LATE}
    page = {
        "gaps": people.gaps(at=clock.now()),
        "rules": obligations.requirements(),
        "sealing": lag,
        "sealing_late": lag.seconds > LATE,
        "behind": behind,
        "well": not behind and lag.seconds <= LATE,
        "checkpoint": ledger.newest_checkpoint(),
        "changes": _lately(),
        "area": "admin",
    }
    return render(request, "admin/home.html", page)


def _lately() -> list[Change]:
    found = evidence.changes(ChangeFilter(), limit=50)
    return [change for change in found if change.action not in COMINGS_AND_GOINGS][:8]
