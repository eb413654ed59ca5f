"""What one row of the table of faults is."""

from __future__ import annotations

import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from tests.faults.stage import Stage


class Row(ABC):
    """
    One fault: how it is brought about, for real, and how it ends.

    :cvar numbers: its rows in the table of docs/explanation/faults.md
    :cvar sentence: what happens, and what is expected
    """

    numbers: ClassVar[tuple[int, ...]]
    sentence: ClassVar[str]
    needs_root: ClassVar[bool] = False
    needs_mounts: ClassVar[bool] = False
    needs_tools: ClassVar[Sequence[str]] = ()

    def missing(self) -> str | None:
        """Why the row cannot be tried here; None where it can."""
        if (self.needs_root or self.needs_mounts) and os.geteuid() != 0:
            return "needs root"
        # A container's root may not.
        if self.needs_mounts and subprocess.run(["unshare", "--mount", "true"], check=False).returncode != 0:
            return "needs the right to mount a file system"
        for tool in self.needs_tools:
            if shutil.which(tool) is None:
                return f"needs {tool}: sudo apt-get install -y {tool}"
        return None

    @abstractmethod
    def inject(self, stage: Stage) -> str:
        """
        Break it, and mend what does not mend itself.

        :return: what was injected, and how often
        """
