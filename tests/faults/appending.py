"""
`python -m tests.faults.appending same|changed COUNT`: facts with one id, appended at once over many sessions.

A process of its own that calls the ledger's operations, as the application. Prints what became of them, as JSON.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from andante.cli import surroundings

SESSIONS = 25


def main(how: str, count: int) -> None:
    with surroundings.database():
        surroundings.set_django_up()
        print(json.dumps(append_at_once(how, count)))
        surroundings.leave_database()


def append_at_once(how: str, count: int) -> dict[str, Any]:
    """
    Append facts with one id, as many at once as there are sessions.

    :param how: `same`: all say the same; `changed`: each says something else
    """
    from django.db import connection, connections

    from andante.kernel import clock
    from andante.kernel.ids import new_id
    from andante.kernel.principals import system_principal
    from andante.ledger.operations import StatementConflict, append, transact
    from andante.ledger.statements import audit

    # A session for each thread, instead of the few of the pool.
    connections.settings["default"]["OPTIONS"].pop("pool", None)
    id, at, by = new_id(), clock.now(), system_principal("faults")
    told: Counter[str] = Counter()
    start = threading.Barrier(SESSIONS)
    kept = transact(append)

    def work(place: int) -> None:
        connection.ensure_connection()
        start.wait()
        for turn in range(place, count, SESSIONS):
            says = {"turn": turn if how == "changed" else 0}
            fact = audit(id=id, by=by, action="fault-tried", subject="log:faults", at=at, new=says)
            try:
                told["new" if kept([fact]) else "known"] += 1
            except StatementConflict:
                told["conflicts"] += 1
        connection.close()

    with ThreadPoolExecutor(SESSIONS) as pool:
        list(pool.map(work, range(SESSIONS)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_statement WHERE id = %s", [id])
        rows = cursor.fetchone()[0]
    return {"new": 0, "known": 0, "conflicts": 0} | told | {"rows": rows, "sessions": SESSIONS}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
