"""What a person sees while something starts: one line a step, with its time."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

WIDTH = 44


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """
    Show a step while it runs, and how long it took; on a failure the line is ended, and the error goes on.
    """
    started = time.monotonic()
    if sys.stdout.isatty():
        _show(f"  {what:<{WIDTH}}")
    try:
        yield
    except BaseException:
        _show(f"{_begin(what)} failed\n")
        raise
    _show(f"{_begin(what)} {time.monotonic() - started:5.1f} s\n")


def _begin(what: str) -> str:
    return f"\r  {what:<{WIDTH}}" if sys.stdout.isatty() else f"  {what:<{WIDTH}}"


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
