"""What a person can mend, said in one sentence; everything else is a bug and keeps its traceback."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818 (errors are facts; this is what a person calls it)
    """
    Something outside the program is in the way: a tool, a port, a disk, a permission.

    The message says what is wrong and the mend says what to do, both for people who never saw this code.
    The command line prints them and exits with status 2.
    """

    def __init__(self, what: str, *, mend: str) -> None:
        super().__init__(f"{what} {mend}")
        self.what = what
        self.mend = mend
