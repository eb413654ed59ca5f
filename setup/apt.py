"""Packages of the system: installed where we are root; otherwise the person is told the line to type."""

from __future__ import annotations

import os
import shutil
import subprocess

from steps import LOG, Failure, call, step


def install(package: str, *, purpose: str) -> None:
    """
    Install a Debian or Ubuntu package.

    :param purpose: completes the sentence "… is needed"
    :raises Failure: we may not, or it did not work
    """
    line = f"apt-get install -y {package}"
    apt = shutil.which("apt-get")
    if apt is None:
        raise Failure(f"{purpose}. Install the package that is called {package} on Debian.")
    if os.geteuid() != 0:
        raise Failure(f"{purpose}. Type: sudo {line}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = [apt, "install", "-y", "--no-install-recommends", package]
    with step(f"Install the system package {package}"):
        # The lists of a fresh machine may be missing or old: then the first attempt fails.
        LOG.parent.mkdir(exist_ok=True)
        with LOG.open("ab") as log:
            first = subprocess.run(command, env=env, stdout=log, stderr=log, check=False)
        if first.returncode != 0:
            call([apt, "update"], env=env, mend=f"{purpose}. Is the network there?")
            call(command, env=env, mend=f"{purpose}.")
