"""
From a bare checkout to one that runs: `prepare.py app` for `make run`, `prepare.py tests` for `make test`.

Standard library only; it runs before there is an environment. What is already done is skipped.
"""

from __future__ import annotations

import errno
import os
import sys

from browser import is_left_out, prepare_browser
from environment import prepare_environment
from faults import prepare_tools
from javascript import BUILT, prepare_frontend
from steps import CHECKOUT, ENVIRONMENT, LOG, MENDABLE, Failure, disk_is_full


def prepare(purpose: str) -> None:
    """
    Do every step that the purpose needs.

    :param purpose: app, check (no browser), faults (and its tools), tests, or the name of a file in requirements/
    """
    _require_own_checkout()
    LOG.unlink(missing_ok=True)
    if purpose == "app":
        prepare_environment("app")
        prepare_frontend()
    elif purpose in {"check", "faults", "tests"}:
        # First, because what the person has to do should not come after minutes of waiting.
        if purpose == "tests" and not is_left_out():
            prepare_browser()
        if purpose == "faults":
            prepare_tools()
        prepare_environment("app", "dev")
        prepare_frontend(for_tests=True)
    else:
        prepare_environment("app", purpose)


def _require_own_checkout() -> None:
    """
    Refuse a checkout that we may not write to, or in which somebody else, such as root, built before us.

    :raises Failure: names the folder
    """
    for folder in (CHECKOUT, LOG.parent, ENVIRONMENT, CHECKOUT / "node_modules", BUILT.parent, BUILT):
        if folder.exists() and not os.access(folder, os.W_OK):
            raise Failure(
                f"You may not write to {folder}. Work in a clone of your own, "
                f'or make this one yours: sudo chown -R "$(id -u)" {CHECKOUT}'
            )


def main() -> int:
    """What a person can mend ends in one sentence and status 2."""
    try:
        prepare(sys.argv[1])
    except Failure as failure:
        sys.stderr.write(f"\n{failure}\n")
        return MENDABLE
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130
    except OSError as error:
        if error.errno == errno.ENOSPC:
            sys.stderr.write(f"\n{disk_is_full()}\n")
            return MENDABLE
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
