"""
The demonstration: a fictitious group of 240 people in Dublin, Chicago and Singapore, and a year of their learning.

`load_demo` lays out who works where and what is asked of them, in seconds, before the first page is served.
`history.play` then lets them learn, while pages are served already. Both use the operations that everybody uses, with
times in the past: the records say so, for what the database stores is its own clock.
"""

from __future__ import annotations

from datetime import datetime

from andante.cli.demo.organisation import lay_out, plan_tonight
from andante.kernel import clock

__all__ = ["load_demo"]


def load_demo(*, at: datetime | None = None) -> None:
    """Lay out the organisation; what is there already stays, so it can be repeated at every start."""
    at = at or clock.now()
    lay_out(now=at)
    plan_tonight(now=at)
