"""
From a bare checkout to one that runs: `prepare.py app` for `make run`, `prepare.py tests` for `make test`.

Standard library only; it runs before there is an environment. What is already done is skipped.
"""

from __future__ import annotations

import errno
import sys

from browser import is_left_out, prepare_browser
from environment import prepare_environment
from javascript import prepare_frontend
from steps import LOG, MENDABLE, Failure


def prepare(purpose: str) -> None:
    """
    Do every step that the purpose needs.

    :param purpose: app, check (no browser), tests, or the name of a file in requirements/
    """
    LOG.unlink(missing_ok=True)
    if purpose == "app":
        prepare_environment("app")
        prepare_frontend()
    elif purpose in {"check", "tests"}:
        prepare_environment("app", "dev")
        prepare_frontend(for_tests=True)
        if purpose == "tests" and not is_left_out():
            prepare_browser()
    else:
        prepare_environment("app", purpose)


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
            sys.stderr.write("\nThe disk is full. Free 2 GB and start again.\n")
            return MENDABLE
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
