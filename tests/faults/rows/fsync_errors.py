"""Row 13."""

from __future__ import annotations

import subprocess
import time

from tests.faults.row import Row
from tests.faults.stage import Stage

ERRORS = 2
_FAIL = "fsync,fdatasync:error=EIO"


class FsyncErrors(Row):
    """
    The kernel reports an error of the disk for every write that PostgreSQL wants to be sure of.

    What had been written may be gone from memory by then, so PostgreSQL stops at once and recovers from its log
    (`data_sync_retry` is off, as it should be).
    """

    numbers = (13,)
    sentence = "the disk reports an error on fsync: PostgreSQL panics and recovers, what was acknowledged is kept"
    needs_root = True  # to trace processes of another user
    needs_tools = ("strace",)

    def inject(self, stage: Stage) -> str:
        panics = self._panics(stage)
        with stage.under_load():
            for _ in range(ERRORS):
                time.sleep(stage.random.uniform(0.3, 1))
                self._fail(stage)
                stage.wait_until(lambda: stage.status() == 200, what="the database is back")
        panics = self._panics(stage) - panics
        if panics < ERRORS:
            stage.problem(f"{ERRORS} errors of the disk led to {panics} panics")
        return f"{ERRORS} times an error for every process, {panics} panics"

    def _fail(self, stage: Stage) -> None:
        """Let every process of the server fail until it has noticed."""
        panics = self._panics(stage)
        traced = [option for pid in stage.server_processes() for option in ("-p", str(pid))]
        tracer = subprocess.Popen(
            ["strace", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", f"inject={_FAIL}", *traced],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            stage.wait_until(lambda: self._panics(stage) > panics, what="PostgreSQL notices", seconds=30)
        finally:
            tracer.terminate()
            tracer.communicate(timeout=10)

    @staticmethod
    def _panics(stage: Stage) -> int:
        logs = (stage.data_dir / "postgresql/log").glob("*")
        return sum(path.read_text(errors="replace").count("PANIC:") for path in logs)
