"""Chromium, for the journeys that drive a real browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from apt import install
from steps import Failure

WHERE_APT_INSTALLS = "/usr/bin"
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
    if find_browser(also_in=WHERE_APT_INSTALLS) is None:
        raise Failure(f"Chromium was installed, but there is none of {', '.join(NAMES)}. Put one into PATH.")


def find_browser(*, also_in: str = "") -> str | None:
    """
    The path of a Chromium.

    :param also_in: a folder to look into besides those of PATH
    """
    path = f"{os.environ.get('PATH', '')}{os.pathsep}{also_in}"
    return next((found for name in NAMES if (found := shutil.which(name, path=path)) is not None), None)


def path_with_browser() -> str:
    """PATH, so that whoever looks there finds the browser that we found."""
    found = find_browser(also_in=WHERE_APT_INSTALLS)
    path = os.environ.get("PATH", "")
    return path if found is None else f"{path}{os.pathsep}{Path(found).parent}"
