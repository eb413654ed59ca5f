"""The tools that `make faults` breaks things with."""

from __future__ import annotations

import os
import shutil

from apt import install

TOOLS = ("strace", "faketime")
"""Programs, and the Debian packages of the same names."""


def prepare_tools() -> None:
    """Have them, where we are root. Others go without: the rows that need one are left out, and the summary says so."""
    for tool in TOOLS:
        if shutil.which(tool) is None and os.geteuid() == 0:
            install(tool, purpose=f"{tool} is needed for some of the faults")
