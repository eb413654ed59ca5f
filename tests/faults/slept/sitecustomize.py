"""
Imported by every Python whose PYTHONPATH names this folder: sleeps in a way that libfaketime leaves alone.

Python sleeps until a moment of the monotonic clock, and libfaketime (0.9.10) takes that moment for one of the clock
that it fakes, also where it is told not to fake the monotonic one.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
