"""Pin requirements/*.in anew: every version with its hashes, for every platform, with no address in it."""

from __future__ import annotations

import sys

from steps import CHECKOUT, ENVIRONMENT, MENDABLE, Failure, call, step

OLDEST_PYTHON = "3.11"
# In this order: dev is held to the versions of app.
NAMES = ("app", "dev", "build", "node", "lock")
OPTIONS = ("--universal", "--generate-hashes", "--upgrade", "--no-header", "--no-annotate", "--no-emit-index-url")


def lock() -> None:
    """
    Write requirements/*.txt.

    :raises Failure: the versions cannot be resolved
    """
    for name in NAMES:
        with step(f"Pin {name}"):
            command = [ENVIRONMENT / "bin/uv", "pip", "compile", *OPTIONS, "--python-version", OLDEST_PYTHON]
            files = [f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt"]
            call([*command, *files], mend="Is the network there? Settings of uv (UV_INDEX_URL, …) are respected.")


if __name__ == "__main__":
    try:
        lock()
    except Failure as failure:
        sys.stderr.write(f"\n{failure}\n")
        sys.exit(MENDABLE)
    print(f"  Look at the changes: git -C {CHECKOUT} diff requirements")
