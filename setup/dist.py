"""
A wheel in dist/ that runs without a checkout and without Node: it carries the built front end, demo/ and verifier/.

It is built from a copy, so that what only the wheel needs never stands in the checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from environment import PYTHON
from javascript import BUILT
from steps import CHECKOUT, MENDABLE, Failure, call, step

STAGE = CHECKOUT / "build/wheel"
DIST = CHECKOUT / "dist"
AT_THE_TOP = ("pyproject.toml", "README.md", "LICENSE", "requirements/app.in")
CARRIED = ("demo", "verifier")
NOT_FOR_USERS = shutil.ignore_patterns("tests", "__pycache__", "*.pyc", ".DS_Store")


def build() -> str:
    """
    Build the wheel, and return its name.

    :raises Failure: the front end is not built, or the build failed
    """
    if not BUILT.is_dir():
        raise Failure("The front end is not built. Type: make dist")
    with step("Build the wheel"):
        _copy()
        shutil.rmtree(DIST, ignore_errors=True)
        command = [PYTHON, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", DIST, STAGE]
        call(command, env={**os.environ, **_fixed_time()}, mend="This should not happen; please report it.")
    (wheel,) = DIST.glob("*.whl")
    return wheel.name


def _copy() -> None:
    shutil.rmtree(STAGE, ignore_errors=True)
    for name in AT_THE_TOP:
        (STAGE / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / name, STAGE / name)
    shutil.copytree(CHECKOUT / "src/andante", STAGE / "src/andante", ignore=NOT_FOR_USERS)
    for name in CARRIED:
        shutil.copytree(CHECKOUT / name, STAGE / "src/andante/carried" / name, ignore=NOT_FOR_USERS)


def _fixed_time() -> dict[str, str]:
    """The time of the last commit, so that the same sources give the same wheel."""
    if shutil.which("git") is None:
        return {}
    asked = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    return {"SOURCE_DATE_EPOCH": asked.stdout.strip()} if asked.returncode == 0 else {}


if __name__ == "__main__":
    try:
        print(f"  dist/{build()}")
    except Failure as failure:
        sys.stderr.write(f"\n{failure}\n")
        sys.exit(MENDABLE)
