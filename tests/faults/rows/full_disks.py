"""Rows 10 and 11."""

from __future__ import annotations

import time

import psycopg

from tests.faults.row import Row
from tests.faults.small_disk import small_disk
from tests.faults.stage import Stage

REFUSALS = 5  # answers that are met with 503 before there is room again
SECONDS = 60.0  # for the disk to be felt
SEGMENTS = 40  # of PostgreSQL's log, at most, until it needs one that has no room


class FullDataDisk(Row):
    """The disk that holds the tables has no byte left, until somebody makes room."""

    numbers = (10,)
    sentence = "the disk of the tables is full: pages say 503, and all goes on once there is room"
    needs_mounts = True

    def inject(self, stage: Stage) -> str:
        with small_disk(stage, "base", spare=16 << 20) as disk, stage.under_load():
            time.sleep(1)
            disk.fill()
            before = stage.journal.replies["503"]
            stage.wait_until(
                lambda: stage.journal.replies["503"] >= before + REFUSALS, what="answers are refused", seconds=SECONDS
            )
            refused = stage.journal.replies["503"] - before
            disk.make_room()
            stage.wait_until(lambda: stage.status() == 200, what="pages are there again")
        return f"once; {refused} answers were met with 503"


class FullLogDisk(Row):
    """The disk that holds PostgreSQL's own log has no byte left: it cannot go on, and cannot even start."""

    numbers = (11,)
    sentence = "the disk of PostgreSQL's log is full: it stops, and starts by itself once there is room"
    needs_mounts = True

    def inject(self, stage: Stage) -> str:
        with small_disk(stage, "pg_wal", spare=96 << 20) as disk, stage.under_load():
            time.sleep(1)
            disk.fill()
            self._need_room(stage)
            stage.wait_until(lambda: stage.status() == 503, what="/readyz says so", seconds=SECONDS)
            time.sleep(6)
            disk.make_room()
            stage.wait_until(lambda: stage.status() == 200, what="the database is back")
        return "once"

    def _need_room(self, stage: Stage) -> None:
        """Let PostgreSQL begin one file of its log after the other until there is no room for the next."""
        try:
            with stage.superuser() as session:
                for _ in range(SEGMENTS):
                    session.execute("SELECT pg_switch_wal(), txid_current()")
        except psycopg.OperationalError:
            return
        raise AssertionError("PostgreSQL had room for its log although the disk is full.")
