"""Chromium, for the journeys that drive a real browser."""

from __future__ import annotations

import os
import shutil

from apt import install
from steps import Failure

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def is_left_out() -> bool:
    """Whether the person asked for tests without a browser."""
    return os.environ.get("BROWSER") == "0"


def prepare_browser() -> None:
    """
    Have Chromium, from the system's packages.

    :raises Failure: it is missing and we may not install it
    """
    if find_browser() is not None:
        return
    install("chromium", purpose="Chromium is needed for the browser tests (BROWSER=0 leaves them out)")
    if find_browser() is None:
        raise Failure(f"Chromium was installed, but none of {', '.join(NAMES)} is in PATH. Put it there.")


def find_browser() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path is not None), None)
